"""The stored form of facts and verdicts: a judgement of today must be readable for ever."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rules import (
    Fact,
    Source,
    SourceKind,
    UnknownReason,
    facts_from_json,
    facts_to_json,
    judge,
    verdict_from_json,
    verdict_to_json,
)
from tests.rules.making import ON, VOCABULARY, check, facts

AT = datetime(2026, 11, 20, 10, 32, 8, tzinfo=UTC)
# Written by version 1 and stored in real journals: never change this, only add readers for it.
STORED: dict[str, Any] = {
    "cert.hukou.division": {
        "value": "440507001",
        "source": {
            "kind": "certificate",
            "name": "cert.hukou.division",
            "label": "居民户口簿",
            "number": "H-1",
            "version": 2,
            "field": "division",
            "at": "2026-11-20T10:32:08+00:00",
            "detail": "",
        },
        "missing": None,
    },
    "form.capital": {"value": {"money": "100.00"}, "source": None, "missing": None},
    "cert.id.birth": {"value": {"date": "1946-08-20"}, "source": None, "missing": None},
    "register.civil.dead": {"value": None, "source": None, "missing": "UNREACHABLE"},
    "register.family.members": {
        "value": {"list": [{"age": 3, "name": None, "kind": {"missing": "NOT_ASKED"}, "local": True}]},
        "source": None,
        "missing": None,
    },
}
KNOWN = {
    "cert.hukou.division": Fact.known(
        "440507001",
        Source(SourceKind.CERTIFICATE, "cert.hukou.division", "居民户口簿", "H-1", 2, "division", AT),
    ),
    "form.capital": Fact.known(Decimal("100.00")),
    "cert.id.birth": Fact.known(date(1946, 8, 20)),
    "register.civil.dead": Fact.unknown(UnknownReason.UNREACHABLE),
    "register.family.members": Fact.known(
        ({"age": 3, "name": None, "kind": UnknownReason.NOT_ASKED, "local": True},)
    ),
}


def test_the_stored_form_of_facts_is_fixed() -> None:
    written = facts_to_json(KNOWN)
    assert {name: entry["value"] for name, entry in written.items()} == {
        name: entry["value"] for name, entry in STORED.items()
    }
    source = STORED["cert.hukou.division"]["source"]
    assert written["cert.hukou.division"]["source"] == {
        name: value for name, value in source.items() if value
    }


def test_what_was_stored_can_be_read() -> None:
    assert facts_from_json(STORED) == KNOWN
    assert facts_from_json(facts_to_json(KNOWN)) == KNOWN
    assert str(facts_from_json(STORED)["form.capital"].value) == "100.00"


def test_the_stored_form_of_a_verdict_is_fixed() -> None:
    found = judge(
        (check({"fact": "derived.age", "op": "ge", "value": 90}),), facts(), vocabulary=VOCABULARY, on=ON
    )
    stored = {
        "language": 2,
        "kind": "REFER",
        "findings": [
            {
                "check_code": "one",
                "name": "核验one",
                "sentence": "年满90周岁",
                "outcome": "FAIL",
                "leaves": [
                    {
                        "path": "",
                        "sentence": "年满90周岁",
                        "expected": "年满90周岁",
                        "seen": "80周岁",
                        "source": {"kind": "derived", "name": "derived.age", "label": "居民身份证"},
                        "outcome": "FAIL",
                        "reason": None,
                    }
                ],
                "basis": {"law": "某办法", "article": "第四条", "text": "应当"},
                "told": "没有通过",
                "action": "refer",
                "opens": [],
            }
        ],
        "outcome": None,
        "opens": [],
        "outcome_leaves": [],
    }
    assert verdict_to_json(found) == stored
    assert verdict_from_json(stored) == found
