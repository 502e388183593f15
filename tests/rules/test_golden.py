"""Each version of the language judges as its own code once did; the files in golden/ are never made anew."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules import (
    LANGUAGE_VERSION,
    PreparedCondition,
    Vocabulary,
    dump_checks,
    dump_outcome_table,
    dump_vocabulary,
    facts_from_json,
    judge,
    parse_checks,
    parse_condition,
    parse_outcome_table,
    parse_vocabulary,
    verdict_from_json,
    verdict_to_json,
)
from rules.language.values import leaf_to_json
from rules.language.versions import LANGUAGES

GOLDEN = Path(__file__).parent / "golden"
OLDER = sorted(set(LANGUAGES) - {LANGUAGE_VERSION})


def kept(version: int) -> tuple[Vocabulary, date, list[Any], dict[str, Any]]:
    document = json.loads((GOLDEN / f"v{version}.json").read_text(encoding="utf-8"))
    vocabulary = parse_vocabulary(document["vocabulary"])
    assert vocabulary.language == version
    assert dump_vocabulary(vocabulary) == document["vocabulary"]
    facts = [facts_from_json(one) for one in document["facts"]]
    return vocabulary, date.fromisoformat(document["on"]), facts, document


@pytest.mark.parametrize("version", OLDER)
def test_each_condition_comes_out_as_it_did_to_the_letter_of_its_trace(version: int) -> None:
    vocabulary, on, facts, document = kept(version)
    assert len(document["conditions"]) > 500
    for kept_one in document["conditions"]:
        prepared = PreparedCondition(parse_condition(kept_one["tree"]), vocabulary=vocabulary)
        outcomes = "".join(prepared.holds(one, on=on)[0] for one in facts)
        assert outcomes == kept_one["outcomes"], kept_one["tree"]
        if "trace" in kept_one:
            trace = [leaf_to_json(leaf) for leaf in prepared.trace(facts[0], on=on)[1]]
            assert trace == kept_one["trace"]


@pytest.mark.parametrize("version", OLDER)
def test_each_verdict_comes_out_as_it_did(version: int) -> None:
    vocabulary, on, facts, document = kept(version)
    for case in document["cases"]:
        checks = parse_checks(case["checks"])
        table = parse_outcome_table(case["table"]) if case["table"] else None
        assert dump_checks(checks) == case["checks"]
        assert table is None or dump_outcome_table(table) == case["table"]
        for given, told in zip(facts, case["verdicts"], strict=True):
            verdict = judge(checks, given, vocabulary=vocabulary, on=on, outcome_table=table)
            if "findings" in told:
                assert verdict_to_json(verdict) == told
                assert verdict_from_json(told) == verdict
                continue
            assert {
                "kind": verdict.kind,
                "row": verdict.outcome.row if verdict.outcome else None,
                "outcomes": "".join(finding.outcome[0] for finding in verdict.findings),
                "opens": list(verdict.opens),
            } == told
