"""Types, certificates and consents for tests, made through the product's own verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from accounts.acting.principals import Principal
from accounts.models import Organisation, Person
from certificates import types
from certificates.holding import authorising
from certificates.holding.using import Need
from certificates.issuance import issuing
from certificates.issuance.issuing import Issue
from certificates.models import Authorisation, Certificate, CertificateType
from common import clock
from tests.factories import seals

ISSUER = "11440507MB2X00012R"
TODAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 9, 30, tzinfo=clock.SHANGHAI)
MATTER = "11440507MB2X00012R4440511001001"
CARD: dict[str, Any] = {
    "code": f"{ISSUER}901",
    "slug": "test_card",
    "name": "测试卡",
    "holder_kind": "person",
    "definer_name": "测试局",
    "version": 1,
    "fields": {
        "name": {"type": "text", "label": "姓名"},
        "card_number": {"type": "text", "label": "卡号", "personal": True},
        "born": {"type": "date", "label": "出生日期"},
        "amount": {"type": "money", "label": "金额"},
        "number": {"type": "text", "label": "编号"},
        "level": {"type": "code", "label": "等级", "codes": {"a": "甲", "b": "乙"}},
        "people": {"type": "list", "label": "成员", "fields": {"name": {"type": "text", "label": "姓名"}}},
    },
}
VALUES: dict[str, Any] = {
    "name": "陈桂英",
    "card_number": "6200000000000001234",
    "born": "1940-03-15",
    "level": "a",
}
SCOPE = {"test_card": ("name", "born")}
_references = count(1)


def card_type(**changes: Any) -> CertificateType:
    """Store the test type, or a variant of it; its issuer has a seal."""
    document = {**CARD, **changes}
    seals.seal_of(ISSUER)
    types.save(document)
    return CertificateType.objects.get(slug=document["slug"])


def wanted(holder: Person | Organisation, **changes: Any) -> Issue:
    """Return an issue of the test type that is valid without end."""
    given: dict[str, Any] = {
        "type": CARD["slug"],
        "holder": holder,
        "values": VALUES,
        "issued_on": date(2020, 1, 1),
        "valid_from": date(2020, 1, 1),
        "issuer_code": ISSUER,
        "issuer_name": "测试局",
    }
    return Issue(**given | changes)


def certificate(holder: Person | Organisation, **changes: Any) -> Certificate:
    """Issue one certificate of the test type."""
    with transaction.atomic():
        return issuing.issue(wanted(holder, **changes), at=AT)


def reference() -> str:
    """Return a case reference nobody has."""
    return f"LH20261120{next(_references):08d}"


def consent(
    principal: Principal,
    *,
    scope: Mapping[str, Sequence[str]],
    case: str,
    until: date = TODAY + timedelta(days=30),
) -> Authorisation:
    """Grant the use of certificates for a case."""
    return authorising.grant(
        principal,
        case_reference=case,
        matter_code=MATTER,
        matter_name="测试事项",
        body="测试局",
        scope=scope,
        until=until,
        text_version="1",
        at=AT,
    )


def need(
    principal: Principal, *, scope: Mapping[str, Sequence[str]], case: str, consent: Authorisation | None
) -> Need:
    """Return what a case of the principal asks for."""
    organisation = principal.organisation
    return Need(
        case_reference=case,
        matter_code=MATTER,
        body="测试局",
        holder_person_id=None if organisation else principal.person.pk,
        holder_organisation_id=organisation.pk if organisation else None,
        authorisation_id=consent.pk if consent else None,
        scope=scope,
        purpose="自动核验",
    )


def agreed(
    who: Principal, *, scope: Mapping[str, Sequence[str]] = SCOPE, until: date = TODAY + timedelta(days=30)
) -> Need:
    """Return a need with a consent that covers it."""
    case = reference()
    return need(who, scope=scope, case=case, consent=consent(who, scope=scope, case=case, until=until))
