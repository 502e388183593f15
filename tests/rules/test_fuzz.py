"""Ten thousand malformed documents: none crashes, hangs, or is taken for what it is not."""

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rules import (
    InvalidTree,
    PreparedCondition,
    Truth,
    dump_checks,
    dump_condition,
    dump_outcome_table,
    dump_vocabulary,
    json_document,
    parse_checks,
    parse_condition,
    parse_outcome_table,
    parse_vocabulary,
    problems,
    sentence,
)
from rules.language.tree import CHOICE_OPS, MAX_PERIOD, MAX_WHOLE, ORDER_OPS, PERIOD_OPS, PRESENCE_OPS, Op
from tests.rules.making import ON, VOCABULARY, facts

GOLDEN = json.loads((Path(__file__).parent / "golden" / "v1.json").read_text(encoding="utf-8"))
TREES = [one["tree"] for one in GOLDEN["conditions"]] + [
    {"fact": "form.start", "op": "within_months", "value": 6},
    {"not": {"fact": "form.start", "op": "within_days", "value": 30, "other": "cert.id.birth"}},
]
SINGLE, WHOLE, TEXTS = 8_000, 1_000, 1_000
ODD_TEXTS = [
    "",
    " ",
    "\x00",
    "\ud800",
    "\u200b",
    "\u202e文",
    "𠮷" * 3,
    "字" * 201,
    "form.rooms\n",
    "__proto__",
    "é",
    "1e3",
    "-0",
]
ODD_NUMBERS = [
    0,
    -1,
    1.0,
    1.5,
    -0.0,
    10**15,
    10**15 + 1,
    10**400,
    2**63,
    float("nan"),
    float("inf"),
    36_500,
    36_501,
]
KEYS = [
    "all",
    "any",
    "not",
    "some",
    "every",
    "none",
    "count",
    "where",
    "fact",
    "op",
    "value",
    "other",
    "All",
    "$ref",
]


def deep(key: str, levels: int) -> Any:
    document: Any = {"fact": "form.rooms", "op": "eq", "value": 3}
    for _ in range(levels):
        document = {key: [document] if key in {"all", "any"} else document}
    return document


def junk(rng: random.Random) -> Any:
    kinds: list[Any] = [
        lambda: rng.choice(ODD_TEXTS),
        lambda: rng.choice(ODD_NUMBERS),
        lambda: rng.choice([None, True, False, [], {}, [[]], [None], [{}]]),
        lambda: rng.choice([*Op, "EQ", "is", "within_years"]),
        lambda: rng.choice(
            ["form.rooms", "item.age", "cert.id.name", "cert.id", "own.open.x", "nobody.knows"]
        ),
        lambda: copy.deepcopy(rng.choice(TREES)),
        lambda: [copy.deepcopy(rng.choice(TREES))] * rng.choice([1, 2, 3, 199, 201]),
        lambda: ["a"] * rng.choice([1, 199, 200, 201]) + [rng.choice(ODD_NUMBERS)],
        lambda: deep(rng.choice(["not", "all", "any"]), rng.choice([1, 2, 5, 6, 7, 8, 9, 3_000])),
    ]
    return rng.choice(kinds)()


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every container of a document with each of its keys or places."""
    found: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting and len(found) < 100:  # the bottom of an endless document is as good as its top
        node = waiting.pop()
        steps = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
        found += [(node, step) for step in steps]
        waiting += [node[step] for step in steps]
    return found


def damaged(document: Any, rng: random.Random) -> Any:
    """The document with one to three things wrong with it; or with nothing wrong, as it may happen."""
    whole = [copy.deepcopy(document)]
    for _ in range(rng.choice([1, 1, 2, 3])):
        node, step = rng.choice(places(whole))
        act = rng.randrange(6)
        if act == 0 and isinstance(node, dict):
            del node[step]
        elif act == 1 and isinstance(node, dict):
            node[rng.choice(KEYS)] = junk(rng)
        elif act == 2 and isinstance(node, dict):
            node[rng.choice(KEYS)] = node.pop(step)
        elif act == 3 and isinstance(node, list) and node is not whole:
            node.insert(step, node[step])
        elif act == 4:
            node[step] = {rng.choice(["not", "all", "where"]): node[step]}
        else:
            node[step] = junk(rng)
        if not places(whole):
            break
    return whole[0]


# --- the grammar once more, written from data-formats.md and not from the parser -------------------------------------
SLUG = "[a-z][a-z0-9_-]{0,60}"
NAME = re.compile(rf"(?:applicant|form|own|derived)\.{SLUG}|(?:cert|register)\.{SLUG}\.{SLUG}")
ITEM = re.compile(rf"item\.{SLUG}")


def is_name(raw: Any, *, inside: bool) -> bool:
    return isinstance(raw, str) and bool(NAME.fullmatch(raw) or (inside and ITEM.fullmatch(raw)))


def is_whole(raw: Any, *, least: int = -MAX_WHOLE, most: int = MAX_WHOLE) -> bool:
    return type(raw) is int and least <= raw <= most


def is_text(raw: Any) -> bool:
    return (
        isinstance(raw, str)
        and 1 <= len(raw) <= 200
        and not any("\ud800" <= sign <= "\udfff" for sign in raw)
    )


def is_choices(raw: Any) -> bool:
    return (
        isinstance(raw, list) and 1 <= len(raw) <= 200 and all(is_whole(one) or is_text(one) for one in raw)
    )


def is_comparison(raw: dict[str, Any], *, inside: bool) -> bool:
    op, keys = raw.get("op"), set(raw) - {"fact", "op"}
    if not is_name(raw["fact"], inside=inside) or not isinstance(op, str) or op not in set(Op):
        return False
    if "other" in keys and not is_name(raw["other"], inside=inside):
        return False
    return has_operands(Op(op), keys, raw.get("value"))


def has_operands(op: Op, keys: set[str], value: Any) -> bool:
    if op in PRESENCE_OPS:
        return not keys
    if op in PERIOD_OPS:
        return keys in ({"value"}, {"value", "other"}) and is_whole(value, least=1, most=MAX_PERIOD)
    if op in CHOICE_OPS:
        return keys == {"value"} and is_choices(value)
    several = op is Op.WITHIN and is_choices(value)
    single = type(value) is bool or is_whole(value) or is_text(value)
    return keys == {"other"} or (keys == {"value"} and (single or several))


def is_listed(raw: dict[str, Any]) -> bool:
    (key,) = set(raw) & {"some", "every", "none", "count"}
    if not is_name(raw[key], inside=False):
        return False
    if key != "count":
        return set(raw) == {key, "where"}
    fits = raw.get("op") in [op.value for op in ORDER_OPS] and is_whole(raw.get("value"), least=0)
    return fits and set(raw) in ({key, "op", "value"}, {key, "op", "value", "where"})


def conforms(document: Any) -> bool:
    """Whether a document is a condition, told without recursion."""
    waiting, nodes = [(document, 1, False)], 0
    while waiting:
        raw, depth, inside = waiting.pop()
        nodes += 1
        kinds = set(raw) & {*KEYS[:7], "fact"} if isinstance(raw, dict) else set()
        if depth > 8 or nodes > 200 or len(kinds) != 1:
            return False
        (kind,) = kinds
        if kind == "fact":
            if not is_comparison(raw, inside=inside):
                return False
        elif kind in {"all", "any", "not"}:
            parts = raw[kind] if kind != "not" else [raw[kind]]
            if len(raw) != 1 or not isinstance(parts, list) or not parts:
                return False
            waiting += [(part, depth + 1, inside) for part in parts]
        elif inside or not is_listed(raw):
            return False
        elif "where" in raw:
            waiting.append((raw["where"], depth + 1, True))
    return True


def documents(number: int, seed: int) -> Iterator[Any]:
    rng = random.Random(seed)
    for at in range(number):
        yield junk(rng) if at % 10 == 0 else damaged(rng.choice(TREES), rng)


def test_a_damaged_condition_is_refused_or_is_one() -> None:
    """What is accepted is what the grammar says, nothing else, and all of it; and can be said, linted and judged."""
    accepted, known = 0, facts()
    for document in documents(SINGLE, seed=4):
        try:
            tree = parse_condition(document)
        except InvalidTree:
            assert not conforms(document), document
            continue
        accepted += 1
        assert conforms(document), document
        assert parse_condition(dump_condition(tree)) == tree
        assert sentence(tree, vocabulary=VOCABULARY)
        assert isinstance(problems(tree, VOCABULARY), list)
        assert PreparedCondition(tree, vocabulary=VOCABULARY).holds(known, on=ON) in Truth
    assert SINGLE // 20 < accepted < SINGLE // 2, accepted


@pytest.mark.parametrize(
    ("parse", "dump", "seeds"),
    [
        (parse_checks, dump_checks, [case["checks"] for case in GOLDEN["cases"]]),
        (
            parse_outcome_table,
            dump_outcome_table,
            [case["table"] for case in GOLDEN["cases"] if case["table"]],
        ),
        (parse_vocabulary, dump_vocabulary, [GOLDEN["vocabulary"], dump_vocabulary(VOCABULARY)]),
    ],
)
def test_damaged_checks_tables_and_vocabularies_are_refused_or_come_back_equal(
    parse: Any, dump: Any, seeds: list[Any]
) -> None:
    rng = random.Random(5)
    accepted = 0
    for _ in range(WHOLE // 3):
        try:
            parsed = parse(damaged(rng.choice(seeds), rng))
        except InvalidTree:
            continue
        accepted += 1
        assert parse(dump(parsed)) == parsed
    assert 0 < accepted < WHOLE // 3


def spoilt(text: str, rng: random.Random) -> bytes:
    """The text of a document with something wrong with its bytes."""
    raw = bytearray(text.encode())
    act = rng.randrange(6)
    if act == 0:
        return bytes(raw[: rng.randrange(len(raw))])
    if act == 1:
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    elif act == 2:
        return text.replace('"op":', '"op": "eq", "op":', 1).encode()
    elif act == 3:
        number = rng.choice(["NaN", "Infinity", "-Infinity", "1" * 5_000, "1e999", "01", "0x1"])
        return re.sub(r'"value": [^,}\]]+', f'"value": {number}', text).encode()
    elif act == 4:
        return ("[" * rng.choice([10, 2_000, 100_000]) + text).encode()
    else:
        at = rng.randrange(len(raw))
        raw[at:at] = rng.choice(
            [b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x00", b"//", b",", "“".encode()]
        )
    return bytes(raw)


def test_a_spoilt_text_is_refused_or_read_as_what_it_says() -> None:
    rng = random.Random(6)
    refused = 0
    for _ in range(TEXTS):
        raw = spoilt(json.dumps(rng.choice(TREES), ensure_ascii=False), rng)
        try:
            document = json_document(raw)
            tree = parse_condition(document)
        except InvalidTree:
            refused += 1
            continue
        assert json.loads(raw) == document
        assert conforms(document)
        assert parse_condition(dump_condition(tree)) == tree
    assert refused > TEXTS // 2
