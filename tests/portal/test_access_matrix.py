"""Every role × every path on which fields of a certificate are read × every state of what allows it.

Exactly the allowed cells hand out what the certificate says, and each look by another leaves its use record: refused
ones too, and told apart. A path that is new stands here, or nobody knows who may walk it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from django.test import Client

from accounts.acting import agents
from accounts.models import Department, Post, User
from approvals.models import Application
from certificates.holding import authorising, looking, using
from certificates.models import Authorisation, Certificate, CertificateType, UseRecord
from certificates.presenting import answering, codes, scanning, seeing
from certificates.presenting.scanning import Wanted
from certificates.stocking import exporting
from certificates.stocking.files.reading import Form
from common import clock
from common.errors import DomainError
from portal.api import tokens
from tests import shelving
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.portal.bureau import making
from tests.portal.test_every_address import ROUTES

pytestmark = pytest.mark.django_db
SECRET = "示例市龙湖区密语路 77 号"
TYPE, OTHER_TYPE = "business_licence", "food_licence"
OWN, OTHER = "11440507MB2X00012R", "11440507MB2X00020L"
WINDOW, WHY = "3 号窗口", "核对住所是否在本区"
LOOKUP = {"roles": ["officer", "clerk"], "fields": ["name", "address"], "basis": "测试条例第九条"}
ROLES = (
    "guest", "holder", "other", "agent with sight", "agent without sight", "officer", "officer elsewhere", "clerk",
    "clerk elsewhere", "admin", "keeper", "keeper of the issuer", "supervisor",
)  # fmt: skip
KEEPER = "keeper of the issuer"
AT_WORK = {"officer", "officer elsewhere", "clerk", "clerk elsewhere", "keeper", KEEPER}
STATES = ("with", "without", "expired", "revoked", "used up", "other purpose", "other body", "other type")
Role: TypeAlias = str
State: TypeAlias = str


@dataclass(frozen=True)
class World:
    """A shop with a licence whose address nobody else has, and one user for each role."""

    shop: district.Citizen
    card: Certificate
    users: Mapping[Role, User | None]

    def user(self, role: Role) -> User:
        """Return the account of a role that has one."""
        user = self.users[role]
        assert user is not None
        return user

    def browser(self, role: Role) -> Client:
        """Return a browser of a role; the shop's own people act for it."""
        client = Client(raise_request_exception=False)
        if (user := self.users[role]) is not None:
            client.force_login(user)
        if role in {"holder", "agent with sight", "agent without sight"}:
            client.post("/act-for", {"whom": self.shop.business.whom})
        return client


@pytest.fixture(scope="module")
def furnished(_catalogue: None, django_db_blocker: Any) -> Iterator[World]:
    """Once for all tests of this module; each look is undone."""
    with django_db_blocker.unblock(), shelving.undone():
        shelving.put_back("catalogue")
        clock.set_source(lambda: NOON)
        yield furnish()


@pytest.fixture
def world(furnished: World, db: None) -> World:
    clock.set_source(lambda: NOON)
    return furnished


def furnish() -> World:
    CertificateType.objects.filter(slug=TYPE).update(lookup=LOOKUP)
    CertificateType.objects.exclude(slug=TYPE).update(lookup={})
    shop = district.business(address=SECRET)
    assert shop.organisation is not None
    people = {
        role: district.citizen(name="吴伟明") for role in ("agent with sight", "agent without sight", "other")
    }
    for role, sees in (("agent with sight", True), ("agent without sight", False)):
        mandate = agents.Mandate(NOON.date(), sees_certificates=sees)
        agents.authorise(
            shop.person, organisation=shop.organisation, agent=people[role].person, mandate=mandate
        )
    users: dict[Role, User | None] = {role: one.user for role, one in people.items()}
    users |= {"guest": None, "holder": shop.user}
    users |= {"officer": district.officer(OWN), "officer elsewhere": district.officer(OTHER)}
    users |= {"clerk": _clerk(OWN), "clerk elsewhere": _clerk(OTHER)}
    users |= {
        "admin": district.admin(OWN),
        "keeper": district.keeper(OWN),
        "supervisor": district.supervisor(OWN),
    }
    users[KEEPER] = district.keeper(shop.certificates[TYPE].issuer_code)
    return World(shop, shop.certificates[TYPE], users)


def _clerk(code: str) -> User:
    user = district.officer(code)
    Post.objects.filter(user=user).update(role=Post.Role.CLERK)
    return user


# --- what allows: every state of a consent for a purpose, for a case, at a window -------------------------------------


def for_purpose(world: World, state: State) -> Authorisation | None:
    """Return the shop's consent for a purpose in a state; of another purpose: a case's own."""
    if state == "without":
        return None
    if state == "other purpose":
        return for_case(world, "with", case="LH1")
    given = authorising.grant_purpose(
        world.shop.business,
        department=Department.objects.get(credit_code=OTHER if state == "other body" else OWN),
        purpose="办理测试贷款",
        scope=_scope(state),
        until=None if state == "used up" else (NOON + timedelta(days=-1 if state == "expired" else 9)).date(),
        at=NOON - timedelta(days=20) if state == "expired" else NOON,
    )
    if state == "revoked":
        authorising.revoke(world.shop.business, authorisation_id=given.pk, at=NOON)
    if state == "used up":
        told: dict[str, Any] = {"holder": world.shop.organisation, "slug": TYPE, "at": NOON}
        looking.by_consent(world.user("officer"), authorisation_id=given.pk, **told)
    return given


def for_case(world: World, state: State, *, case: str) -> Authorisation | None:
    """Return the shop's consent for a case in a state; of another purpose: another case's."""
    if state == "without":
        return None
    given = authorising.grant(
        world.shop.business,
        case_reference="LH99" if state == "other purpose" else case,
        matter_code=district.FILING,
        matter_name="测试事项",
        body="测试局",
        scope=_scope(state),
        until=(NOON + timedelta(days=-1 if state == "expired" else 9)).date(),
        text_version="1",
        at=NOON - timedelta(days=2),
    )
    if state == "revoked":
        authorising.revoke(world.shop.business, authorisation_id=given.pk, at=NOON)
    if state == "used up":
        authorising.end_many([case], at=NOON)
    return given


def _scope(state: State) -> dict[str, list[str]]:
    return {OTHER_TYPE: ["name"]} if state == "other type" else {TYPE: ["name", "address"]}


# --- the paths -------------------------------------------------------------------------------------------------------


def cell(world: World, walk: Callable[[], str]) -> tuple[bool, list[str]]:
    """Walk one path and undo it; return whether the secret came out, and the outcomes its records name."""
    before = set(UseRecord.objects.values_list("pk", flat=True))
    with shelving.undone():
        text = walk()
        fresh = UseRecord.objects.exclude(pk__in=before).order_by("at", "pk")
        outcomes = [str(one.outcome) for one in fresh if one.holder_organisation == world.shop.organisation]
    return SECRET in text, outcomes


def look_up(world: World, role: Role, **told: str) -> Callable[[], str]:
    """Return what posts the page of looks."""
    assert world.shop.organisation is not None
    sent = {"number": world.shop.organisation.credit_code, "type": TYPE, "reason": WHY, **told}

    def walk() -> str:
        return _text(world.browser(role).post("/store/lookups", sent))

    return walk


@pytest.mark.parametrize("role", ROLES)
def test_by_duty(world: World, role: Role) -> None:
    """For a matter without a case: an officer of its department alone, and only where it has use for the type."""
    elsewhere = role == KEEPER or role.endswith("elsewhere")
    walk = look_up(world, role, ground="duty", matter=district.FILING if elsewhere else district.ALLOWANCE)
    expected: tuple[bool, list[str]] = (False, [])
    if role == "officer elsewhere":
        expected = (True, ["found"])
    elif role in {"officer", "keeper", KEEPER}:
        expected = (False, ["not_allowed"])
    assert cell(world, walk) == expected


CASES = ("own", "taken by the clerk", "another shop's", "long closed", "of a matter without use for it")
FOUND = {case: set[str]() for case in CASES} | {
    "own": {"officer elsewhere"},
    "taken by the clerk": {"officer elsewhere", "clerk"},
}
REFUSED = {case: {KEEPER} for case in CASES} | {
    "another shop's": {"officer elsewhere", KEEPER},
    "long closed": set(),
    "of a matter without use for it": {"officer", "keeper"},
}


@pytest.mark.parametrize("case", CASES)
def test_by_duty_for_a_case(world: World, case: str) -> None:
    with shelving.undone():
        reference = _case(world, case)
        for role in ROLES:
            walk = look_up(world, role, ground="duty", reference=reference)
            expected: tuple[bool, list[str]] = (False, [])
            if role in FOUND[case]:
                expected = (True, ["found"])
            elif role in REFUSED[case]:
                expected = (False, ["not_allowed"])
            assert cell(world, walk) == expected, role


def _case(world: World, case: str) -> str:
    """Return the reference of a case that is the shop's own, but for what its name says."""
    who = district.business() if case == "another shop's" else world.shop
    filed = (
        making.submitted(district.citizen())
        if case == CASES[-1]
        else making.submitted(who, matter=district.FILING, commitment=True)
    )
    if case == "taken by the clerk":
        told: dict[str, Any] = {"channel": Application.Channel.COUNTER, "taken_by": world.user("clerk")}
        Application.objects.filter(pk=filed.pk).update(**told)
    if case == "long closed":
        closed = {"state": "withdrawn", "closed_at": NOON - timedelta(days=61)}
        Application.objects.filter(pk=filed.pk).update(**closed)
    return filed.reference


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("missing", ["matter", "reason"])
def test_by_duty_without_a_reason_or_a_matter(world: World, role: Role, missing: str) -> None:
    told = {"matter": district.ALLOWANCE} | {missing: ""}
    assert cell(world, look_up(world, role, ground="duty", **told)) == (False, [])


@pytest.mark.parametrize("state", STATES)
def test_by_consent(world: World, state: State) -> None:
    with shelving.undone():
        given = for_purpose(world, state)
        for role in ROLES:
            body = {"with": OWN, "other body": OTHER}.get(state)
            at_work = role in AT_WORK
            allowed = at_work and body is not None and _body(world.user(role)) == body
            expected = (allowed, (["found"] if allowed else ["unauthorised"]) if at_work else [])
            assert cell(world, look_up(world, role, ground="consent")) == expected, role
            if given is not None and at_work:  # nor by naming it past the page
                assert cell(world, _named(world, role, given))[0] == allowed, role


def _body(user: User) -> str:
    department = Post.objects.select_related("department").get(user=user).department
    return department.credit_code if department is not None else ""


def _named(world: World, role: Role, given: Authorisation) -> Callable[[], str]:
    told: dict[str, Any] = {"holder": world.shop.organisation, "slug": TYPE, "at": NOON}
    looked = lambda: looking.by_consent(world.user(role), authorisation_id=given.pk, **told)  # noqa: E731
    return lambda: str(looked().copy)


@pytest.mark.parametrize("state", [state for state in STATES if state != "other body"])  # a case has one body
@pytest.mark.parametrize("read", ["collect", "prefill"])
def test_by_the_machine_for_a_case(world: World, state: State, read: str) -> None:
    with shelving.undone():
        given = for_case(world, state, case="LH1")
        assert world.shop.organisation is not None
        need = using.Need(
            "LH1", district.FILING, "测试局", None, world.shop.organisation.pk, given.pk if given else None,
            {TYPE: ("name", "address")}, "自动核验",
        )  # fmt: skip
        told: dict[str, Any] = {"on": NOON.date(), "at": NOON, "actor": "system"}
        walks: dict[str, Callable[[], str]] = {
            "collect": lambda: str(using.collect([need], **told)),
            "prefill": lambda: str(using.prefill(need, **told)),
        }
        allowed = state == "with"
        assert cell(world, walks[read]) == (allowed, ["found" if allowed else "unauthorised"])


WINDOW_STATES = ("with", "without", "refused", "expired", "revoked", "used up", "other window", "other clerk")


@pytest.mark.parametrize("state", WINDOW_STATES)
def test_at_a_window(world: World, state: State) -> None:
    with shelving.undone():
        scan, at = _scanned(world, state)
        window = "4 号窗口" if state == "other window" else WINDOW
        role = "clerk elsewhere" if state == "other clerk" else "clerk"

        def walk() -> str:
            try:
                return str(
                    [one.values for one in seeing.see(world.user(role), scan_id=scan, window=window, at=at)]
                )
            except DomainError as error:
                return error.message

        found, outcomes = cell(world, walk)
        assert found == (state == "with")
        assert set(outcomes) == ({"found"} if state == "with" else {"not_allowed"})


def _scanned(world: World, state: State) -> tuple[UUID, datetime]:
    """Return a scan of the shop's code at a window, as far as its state goes, and the moment of the look."""
    shown = codes.begin(world.shop.business, types=(), at=NOON)
    clerk, head = world.user("clerk"), world.shop.person
    found = scanning.scan(clerk, window=WINDOW, code=codes.current(shown, at=NOON).text, at=NOON)
    wanted = Wanted({TYPE: ["name", "address"]}, "LH1", district.FILING, "测试事项", "测试局")
    scanning.ask(clerk, scan_id=found.pk, window=WINDOW, wanted=wanted, at=NOON)
    if state == "refused":
        answering.refuse(head, scan_id=found.pk, at=NOON)
    elif state != "without":
        answering.agree(head, scan_id=found.pk, until_days=9, at=NOON)
    if state == "revoked":
        given = Authorisation.objects.get(scan=found.pk)
        authorising.revoke(world.shop.business, authorisation_id=given.pk, at=NOON)
    if state == "used up":
        scanning.leave(clerk, scan_id=found.pk, window=WINDOW, taken=True, at=NOON)
    return found.pk, NOON + timedelta(minutes=11 if state == "expired" else 1)


@pytest.mark.parametrize("role", ROLES)
def test_the_page_of_a_window(world: World, role: Role) -> None:
    """Only the clerk who scanned, at the window they said, and every other clerk's try is recorded."""
    with shelving.undone():
        scan, at = _scanned(world, "with")
        clock.set_source(lambda: at)
        browser = world.browser(role)
        browser.post("/counter/window", {"number": WINDOW.split(maxsplit=1)[0]})
        walk = lambda: _text(browser.get(f"/counter/scans/{scan}"))  # noqa: E731
        expected = {"clerk": (True, ["found"]), "clerk elsewhere": (False, ["not_allowed"])}
        assert cell(world, walk) == expected.get(role, (False, []))


@pytest.mark.parametrize("role", ROLES[1:])
def test_a_whole_store(world: World, role: Role) -> None:
    """Only the keeper of who issued them takes them away, and each certificate gets its record."""
    kind = CertificateType.objects.get(slug=TYPE)
    with shelving.undone():

        def walk() -> str:
            try:
                return "".join(
                    exporting.export(
                        world.user(role), kind=kind, reason="迁移到新的系统", form=Form.JSON_LINES
                    )
                )
            except DomainError as error:
                return error.message

        allowed = role == KEEPER
        assert cell(world, walk) == (allowed, ["found"] if allowed else [])


@pytest.mark.parametrize("role", ROLES)
def test_addresses_that_name_a_certificate(world: World, role: Role) -> None:
    """Whatever is added below: only the holder's side reads fields there, or takes a paper away."""
    side = role in {"holder", "agent with sight"}
    browser, walked = world.browser(role), 0
    for route in ROUTES:
        address = "/" + route.replace("<uuid:certificate_id>", str(world.card.pk))
        if address == f"/{route}" or "<" in address:
            continue
        with shelving.undone():
            for answer in (browser.get(address), browser.post(address, {})):
                walked += 1
                paper = answer.get("Content-Type", "").split(";")[0] in {
                    "application/pdf",
                    "application/json",
                }
                assert not (paper and answer.status_code == 200) or side, (address, role)
                assert SECRET not in _text(answer) or side, (address, role)
    taken = browser.get(f"/certificates/{world.card.pk}/paper.pdf")
    assert (taken.status_code == 200 and _text(taken).startswith("%PDF")) == side
    assert walked >= 2
    assert (SECRET in _text(browser.get(f"/certificates/{world.card.pk}"))) == side


@pytest.mark.parametrize("role", ROLES)
def test_the_api_tells_the_state_to_its_keeper_and_fields_to_nobody(world: World, role: Role) -> None:
    client, identifier = Client(raise_request_exception=False), world.card.identifier
    with shelving.undone():
        user = world.users[role]
        bearer = {"Authorization": f"Bearer {tokens.create(user, name='matrix')}"} if user is not None else {}
        address = f"/api/v1/certificates/{identifier}"
        read = client.get(address, headers=bearer)
        assert (read.status_code == 200) == (role == KEEPER)
        answers = [read, client.post(f"{address}/status", {}, "application/json", headers=bearer)]
        answers += [
            client.get(f"/api/v1/{rest}", headers=bearer)
            for rest in (
                "certificate-types",
                f"certificate-types/{world.card.type.code}",
                "applications",
                "messages",
            )
        ]
        assert not any(SECRET in _text(answer) for answer in answers)
        assert not UseRecord.objects.exists()


@pytest.mark.parametrize("role", ROLES)
def test_checking_tells_the_state_alone(world: World, role: Role) -> None:
    browser, identifier = world.browser(role), world.card.identifier
    pages = [
        browser.get(f"/c/{world.card.check_token}"),
        browser.get("/check", {"identifier": identifier}),
        browser.post("/api/v1/certificates/check", {"identifier": identifier}, "application/json"),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any(SECRET in _text(page) for page in pages)
    assert "有效" in _text(pages[0])
    assert not UseRecord.objects.exists()


def test_every_outcome_of_a_refused_look_is_told_to_the_holder(world: World) -> None:
    """The records of the cells above are what the holder reads."""
    with shelving.undone():
        for_purpose(world, "revoked")
        look_up(world, "officer", ground="consent")()
        look_up(world, "keeper", ground="duty", matter=district.ALLOWANCE)()
        text = _text(world.browser("holder").get("/certificates/uses"))
    assert "没有授权，已拒绝" in text
    assert "依法不能查验，已拒绝" in text


def _text(answer: Any) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(whole).decode(errors="replace")
