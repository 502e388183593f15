"""An identity platform for those who ask for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.portal.signing import issuing
from tests.portal.signing.issuing import ID, SECRET, Issuer


@pytest.fixture(scope="session")
def _running_issuer() -> Iterator[Issuer]:
    with issuing.running() as running:
        yield running


@pytest.fixture
def issuer(_running_issuer: Issuer, settings: Any) -> Issuer:
    """A platform that gets everything right and knows nobody yet."""
    settings.PLATFORM_ISSUER = _running_issuer.url
    settings.PLATFORM_CLIENT_ID = ID
    settings.PLATFORM_CLIENT_SECRET = SECRET
    _running_issuer.heal()
    return _running_issuer
