"""The schema, and schemathesis over it: whatever a generator thinks of, no operation answers 500."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from tests.factories import district
from tests.factories.district import Citizen
from tests.portal.api.conftest import ROOT, caller_of

pytestmark = pytest.mark.django_db
EXAMPLES = 8  # for each operation


@pytest.fixture
def document(city: Any) -> dict[str, Any]:
    """The schema as it is served."""
    answer = Client().get(ROOT + "schema", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    return dict(answer.json())


def test_every_operation_is_described_in_chinese(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert any("\u4e00" <= letter <= "\u9fff" for letter in operation["summary"]), f"{method} {path}"
            assert "401" in operation["responses"], f"{method} {path}"


def test_no_operation_breaks(document: dict[str, Any], call: Any) -> None:
    operations = _operations(document)
    assert len(operations) == 17
    _fuzz(operations, call)


def test_no_operation_of_a_keeper_breaks(document: dict[str, Any], chen: Citizen) -> None:
    """Half of what is tried names a certificate that is there."""
    operations = [one for one in _operations(document) if "/certificate" in one.path]
    assert len(operations) == 6
    card = chen.certificates["resident_id"]
    _fuzz(operations, caller_of(district.keeper(card.issuer_code)), identifier=card.identifier)


def _operations(document: dict[str, Any]) -> list[Any]:
    schema = schemathesis.openapi.from_dict(document)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def _fuzz(operations: list[Any], call: Any, *, identifier: str = "") -> None:

    @settings(
        max_examples=EXAMPLES * len(operations),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of([operation.as_strategy() for operation in operations]), data=st.data())
    def fuzz(case: Any, data: Any) -> None:
        told = case.as_transport_kwargs(base_url="http://testserver")
        path = told["url"].removeprefix("http://testserver").removeprefix(ROOT)
        if identifier and path.startswith("certificates/") and data.draw(st.booleans()):
            path = f"certificates/{identifier}" + ("/status" if case.method == "POST" else "")
        headers = {
            name.replace("-", "_"): str(value)
            for name, value in (case.headers or {}).items()
            if name != "Authorization" and str(value).isprintable() and str(value).isascii()
        }
        body = told.get("json", told.get("data"))
        answer = call(case.method.lower(), path, body if body is not None else None, **headers)
        assert answer.status_code < 500, f"{case.method} {path} {body!r}: {answer.content.decode()[:400]}"

    fuzz()
