"""The steps of the citizen's flow, as a browser without JavaScript takes them."""

from __future__ import annotations

import html
import re

from django.test import Client

from approvals.models import Draft
from tests.factories import district

START = f"/matters/{district.ALLOWANCE}/start"
_HIDDEN = re.compile(r'<input type="hidden" name="key" value="([^"]+)"')
_TAGS = re.compile(r"<(script|style|svg).*?</\1>|<[^>]+>", re.DOTALL)


def text_of(response) -> str:
    """Return what the page says, without markup, spaces closed up."""
    return re.sub(r"\s+", " ", html.unescape(_TAGS.sub(" ", response.content.decode())))


def consent(client: Client, *, yes: bool = True, start: str = START):
    """Answer the consent page."""
    return client.post(start, {"consent": "yes", "agree": "on"} if yes else {"consent": "no"})


def draft_of(client: Client, *, yes: bool = True, start: str = START) -> Draft:
    """Open a draft and return it."""
    consent(client, yes=yes, start=start)
    return Draft.objects.get()


def key_of(client: Client, reference: str) -> str:
    """Return the key the check page was made with."""
    found = _HIDDEN.search(client.get(f"/drafts/{reference}/check").content.decode())
    assert found, "the check page has no key"
    return found.group(1)


def submit(client: Client, *, yes: bool = True) -> str:
    """Apply for the allowance with nothing typed and return the reference."""
    reference = draft_of(client, yes=yes).reference
    response = client.post(f"/applications/{reference}/submit", {"key": key_of(client, reference)})
    assert response.status_code == 302, text_of(response)
    assert response.headers["Location"] == f"/applications/{reference}"
    return reference
