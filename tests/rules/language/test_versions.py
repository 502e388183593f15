"""What a version knows, it knows for ever; what it does not know it never grants on."""

from typing import Any

import pytest

from rules import (
    LANGUAGE_VERSION,
    InvalidTree,
    PreparedCondition,
    Truth,
    UnknownReason,
    dump_vocabulary,
    judge,
    parse_condition,
    parse_vocabulary,
    problems,
    verdict_to_json,
)
from rules.language.tree import Op
from rules.language.versions import LANGUAGES
from rules.wording.phrases import PHRASES
from tests.rules.making import ON, SPECS, VALUES, VOCABULARY, check, facts

OLD = parse_vocabulary(dump_vocabulary(VOCABULARY) | {"language": 1, "derived": []})
RECENT = {"fact": "form.start", "op": "within_months", "value": 6}


def test_the_newest_version_is_the_last_and_each_has_its_words() -> None:
    assert max(LANGUAGES) == LANGUAGE_VERSION == VOCABULARY.language
    assert PHRASES.keys() == LANGUAGES.keys()
    assert [len(LANGUAGES[version].ops) for version in sorted(LANGUAGES)] == [14, len(Op)]
    for older, newer in zip(sorted(LANGUAGES), sorted(LANGUAGES)[1:], strict=False):
        assert LANGUAGES[older].ops < LANGUAGES[newer].ops
        assert LANGUAGES[older].kinds < LANGUAGES[newer].kinds


def test_an_operator_of_later_is_a_fault_in_an_older_edition_and_unknown_for_ever() -> None:
    condition = parse_condition(RECENT)
    assert [problem.path for problem in problems(condition, OLD)] == ["op"]
    assert problems(condition, VOCABULARY) == []
    truth, (leaf,) = PreparedCondition(condition, vocabulary=OLD).trace(facts(), on=ON)
    assert (truth, leaf.reason) == (Truth.UNKNOWN, UnknownReason.UNREADABLE)
    assert PreparedCondition(condition, vocabulary=VOCABULARY).holds(facts(), on=ON) is Truth.PASS


@pytest.mark.parametrize(
    "derivation",
    [
        {"kind": "workdays_since", "of": "form.start"},
        {"kind": "workdays_until", "of": "form.start"},
        {"kind": "age", "of": "cert.id.birth", "at": "form.start"},
        {"kind": "sum", "of": "register.family.members", "field": "amount"},
    ],
)
def test_a_derivation_of_later_is_refused_in_an_older_vocabulary(derivation: dict[str, Any]) -> None:
    document = {"specs": SPECS, "derived": [{"name": "derived.it", "label": "它"} | derivation]}
    assert parse_vocabulary(document).language == LANGUAGE_VERSION
    with pytest.raises(InvalidTree, match="还没有的算法"):
        parse_vocabulary(document | {"language": 1})


@pytest.mark.parametrize("version", [0, 3, -1, 10**9])
def test_an_unknown_version_is_refused(version: int) -> None:
    with pytest.raises(InvalidTree, match="条件语言的版本不受支持"):
        parse_vocabulary({"specs": SPECS, "language": version})


@pytest.mark.parametrize(
    ("left", "right", "then", "now"),
    [
        ("陈 秀英", "陈秀英", True, True),
        ("阿依・ｘ", "阿依·X", True, True),
        ("陈\u200b秀英\ufeff", "陈秀英", False, True),
        ("\u202d44050719460820998x", "44050719460820998X", False, True),
        ("陈秀莲", "陈秀英", False, False),
    ],
)
def test_names_are_folded_as_each_version_folds_them(left: str, right: str, then: bool, now: bool) -> None:
    for version, same in ((1, then), (2, now)):
        normalised = LANGUAGES[version].normalised
        assert (normalised(left) == normalised(right)) is same


def test_a_verdict_names_the_version_it_was_judged_by_and_speaks_its_words() -> None:
    checks = (check({"fact": "form.rooms", "op": "ge", "value": 3}),)
    told = {
        vocabulary.language: verdict_to_json(judge(checks, facts(), vocabulary=vocabulary, on=ON))
        for vocabulary in (OLD, VOCABULARY)
    }
    assert {number: document["language"] for number, document in told.items()} == {1: 1, 2: 2}
    assert told[1]["findings"][0]["sentence"] == "房间数不小于3间"
    assert told[2]["findings"][0]["sentence"] == "房间数至少3间"
    assert VALUES["form.rooms"] == 3
