"""The test type, whose issuer has a seal, and a keeper of that issuer."""

from __future__ import annotations

from datetime import date

import pytest

from accounts import registering
from accounts.models import Department, Post, User
from certificates.models import CertificateType, Seal
from certificates.states import SealStatus
from common import clock
from tests.factories.certificates import AT, ISSUER, card_type

OTHER = "11440507MB2X00039H"  # of a second organ that issues the test type, too


@pytest.fixture
def kind(db: None) -> CertificateType:
    clock.set_source(lambda: AT)
    return card_type(issuers=[ISSUER, OTHER])


@pytest.fixture
def seal(kind: CertificateType) -> Seal:
    return Seal.objects.get(department__credit_code=ISSUER, status=SealStatus.ACTIVE)


@pytest.fixture
def keeper(seal: Seal) -> User:
    return appoint("keeper-of-seals", seal.department)


def appoint(username: str, department: Department | None, role: Post.Role = Post.Role.KEEPER) -> User:
    user = registering.account(username, display_name="罗晓琳", password="a long test password")
    registering.appoint(user, role=role, department=department, on=date(2020, 1, 1))
    return user
