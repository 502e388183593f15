from __future__ import annotations

import pytest
from django.test import RequestFactory

from portal.web.visitors import address_of


@pytest.mark.parametrize(
    ("behind", "forwarded", "address"),
    [
        (False, "", "192.0.2.1"),
        (False, "203.0.113.7", "192.0.2.1"),  # anyone may write it
        (True, "203.0.113.7", "203.0.113.7"),
        (True, "10.0.0.1, 203.0.113.7", "203.0.113.7"),  # only the last one is the proxy's
        (True, "", ""),
    ],
)
def test_the_address_of_a_visitor(rf: RequestFactory, settings, behind, forwarded, address) -> None:
    settings.BEHIND_PROXY = behind
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert address_of(rf.get("/", headers=headers, REMOTE_ADDR="192.0.2.1")) == address
