"""One verdict from all findings; UNKNOWN never grants."""

from typing import Any

import pytest

from rules import (
    Action,
    Check,
    Fact,
    Truth,
    UnknownReason,
    Verdict,
    VerdictKind,
    judge,
    parse_outcome_table,
    prepare,
)
from tests.rules.making import ON, VOCABULARY, check, facts

GRANT, SUPPLEMENT, REFER = VerdictKind.GRANT, VerdictKind.SUPPLEMENT, VerdictKind.REFER
AGED = check({"fact": "derived.age", "op": "ge", "value": 80}, code="aged")
ALIVE = check({"fact": "register.civil.dead", "op": "eq", "value": False}, code="alive")
ROOMS = check(
    {"fact": "form.rooms", "op": "ge", "value": 2},
    code="rooms",
    on_fail="supplement",
    on_unknown="supplement",
    opens=["form.rooms", "material.plan"],
)
NOTE = check(
    {"fact": "form.note", "op": "present"},
    code="note",
    on_fail="supplement",
    opens=["form.note", "material.plan"],
)
ALL = (AGED, ALIVE, ROOMS, NOTE)
UNREACHABLE = UnknownReason.UNREACHABLE


def verdict(checks: tuple[Check, ...] = ALL, /, **changes: Any) -> Verdict:
    return judge(checks, facts(**changes), vocabulary=VOCABULARY, on=ON)


@pytest.mark.parametrize(
    ("changes", "kind", "opens"),
    [
        ({}, GRANT, ()),
        ({"register__civil__dead": True}, REFER, ()),
        ({"register__civil__dead": UNREACHABLE}, REFER, ()),
        ({"form__rooms": 1}, SUPPLEMENT, ("form.rooms", "material.plan")),
        ({"form__rooms": None}, SUPPLEMENT, ("form.rooms", "material.plan")),
        ({"form__note": ""}, SUPPLEMENT, ("form.note", "material.plan")),
        ({"form__note": UNREACHABLE}, REFER, ()),
        ({"form__rooms": 1, "form__note": ""}, SUPPLEMENT, ("form.rooms", "material.plan", "form.note")),
        ({"form__rooms": 1, "register__civil__dead": True}, REFER, ()),
        ({"form__rooms": 1, "cert__id__birth": UnknownReason.EXPIRED}, REFER, ()),
    ],
)
def test_the_kind_of_verdict(changes: dict[str, Any], kind: VerdictKind, opens: tuple[str, ...]) -> None:
    found = verdict(**changes)
    assert (found.kind, found.opens) == (kind, opens)
    assert judge(ALL[::-1], facts(**changes), vocabulary=VOCABULARY, on=ON).kind is kind


def test_a_finding_carries_law_words_and_trace() -> None:
    aged, alive, rooms, _ = verdict(form__rooms=1, register__civil__dead=UNREACHABLE).findings
    assert (aged.outcome, aged.told, aged.action, aged.opens) == (Truth.PASS, "通过了", Action.NONE, ())
    assert ([basis.cited for basis in aged.basis], aged.sentence) == (["某办法第四条"], "年满80周岁")
    assert aged.leaves[0].seen == "80周岁"
    assert (alive.outcome, alive.told, alive.action) == (Truth.UNKNOWN, "不能核实", Action.REFER)
    assert (alive.leaves[0].reason, alive.leaves[0].seen) == (UNREACHABLE, "数据源未响应")
    assert (rooms.outcome, rooms.told, rooms.action) == (Truth.FAIL, "没有通过", Action.SUPPLEMENT)
    assert rooms.opens == ("form.rooms", "material.plan")


def test_without_a_check_nothing_is_granted() -> None:
    assert verdict(()).kind is REFER


def test_a_derived_fact_from_outside_does_not_count() -> None:
    young = facts(cert__id__birth=ON) | {"derived.age": Fact.known(99)}
    assert judge((AGED,), young, vocabulary=VOCABULARY, on=ON).kind is REFER


AMOUNTS = parse_outcome_table(
    {
        "columns": {
            "amount": {"type": "money", "label": "每月津贴"},
            "from": {"type": "date", "label": "起发日期"},
            "level": {"type": "code", "label": "档次", "codes": {"a": "一档", "b": "二档"}},
        },
        "rows": [
            {
                "when": {"fact": "derived.age", "op": "ge", "value": 90},
                "values": {"amount": "200.00", "from": "2026-12-01", "level": "b"},
            },
            {
                "when": {
                    "all": [
                        {"fact": "derived.age", "op": "ge", "value": 80},
                        {"fact": "own.open", "op": "eq", "value": 0},
                    ]
                },
                "values": {"amount": 100, "from": "2026-12-01", "level": "a"},
            },
        ],
    }
)


@pytest.mark.parametrize(
    ("changes", "kind", "row"),
    [
        ({}, GRANT, 1),
        ({"own__open": 1}, REFER, None),
        ({"own__open": UNREACHABLE}, REFER, None),
    ],
)
def test_a_table_must_give_a_certain_row(changes: dict[str, Any], kind: VerdictKind, row: int | None) -> None:
    found = judge((ALIVE,), facts(**changes), vocabulary=VOCABULARY, on=ON, outcome_table=AMOUNTS)
    assert found.kind is kind
    assert (found.outcome.row if found.outcome else None) == row
    assert [leaf.path for leaf in found.outcome_leaves] == ["", "all[0]", "all[1]"]


def test_a_row_before_the_chosen_one_must_be_known_not_to_hold() -> None:
    given = facts(cert__id__birth=UnknownReason.REVOKED)
    found = judge((ALIVE,), given, vocabulary=VOCABULARY, on=ON, outcome_table=AMOUNTS)
    assert (found.kind, found.outcome, len(found.outcome_leaves)) == (REFER, None, 1)


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({}, (1,)),
        ({"own__open": 1}, ()),
        ({"own__open": UNREACHABLE}, (1,)),
        ({"cert__id__birth": UnknownReason.REVOKED}, (0, 1)),
        ({"cert__id__birth": UnknownReason.REVOKED, "own__open": 1}, (0,)),
    ],
)
def test_rows_that_what_is_known_rules_out_are_not_possible(
    changes: dict[str, Any], rows: tuple[int, ...]
) -> None:
    prepared = prepare((ALIVE,), vocabulary=VOCABULARY, outcome_table=AMOUNTS)
    assert prepared.possible_rows(facts(**changes), on=ON) == rows


def test_an_uncertain_row_does_not_hide_what_the_applicant_can_supply() -> None:
    given = facts(form__rooms=1, own__open=UNREACHABLE)
    assert judge((ROOMS,), given, vocabulary=VOCABULARY, on=ON, outcome_table=AMOUNTS).kind is SUPPLEMENT


def test_prepared_checks_judge_many() -> None:
    prepared = prepare(ALL, vocabulary=VOCABULARY, outcome_table=AMOUNTS)
    for changes in ({}, {"form__rooms": 1}, {"register__civil__dead": True}):
        given = facts(**changes)
        assert prepared.judge(given, on=ON) == judge(
            ALL, given, vocabulary=VOCABULARY, on=ON, outcome_table=AMOUNTS
        )
