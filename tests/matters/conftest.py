from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import Department, Region
from certificates.types import load_types
from registers import defining
from tests import shelving
from tests.factories import district
from tests.matters import documents

BODIES = {one["credit_code"]: one["name"] for one in district.DEPARTMENTS}
PLACES = {"44": "广东省", "4405": "汕头市", "440507": "龙湖区", "440507003": "珠池街道", "440511": "金平区"}


@pytest.fixture(scope="session")
def _sources_of_data(django_db_setup: None, django_db_blocker: Any) -> None:
    """Loaded once: two hundred types, by the verb that stores them."""
    with django_db_blocker.unblock():
        shelving.shelve("sources", load)


@pytest.fixture
def catalogue(_sources_of_data: None, db: None) -> None:
    """Everything the shipped packages stand on: places, bodies, certificate types, registers."""
    shelving.put_back("sources")


def load() -> None:
    for code, name in PLACES.items():
        parent = code[: {2: 0, 4: 2, 6: 4, 9: 6}[len(code)]] or None
        Region.objects.create(code=code, name=name, level=len(code), parent_id=parent)
    for code, name in BODIES.items():
        Department.objects.create(
            credit_code=code,
            name=name,
            short_name=name[-4:],
            region_id="440507",
            phone="0754-00000001",
            complaint_phone="0754-00000002",
            address="示例市龙湖区",
            hours="工作日",
            review_body="示例市龙湖区人民政府",
            court="示例市龙湖区人民法院",
        )
    load_types(sorted((documents.DATA / "types").glob("*.json")))
    for path in sorted((documents.DATA / "registers").glob("*.json")):
        defining.save(json.loads(path.read_text(encoding="utf-8")))
