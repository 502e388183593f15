"""What a keeper's pages do to certificates: every pair of states, two people for an ending, nothing shown."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from certificates.issuance import issuing
from certificates.models import Certificate, EndingProposal
from certificates.states import ENDED, TRANSITIONS, CertificateStatus
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db
WHY = "材料不实，依法处理"
POLICE = district.POLICE["issuer_code"]
ENDING = {"document": "龙公撤〔2026〕3 号", "basis": "《行政许可法》第六十九条"}


@pytest.fixture
def holder(city: object) -> Citizen:
    return district.citizen()


@pytest.fixture
def card(holder: Citizen) -> Certificate:
    return holder.certificates["resident_id"]


@pytest.fixture
def second(city: object) -> Client:
    """The browser of another keeper of the same department."""
    browser = Client()
    browser.force_login(district.keeper(POLICE, name="杨志刚"))
    return browser


def page(card: Certificate, move: str = "") -> str:
    return f"/store/certificates/{card.pk}{move and '/' + move}"


def status(card: Certificate) -> str:
    return Certificate.objects.get(pk=card.pk).status


def put(card: Certificate, to: CertificateStatus) -> None:
    told = {"status": to, "status_reason": "依法", "status_changed_at": NOON}
    if to != CertificateStatus.VALID:
        Certificate.objects.filter(pk=card.pk).update(**told)


def ask(browser: Client, second: Client, card: Certificate, to: CertificateStatus) -> Any:
    """Do on the pages what leads to a state, whatever the page offers."""
    moves = {CertificateStatus.SUSPENDED: "suspend", CertificateStatus.VALID: "resume"}
    if to in moves:
        return browser.post(page(card, moves[to]), {"reason": WHY})
    answer = browser.post(page(card, "end"), {"to": to, "reason": WHY, **ENDING})
    for waiting in EndingProposal.objects.all():
        return second.post(f"/store/endings/{waiting.pk}/confirm")
    return answer


@pytest.mark.parametrize(("was", "to"), list(itertools.product(CertificateStatus, CertificateStatus)))
def test_every_pair_of_states(
    browser: Client, second: Client, card: Certificate, was: CertificateStatus, to: CertificateStatus
) -> None:
    put(card, was)
    answer = ask(browser, second, card, to)
    if to in TRANSITIONS[was] and to != CertificateStatus.SUPERSEDED:
        assert (answer.status_code, status(card)) == (302, to)
    else:
        assert answer.status_code in {409, 422}
        assert status(card) == was


@pytest.mark.parametrize("was", list(CertificateStatus))
def test_a_page_offers_only_moves_that_are_possible(
    browser: Client, card: Certificate, was: CertificateStatus
) -> None:
    put(card, was)
    shown = browser.get(page(card)).content.decode()
    for move, to in (
        ("suspend", "suspended"),
        ("resume", "valid"),
        ("end", "revoked"),
        ("change", "superseded"),
    ):
        assert (f'{page(card, move)}"' in shown) is (to in TRANSITIONS[was]), move


@pytest.mark.parametrize("to", sorted(ENDED))
def test_who_proposed_cannot_confirm_and_a_colleague_can(
    browser: Client, second: Client, card: Certificate, to: str
) -> None:
    assert browser.post(page(card, "end"), {"to": to, "reason": WHY, **ENDING}).status_code == 302
    waiting = EndingProposal.objects.get()
    confirm = f"/store/endings/{waiting.pk}/confirm"
    assert confirm not in browser.get(page(card)).content.decode()
    assert browser.post(confirm).status_code == 403
    assert status(card) == CertificateStatus.VALID
    assert ENDING["document"] in second.get("/store/certificates").content.decode()
    assert confirm in second.get(page(card)).content.decode()
    shown = second.post(confirm, follow=True).content.decode()
    assert status(card) == to
    for words in (ENDING["document"], ENDING["basis"], WHY, CertificateStatus(to).label):
        assert str(words) in shown


def test_a_proposal_is_dropped(browser: Client, card: Certificate) -> None:
    browser.post(page(card, "end"), {"to": "revoked", "reason": WHY, **ENDING})
    waiting = EndingProposal.objects.get()
    assert "证照状态不变" in browser.post(f"/store/endings/{waiting.pk}/drop", follow=True).content.decode()
    assert browser.post(f"/store/endings/{waiting.pk}/confirm").status_code == 409
    assert status(card) == CertificateStatus.VALID


@pytest.mark.parametrize("without", ["to", "reason", "document", "basis"])
def test_an_ending_lacks_nothing(browser: Client, card: Certificate, without: str) -> None:
    told = {"to": "revoked", "reason": WHY, **ENDING}
    answer = browser.post(page(card, "end"), {key: value for key, value in told.items() if key != without})
    assert answer.status_code == 422
    assert not EndingProposal.objects.exists()


def test_no_page_of_a_certificate_shows_what_it_says(
    browser: Client, card: Certificate, holder: Citizen
) -> None:
    for move in ("", "suspend", "end", "change"):
        shown = browser.get(page(card, move)).content.decode()
        for value in (holder.person.name, holder.person.id_number, "长平路"):
            assert value not in shown, (move, value)


@pytest.mark.parametrize("move", ["", "suspend", "resume", "end", "change"])
def test_another_departments_certificate_is_not_there(client: Client, card: Certificate, move: str) -> None:
    client.force_login(district.keeper())
    assert client.get(page(card, move)).status_code == 404
    assert client.post(page(card, move), {"reason": WHY}).status_code in {404, 405}
    assert status(card) == CertificateStatus.VALID


def test_expired_is_derived(browser: Client, city: object) -> None:
    person = district.citizen(without=("resident_id",)).person
    old = issuing.issue(
        district.certificate("resident_id", person, {"name": "x"}, valid_until=date(2026, 11, 1)), at=NOON
    )
    assert "已过期" in browser.get(page(old)).content.decode()
    assert status(old) == CertificateStatus.VALID


def test_a_keeper_finds_by_what_stands_on_it(browser: Client, card: Certificate, keeper: User) -> None:
    for words in (card.number, card.identifier, card.check_token, f"http://testserver/c/{card.check_token}"):
        assert browser.get("/store/certificates", {"q": words})["Location"] == page(card)
    assert "没有找到" in browser.get("/store/certificates", {"q": "nothing"}).content.decode()
    stranger = Client()
    stranger.force_login(district.keeper())
    assert "没有找到" in stranger.get("/store/certificates", {"q": card.number}).content.decode()


def test_a_keeper_finds_by_holder_only_with_a_reason(
    browser: Client, card: Certificate, holder: Citizen
) -> None:
    told = {"holder": holder.person.id_number}
    assert card.number not in browser.post("/store/certificates", told).content.decode()
    shown = browser.post("/store/certificates", {**told, "reason": WHY}).content.decode()
    assert card.number in shown
    assert holder.certificates["social_card"].number not in shown  # another department's
    assert holder.person.name not in shown


def test_a_certificate_in_use_again_has_no_reason_beside_its_state(
    browser: Client, card: Certificate
) -> None:
    browser.post(page(card, "suspend"), {"reason": WHY})
    suspended = browser.get(page(card)).content.decode()
    assert ("状态说明" in suspended, WHY in suspended) == (True, True)
    browser.post(page(card, "resume"), {"reason": "核实没有问题，恢复使用"})
    assert "状态说明" not in browser.get(page(card)).content.decode()
