"""A back-test (历史回测) in words: three figures, what flips and why, what cannot be told, what is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from approvals.backtesting import tallying
from approvals.models import BackTest
from approvals.states import UNDER_WAY, BackTestState
from matters.models import Matter
from portal.catalogue.showing.trials import verdict_words
from portal.web.components import parts
from rules import Truth, VerdictKind
from rules.wording.showing import money_text

A_PAGE = 20
OTHER = "others"
COLUMNS = (
    parts.Column("核验的月份"),
    *(parts.Column(label, number=True) for label in ("在用版本", "草稿", "相差")),
)
_OUTCOMES = {"": "没有这一项", Truth.PASS: "通过", Truth.FAIL: "不通过", Truth.UNKNOWN: "未能核实"}
_SYMBOLS = {VerdictKind.GRANT: "pass", VerdictKind.SUPPLEMENT: "neutral", VerdictKind.REFER: "unknown"}


@dataclass(frozen=True, slots=True)
class Figure:
    """How many cases have a verdict, and how many had it before."""

    label: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Why:
    """The check that flips a case: what it said and says, and the sentences that decide it."""

    name: str
    change: str
    lines: str


@dataclass(frozen=True, slots=True)
class Flip:
    """One case whose verdict, or what it is given, is another one."""

    reference: str
    before: str
    after: str
    kind: str
    why: tuple[Why, ...]
    gives: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """One kind of change with how many cases have it."""

    value: str
    label: str
    count: int
    chosen: bool


def words(test: BackTest) -> dict[str, str]:
    """Return what each verdict is called, see `trials.verdict_words`."""
    return {kind: verdict_words(kind, instant=_instant(test)) for kind in VerdictKind}


def _instant(test: BackTest) -> bool:
    return bool(test.edition.content["mode"] == Matter.Mode.INSTANT_APPROVAL)


def under_way(test: BackTest) -> bool:
    """Return whether it still runs."""
    return test.state in UNDER_WAY


def figures(test: BackTest) -> list[Figure]:
    """Return the counts by verdict, of the cases that could be held against both."""
    named, tally = words(test), test.tally
    return [
        Figure(named[kind], tally["after"][kind.value], tally["before"][kind.value])
        for kind in VerdictKind
        if kind != VerdictKind.SUPPLEMENT or tally["after"][kind.value] or tally["before"][kind.value]
    ]


def rates(test: BackTest) -> tuple[str, str] | None:
    """Return the share granted at once, before and after, None without a case."""
    compared = test.tally["compared"]
    if not compared:
        return None
    before, after = (test.tally[side][VerdictKind.GRANT.value] for side in ("before", "after"))
    return f"{before / compared:.1%}", f"{after / compared:.1%}"


def filters(test: BackTest, *, chosen: str) -> list[Filter]:
    """Return what the list can be narrowed to; a single kind needs no choice."""
    named = words(test)
    found = [
        Filter(move, f"{named[was]}改{named[now]}", count, move == chosen)
        for move, count in sorted(test.tally["moves"].items())
        for was, now in [(VerdictKind(part) for part in move.split(">"))]
    ]
    if test.tally["others"]:
        found.append(Filter(OTHER, "只改批准内容", test.tally["others"], chosen == OTHER))
    total = test.tally["flips"] + test.tally["others"]
    every = Filter("", "全部", total, chosen not in {one.value for one in found})
    return [every, *found] if len(found) > 1 else []


def flips(test: BackTest, *, chosen: str) -> list[Flip]:
    """Return the listed cases of one kind of change, or of all."""
    known = {one.value for one in filters(test, chosen=chosen)}
    wanted = chosen if chosen in known else ""
    return [_flip(line, words(test)) for line in test.tally["listed"] if not wanted or _kind(line) == wanted]


def _kind(line: Mapping[str, Any]) -> str:
    return OTHER if "gives" in line else f"{line['from']}>{line['to']}"


def _flip(line: Mapping[str, Any], named: Mapping[str, str]) -> Flip:
    return Flip(
        reference=line["case"],
        before=named[line["from"]],
        after=named[line["to"]],
        kind=_SYMBOLS[VerdictKind(line["to"])],
        why=tuple(_why(one) for one in line["causes"]),
        gives=tuple((label, was or "没有", now or "没有") for label, was, now in line.get("gives", ())),
    )


def _why(cause: Mapping[str, str]) -> Why:
    change = f"{_OUTCOMES[cause['from']]} → {_OUTCOMES[cause['to']]}"
    lines = dict.fromkeys(one for one in (cause["was"], cause["is"]) if one)
    return Why(cause["name"], change, " → ".join(lines))


def amounts(test: BackTest) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    """Return, for each amount of the outcome table, (month, before, after, difference), and the sum."""
    return [(one["label"], _months(one)) for one in test.tally["amounts"].values()]


def _months(one: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    rows = [(month, Decimal(was), Decimal(now)) for month, (was, now) in sorted(one["months"].items())]
    if len(rows) > 1:
        rows.append(
            ("合计", sum((row[1] for row in rows), Decimal()), sum((row[2] for row in rows), Decimal()))
        )
    unit = one["unit"]
    return [
        (month, f"{money_text(was)} {unit}", f"{money_text(now)} {unit}", f"{_signed(now - was)} {unit}")
        for month, was, now in rows
    ]


def _signed(amount: Decimal) -> str:
    return f"+{money_text(amount)}" if amount > 0 else money_text(amount)


def shown(test: BackTest, *, chosen: str) -> dict[str, Any]:
    """Return everything the result page shows."""
    if test.state != BackTestState.DONE:
        return {}
    most = tallying.MOST_LISTED
    changed = test.tally["flips"] + test.tally["others"]
    return {
        "figures": figures(test),
        "changed": changed,
        "rates": rates(test),
        "instant": _instant(test),
        "filters": filters(test, chosen=chosen),
        "flips": flips(test, chosen=chosen),
        "left_out": max(0, changed - most),
        "unread_of": sorted(test.tally["unread_of"].items(), key=lambda pair: -pair[1]),
        "columns": COLUMNS,
        "amounts": amounts(test),
    }
