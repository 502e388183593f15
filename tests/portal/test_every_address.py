"""Every address of the portal, found by walking the resolver, against what no page was made for: NUL, any method."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import pytest
from django import shortcuts
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.acting import agents, delegating, guarding
from accounts.models import Guardianship, Message, Post, User
from approvals.applying import drafting
from approvals.trying import asking
from certificates.models import Seal, UseRecord
from certificates.presenting import codes, scanning
from common import clock
from matters.writing import drafts
from portal.web import errors
from tests import shelving
from tests.factories import district, uploads
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=clock.SHANGHAI)
WHO = ["guest", "citizen", "officer", "admin", "clerk", "keeper"]
# Who is slow company walks their own pages alone; everybody else walks everything.
OWN_PAGES = {
    "admin": ("catalogue/", "supervision/", "office/posts", "office/files"),
    "clerk": ("counter/",),
    "keeper": ("store/",),
}
# What GET and PUT meet, these meet: each address is tried with them by whose page it is.
ALIKE = ["HEAD", "DELETE", "PATCH", "OPTIONS", "FROBNICATE"]
OWNERS = {**OWN_PAGES, "officer": ("office/",), "citizen": ()}  # a citizen: what is nobody's at work
TURNS = [(who, method) for who in WHO for method in ("GET", "POST", "PUT")] + [
    (who, method) for who in OWNERS for method in ALIKE
]
# Forms that post to their own address, and addresses of buttons; every other page only reads.
FORMS = {
    "act-for",
    "authorisations/give",
    "applications/<str:reference>/supplement",
    "applications/<str:reference>/withdraw",
    "catalogue/drafts/<uuid:draft_id>/backtests",
    "catalogue/drafts/<uuid:draft_id>/checks",
    "catalogue/drafts/<uuid:draft_id>/send-back",
    "catalogue/drafts/<uuid:draft_id>/drop",
    "catalogue/drafts/<uuid:draft_id>/outcome",
    "catalogue/drafts/<uuid:draft_id>/parts/<str:address>",
    "catalogue/drafts/<uuid:draft_id>/tables/<str:table>",
    "catalogue/drafts/<uuid:draft_id>/try",
    "catalogue/drafts/<uuid:draft_id>/review",
    "catalogue/matters/<str:code>/call-off",
    "catalogue/matters/<str:code>/like",
    "catalogue/matters/<str:code>/release",
    "catalogue/matters/<str:code>/stop",
    "certificates/code",
    "counter/window",
    "counter/scans/<uuid:scan_id>/form",
    "certificates/uses/<uuid:use_id>",
    "demo/clock",
    "demo/sign-in",
    "demo/sms",
    "drafts/<str:reference>/<int:page>",
    "drafts/<str:reference>/discard",
    "matters/<str:code>/preview",
    "matters/<str:code>/start",
    "me/agents/<int:right_id>/revoke",
    "me/email",
    "me/email/code",
    "me/family/<uuid:delegation_id>/revoke",
    "me/family/<uuid:guardianship_id>/end",
    "me/family/give",
    "me/family/guard",
    "me/notices",
    "me/password",
    "me/organisations/<uuid:organisation_id>/authorise",
    "messages/<uuid:message_id>",
    "office/applications/<str:reference>/ask",
    "office/applications/<str:reference>/grant",
    "office/applications/<str:reference>/refuse",
    "office/applications/<str:reference>/reveal",
    "office/guardianships/<uuid:guardianship_id>",
    "office/post",
    "office/posts",
    "office/posts/<int:post_id>/leave",
    "office/posts/<int:post_id>/second-factor",
    "sign-in",
    "sign-out",
    "staff/code",
    "staff/code/new",
    "staff/code/spare",
    "staff/sign-in",
    "stay",
    "store/imports",
    "store/lookups",
    "store/seals/<uuid:seal_id>/destroy",
    "store/seals/<uuid:seal_id>/resume",
    "store/seals/<uuid:seal_id>/suspend",
    "store/seals/new",
    "store/seals/requests/<uuid:asked_id>",
    "supervision/misuse/<uuid:report_id>",
    "supervision/free-list",
    "store/certificates",
    "store/certificates/<uuid:certificate_id>/change",
    "store/certificates/<uuid:certificate_id>/end",
    "store/certificates/<uuid:certificate_id>/resume",
    "store/certificates/<uuid:certificate_id>/suspend",
    "store/types/<str:code>/issue",
    "supervision/sheets",
}
BUTTONS = {
    "applications/<str:reference>/rating",
    "applications/<str:reference>/submit",
    "authorisations/<uuid:authorisation_id>/revoke",
    "catalogue/backtests/<uuid:test_id>/cancel",
    "catalogue/drafts/<uuid:draft_id>/examples/remove",
    "catalogue/drafts/<uuid:draft_id>/examples/rename",
    "catalogue/drafts/<uuid:draft_id>/hand-in",
    "catalogue/matters/<str:code>/begin",
    "check/file",
    "certificates/code/<uuid:scan_id>/agree",
    "certificates/code/<uuid:scan_id>/confirm",
    "certificates/code/<uuid:scan_id>/decline",
    "certificates/code/<uuid:scan_id>/refuse",
    "certificates/code/<uuid:scan_id>/withdraw",
    "counter/scan",
    "counter/scans/<uuid:scan_id>/ask",
    "counter/scans/<uuid:scan_id>/files/<str:name>",
    "counter/scans/<uuid:scan_id>/leave",
    "counter/scans/<uuid:scan_id>/save",
    "counter/scans/<uuid:scan_id>/take",
    "demo/clock/back",
    "display",
    "drafts/<str:reference>/save/<int:page>",
    "me/email/forget",
    "me/family/guard/document",
    "me/sign-ins/<uuid:sign_in_id>/end",
    "me/sign-ins/end",
    "messages/read",
    "office/applications/<str:reference>/again",
    "office/guardianships/<uuid:guardianship_id>/confirm",
    "store/imports/<uuid:batch_id>/go-on",
    "store/imports/<uuid:batch_id>/release",
    "store/imports/<uuid:batch_id>/drop",
    "store/comparisons/<uuid:comparison_id>/drop",
    "store/endings/<uuid:ending_id>/confirm",
    "store/endings/<uuid:ending_id>/drop",
    "store/seals/requests/<uuid:asked_id>/drop",
    "uploads/<str:reference>/<str:name>",
}
_HOLE = re.compile(r"<(\w+):(\w+)>")


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, address)
        elif isinstance(entry, URLPattern):
            yield address


# Programs have their own table: tests/portal/api/test_operations.py.
ROUTES = sorted(route for route in routes() if not route.startswith("api/"))
WITH_TEXT = [route for route in ROUTES if "<str:" in route]


def walked(who: str, found: list[str]) -> list[str]:
    """Return what this visitor walks."""
    return [route for route in found if route.startswith(OWN_PAGES.get(who, ""))]


def owned(who: str, found: list[str]) -> list[str]:
    """Return the addresses of this visitor's own pages; together the owners have them all."""
    at_work = tuple(start for starts in OWNERS.values() for start in starts)
    if OWNERS[who]:
        return [route for route in found if route.startswith(OWNERS[who])]
    return [route for route in found if not route.startswith(at_work)]


@dataclass
class Place:
    """A district with one of everything an address can name."""

    users: dict[str, User | None]
    names: dict[str, str]
    sessions: dict[str, str] = field(default_factory=dict)
    handler: ClientHandler = field(
        default_factory=ClientHandler
    )  # its middleware is made once for all browsers

    def browser(self, who: str) -> Client:
        """Return a fresh browser that holds nothing but this person's session."""
        client = Client(raise_request_exception=False)
        client.handler = self.handler
        if (user := self.users[who]) is not None:
            if who not in self.sessions:
                client.force_login(user)
                if who == "clerk":
                    client.post("/counter/window", {"number": "3"})
                self.sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        return client

    def send(self, who: str, method: str, address: str, sent: dict[str, str] | str | None = None) -> Any:
        """Send one request, undo what it did, and return the answer: the next request finds all as it was."""
        browser = self.browser(who)
        with shelving.undone():
            if isinstance(sent, dict):
                answer = (browser.get if method == "GET" else browser.post)(address, sent)
            else:
                kind = "application/x-www-form-urlencoded" if sent else "application/octet-stream"
                answer = browser.generic(method, address, sent or "", kind)
        return answer

    def address(self, route: str) -> str:
        filled = {**self.names}
        if route.startswith("drafts/"):
            filled["reference"] = self.names["draft"]
        return "/" + _HOLE.sub(lambda hole: filled[hole[2]], route)


@pytest.fixture(scope="module")
def furnished(_catalogue: None, django_db_blocker: Any) -> Iterator[Place]:
    """Once for all tests of this module; each one's own changes are undone."""
    with django_db_blocker.unblock(), shelving.undone():
        shelving.put_back("catalogue")
        clock.set_source(lambda: NOON)
        yield furnish()


@pytest.fixture
def place(furnished: Place, db: None, settings: Any) -> Place:
    settings.INSTANT_WAIT_SECONDS = 0.01
    clock.set_source(lambda: NOON)
    return replace(furnished, sessions={}, handler=ClientHandler(enforce_csrf_checks=False))


def furnish() -> Place:
    admin, clerk = district.admin(), district.clerk()
    allowance = district.matter(district.ALLOWANCE)
    assert allowance.current_edition is not None
    officer, applicant, writer = district.officer(), district.citizen(), district.citizen(name="吴伟明")
    case = making.referred(applicant)
    draft = drafting.start(applicant.principal, matter=district.matter(district.BUSINESS), consent=True)
    letter = Message.objects.create(person=writer.person, kind="x", title="x", body="x", created_at=NOON)
    letter = Message.objects.filter(person=applicant.person).first() or letter
    writing = drafts.begin(admin, matter=allowance, edition=allowance.current_edition)
    names = {
        "code": district.ALLOWANCE,
        "reference": case.reference,
        "draft": draft.reference,
        "page": "1",
        "address": "guide",
        "table": "materials",
        "token": "nothing-like-it",
        "batch_id": str(uuid.uuid4()),
        "comparison_id": str(uuid.uuid4()),
        "name": "nothing",
        "certificate_id": str(applicant.certificates["resident_id"].pk),
        "authorisation_id": str(case.authorisation_id),
        "use_id": str(
            UseRecord.objects.filter(holder_person=applicant.person).values_list("pk", flat=True)[:1].get()
        ),
        "report_id": str(uuid.uuid4()),
        "message_id": str(letter.pk),
        "sign_in_id": str(uuid.uuid4()),
        "file_id": str(uuid.uuid4()),
        "ending_id": str(uuid.uuid4()),
        "number": "1",
        "draft_id": str(writing.pk),
        "test_id": str(asking.ask(admin, draft_id=writing.pk).pk),
        "seal_id": str(Seal.objects.get(department__credit_code=district.POLICE["issuer_code"]).pk),
        "asked_id": str(uuid.uuid4()),
        "post_id": str(Post.objects.get(user=officer).pk),
        "scan_id": str(scanned(applicant, clerk)),
        **mandates(applicant, writer),
    }
    users: dict[str, User | None] = {"guest": None, "citizen": applicant.user}
    keeper = district.keeper(district.POLICE["issuer_code"])
    staff: dict[str, User | None] = {"officer": officer, "admin": admin, "keeper": keeper}
    return Place(users | staff | {"clerk": clerk}, names)


def scanned(applicant: district.Citizen, clerk: User) -> uuid.UUID:
    """Let the clerk scan the code on the applicant's phone."""
    shown = codes.begin(applicant.principal, types=[], at=NOON)
    code = codes.current(shown, at=NOON).text
    return scanning.scan(clerk, window="3 号窗口", code=code, at=NOON).pk


def mandates(applicant: district.Citizen, other: district.Citizen) -> dict[str, str]:
    """Give the applicant one of everything there is to give and to hold, and return their names."""
    today = NOON.date()
    shop = district.business(owner=applicant).organisation
    assert shop is not None
    child = district.citizen(name="陈小宝", born=date(2016, 5, 1)).person
    right = agents.authorise(
        applicant.person, organisation=shop, agent=other.person, mandate=agents.Mandate(today)
    )
    uploads.document(applicant.person)
    asked = guarding.request(
        applicant.person,
        ward=child,
        kind=Guardianship.Ward.CHILD,
        document=Guardianship.Document.BIRTH_CERTIFICATE,
        document_number="O440000001",
    )
    given = delegating.give(applicant.person, agent=other.person, until=today)
    return {
        "organisation_id": str(shop.pk),
        "right_id": str(right.pk),
        "guardianship_id": str(asked.pk),
        "delegation_id": str(given.pk),
    }


def text(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def pages_known(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Has each page of an error drawn once, where another turn draws it at every address."""

    def begin() -> None:
        draw, put, known = shortcuts.render, loader.render_to_string, dict[str, Any]()

        def drawn(request: HttpRequest, name: str, told: Any, status: int) -> HttpResponse:
            known[name] = known.get(name) or draw(request, name, told).content
            return HttpResponse(known[name], status=status)

        def put_once(name: str, told: Any) -> str:
            known[name] = known.get(name) or put(name, told)
            return str(known[name])

        monkeypatch.setattr(errors, "render", drawn)
        monkeypatch.setattr(errors, "render_to_string", put_once)

    return begin


def test_the_walk_finds_the_portal() -> None:
    assert len(ROUTES) > 45
    assert len(WITH_TEXT) > 15
    assert set(ROUTES) >= FORMS | BUTTONS


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("dirt", ["\x00", "a\x00b", "44050720261120000001\x00"])
def test_a_name_no_database_can_store_is_not_found(
    place: Place, pages_known: Callable[[], None], who: str, dirt: str
) -> None:
    if dirt != "\x00":
        pages_known()
    for route in walked(who, WITH_TEXT):
        for hole in [hole for hole in _HOLE.finditer(route) if hole[1] == "str"]:
            address = place.address(route[: hole.start()] + "HERE" + route[hole.end() :])
            address = address.replace("HERE", quote(dirt))
            for method in ("GET", "POST"):
                response = place.send(who, method, address)
                assert response.status_code == 404, (method, address)
                assert "没有找到这一页" in text(response), address


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("sent", [{"comment": "a\x00"}, {"key": "\x00"}, {"x\x00": "1"}, {"id": "\x00"}])
def test_a_value_no_database_can_store_is_refused_with_words(
    place: Place, pages_known: Callable[[], None], who: str, sent: dict[str, str]
) -> None:
    if "comment" not in sent:
        pages_known()
    for route in walked(who, ROUTES):
        address = place.address(route)
        encoded = "&".join(f"{quote(name)}={quote(value)}" for name, value in sent.items())
        for response in (
            place.send(who, "GET", address, sent),
            place.send(who, "POST", address, sent),
            place.send(who, "POST", address, encoded),
        ):
            assert response.status_code == 400, address
            assert "请回到上一页" in text(response)


def test_a_cookie_no_database_can_store_is_refused(place: Place) -> None:
    for route in ROUTES:
        response = Client().get(place.address(route), HTTP_COOKIE='sessionid="abcdefgh\\000ijklmnop"')
        assert response.status_code == 400


def test_every_address_is_somebodys() -> None:
    assert sorted({route for who in OWNERS for route in owned(who, ROUTES)}) == ROUTES


@pytest.mark.parametrize(("who", "method"), TURNS)
def test_methods(place: Place, pages_known: Callable[[], None], who: str, method: str) -> None:
    if method not in {
        "GET",
        "HEAD",
        "DELETE",
    }:  # DELETE has the page of what is not allowed drawn at each address
        pages_known()
    for route in owned(who, ROUTES) if method in ALIKE else walked(who, ROUTES):
        address = place.address(route)
        response = place.send(who, method, address)
        assert response.status_code < 500, (method, address)
        allowed = (
            {"GET", "HEAD", "POST"} if route in FORMS else {"POST"} if route in BUTTONS else {"GET", "HEAD"}
        )
        if method in allowed:
            assert response.status_code != 405, (method, address)
            continue
        if who == "guest" and response.status_code == 302:
            assert "sign-in?next=" in response["Location"], (method, address)
            continue
        assert response.status_code == 405, (method, address)
        assert set(response["Allow"].split(", ")) == allowed, address
        if method != "HEAD":
            assert "不能这样打开" in text(response), address


@pytest.mark.parametrize("level", ["9" * 5000, "５", "-1", "5.0", "", "²", "1e3", "\u0665"])
def test_a_level_of_any_shape_is_no_fault(place: Place, level: str) -> None:
    browser, address = place.browser("citizen"), place.address("applications/<str:reference>/rating")
    assert browser.post(address, {"level": level}).status_code == 422


@pytest.mark.parametrize("number", ["9" * 5000, "５", "0", "99999999999999999999"])
def test_numbers_in_addresses_of_any_length(place: Place, number: str) -> None:
    browser = place.browser("citizen")
    draft = place.names["draft"]
    assert browser.get(f"/drafts/{draft}/{quote(number)}").status_code == 404
    for address in ("/applications", "/messages", "/certificates/uses", "/authorisations", "/matters"):
        assert browser.get(address, {"page": number}).status_code == 200


@pytest.mark.parametrize("text_", ["9" * 5000, "{" * 40, "urn:uuid:", str(uuid.UUID(int=0)), "１" * 32])
def test_ids_of_any_shape(place: Place, text_: str) -> None:
    browser = place.browser("citizen")
    assert browser.get("/certificates/uses", {"certificate": text_}).status_code == 200
    assert browser.post("/act-for", {"whom": f"person:{text_}"}).status_code == 403
