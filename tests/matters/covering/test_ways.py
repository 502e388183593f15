"""How materials are met, in a table; what counts as certificate-free."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters.covering import ways
from matters.covering.ways import FREE, Asked, Kind, Way, asked, cover
from tests.matters import documents
from tests.matters.covering import making
from tests.matters.covering.making import KINDS


@pytest.mark.parametrize(
    ("given_", "way", "by"),
    [
        ({"certificates": ("card",)}, Way.CERTIFICATE, ("市民卡",)),
        ({"certificates": ("card", "permit")}, Way.CERTIFICATE, ("市民卡", "许可证")),
        ({"certificates": ("paper", "card")}, Way.CERTIFICATE, ("市民卡",)),
        ({"certificates": ("paper",)}, Way.UNISSUED, ("租赁备案证明",)),
        ({"certificates": ("unknown",)}, Way.UNISSUED, ()),
        ({"certificates": ("paper",), "registers": ("登记库",)}, Way.REGISTER, ("登记库",)),
        ({"registers": ("登记库",), "commitment": "没有变"}, Way.REGISTER, ("登记库",)),
        ({"system": True}, Way.SYSTEM, ()),
        ({"commitment": "没有变"}, Way.COMMITMENT, ()),
        ({"certificates": ("paper",), "commitment": "没有变"}, Way.COMMITMENT, ()),
        ({"upload": True}, Way.BRING, ()),
        ({"upload": True, "wanted": "card"}, Way.BRING, ()),
        ({}, Way.BRING, ()),
    ],
)
def test_the_surest_way_counts(given_: dict, way: Way, by: tuple[str, ...]) -> None:
    found = cover(making.asked(**given_), kinds=KINDS)
    assert (found.way, found.by) == (way, by)
    assert found.free == (way not in {Way.UNISSUED, Way.BRING})


def test_every_way_has_words_and_says_by_what() -> None:
    assert set(ways.WORDS) == set(Way)
    assert cover(making.asked(certificates=("card",)), kinds=KINDS).words == "电子证照：市民卡"
    assert cover(making.asked(system=True), kinds=KINDS).words == "系统生成"


def test_a_matter_is_certificate_free_only_with_nothing_to_bring_in_any_situation() -> None:
    free, paper = making.asked(certificates=("card",)), making.asked("p", upload=True)
    sometimes = making.asked("s", upload=True, conditional=True)
    whole = making.coverage(free)
    assert (whole.whole, whole.sometimes, whole.percent, whole.brought) == (True, False, 100, ())
    part = making.coverage(free, paper)
    assert (part.whole, part.sometimes, part.percent) == (False, False, 50)
    assert making.coverage(free, sometimes).sometimes
    assert not making.coverage(free, sometimes, paper).sometimes
    assert ways.share_of((whole, part, part)) == (1, 3)


_MATERIALS = st.lists(
    st.builds(
        Asked,
        code=st.text("abc", min_size=1),
        name=st.just("x"),
        certificates=st.lists(st.sampled_from(sorted(KINDS)), max_size=2).map(tuple),
        registers=st.lists(st.just("库"), max_size=1).map(tuple),
        commitment=st.sampled_from(["", "诺"]),
        system=st.booleans(),
        upload=st.booleans(),
        conditional=st.booleans(),
    ),
    max_size=6,
)


@given(_MATERIALS)
def test_what_is_free_and_what_is_brought_make_the_whole(materials: list[Asked]) -> None:
    found = making.coverage(*materials)
    assert found.free + len(found.brought) == len(materials)
    assert found.whole == (found.percent == 100)
    assert all(one.way in FREE for one in found.covers if one.free)


@given(_MATERIALS, st.sampled_from(sorted(KINDS)))
def test_issuing_one_type_more_never_makes_anything_worse(materials: list[Asked], slug: str) -> None:
    more = KINDS | {slug: Kind(KINDS[slug].name, issued=True)}
    before, after = making.coverage(*materials), making.coverage(*materials, kinds=more)
    for was, now in zip(before.covers, after.covers, strict=True):
        assert now.free or not was.free


def test_every_shipped_package_is_read_and_its_certificates_would_do() -> None:
    for path in documents.SHIPPED:
        compiled = documents.compiled(documents.read(path))
        kinds = {slug: Kind(slug, issued=True) for slug in compiled.certificates}
        found = [cover(one, kinds=kinds) for one in asked(compiled)]
        assert [one.asked.code for one in found] == [one.code for one in compiled.package.materials]
        for one, material in zip(found, compiled.package.materials, strict=True):
            assert one.free == bool(material.replaced_by), (path.name, material.code)
