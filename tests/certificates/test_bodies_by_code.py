"""Filling in whose consents and looks were, known before by name alone: where one body bears it, and no other."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from accounts.models import Department
from certificates.models import Authorisation, UseRecord
from tests.certificates.holding.test_looking import agreed, by_duty, kind, who
from tests.factories import offices
from tests.factories.certificates import certificate, consent

pytestmark = pytest.mark.django_db
__all__ = ["kind", "who"]


@pytest.mark.parametrize(("shared", "code"), [(False, offices.OWN), (True, "")])
def test_a_name_says_whose_it_was_while_one_body_bears_it(who: Any, *, shared: bool, code: str) -> None:
    certificate(who.person)
    given, of_case = agreed(who), consent(who, case="LH1", scope={"test_card": ["name"]})
    use = by_duty(offices.employee("officer"), who.person).record
    tables = ("certificates_authorisation", "certificates_userecord")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE {table} SET body_code = ''")
        Authorisation.objects.filter(pk=of_case.pk).update(body=given.body)
        if shared:
            offices.department(offices.OTHER)
            Department.objects.filter(credit_code=offices.OTHER).update(name=given.body)
        cursor.execute(import_module("certificates.migrations.0019_bodies_by_code")._FILL)
    codes = Authorisation.objects.filter(pk__in=[given.pk, of_case.pk]).values_list("kind", "body_code")
    assert set(codes) == {("purpose", code), ("case", "")}
    assert UseRecord.objects.get(pk=use.pk).body_code == code
