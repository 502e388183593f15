from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matters import selectors
from matters.models import Edition, Matter
from tests.matters.documents import SHIPPED, read

NAMES = {
    "allowance": "高龄老人津贴申领",
    "business": "个体工商户设立登记",
    "food": "仅销售预包装食品备案",
    "care": "重度残疾人护理补贴申领",
    "change": "食品经营许可证变更（不改变经营场所和经营项目）",
    "card": "老年人优待证办理",
}
PACKAGES = [read(path) for path in SHIPPED]


@pytest.fixture
def catalogued(stocked: None) -> None:
    """The shipped packages, imported once for all tests."""


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("高龄津贴", "allowance"),
        ("老人补贴", "allowance"),
        ("长寿金", "allowance"),
        ("奶奶83岁想领钱", "allowance"),
        ("我奶奶83岁，想领钱", "allowance"),
        ("爷爷九十岁了能领什么钱", "allowance"),
        ("八十岁老人的补助怎么领", "allowance"),
        ("办执照", "business"),
        ("开小卖部", "business"),
        ("我想开个餐馆", "business"),
        ("我想开店", "business"),
        ("个体户", "business"),
        ("开个小店", "business"),
        ("创业", "business"),
        ("卖食品", "food"),
        ("预包装", "food"),
        ("便利店", "food"),
        ("　卖牛奶 ", "food"),
        ("护理补贴", "care"),
        ("残疾人补贴", "care"),
        ("饭店换老板", "change"),
        ("换法人", "change"),
        ("餐馆改名", "change"),
        ("家里有残疾人", "care"),
        ("老人证", "card"),
        ("敬老卡", "card"),
        ("老人坐公交免费", "card"),
    ],
)
def test_everyday_words_find_the_matter_first(catalogued, q, first):
    assert selectors.search(q)[0].name == NAMES[first]


@pytest.mark.parametrize(
    "q", ["护照", "xyz", "！？", "%", "_", "的", "了", "我", "我的", "怎么", "请问怎么", "的的的"]
)
def test_what_is_not_there_finds_nothing(catalogued, q):
    assert selectors.search(q) == []


@pytest.mark.parametrize("q", ["", "  "])
def test_no_words_find_all(catalogued, q):
    assert {matter.name for matter in selectors.search(q)} == {one["name"] for one in PACKAGES}


def test_a_shop_finds_its_licence_and_its_filing(catalogued):
    assert [one.name for one in selectors.search("开小卖部")][:2] == [NAMES["business"], NAMES["food"]]


@pytest.mark.parametrize("package", PACKAGES, ids=[one["code"] for one in PACKAGES])
def test_each_everyday_word_finds_its_own_matter(catalogued, package):
    for word in package["everyday_words"]:
        assert package["name"] in {one.name for one in selectors.search(word)}, word


def test_filters_narrow_the_list(catalogued):
    assert {m.name for m in selectors.search("", applicant="organisation")} == {
        one["name"] for one in PACKAGES if one["applicant"] == "organisation"
    }
    assert {m.name for m in selectors.search("", life_event="开办企业")} == {
        one["name"] for one in PACKAGES if "开办企业" in one["life_events"]
    }
    assert {m.name for m in selectors.search("", applicant="person", life_event="退休养老")} == {
        one["name"] for one in PACKAGES if "退休养老" in one["life_events"]
    }


def test_only_matters_in_force_with_an_edition(catalogued):
    Matter.objects.filter(name=NAMES["food"]).update(status=Matter.Status.SUSPENDED)
    Matter.objects.filter(name=NAMES["business"]).update(current_edition=None)
    in_force = {matter.name for matter in selectors.in_force()}
    assert in_force == {one["name"] for one in PACKAGES} - {NAMES["food"], NAMES["business"]}


def test_searching_is_one_query(catalogued, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [matter.department.name for matter in selectors.search("津贴")] == ["示例市龙湖区民政局"]


def test_the_guide_says_what_replaces_each_material(catalogued):
    guide = selectors.guide(Matter.objects.get(name=NAMES["allowance"]))
    assert guide.edition.number == guide.compiled.number == 1
    assert [(row.material.name, row.replaced_by, row.certificates) for row in guide.materials][:2] == [
        ("高龄老人津贴申请表", "系统生成，您确认", ()),
        ("居民身份证", "免交：电子证照（居民身份证）", ("resident_id",)),
    ]
    business = selectors.guide(Matter.objects.get(name=NAMES["business"]))
    assert {row.replaced_by for row in business.materials} >= {
        "告知承诺代替",
        "免交：数据共享（名称自主申报查询）",
    }


def test_without_an_edition_there_is_no_guide(catalogued):
    matter = Matter.objects.get(name=NAMES["food"])
    matter.current_edition = None
    with pytest.raises(Edition.DoesNotExist):
        selectors.guide(matter)


def test_pieces_of_a_query():
    assert selectors.pieces("高龄津贴 ＡＢＣ1") == {"高龄", "龄津", "津贴", "abc1"}
    assert selectors.pieces("店") == {"店"}
    assert selectors.pieces("") == frozenset()
    assert len(selectors.pieces("长" * 10_000)) <= selectors.LONGEST_QUERY


@pytest.mark.parametrize("column", ["content", "vocabulary"])
def test_a_list_does_not_bring_the_packages_along(catalogued, column):
    with CaptureQueriesContext(connection) as asked:
        assert len(selectors.search("")) == len(list(selectors.in_force())) == len(PACKAGES)
    assert len(asked) == 2
    assert not [query for query in asked.captured_queries if f'"{column}"' in query["sql"]]
