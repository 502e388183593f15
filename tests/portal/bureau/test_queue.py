"""The queue: order, words, filters, pages, and a number of queries that does not grow."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import posting
from accounts.models import Person, Post, User
from approvals import reviewing
from approvals.models import Application
from common import clock
from tests.factories import district
from tests.factories.district import ALLOWANCE, BUSINESS, FILING
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
LINK = re.compile(r'class="queuelink[^"]*" href="/office/applications/(\d+)"')
SHOP = {
    "name": "示例市龙湖区满记食品店",
    "scope": "prepackaged_food",
    "street": "440507003",
    "address": "长平路 9 号",
}


def page(desk: Client, query: str = "") -> str:
    response = desk.get(reverse("bureau:queue") + query)
    assert response.status_code == 200
    return response.content.decode()


def queries(desk: Client, url: str) -> int:
    desk.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert desk.get(url).status_code == 200
    return len(caught)


def test_an_empty_queue_says_so(desk: Client) -> None:
    assert "都办完了" in page(desk)


def test_an_empty_queue_names_another_post_in_which_cases_wait(signed_in, city: object) -> None:
    officer = district.officer("11440507MB2X00020L", user=district.officer())
    first, second = Post.objects.filter(user=officer).order_by("pk")
    desk = signed_in(officer)
    url = reverse("bureau:queue")
    with_nothing = page(desk)
    assert "现在没有等您办理的办件" in with_nothing
    assert "还有" not in with_nothing
    cost = queries(desk, url)
    mine = district.citizen(name="许文彬")
    Person.objects.filter(pk=mine.person.pk).update(user=officer)
    for citizen in (district.citizen(name="谢俊杰"), mine):
        making.referred(citizen, matter=BUSINESS, premises="owned", commitment=True, **SHOP)
    text = page(desk)
    assert "您在“区市场监管局 审批人员”岗位还有 1 件待办" in text, "one's own case is for a colleague"
    assert "现在没有等您办理的办件" not in text
    assert queries(desk, url) == cost, "one statement, whether something waits or not"
    assert "切换到这个岗位" in text
    assert f'name="post" value="{second.pk}" class="button' in text
    moved = desk.post(reverse("bureau:choose_post"), {"post": second.pk}, follow=True).content.decode()
    assert len(LINK.findall(moved)) == 1
    assert "切换到这个岗位" not in moved
    posting.choose(officer, post_id=first.pk)
    assert "岗位还有" not in page(desk, f"?matter={ALLOWANCE}"), "a filter is no end of the day"
    assert "岗位还有" in page(desk)
    Post.objects.filter(pk=second.pk).update(valid_to=clock.today() - timedelta(days=1))
    assert "岗位还有" not in page(desk), "a post that has ended leads nowhere"


def test_a_row_says_who_what_why_and_until_when_and_no_more(desk: Client, waiting: Application) -> None:
    text = page(desk)
    assert "陈*英" in text
    assert "陈秀英" not in text
    assert waiting.person.id_number not in text
    assert waiting.reference[-4:] in text
    assert "人员状态正常：数据源未响应" in text
    assert "剩 5 个工作日" in text
    assert "2026-11-27" in text


def test_the_most_urgent_comes_first_and_lateness_has_words(desk: Client, waiting: Application) -> None:
    today = clock.today()
    late, due = making.copies(waiting, count=2)
    Application.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=3))
    Application.objects.filter(pk=due.pk).update(due_on=today)
    text = page(desk)
    assert LINK.findall(text) == [late.reference, due.reference, waiting.reference]
    for words in ("超期 3 个工作日", "今天到期", "超期 1 件", "今天到期 1 件"):
        assert words in text


def test_a_matter_is_picked_and_counted(signed_in, city: object) -> None:
    officer = district.officer("11440507MB2X00020L", user=district.officer())
    desk = signed_in(officer)
    first = making.referred(district.citizen())
    second = making.referred(district.citizen(), matter=BUSINESS, premises="owned", commitment=True, **SHOP)
    text = page(desk, f"?matter={ALLOWANCE}")
    assert LINK.findall(text) == [first.reference]
    assert "全部 1" in text
    assert "高龄老人津贴申领 1" in text
    other = Post.objects.filter(user=officer).order_by("pk").last()
    assert other is not None
    posting.choose(officer, post_id=other.pk)
    assert LINK.findall(page(desk)) == [second.reference]
    assert "没有待办" in page(desk, f"?matter={FILING}")
    assert "没有待办" in page(desk, "?matter=%27--")


def test_fifty_to_a_page_and_the_filter_stays(desk: Client, waiting: Application) -> None:
    making.copies(waiting, count=50)
    first, second = page(desk, f"?matter={ALLOWANCE}"), page(desk, f"?matter={ALLOWANCE}&page=2")
    assert (len(LINK.findall(first)), len(LINK.findall(second))) == (50, 1)
    assert f"?matter={ALLOWANCE}&amp;page=2" in first
    assert not set(LINK.findall(first)) & set(LINK.findall(second))
    assert len(LINK.findall(page(desk, "?page=99"))) == 1
    assert len(LINK.findall(page(desk, "?page=x"))) == 50


@pytest.mark.parametrize("name", ["bureau:queue", "bureau:application", "bureau:grant"])
def test_one_case_costs_as_many_queries_as_thirty(desk: Client, waiting: Application, name: str) -> None:
    url = reverse(name, args=[] if name == "bureau:queue" else [waiting.reference])
    alone = queries(desk, url)
    making.copies(waiting, count=29)
    assert queries(desk, url) == alone
    assert alone <= (10 if name == "bureau:queue" else 25)


def test_the_list_opens_nothing_encrypted(desk: Client, waiting: Application) -> None:
    with CaptureQueriesContext(connection) as caught:
        page(desk)
    read = [query["sql"] for query in caught if "referral_reason" in query["sql"]]
    assert read
    assert not [sql for sql in read if '"answers"' in sql or '"id_number"' in sql or '"mobile"' in sql]


def test_done_lists_ones_own_decisions_only(desk: Client, officer: User, waiting: Application) -> None:
    colleague = district.officer()
    mine, theirs = making.copies(waiting, count=2)
    reviewing.refuse(officer, application=mine, reasons="户籍不在本区，不符合第四条。")
    reviewing.refuse(colleague, application=theirs, reasons="户籍不在本区，不符合第四条。")
    text = desk.get(reverse("bureau:done")).content.decode()
    assert LINK.findall(text) == [mine.reference]
    assert "今日已办 <b>1</b>" in text


def test_the_next_case_is_the_one_after_and_after_the_last_the_first(
    desk: Client, waiting: Application
) -> None:
    first, second = making.copies(waiting, count=2)
    today = clock.today()
    for case, days in ((first, -2), (second, -1)):
        Application.objects.filter(pk=case.pk).update(due_on=today + timedelta(days=days))
    following = {first: second, second: waiting, waiting: first}
    for here, there in following.items():
        text = desk.get(reverse("bureau:application", args=[here.reference])).content.decode()
        acts = text.split('class="deskacts__right"')[1]
        assert reverse("bureau:application", args=[there.reference]) in acts
