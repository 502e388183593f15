"""Two keepers of the department that issues the test type, and one of another."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from accounts.models import User
from certificates.models import Certificate, CertificateType
from tests.factories import district, people
from tests.factories.certificates import ISSUER, card_type, certificate


@dataclass(frozen=True)
class Store:
    """The people of a store, and one valid certificate of it."""

    keeper: User
    second: User
    stranger: User
    card: Certificate


@pytest.fixture
def kind(stocked: None) -> CertificateType:
    """The test type, issued by one department alone."""
    return card_type(issuers=[ISSUER])


@pytest.fixture
def store(kind: CertificateType) -> Store:
    """A store with a certificate in it."""
    return Store(
        district.keeper(ISSUER),
        district.keeper(ISSUER, name="杨志刚"),
        district.keeper(district.POLICE["issuer_code"], name="方丽娜"),
        certificate(people.person()),
    )
