"""What the stand-in answers: discovery, keys, choosing who to be, exchanging the code, userinfo, signing out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from common import clock
from portal.demo.issuer import page
from portal.demo.issuer.page import Someone
from portal.demo.issuer.tokens import Mint, Wrong
from registers.standin.wire import Reply, Request

CODE_SECONDS = 60
ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge")


@dataclass(frozen=True, slots=True)
class Client:
    """The one portal that may ask."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class _Granted:
    """What a code stands for, once."""

    who: Someone
    asked: Mapping[str, str]
    until: float


@dataclass
class Desk:
    """One issuer. `wrong`, `away` and `thin` are what a test orders."""

    client: Client
    people: list[Someone]
    address: str = ""
    wrong: Wrong = field(default_factory=Wrong)
    away: bool = False
    thin: bool = False  # the token says `sub` alone; userinfo says the rest
    mint: Mint = field(default_factory=Mint)
    codes: dict[str, _Granted] = field(default_factory=dict)
    access: dict[str, Someone] = field(default_factory=dict)

    def answer(self, request: Request) -> Reply:
        """Return the reply to one request."""
        place, _, query = request.path.partition("?")
        if place == "/control":
            return self._control(request)
        if self.away:
            return Reply(503, b"{}")
        pages: Mapping[tuple[str, str], Callable[[], Reply]] = {
            ("GET", "/.well-known/openid-configuration"): lambda: _json(200, self._published()),
            ("GET", "/jwks"): lambda: _json(200, self.mint.published()),
            ("GET", "/authorize"): lambda: self._ask(_fields(query)),
            ("POST", "/authorize"): lambda: self._grant(_fields(request.body.decode())),
            ("POST", "/token"): lambda: self._exchange(request),
            ("GET", "/userinfo"): lambda: self._userinfo(request),
            ("GET", "/leave"): lambda: Reply(200, page.left().encode(), kind=page.KIND),
        }
        known = pages.get((request.method, place))
        return known() if known else _json(404, {"error": "not_found"})

    def _published(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/jwks",
            "end_session_endpoint": f"{self.address}/leave",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile"],
        }

    def _ask(self, asked: Mapping[str, str]) -> Reply:
        if asked.get("client_id") != self.client.id or not asked.get("redirect_uri"):
            return _json(400, {"error": "invalid_client"})
        if (
            any(not asked.get(name) for name in ASKED)
            or asked.get("code_challenge_method") != "S256"
            or asked["response_type"] != "code"
            or "openid" not in asked["scope"].split()
        ):
            return _back(asked, error="invalid_request")
        return Reply(200, page.choose(self.people, asked).encode(), kind=page.KIND)

    def _grant(self, told: Mapping[str, str]) -> Reply:
        if self._ask(told).status != 200:  # what the page carried is as untrusted as what the portal sent
            return _json(400, {"error": "invalid_request"})
        who = next((one for one in self.people if one.subject == told.get("who")), None)
        if who is None:
            return _back(told, error="access_denied")
        code = secrets.token_urlsafe(24)
        self.codes[code] = _Granted(who, told, _now() + CODE_SECONDS)
        return _back(told, code=code)

    def _exchange(self, request: Request) -> Reply:
        told = _fields(request.body.decode())
        granted = self.codes.pop(told.get("code", ""), None)
        if not self._is_client(request, told):
            return _json(401, {"error": "invalid_client"})
        if granted is None or granted.until < _now() or not _fits(told, granted.asked):
            return _json(400, {"error": "invalid_grant"})
        token = secrets.token_urlsafe(24)
        self.access[token] = granted.who
        claims = {"iss": self.address, "aud": self.client.id, "nonce": granted.asked["nonce"]}
        known = {"sub": granted.who.subject} if self.thin else granted.who.claims()
        issued = self.mint.token({**claims, **known}, at=int(_now()), wrong=self.wrong)
        told_back = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": issued}
        return _json(200, told_back)

    def _is_client(self, request: Request, told: Mapping[str, str]) -> bool:
        given = (told.get("client_id", ""), told.get("client_secret", ""))
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            name, _, secret = base64.b64decode(value).decode().partition(":")
            given = (unquote(name), unquote(secret))
        return given[0] == self.client.id and hmac.compare_digest(
            given[1].encode(), self.client.secret.encode()
        )

    def _userinfo(self, request: Request) -> Reply:
        who = self.access.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if who is None:
            return _json(401, {"error": "invalid_token"})
        return _json(
            200, {**who.claims(), **({"sub": "somebody-else"} if "userinfo" in self.wrong.without else {})}
        )

    def _control(self, request: Request) -> Reply:
        """Take an order of a test. A web page cannot give one: it would send its origin."""
        if "origin" in request.headers or not _is_local(request):
            return _json(403, {"error": "loopback only"})
        order = json.loads(request.body)
        if order.get("rotate"):
            self.mint.rotate()
        if "people" in order:
            self.people[:] = [Someone(**one) for one in order["people"]]
        told = dict(order.get("wrong", {}))
        self.wrong = Wrong(**{**told, "without": tuple(told.get("without", ()))})
        self.away, self.thin = bool(order.get("away")), bool(order.get("thin"))
        return _json(200, {})


def _fits(told: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """Return whether who redeems the code is who asked for it: same address, and the verifier of the challenge."""
    digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return (
        told.get("grant_type") == "authorization_code"
        and told.get("redirect_uri") == asked["redirect_uri"]
        and hmac.compare_digest(challenge, asked["code_challenge"])
    )


def _back(asked: Mapping[str, str], **told: str) -> Reply:
    query = urlencode({"state": asked.get("state", ""), **told})
    return Reply(303, location=f"{asked['redirect_uri']}?{query}")


def _fields(text: str) -> dict[str, str]:
    return dict(parse_qsl(text))


def _is_local(request: Request) -> bool:
    return request.headers.get("host", "").rpartition(":")[0] in {"127.0.0.1", "localhost"}


def _now() -> float:
    return clock.system_time().timestamp()


def _json(status: int, body: Mapping[str, Any] | Sequence[Any]) -> Reply:
    return Reply(status, json.dumps(body, ensure_ascii=False).encode())
