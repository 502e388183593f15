"""The JSON Schema of a type says what the store itself takes: held against the reader, by examples nobody chose."""

from __future__ import annotations

from datetime import date
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from certificates import schemas, types
from certificates.errors import InvalidFields
from certificates.models import CertificateType
from rules.language.invalid import parse_files
from tests.factories.certificates import CARD, card_type

HOUSE = sorted((settings.DATA_DIR / "types").glob("*.json"))
DIALECT = jsonschema.Draft202012Validator
CHECKER = DIALECT.FORMAT_CHECKER
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["a", "b", "c", "2026-02-28", "2026-02-30", "12", "12.50", "-0.5", "1,2", "x"])
    | st.dates(date(1000, 1, 1)).map(date.isoformat)
    | st.lists(st.dictionaries(st.just("name"), st.text(max_size=3) | st.none()), max_size=2)
)
# What JSON Schema says more narrowly than the store reads: amounts as numbers or in other writings, days in other
# forms of ISO 8601, empty texts for nothing, and what stands in a record beside its fields.
STRICTER = {"amount", "born", "level", "people", "number", "card_number", "name"}


@pytest.mark.django_db
@bounds(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.dictionaries(st.sampled_from([*CARD["fields"], "other"]), VALUES, max_size=4))
def test_what_the_schema_allows_the_store_takes(values: dict[str, Any]) -> None:
    kind = CertificateType.objects.filter(slug=CARD["slug"]).first() or card_type()
    schema = schemas.json_schema(kind, version=1)
    allowed = DIALECT(schema, format_checker=CHECKER).is_valid(values)
    try:
        schemas.check(values, specs=schemas.of_version(kind, 1))
    except InvalidFields:
        assert not allowed, values
    else:
        refused = [error.path[0] for error in DIALECT(schema, format_checker=CHECKER).iter_errors(values)]
        assert set(refused) <= STRICTER


@pytest.mark.django_db
def test_a_plain_card_fits_and_each_wrong_value_does_not() -> None:
    kind = card_type()
    check = DIALECT(schemas.json_schema(kind, version=1), format_checker=CHECKER)
    right: dict[str, Any] = {
        "name": "陈",
        "born": "1940-03-15",
        "amount": "12.50",
        "level": "a",
        "people": [{"name": "x"}],
    }
    assert check.is_valid(right)
    for name, value in {
        "name": 1,
        "born": "1940-13-15",
        "amount": 1.5,
        "level": "c",
        "people": "x",
        "else": 1,
    }.items():
        assert not check.is_valid({**right, name: value}), name


@pytest.mark.django_db
def test_every_type_of_the_house_has_a_sound_schema() -> None:
    types.load_types(HOUSE)
    for kind in CertificateType.objects.all():
        schema = schemas.json_schema(kind, version=kind.current_schema)
        DIALECT.check_schema(schema)
        specs = schemas.of_version(kind, kind.current_schema)
        told = schema["properties"]
        assert {name: one["title"] for name, one in told.items()} == {n: s.label for n, s in specs.items()}
        assert {n for n, one in told.items() if one.get("x-personal")} == {
            n for n, s in specs.items() if s.personal
        }


def test_the_types_of_the_house_are_what_a_city_issues() -> None:
    definitions = parse_files(HOUSE, parse=types.parse)
    assert len(definitions) >= 100
    for key in ("slug", "name", "code"):
        assert len({getattr(one, key) for one in definitions}) == len(definitions), key
    for one in definitions:
        assert {"kind", "trust_level", "issuers", "validity", "copies"} <= one.model_fields_set, one.slug
        assert len(one.fields) >= 2, one.slug
        if one.lookup is not None:
            assert "《" in one.lookup.basis, one.slug
            open_ones = [name for name in one.lookup.fields if one.fields[name].get("personal")]
            assert not open_ones or "个人信息保护法" in one.lookup.basis, one.slug
        numbers = [name for name, spec in one.fields.items() if "身份号码" in spec["label"]]
        assert all(one.fields[name].get("personal") for name in numbers), one.slug
