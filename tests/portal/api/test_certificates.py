"""What a keeper's program reads and does; what everybody's reads of types."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from certificates.keeping import moving
from certificates.models import Certificate, CertificateType, EndingProposal
from certificates.states import ENDED, TRANSITIONS, CertificateStatus
from common import clock
from portal.api.serializers import KeptCertificateSerializer
from tests.factories import district
from tests.factories.district import Citizen
from tests.portal.api.conftest import ROOT, caller_of

pytestmark = pytest.mark.django_db
WHY = "材料不实，依法处理"
POLICE = district.POLICE["issuer_code"]
ENDING = {"document": "龙公撤〔2026〕3 号", "basis": "《行政许可法》第六十九条"}


@pytest.fixture
def card(chen: Citizen) -> Certificate:
    return chen.certificates["resident_id"]


@pytest.fixture
def program(city: Any) -> Any:
    """The program of a keeper of the police."""
    return caller_of(district.keeper(POLICE))


def test_types_need_no_token(city: Any) -> None:
    listed = Client().get(f"{ROOT}certificate-types", {"size": 100}).json()
    assert listed["count"] == CertificateType.objects.count() > 100
    kind = CertificateType.objects.get(slug="food_licence")
    told = Client().get(f"{ROOT}certificate-types/{kind.code}").json()
    assert (told["validity"], told["schemas"]) == (kind.validity, [2])
    schema = Client().get(f"{ROOT}certificate-types/{kind.code}/schemas/2")
    assert schema["Content-Type"] == "application/schema+json"
    assert schema.json()["properties"]["name"]["title"] == "经营者名称"


@pytest.mark.parametrize("version", ["0", "9", "-1", "１", "x", "9" * 500])
def test_a_version_there_is_not(city: Any, version: str) -> None:
    kind = CertificateType.objects.get(slug="food_licence")
    assert Client().get(f"{ROOT}certificate-types/{kind.code}/schemas/{version}").status_code == 404


def test_the_state_and_nothing_of_what_it_says(program: Any, chen: Citizen, card: Certificate) -> None:
    answer = program("get", f"certificates/{card.identifier}")
    assert answer.json()["status"] == "valid"
    for value in (chen.person.name, chen.person.id_number, "fields"):
        assert value not in answer.content.decode()


@pytest.mark.parametrize(
    ("begins", "ends", "expired"), [(1, 9, False), (-9, 0, False), (-9, -1, True), (1, None, False)]
)
def test_what_has_not_begun_has_not_run_out(begins: int, ends: int | None, *, expired: bool) -> None:
    today = clock.today()
    until = None if ends is None else today + timedelta(days=ends)
    card = Certificate(valid_from=today + timedelta(days=begins), valid_until=until)
    assert KeptCertificateSerializer().get_expired(card) is expired


@pytest.mark.parametrize(("was", "to"), list(itertools.product(CertificateStatus, CertificateStatus)))
def test_every_pair_of_states(
    program: Any, card: Certificate, was: CertificateStatus, to: CertificateStatus
) -> None:
    told = {"status": was, "status_reason": "依法", "status_changed_at": clock.now()}
    if was != CertificateStatus.VALID:
        Certificate.objects.filter(pk=card.pk).update(**told)
    answer = program("post", f"certificates/{card.identifier}/status", {"to": to, "reason": WHY, **ENDING})
    now = Certificate.objects.get(pk=card.pk).status
    if to not in TRANSITIONS[was] or to == CertificateStatus.SUPERSEDED:
        assert answer.status_code in {409, 422}
        assert (now, EndingProposal.objects.count()) == (was, 0)
    elif to in ENDED:
        assert (answer.status_code, answer.json()["waiting"], now) == (202, to, was)
        moving.confirm(district.keeper(POLICE), proposal_id=EndingProposal.objects.get().pk, at=clock.now())
        assert Certificate.objects.get(pk=card.pk).status == to
    else:
        assert (answer.status_code, answer.json()["status"], now) == (200, to, to)


@pytest.mark.parametrize("who", ["citizen", "stranger", "officer", "nobody"])
def test_others_move_nothing(chen: Citizen, card: Certificate, who: str) -> None:
    users = {"citizen": chen.user, "stranger": district.keeper(), "officer": district.officer(POLICE)}
    call = caller_of(users[who]) if who in users else None
    for method, path, body in (
        ("get", f"certificates/{card.identifier}", None),
        ("post", f"certificates/{card.identifier}/status", {"to": "suspended", "reason": WHY}),
    ):
        answer = call(method, path, body) if call else getattr(Client(), method)(ROOT + path)
        assert answer.status_code == (404 if call else 401)
    assert Certificate.objects.get(pk=card.pk).status == CertificateStatus.VALID
