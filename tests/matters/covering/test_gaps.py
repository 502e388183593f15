"""What lacks, by how many applications it concerns, and what one type more would free."""

from __future__ import annotations

from matters.covering import gaps
from matters.covering.gaps import Granted, Lack
from matters.covering.ways import Kind
from tests.matters.covering import making
from tests.matters.covering.making import KINDS

FREE = making.asked("id", certificates=("card",))
LEASE = making.asked("lease", upload=True, wanted="paper")
REPORT = making.asked("report", certificates=("report",))
OTHER = making.asked("other")


def found(*coverages, applications: dict[str, int] | None = None):
    return gaps.gaps(coverages, kinds=KINDS, applications=applications or {})


def test_a_type_that_is_named_and_not_issued_and_one_that_is_wanted() -> None:
    one, two = making.coverage(FREE, LEASE, code="1"), making.coverage(REPORT, code="2")
    first, second = found(one, two, applications={"1": 5, "2": 9})
    assert (first.slug, first.lack, first.applications) == ("report", Lack.UNISSUED, 9)
    assert (second.slug, second.lack, second.applications) == ("paper", Lack.UNISSUED, 5)
    assert second.words == "没有部门签发"
    assert [place.cover.asked.code for place in second.places] == ["lease"]


def test_a_wanted_type_that_is_issued_is_not_used_yet() -> None:
    (gap,) = found(making.coverage(making.asked(upload=True, wanted="permit")))
    assert gap.lack is Lack.UNUSED


def test_nothing_lacks_where_a_type_is_issued_and_used() -> None:
    assert found(making.coverage(FREE)) == []
    assert found(making.coverage(making.asked(certificates=("no such type",)))) == []


def test_applications_count_once_a_matter_and_rank() -> None:
    twice = making.coverage(LEASE, making.asked("l2", upload=True, wanted="paper"), code="1")
    more = making.coverage(REPORT, code="2")
    ranked = found(twice, more, applications={"1": 3, "2": 4})
    assert [(gap.slug, gap.applications, len(gap.matters)) for gap in ranked] == [
        ("report", 4, 1),
        ("paper", 3, 1),
    ]
    assert len(ranked[1].places) == 2


def test_what_one_type_more_would_free() -> None:
    alone = making.coverage(FREE, LEASE, code="1")
    not_alone = making.coverage(LEASE, OTHER, code="2")
    both = making.coverage(LEASE, REPORT, code="3")
    (paper, report) = sorted(
        found(alone, not_alone, both, applications={"1": 7, "2": 8, "3": 9}), key=lambda g: g.slug
    )
    assert paper.slug == "paper"
    assert [one.subject.code for one in paper.frees] == ["1"]
    assert (paper.applications, paper.frees_applications) == (24, 7)
    assert report.frees == ()


def test_a_promise_in_its_place_is_named_but_frees_nothing_more() -> None:
    (gap,) = found(making.coverage(making.asked(commitment="没有变", wanted="report")), applications={"1": 6})
    assert (gap.frees, gap.frees_applications, gap.applications) == ((), 0, 6)


def test_freed_is_what_issuing_it_makes_whole() -> None:
    """The same answer as working the coverage out anew with the type issued."""
    materials = (FREE, REPORT, making.asked("r2", certificates=("report", "paper")))
    before = making.coverage(*materials)
    after = making.coverage(*materials, kinds=KINDS | {"report": Kind("检测报告", issued=True)})
    assert not before.whole
    assert after.whole
    assert gaps.frees_all(before, "report")
    assert not gaps.frees_all(before, "paper")


def test_results_that_left_no_certificate() -> None:
    one, two, three = (making.coverage(FREE, code=code) for code in "123")
    granted = {"1": Granted(10, 10), "2": Granted(5, 4), "3": Granted(9, 2)}
    ranked = gaps.unissued([one, two, three], granted=granted)
    assert [(row.coverage.subject.code, row.granted.without) for row in ranked] == [("3", 7), ("2", 1)]
    assert gaps.unissued([one], granted={}) == []
