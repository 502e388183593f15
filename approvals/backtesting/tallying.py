"""What a back-test has counted so far: JSON that grows by one case at a time. Holds no value of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from approvals.backtesting.comparing import Cause, Compared
from matters.editions import Compiled
from rules import FactType, FieldSpec, Verdict, VerdictKind

MOST_LISTED = 500  # cases named one by one; the numbers count all
Tally = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """From which shares on the second person must say why: verdicts that flip, and grants that are lost."""

    flips: float
    lost: float


def fresh() -> Tally:
    """Return an empty count."""
    counts = {kind.value: 0 for kind in VerdictKind}
    numbers = dict.fromkeys(
        ("cases", "compared", "flips", "others", "to_grant", "from_grant", "unread", "broken"), 0
    )
    lists: Tally = {"moves": {}, "unread_of": {}, "amounts": {}, "listed": []}
    return {**numbers, "before": counts, "after": dict(counts), **lists}


def add_broken(tally: Tally) -> None:
    """Count a case whose record cannot be read."""
    tally["cases"] += 1
    tally["broken"] += 1


def add(
    tally: Tally, compared: Compared, *, reference: str, month: str, columns: Mapping[str, FieldSpec]
) -> None:
    """Count one case. `columns` are the money columns of both tables by name, see `money_columns`."""
    tally["cases"] += 1
    if compared.before is None or compared.after is None:
        tally["unread"] += 1
        for name in compared.unread:
            tally["unread_of"][name] = tally["unread_of"].get(name, 0) + 1
        return
    was, now = compared.before.kind, compared.after.kind
    tally["compared"] += 1
    tally["before"][was.value] += 1
    tally["after"][now.value] += 1
    _add_amounts(tally, compared.before, compared.after, month=month, columns=columns)
    if compared.flips:
        tally["flips"] += 1
        tally["to_grant"] += now == VerdictKind.GRANT
        tally["from_grant"] += was == VerdictKind.GRANT
        move = f"{was.value}>{now.value}"
        tally["moves"][move] = tally["moves"].get(move, 0) + 1
    tally["others"] += compared.gives_other
    if (compared.flips or compared.gives_other) and len(tally["listed"]) < MOST_LISTED:
        tally["listed"].append(_line(compared, reference))


def money_columns(*sides: Compiled) -> dict[str, FieldSpec]:
    """Return the columns of outcome tables that hold an amount; a later table's words win."""
    tables = [side.package.outcome for side in sides if side.package.outcome]
    return {
        name: spec for table in tables for name, spec in table.columns.items() if spec.type is FactType.MONEY
    }


def impact(tally: Tally, *, revision: int, limits: Limits, at: str) -> dict[str, Any]:
    """Return what is kept with the draft: what the second person has to know, and whether to give a reason.

    What could not be told counts like a flip: nobody knows that it does not.
    """
    compared, cases = max(tally["compared"], 1), max(tally["cases"], 1)
    changed = tally["flips"] + tally["others"]
    needs = (
        changed / compared > limits.flips
        or tally["from_grant"] / compared > limits.lost
        or (tally["unread"] + tally["broken"]) / cases > limits.flips
    )
    return {
        "revision": revision,
        "cases": tally["cases"],
        "flips": tally["flips"],
        "others": tally["others"],
        "to_grant": tally["to_grant"],
        "to_refer": tally["from_grant"],
        "unread": tally["unread"] + tally["broken"],
        "needs_reason": needs,
        "at": at,
    }


def _add_amounts(
    tally: Tally, before: Verdict, after: Verdict, *, month: str, columns: Mapping[str, FieldSpec]
) -> None:
    for name, spec in columns.items():
        kept = tally["amounts"].setdefault(
            name, {"label": spec.label, "unit": spec.unit or "元", "months": {}}
        )
        row = kept["months"].setdefault(month, ["0", "0"])
        for at, verdict in enumerate((before, after)):
            row[at] = str(Decimal(row[at]) + _amount(verdict, name))


def _amount(verdict: Verdict, column: str) -> Decimal:
    if verdict.kind != VerdictKind.GRANT or verdict.outcome is None:
        return Decimal(0)
    value = verdict.outcome.values.get(column)
    return value if isinstance(value, Decimal) else Decimal(0)


def _line(compared: Compared, reference: str) -> dict[str, Any]:
    assert compared.before is not None
    assert compared.after is not None
    line: dict[str, Any] = {
        "case": reference,
        "from": compared.before.kind.value,
        "to": compared.after.kind.value,
        "causes": [_told(cause) for cause in compared.causes],
    }
    if compared.gives_other:
        line["gives"] = _other_lines(compared.before, compared.after)
    return line


def _told(cause: Cause) -> dict[str, str]:
    return {
        "name": cause.name,
        "from": cause.before.value if cause.before else "",
        "to": cause.after.value if cause.after else "",
        "was": cause.before_line,
        "is": cause.after_line,
    }


def _other_lines(before: Verdict, after: Verdict) -> list[list[str]]:
    """Return label, text before and text after of what is given otherwise; "" where a table has no such line."""
    was = dict(before.outcome.lines) if before.outcome else {}
    now = dict(after.outcome.lines) if after.outcome else {}
    labels = dict.fromkeys([*now, *was])
    return [
        [label, was.get(label, ""), now.get(label, "")]
        for label in labels
        if was.get(label) != now.get(label)
    ]
