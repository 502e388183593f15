"""Issuing, correcting and renewing from the form that the type's schema makes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import Message, User
from certificates import schemas
from certificates.models import Certificate, CertificateType
from certificates.states import CertificateStatus
from portal.store.filling import FieldsForm
from rules import FactType
from tests.factories import district
from tests.factories.district import Citizen

pytestmark = pytest.mark.django_db
WHY = "依法院生效裁判办理"
POLICE = district.POLICE["issuer_code"]


def day(name: str, on: date) -> dict[str, int]:
    return {f"{name}_year": on.year, f"{name}_month": on.month, f"{name}_day": on.day}


@pytest.fixture
def holder(city: object) -> Citizen:
    return district.citizen()


def whole(holder: Citizen, kind: CertificateType, **changes: str) -> dict[str, Any]:
    """Return a form filled in as the type's card needs it."""
    told: dict[str, Any] = {"holder": holder.person.id_number, "number": "JZ0001", "reason": WHY}
    told |= day("begins", date(2026, 11, 20)) | day("until", date(2032, 11, 19))
    specs = schemas.of_version(kind, kind.current_schema)
    follows = {"name", "id_number", "sex", "birth_date", "number"}
    for name, spec in specs.items():
        if name not in follows:
            word = next(iter(spec.codes)) if spec.codes else "C1"
            dated = spec.type is FactType.DATE
            told |= day(f"field_{name}", date(2026, 11, 20)) if dated else {f"field_{name}": word}
    return told | changes


def test_a_certificate_is_looked_over_then_issued_signed_and_told(browser: Client, holder: Citizen) -> None:
    kind = CertificateType.objects.get(slug="driving_licence")
    told, address = whole(holder, kind), f"/store/types/{kind.code}/issue"
    looked = browser.post(address, told)
    assert looked.status_code == 200
    shown = looked.content.decode()
    assert not Certificate.objects.filter(type=kind).exists()
    for words in ("还没有签发", "陈*英", "JZ0001", WHY, "示例市公安局龙湖分局的电子印章", "C1"):
        assert words in shown
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown))
    for own_of_the_frame in ("csrfmiddlewaretoken", "next"):
        kept.pop(own_of_the_frame, None)
    assert kept == {name: str(value) for name, value in told.items()}
    assert holder.person.name not in shown
    assert "有效</span>" not in shown  # the card says itself that it is none yet

    back = browser.post(address, {**kept, "back": "yes"})
    assert (back.status_code, "JZ0001" in back.content.decode()) == (200, True)
    assert not Certificate.objects.filter(type=kind).exists()

    answer = browser.post(address, {**kept, "seal": "yes"})
    made = Certificate.objects.get(type=kind)
    assert answer["Location"] == f"/store/certificates/{made.pk}"
    own = {"name": "陈秀英", "birth_date": "1940-03-08", "sex": made.fields.get("sex")}
    assert made.fields.items() >= {name: own[name] for name in own if name in made.fields}.items()
    assert made.fields["vehicle_class"] == "C1"
    assert made.fields["name"] == holder.person.name
    assert (made.number, made.issuer_code, made.valid_until) == ("JZ0001", POLICE, date(2032, 11, 19))
    assert made.seal is not None
    assert "签发" in Message.objects.filter(person=holder.person).latest("created_at").title
    history = browser.get(answer["Location"]).content.decode()
    assert (history.count("<h3>由证照管理员签发（没有办件）</h3>"), history.count("<h3>签发</h3>")) == (1, 0)


def test_another_name_or_a_field_left_empty_is_never_sealed(browser: Client, holder: Citizen) -> None:
    """The name has no box: what is posted for it all the same is not taken."""
    kind = CertificateType.objects.get(slug="driving_licence")
    address = f"/store/types/{kind.code}/issue"
    empty = browser.post(address, whole(holder, kind, field_vehicle_class="") | {"seal": "yes"})
    assert (empty.status_code, "请填写准驾车型" in empty.content.decode()) == (422, True)
    assert not Certificate.objects.filter(type=kind).exists()
    assert 'name="field_name"' not in browser.get(address).content.decode()
    browser.post(address, whole(holder, kind, field_name="张三") | {"seal": "yes"})
    assert Certificate.objects.get(type=kind).fields["name"] == holder.person.name


def test_what_another_was_a_moment_earlier_with_is_said_in_the_form(browser: Client, holder: Citizen) -> None:
    kind = CertificateType.objects.get(slug="driving_licence")
    told = whole(holder, kind) | {"seal": "yes"}
    browser.post(f"/store/types/{kind.code}/issue", told)
    again = browser.post(f"/store/types/{kind.code}/issue", told)
    assert (again.status_code, "JZ0001" in again.content.decode()) == (422, True)
    assert Certificate.objects.filter(type=kind).count() == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"holder": "440507194003089980"}, "没有找到这个号码"),
        ({"reason": "短"}, "至少 5 个字"),
        ({"begins_month": "13"}, "日期不存在"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_issued(
    browser: Client, holder: Citizen, wrong: dict[str, str], says: str
) -> None:
    kind = CertificateType.objects.get(slug="driving_licence")
    answer = browser.post(f"/store/types/{kind.code}/issue", whole(holder, kind) | {"seal": "yes"} | wrong)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Certificate.objects.filter(type=kind).exists()


def test_a_type_of_another_department_is_not_issued(browser: Client, keeper: User) -> None:
    other = CertificateType.objects.get(slug="food_licence")
    assert browser.get(f"/store/types/{other.code}/issue").status_code == 404
    assert (
        f"/store/types/{other.code}/issue" not in browser.get(f"/store/types/{other.code}").content.decode()
    )


def test_a_correction_changes_what_was_filled_in_and_keeps_the_rest(browser: Client, holder: Citizen) -> None:
    old = holder.certificates["resident_id"]
    address = f"/store/certificates/{old.pk}/change"
    told = {"how": "correct", "reason": WHY, "field_address": "示例市龙湖区新溪镇 1 号", "seal": "yes"}
    made = Certificate.objects.get(pk=browser.post(address, told)["Location"].rpartition("/")[2])
    old.refresh_from_db()
    assert made.fields == {**old.fields, "address": "示例市龙湖区新溪镇 1 号"}
    assert (made.version, made.number, made.previous_id) == (2, old.number, old.pk)
    assert (made.valid_from, made.valid_until) == (old.valid_from, old.valid_until)
    assert old.status == CertificateStatus.SUPERSEDED
    assert browser.post(address, told).status_code == 409  # the old version leads nowhere


def test_a_correction_is_looked_over_before_it_is_sealed(browser: Client, holder: Citizen) -> None:
    old = holder.certificates["resident_id"]
    address = f"/store/certificates/{old.pk}/change"
    told = {"how": "correct", "reason": WHY, "field_address": "示例市龙湖区新溪镇 1 号"}
    page = browser.post(address, told).content.decode()
    for words in ("还没有签发", "改为：示例市龙湖区新溪镇 1 号", "第 2 版", WHY, "加盖电子印章并签发"):
        assert words in page
    assert old.fields["id_number"] not in page  # what does not change stays unseen
    again = browser.post(address, told | {"back": "yes"})
    assert (again.status_code, "示例市龙湖区新溪镇 1 号" in again.content.decode()) == (200, True)
    assert not Certificate.objects.filter(previous=old).exists()


def test_a_renewal_begins_today_and_ends_as_said(browser: Client, holder: Citizen) -> None:
    old = holder.certificates["resident_id"]
    told = {"how": "renew", "reason": WHY, **day("until", date(2046, 11, 19)), "seal": "yes"}
    browser.post(f"/store/certificates/{old.pk}/change", told)
    made = Certificate.objects.get(previous=old)
    assert (made.valid_from, made.valid_until) == (date(2026, 11, 20), date(2046, 11, 19))
    assert made.fields == old.fields


def test_a_correction_to_another_name_says_so_beside_the_box(browser: Client, holder: Citizen) -> None:
    old = holder.certificates["resident_id"]
    told = {"how": "correct", "reason": WHY, "field_name": "张三"}
    answer = browser.post(f"/store/certificates/{old.pk}/change", told)
    assert answer.status_code == 422
    assert "和持证人登记的不一致" in answer.content.decode()
    assert not Certificate.objects.filter(previous=old).exists()


def test_a_correction_of_nothing_is_none(browser: Client, holder: Citizen) -> None:
    old = holder.certificates["resident_id"]
    answer = browser.post(f"/store/certificates/{old.pk}/change", {"how": "correct", "reason": WHY})
    assert answer.status_code == 422
    assert "没有填写要更改的内容" in answer.content.decode()
    assert not Certificate.objects.filter(previous=old).exists()


@pytest.mark.parametrize(
    ("until", "says"),
    [(None, "要有到期日"), (date(2036, 11, 20), "最晚到 2036-11-19"), (date(2026, 1, 1), "")],
)
def test_a_day_the_type_does_not_allow_is_said(
    browser: Client, holder: Citizen, until: date | None, says: str
) -> None:
    """What was typed stays in the form; a last day before the first is the form's own fault."""
    kind = CertificateType.objects.get(slug="driving_licence")
    CertificateType.objects.filter(pk=kind.pk).update(validity={"rule": "at_most", "years": 10})
    told = {name: value for name, value in whole(holder, kind).items() if not name.startswith("until")}
    told |= day("until", until) if until else {}
    answer = browser.post(f"/store/types/{kind.code}/issue", told)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "JZ0001" in answer.content.decode()
    assert not Certificate.objects.filter(type=kind).exists()


def test_every_type_makes_a_form_whose_values_its_schema_takes(city: object) -> None:
    samples = {FactType.INTEGER: "12", FactType.MONEY: "12.50", FactType.DIVISION: "440507"}
    for kind in CertificateType.objects.all():
        specs = schemas.of_version(kind, kind.current_schema)
        posted: dict[str, Any] = {}
        for name, spec in specs.items():
            if spec.type is FactType.DATE:
                posted |= day(f"field_{name}", date(2026, 11, 20))
            elif spec.type is FactType.BOOLEAN:
                posted[f"field_{name}"] = "no"
            else:
                posted[f"field_{name}"] = (
                    next(iter(spec.codes)) if spec.codes else samples.get(spec.type, "字")
                )
        form = FieldsForm(posted, specs=specs)
        assert form.is_valid(), (kind.slug, form.errors)
        schemas.check(form.values, specs=specs)
        assert len(form.values) == len([one for one in specs.values() if one.type is not FactType.LIST])
