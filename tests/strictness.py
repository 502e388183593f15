"""What every test is held to: see `tests/conftest.py`, which switches each of these on."""

from __future__ import annotations

import os
import random
import re
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models.query import QuerySet
from django.http.response import HttpResponseBase
from django.test import client
from django.test.client import Client

from accounts.signing.identity import BACKEND
from common import clock
from portal.web.session.store import SECOND_FACTOR, SEEN

LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}  # noqa: S104 -- what a server is told to listen on
TRACES = {  # what a GET may write: traces of reading, never business state
    "django_session",
    "certificates_userecord",
    "records_journalentry",
    "records_journalpending",
    "registers_registercall",
    # A paper made when it is first downloaded, and the use of the seal: both follow from what stands already.
    "certificates_sealedpaper",
    "certificates_sealuse",
    "records_storedfile",
}
WRITE = re.compile(
    r"""\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+"?(\w+)""", re.IGNORECASE
)
POST_FORM = re.compile(r"<form\b[^>]*\bmethod=[\"']?post\b.*?</form>", re.IGNORECASE | re.DOTALL)


KEYS = "TEST_KEYS"  # environment: what random keys are drawn from; always the same in continuous integration


class OutsideAddress(Exception):
    """A test tried to reach something that is not on this machine."""


def shut_sockets(patch: Any) -> None:
    """Let connections and look-ups reach the loopback address only."""

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any, *rest: Any) -> Any:
            if isinstance(address, tuple) and str(address[0]) not in LOOPBACK:
                raise OutsideAddress(f"A test may not reach {address[0]}.")
            return original(self, address, *rest)

        return connect

    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if name not in LOOPBACK and name != socket.gethostname():
            raise OutsideAddress(f"A test may not look up {name}.")
        return look_up(host, *rest, **named)

    patch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    patch.setattr(socket, "getaddrinfo", getaddrinfo)


def shuffle_unordered(patch: Any, *, seed: str) -> None:
    """Return the rows of a query without an order in an order nobody may rely on."""
    fetch = QuerySet._fetch_all
    dice = random.Random(seed)

    def fetch_shuffled(self: QuerySet[Any]) -> None:
        fresh = self._result_cache is None
        fetch(self)
        rows = self._result_cache
        if fresh and rows is not None and len(rows) > 1 and not self.ordered:
            dice.shuffle(rows)

    patch.setattr(QuerySet, "_fetch_all", fetch_shuffled)


class _Dice:
    """The operating system as `uuid` sees it, but for where its random bytes come from."""

    def __init__(self, seed: str) -> None:
        self.urandom = random.Random(seed).randbytes

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def draw_keys(patch: Any, *, seed: str) -> None:
    """Draw the keys a test makes by `uuid4` from a seed: rows of one moment stand in the order of their keys.

    What hangs on that order passes or fails alike for one commit, and fails now and then where the seed changes. Keys
    that PostgreSQL makes, and those of other processes, are drawn anew each time.
    """
    patch.setattr(uuid, "os", _Dice(f"{os.environ.get(KEYS)} {seed}"))


def keep_no_contexts(patch: Any) -> None:
    """Have Django's client not copy the context of every template drawn: it costs more than drawing it.

    Nobody may look at `response.context`: what a page says is in its content.
    """
    patch.setattr(client, "store_rendered_templates", lambda *_told, **_named: None)


def check_client(patch: Any, *, allowed: frozenset[str]) -> None:
    """Fail a test whose GET wrote business state, or whose page has a POST form without its token."""
    send = Client.request

    def request(self: Client, **environ: Any) -> HttpResponseBase:
        if environ.get("REQUEST_METHOD", "GET") not in {"GET", "HEAD"}:
            return send(self, **environ)
        written: list[str] = []
        with noting_writes(written):
            response = send(self, **environ)
        wrong = sorted(set(written) - TRACES - allowed)
        assert not wrong, f"GET {environ.get('PATH_INFO')} wrote to {', '.join(wrong)}"
        assert_forms_have_tokens(response)
        return response

    patch.setattr(Client, "request", request)


def let_in(patch: Any) -> None:
    """A test's `force_login` is a session that is in use and, for staff, has given its code."""
    force = Client.force_login

    def force_login(self: Client, user: Any, backend: str | None = None) -> None:
        force(self, user, BACKEND)
        session = self.session
        now = clock.system_time().timestamp()
        session[SEEN] = now
        if user.posts.exists():
            session[SECOND_FACTOR] = now
        session.save()

    patch.setattr(Client, "force_login", force_login)


@contextmanager
def noting_writes(written: list[str]) -> Iterator[None]:
    """Collect the names of the tables that statements write to."""

    def note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if found := WRITE.match(str(sql)):
            written.append(found.group(1))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def assert_forms_have_tokens(response: HttpResponseBase) -> None:
    """Every form that posts carries its CSRF token."""
    if getattr(response, "streaming", True) or "text/html" not in response.headers.get("Content-Type", ""):
        return
    for form in POST_FORM.findall(response.content.decode(errors="replace")):  # type: ignore[attr-defined]
        assert "csrfmiddlewaretoken" in form, f"A form that posts has no CSRF token: {form[:200]}"
