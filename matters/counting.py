"""Working days between facts (行政许可法 82), counted when facts are collected and stored with them.

The rules know no calendar, and a calendar changes when the State Council gives notice: a judgement has to come out
the same years later. So what was counted is kept as a fact, and `rules` takes it as it is given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from common.workdays import YearStatus, workdays_between, year_status
from rules import Derivation, DerivedKind, Fact, Facts, SourceKind, UnknownReason, Vocabulary
from rules.language.derived import COUNTED_KINDS

NO_NOTICE = "这一年的节假日安排还没有公布"
# Working days of a lifetime are no question anybody asks; a date of the year 1 would take seconds.
MOST_YEARS = 50


def counted(facts: Facts, *, vocabulary: Vocabulary, on: date, again: bool = False) -> Facts:
    """Return the facts with the working days this vocabulary declares; those already counted stay.

    `again` counts them anew: facts collected for one edition, tried in another that may mean something else by a name.
    """
    declared = [one for one in vocabulary.derived if one.kind in COUNTED_KINDS]
    wanted = [one for one in declared if again or one.name not in facts]
    if not wanted:
        return facts
    return {**facts, **{one.name: _fact(one, facts, on) for one in wanted}}


def _fact(derivation: Derivation, facts: Facts, on: date) -> Fact:
    origin = facts.get(derivation.of)
    at = Fact.known(on) if derivation.at is None else facts.get(derivation.at)
    for fact in (origin, at):
        if fact is None or fact.missing is not None:
            return Fact.unknown(fact.missing if fact and fact.missing else UnknownReason.NOT_ASKED)
    start, end = (fact.value if fact else None for fact in (origin, at))
    if type(start) is not date or type(end) is not date:
        return Fact.unknown(UnknownReason.UNREADABLE)
    if derivation.kind is DerivedKind.WORKDAYS_UNTIL:
        start, end = end, start
    source = origin.source if origin else None
    told = replace(source, kind=SourceKind.DERIVED, name=derivation.name) if source else None
    if _is_known(start, end):
        return Fact.known(workdays_between(start, end), told)
    return Fact.unknown(UnknownReason.NOT_ASKED, replace(told, detail=NO_NOTICE) if told else None)


def _is_known(start: date, end: date) -> bool:
    """Tell whether the notice is out for every year between two days: a provisional count proves nothing."""
    first, last = sorted((start.year, end.year))
    if last - first > MOST_YEARS:
        return False
    return all(year_status(year) is YearStatus.PUBLISHED for year in range(first, last + 1))
