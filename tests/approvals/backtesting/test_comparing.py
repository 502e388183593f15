"""Past facts under two editions: what flips, by which check, and what cannot be told. No database."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from approvals.backtesting import tallying
from approvals.backtesting.comparing import TABLE, Compared, Side, compare
from approvals.backtesting.tallying import Limits
from matters.editions import compile_package
from matters.format.package import parse_package
from matters.freezing import freeze
from matters.lint import trying
from rules import Fact, Truth, UnknownReason, VerdictKind
from tests.matters.documents import filed

DATA = settings.DATA_DIR
NAMES = sorted(path.stem for path in (DATA / "matters").glob("*.json"))
ON = date(2026, 11, 20)
LIMITS = Limits(flips=0.05, lost=0.01)
Content = dict[str, Any]


def content(name: str) -> Content:
    found: Content = json.loads((DATA / "matters" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def side(document: Content) -> Side:
    package = parse_package(document)
    sources = filed().and_of([package])
    return Side(compile_package(package, vocabulary=freeze(package, sources=sources)))


@cache
def stored(name: str) -> Side:
    return side(content(name))


def changed(name: str, change: Callable[[Content], object]) -> Side:
    document = content(name)
    change(document)
    return side(document)


def age(years: int) -> Callable[[Content], object]:
    def change(document: Content) -> None:
        check = next(one for one in document["checks"] if one["code"] == "age")
        check["condition"]["value"] = years
        document["outcome"]["rows"][-1]["when"]["value"] = years

    return change


def facts(name: str, other: Mapping[str, Fact] | None = None) -> dict[str, Fact]:
    compiled = stored(name).compiled
    given = trying.given_facts(compiled, trying.facts_of(compiled.package, compiled.package.examples[0]))
    return {**given, **(other or {})}


def born(year: int) -> Mapping[str, Fact]:
    return {"cert.resident_id.birth_date": Fact.known(date(year, 1, 1))}


@pytest.mark.parametrize("name", NAMES)
def test_against_itself_no_example_flips(name: str) -> None:
    one = stored(name)
    for trial in trying.try_examples(one.compiled):
        compared = compare(one, one, facts=trial.facts, on=ON)
        assert not compared.flips
        assert not compared.gives_other


@given(data=st.data())
def test_against_itself_nothing_flips_whatever_is_known(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    one = stored(name)
    kept = facts(name)
    for fact in data.draw(st.sets(st.sampled_from(sorted(kept)))):
        if data.draw(st.booleans()):
            kept[fact] = Fact.unknown(data.draw(st.sampled_from(sorted(UnknownReason))))
        else:
            del kept[fact]
    compared = compare(one, one, facts=kept, on=ON)
    assert not compared.flips
    assert not compared.gives_other


def test_a_lower_age_grants_and_names_the_check_with_both_sentences() -> None:
    compared = compare(
        stored("senior-allowance"),
        changed("senior-allowance", age(75)),
        facts=facts("senior-allowance", born(1950)),
        on=ON,
    )
    assert compared.flips
    (cause,) = compared.causes
    assert (cause.name, cause.before, cause.after) == ("年龄达到要求", Truth.FAIL, Truth.PASS)
    assert "80" in cause.before_line
    assert "75" in cause.after_line


def test_a_check_taken_out_is_named_with_nothing_after() -> None:
    without = changed("senior-allowance", lambda one: one["checks"].pop(1))
    compared = compare(
        stored("senior-allowance"), without, facts=facts("senior-allowance", born(1950)), on=ON
    )
    assert not compared.flips  # the table still has no row for them
    dead = {"register.civil_status.dead": Fact.known(True)}
    without = changed("senior-allowance", lambda one: one["checks"].pop(2))
    compared = compare(stored("senior-allowance"), without, facts=facts("senior-allowance", dead), on=ON)
    (cause,) = compared.causes
    assert (cause.before, cause.after, cause.after_line) == (Truth.FAIL, None, "")


def test_where_every_check_says_the_same_the_table_is_named() -> None:
    without = changed("senior-allowance", lambda one: one["outcome"]["rows"].pop())
    compared = compare(stored("senior-allowance"), without, facts=facts("senior-allowance"), on=ON)
    (cause,) = compared.causes
    assert (cause.name, cause.before, cause.after) == (TABLE, Truth.PASS, Truth.UNKNOWN)


def test_another_amount_is_no_flip_and_is_told() -> None:
    def double(document: Content) -> None:
        document["outcome"]["rows"][-1]["values"]["monthly_amount"] = "200"

    before, after = stored("senior-allowance"), changed("senior-allowance", double)
    compared = compare(before, after, facts=facts("senior-allowance"), on=ON)
    assert not compared.flips
    assert compared.gives_other
    tally = counted(before, after, [compared])
    assert tally["amounts"]["monthly_amount"]["months"] == {"2026-11": ["100", "200"]}
    assert tally["listed"][0]["gives"] == [["津贴标准（每月，演示标准）", "100元", "200元"]]


def asking_more(document: Content) -> None:
    """A new check over a fact no case has read so far."""
    document["checks"].append(
        {
            **document["checks"][2],
            "code": "since",
            "name": "开户行已登记",
            "condition": {"fact": "cert.social_card.bank", "op": "present"},
        }
    )


def test_what_was_never_read_is_not_told_for_a_flip() -> None:
    before, after = stored("senior-allowance"), changed("senior-allowance", asking_more)
    known = {
        name: fact for name, fact in facts("senior-allowance").items() if name != "cert.social_card.bank"
    }
    compared = compare(before, after, facts=known, on=ON)
    assert compared.unread == ("社会保障卡“发卡银行”",)
    assert not compared.flips
    tally = counted(before, after, [compared])
    assert (tally["cases"], tally["compared"], tally["unread"]) == (1, 0, 1)
    assert tallying.impact(tally, revision=2, limits=LIMITS, at="x")["needs_reason"]


def test_what_was_never_read_is_not_missed_where_another_check_refers_anyway() -> None:
    before, after = stored("senior-allowance"), changed("senior-allowance", asking_more)
    known = facts("senior-allowance", born(1950))
    del known["cert.social_card.bank"]
    compared = compare(before, after, facts=known, on=ON)
    assert compared.unread == ()
    assert compared.after is not None
    assert compared.after.kind == VerdictKind.REFER


def counted(before: Side, after: Side, found: list[Compared]) -> dict[str, Any]:
    tally = tallying.fresh()
    columns = tallying.money_columns(before.compiled, after.compiled)
    for number, one in enumerate(found):
        tallying.add(tally, one, reference=f"R{number}", month="2026-11", columns=columns)
    kept: dict[str, Any] = json.loads(json.dumps(tally))
    return kept


@pytest.mark.parametrize(
    ("born_in", "years", "needs"),
    [
        ([1940] * 100, 75, False),
        ([1940] * 95 + [1950] * 5, 75, False),
        ([1940] * 94 + [1950] * 6, 75, True),  # too many granted that were not
        ([1930] * 99 + [1945], 85, False),
        ([1930] * 98 + [1945] * 2, 85, True),  # fewer are needed where a grant is lost
    ],
)
def test_from_which_share_on_somebody_says_why(born_in: list[int], years: int, needs: bool) -> None:
    before, after = stored("senior-allowance"), changed("senior-allowance", age(years))
    found = [compare(before, after, facts=facts("senior-allowance", born(year)), on=ON) for year in born_in]
    told = tallying.impact(counted(before, after, found), revision=3, limits=LIMITS, at="x")
    assert told["cases"] == 100
    assert told["needs_reason"] is needs
    assert told["to_grant"] + told["to_refer"] == told["flips"]


def test_no_case_needs_no_reason() -> None:
    assert not tallying.impact(tallying.fresh(), revision=1, limits=LIMITS, at="x")["needs_reason"]


def test_only_so_many_are_listed_and_all_are_counted() -> None:
    before, after = stored("senior-allowance"), changed("senior-allowance", age(75))
    compared = compare(before, after, facts=facts("senior-allowance", born(1950)), on=ON)
    tally = counted(before, after, [compared] * (tallying.MOST_LISTED + 1))
    assert len(tally["listed"]) == tallying.MOST_LISTED
    assert tally["flips"] == tally["moves"]["REFER>GRANT"] == tallying.MOST_LISTED + 1
