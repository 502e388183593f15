"""Every operator in every outcome, straight from JSON to truth."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules import Fact, PreparedCondition, Truth, UnknownReason, parse_condition
from tests.rules.making import ON, PERSON, VOCABULARY, facts

P, F, U = Truth.PASS, Truth.FAIL, Truth.UNKNOWN
R = UnknownReason


def judged(condition: Any, given: dict[str, Any]) -> tuple[Truth, Truth, UnknownReason | None]:
    prepared = PreparedCondition(parse_condition(condition), vocabulary=VOCABULARY)
    truth, leaves = prepared.trace(given, on=ON)
    return truth, prepared.holds(given, on=ON), leaves[0].reason


def compare(fact: str, op: str, **against: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op} | against


SINGLE = [
    ("form.note", "eq", "好", [("好", P), ("坏", F), ("好 ", F)]),
    ("form.note", "ne", "好", [("坏", P), ("好", F)]),
    ("form.note", "in", ["好", "坏"], [("坏", P), ("中", F)]),
    ("form.note", "not_in", ["好", "坏"], [("中", P), ("坏", F)]),
    ("form.note", "contains", "食品", [("预包装食品销售", P), ("药品", F)]),
    ("form.note", "starts_with", "食品", [("食品销售", P), ("销售食品", F)]),
    ("form.note", "same_as", "阿依·X1", [("阿 依・ｘ１", P), ("阿依•x1", P), ("阿依X1", F)]),
    ("form.rooms", "eq", 3, [(3, P), (4, F)]),
    ("form.rooms", "ne", 3, [(4, P), (3, F)]),
    ("form.rooms", "lt", 3, [(2, P), (3, F)]),
    ("form.rooms", "le", 3, [(3, P), (4, F)]),
    ("form.rooms", "gt", 3, [(4, P), (3, F)]),
    ("form.rooms", "ge", 3, [(3, P), (2, F)]),
    ("form.rooms", "in", [1, 2], [(2, P), (3, F)]),
    ("form.rooms", "not_in", [1, 2], [(3, P), (2, F)]),
    (
        "form.capital",
        "ge",
        "0.30",
        [(Decimal("0.3"), P), (Decimal("0.1") + Decimal("0.2"), P), (Decimal("0.29"), F)],
    ),
    ("form.capital", "lt", 100, [(Decimal("99.99"), P), (Decimal(100), F)]),
    ("form.capital", "eq", "1.0", [(Decimal("1.00"), P), (Decimal("1.01"), F)]),
    ("form.start", "eq", "2026-11-20", [(date(2026, 11, 20), P), (date(2026, 11, 21), F)]),
    ("form.start", "lt", "2026-11-20", [(date(2026, 11, 19), P), (date(2026, 11, 20), F)]),
    ("form.start", "ge", "2026-11-20", [(date(2026, 11, 20), P), (date(2026, 11, 19), F)]),
    ("form.start", "in", ["2026-11-20"], [(date(2026, 11, 20), P), (date(2026, 11, 19), F)]),
    ("form.agrees", "eq", True, [(True, P), (False, F)]),
    ("form.agrees", "ne", True, [(False, P), (True, F)]),
    ("form.level", "eq", "1", [("1", P), ("2", F)]),
    ("form.level", "in", ["1", "2"], [("2", P), ("3", F)]),
    ("form.level", "not_in", ["1", "2"], [("3", P), ("2", F)]),
    (
        "cert.hukou.division",
        "within",
        "440507",
        [("440507", P), ("440507001002", P), ("440508", F), ("4401", F)],
    ),
    ("cert.hukou.division", "within", "440500", [("440507", P), ("440500", P), ("440100", F)]),
    ("cert.hukou.division", "within", ["4401", "440507"], [("440507001", P), ("440106", P), ("440508", F)]),
    ("cert.hukou.division", "eq", "440507000000", [("440507", P), ("440507001", F)]),
]


@pytest.mark.parametrize(("fact", "op", "value", "table"), SINGLE)
def test_a_fact_against_a_constant(fact: str, op: str, value: Any, table: list[tuple[Any, Truth]]) -> None:
    condition = compare(fact, op, value=value)
    for seen, expected in table:
        assert judged(condition, {fact: Fact.known(seen)})[:2] == (expected, expected), seen
        turned = {P: F, F: P}[expected]
        assert judged({"not": condition}, {fact: Fact.known(seen)})[:2] == (turned, turned), seen


@pytest.mark.parametrize(("fact", "op", "value", "table"), SINGLE)
@pytest.mark.parametrize("turned", [False, True])
def test_what_is_not_known_is_unknown_both_ways(
    fact: str, op: str, value: Any, table: Any, turned: bool
) -> None:
    condition = compare(fact, op, value=value)
    condition = {"not": condition} if turned else condition
    unreadable: Any = 1.5
    cases: list[tuple[dict[str, Any], UnknownReason]] = [
        ({}, R.NOT_ASKED),
        ({fact: Fact.known(None)}, R.NOT_ASKED),
        ({fact: Fact.known("")}, R.NOT_ASKED),
        ({fact: Fact.known("  ")}, R.NOT_ASKED),
        ({fact: Fact.known(unreadable)}, R.UNREADABLE),
        ({fact: "a bare value"}, R.UNREADABLE),
        *(({fact: Fact.unknown(reason)}, reason) for reason in R),
    ]
    for seen, reason in cases:
        assert judged(condition, seen) == (U, U, reason)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("form.rooms", True),
        ("form.rooms", "3"),
        pytest.param("form.rooms", 10**4400, id="endless"),
        ("form.capital", 3),
        ("form.capital", 3.0),
        ("form.capital", Decimal("NaN")),
        ("form.capital", Decimal("sNaN")),
        ("form.capital", Decimal("Infinity")),
        ("form.capital", Decimal("1E+999999")),
        ("form.capital", Decimal("1E-999999")),
        ("form.agrees", 1),
        ("form.agrees", "true"),
        ("form.level", "9"),
        ("form.start", "2026-11-20"),
        ("cert.hukou.division", "44050"),
        ("cert.hukou.division", "龙湖区"),
        ("cert.hukou.division", "４４０５０７"),
        ("register.family.members", "甲"),
    ],
)
def test_a_value_of_the_wrong_type_never_counts(fact: str, value: Any) -> None:
    for op in ("present", "absent"):
        assert judged(compare(fact, op), {fact: Fact.known(value)}) == (U, U, R.UNREADABLE)


def test_a_division_known_only_more_coarsely_cannot_be_told() -> None:
    for seen in ("4405", "44", "440500"):
        given = {"cert.hukou.division": Fact.known(seen)}
        condition = compare("cert.hukou.division", "within", value="440507")
        assert judged(condition, given) == (U, U, R.AMBIGUOUS)
        assert judged({"not": condition}, given) == (U, U, R.AMBIGUOUS)


@pytest.mark.parametrize(
    ("seen", "present"),
    [
        ("字", P),
        ("", F),
        (None, F),
        (R.UNREACHABLE, U),
        (R.NOT_HELD, U),
    ],
)
def test_only_a_source_that_answered_can_say_absent(seen: Any, present: Truth) -> None:
    given = facts(form__note=seen)
    absent = {P: F, F: P, U: U}[present]
    assert judged(compare("form.note", "present"), given)[:2] == (present, present)
    assert judged(compare("form.note", "absent"), given)[:2] == (absent, absent)
    assert judged({"not": compare("form.note", "present")}, given)[:2] == (absent, absent)
    assert judged({"not": {"not": compare("form.note", "absent")}}, given)[:2] == (absent, absent)


@pytest.mark.parametrize(("members", "present"), [((PERSON,), P), ((), F), (R.UNREACHABLE, U)])
def test_presence_of_a_list(members: Any, present: Truth) -> None:
    assert (
        judged(compare("register.family.members", "present"), facts(register__family__members=members))[0]
        is present
    )


PAIRS = [
    ("cert.bank.name", "same_as", "cert.id.name", "陈 秀英", "陈秀英", P),
    ("cert.bank.name", "same_as", "cert.id.name", "陈秀莲", "陈秀英", F),
    ("cert.bank.name", "eq", "cert.id.name", "陈 秀英", "陈秀英", F),
    ("cert.bank.name", "ne", "cert.id.name", "陈 秀英", "陈秀英", P),
    ("form.note", "contains", "cert.id.name", "本人陈秀英", "陈秀英", P),
    ("form.note", "starts_with", "cert.id.name", "本人陈秀英", "陈秀英", F),
    ("form.rooms", "ge", "form.floors", 3, 3, P),
    ("form.rooms", "gt", "form.floors", 3, 3, F),
    ("form.rooms", "lt", "form.floors", 2, 3, P),
    ("form.rooms", "le", "form.floors", 4, 3, F),
    ("form.start", "gt", "cert.id.birth", date(2026, 1, 1), date(1946, 1, 1), P),
]


@pytest.mark.parametrize(("fact", "op", "other", "left", "right", "expected"), PAIRS)
def test_a_fact_against_another(
    fact: str, op: str, other: str, left: Any, right: Any, expected: Truth
) -> None:
    condition = compare(fact, op, other=other)
    given = {fact: Fact.known(left), other: Fact.known(right)}
    assert judged(condition, given)[:2] == (expected, expected)
    for name in (fact, other):
        assert judged(condition, given | {name: Fact.unknown(R.REVOKED)}) == (U, U, R.REVOKED)
        assert judged(condition, given | {name: Fact.known(None)}) == (U, U, R.NOT_ASKED)
        assert judged(condition, given | {name: Fact.known(b"?")}) == (U, U, R.UNREADABLE)  # type: ignore[arg-type]


YES, NO, WHO = (
    compare("form.rooms", "eq", value=3),
    compare("form.rooms", "eq", value=4),
    compare("own.open", "eq", value=1),
)


@pytest.mark.parametrize(
    ("parts", "together", "either"),
    [
        ([YES, YES], P, P),
        ([YES, NO], F, P),
        ([NO, NO], F, F),
        ([YES, WHO], U, P),
        ([NO, WHO], F, U),
        ([WHO, WHO], U, U),
        ([WHO, YES, NO], F, P),
    ],
)
def test_and_and_or_are_kleenes(parts: list[Any], together: Truth, either: Truth) -> None:
    given = facts(own__open=R.UNREACHABLE)
    turned = {P: F, F: P, U: U}
    for order in (parts, parts[::-1]):
        assert judged({"all": order}, given)[:2] == (together, together)
        assert judged({"any": order}, given)[:2] == (either, either)
        assert judged({"not": {"all": order}}, given)[:2] == (turned[together], turned[together])
        assert judged({"not": {"any": order}}, given)[:2] == (turned[either], turned[either])


OLD, YOUNG = PERSON | {"age": 30}, PERSON | {"age": 3}
UNSURE = PERSON | {"age": R.UNREACHABLE}
BARE: dict[str, Any] = {}
GROWN = compare("item.age", "ge", value=18)


@pytest.mark.parametrize(
    ("members", "some", "every", "none"),
    [
        ((), F, P, P),
        ((OLD,), P, P, F),
        ((YOUNG,), F, F, P),
        ((OLD, YOUNG), P, F, F),
        ((UNSURE,), U, U, U),
        ((OLD, UNSURE), P, U, F),
        ((YOUNG, UNSURE), U, F, U),
        ((OLD, YOUNG, UNSURE), P, F, F),
        ((BARE,), U, U, U),
        ((PERSON | {"age": None},), U, U, U),
        ((PERSON | {"age": "十八"},), U, U, U),
        (("not a record",), U, U, U),
        (None, U, U, U),
        (R.UNREACHABLE, U, U, U),
        ("甲", U, U, U),
    ],
)
def test_lists(members: Any, some: Truth, every: Truth, none: Truth) -> None:
    given = facts(register__family__members=members)
    turned = {P: F, F: P, U: U}
    for key, expected in (("some", some), ("every", every), ("none", none)):
        condition = {key: "register.family.members", "where": GROWN}
        assert judged(condition, given)[:2] == (expected, expected), key
        assert judged({"not": condition}, given)[:2] == (turned[expected], turned[expected]), key


@pytest.mark.parametrize(
    ("op", "least_one", "one_or_two", "none"),
    [
        ("eq", P, U, F),
        ("ne", F, U, P),
        ("lt", F, F, P),
        ("le", P, U, P),
        ("gt", F, U, F),
        ("ge", P, P, F),
    ],
)
def test_counting_against_one(op: str, least_one: Truth, one_or_two: Truth, none: Truth) -> None:
    condition = {"count": "register.family.members", "where": GROWN, "op": op, "value": 1}
    turned = {P: F, F: P, U: U}
    for members, expected in [
        ((OLD, YOUNG), least_one),
        ((OLD, UNSURE), one_or_two),
        ((YOUNG,), none),
        ((), none),
    ]:
        given = facts(register__family__members=members)
        assert judged(condition, given)[0] is expected
        assert judged({"not": condition}, given)[0] is turned[expected]
    assert judged(condition, facts(register__family__members=R.UNREACHABLE)) == (U, U, R.UNREACHABLE)


def test_counting_all_records() -> None:
    condition = {"count": "register.family.members", "op": "eq", "value": 0}
    assert judged(condition, facts(register__family__members=()))[0] is P
    assert judged(condition, facts(register__family__members=(UNSURE,)))[0] is F
    assert judged(condition, facts(register__family__members=R.UNREACHABLE))[0] is U


def test_a_record_may_be_compared_with_the_applicant() -> None:
    condition = {
        "some": "register.family.members",
        "where": compare("item.name", "same_as", other="cert.id.name"),
    }
    assert judged(condition, facts(register__family__members=(PERSON | {"name": "陈秀 英"},)))[0] is P
    assert judged(condition, facts())[0] is F
    assert judged(condition, facts(cert__id__name=R.EXPIRED)) == (U, U, R.EXPIRED)


@pytest.mark.parametrize(
    "condition",
    [
        compare("form.nowhere", "eq", value=1),
        compare("form.rooms", "contains", value="3"),
        compare("form.rooms", "eq", value="3"),
        compare("form.capital", "eq", value="many"),
        compare("form.start", "eq", value="2026-02-30"),
        compare("form.level", "eq", value="9"),
        compare("form.rooms", "eq", other="form.note"),
        compare("form.rooms", "eq", other="form.nowhere"),
        {"some": "form.rooms", "where": GROWN},
        {"every": "own.nothing", "where": GROWN},
        {"some": "register.family.members", "where": compare("item.nothing", "present")},
    ],
)
def test_what_the_vocabulary_does_not_bear_out_is_unknown_and_so_is_its_opposite(condition: Any) -> None:
    assert judged(condition, facts()) == (U, U, R.UNREADABLE)
    assert judged({"not": condition}, facts()) == (U, U, R.UNREADABLE)


PERIODS = [
    ("within_days", 30, [("2026-11-20", P), ("2026-10-21", P), ("2026-10-20", F), ("2026-11-21", F)]),
    ("within_months", 6, [("2026-11-20", P), ("2026-05-20", P), ("2026-05-19", F), ("2026-11-21", F)]),
    ("within_months", 12, [("2025-11-20", P), ("2025-11-19", F)]),
]


@pytest.mark.parametrize(("op", "length", "table"), PERIODS)
def test_a_day_in_the_last_days_or_months(op: str, length: int, table: list[tuple[str, Truth]]) -> None:
    """Up to the day of judging, or up to another day; both ends belong to it (民法典 1259)."""
    turned = {P: F, F: P}
    for text, expected in table:
        given = {"form.start": Fact.known(date.fromisoformat(text)), "cert.id.birth": Fact.known(ON)}
        for more in ({}, {"other": "cert.id.birth"}):
            condition = compare("form.start", op, value=length, **more)
            assert judged(condition, given) == (expected, expected, None), text
            assert judged({"not": condition}, given)[:2] == (turned[expected], turned[expected])


def test_months_end_on_the_last_day_where_the_corresponding_one_is_missing() -> None:
    condition = compare("form.start", "within_months", value=1, other="cert.id.birth")
    given = {"form.start": Fact.known(date(2026, 1, 31)), "cert.id.birth": Fact.known(date(2026, 2, 28))}
    assert judged(condition, given)[0] is P
    assert judged(condition, given | {"cert.id.birth": Fact.known(date(2026, 3, 1))})[0] is F


@pytest.mark.parametrize("op", ["within_days", "within_months"])
@pytest.mark.parametrize("more", [{}, {"other": "cert.id.birth"}])
def test_a_period_of_what_is_not_known_is_unknown(op: str, more: dict[str, Any]) -> None:
    condition = compare("form.start", op, value=3, **more)
    for name in ("form.start", *more.values()):
        for reason in R:
            assert judged(condition, facts() | {name: Fact.unknown(reason)}) == (U, U, reason)
        assert judged(condition, facts() | {name: Fact.known(None)}) == (U, U, R.NOT_ASKED)
        assert judged(condition, facts() | {name: Fact.known("2026-11-20")}) == (U, U, R.UNREADABLE)
    far = facts(form__start=date.max, cert__id__birth=date.max)
    assert judged(condition, far)[0] in {P, F}


def test_a_record_of_a_list_may_lie_in_a_period() -> None:
    condition = {"some": "register.family.members", "where": compare("item.since", "within_months", value=6)}
    new = PERSON | {"since": date(2026, 6, 1)}
    assert judged(condition, facts())[0] is F
    assert judged(condition, facts(register__family__members=(PERSON, new)))[0] is P
