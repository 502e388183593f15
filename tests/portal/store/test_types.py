"""The catalogue of types as keepers see it."""

from __future__ import annotations

import pytest
from django.test import Client

from certificates.models import CertificateType
from portal.web.components.icons import known_icons
from tests.factories import district

pytestmark = pytest.mark.django_db


def test_types_are_found_by_name_definer_and_kind(browser: Client) -> None:
    shown = browser.get("/store/types", {"q": "医疗器械"}).content.decode()
    assert "医疗器械经营许可证" in shown
    assert "结婚证" not in shown
    assert "共 0 种" in browser.get("/store/types", {"q": "医疗器械", "kind": "report"}).content.decode()
    every = browser.get("/store/types", {"kind": "nonsense"}).content.decode()
    assert f"共 {CertificateType.objects.count()} 种" in every


@pytest.mark.usefixtures("city")
def test_a_type_that_names_no_issuer_is_its_definers(client: Client) -> None:
    CertificateType.objects.filter(slug="senior_allowance").update(issuers=[])
    code = CertificateType.objects.get(slug="senior_allowance").code
    client.force_login(district.keeper(code[:18]))
    assert "签发一张" in client.get(f"/store/types/{code}").content.decode()
    client.force_login(district.keeper(district.POLICE["issuer_code"]))
    assert "签发一张" not in client.get(f"/store/types/{code}").content.decode()


def test_the_list_costs_few_statements(browser: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(12):
        browser.get("/store/types")


def test_a_type_says_its_rules_and_who_may_look(browser: Client, city: object) -> None:
    district.citizen()
    kind = CertificateType.objects.get(slug="resident_id")
    shown = browser.get(f"/store/types/{kind.code}").content.decode()
    for words in (
        "1 张",
        "窗口人员、审批人员",
        "示例市公安局龙湖分局",
        f"/api/v1/certificate-types/{kind.code}/schemas/1",
    ):
        assert words in shown
    closed = CertificateType.objects.get(slug="marriage_certificate")
    assert "要持证人授权" in browser.get(f"/store/types/{closed.code}").content.decode()


def test_a_type_nobody_knows(browser: Client) -> None:
    assert browser.get("/store/types/nothing").status_code == 404


def test_every_type_has_an_icon_of_the_sprite(city: object) -> None:
    icons = set(CertificateType.objects.values_list("icon", flat=True))
    assert icons <= set(known_icons())
