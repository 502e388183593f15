"""A store that goes out: who may, what it leaves behind, and that it comes in again as it was."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from certificates.issuance import lifecycle
from certificates.models import Certificate, CertificateType, UseRecord
from certificates.states import CertificateStatus
from certificates.stocking import exporting
from certificates.stocking.errors import NotTheirStore, ReasonNeeded
from certificates.stocking.exporting import Counted
from certificates.stocking.files import reading
from certificates.stocking.files.reading import Form
from records.models import Event, JournalEntry
from tests.certificates.stocking.test_importing import blocks_of, take
from tests.factories import certificates as making
from tests.factories.offices import OTHER, employee
from tests.factories.people import business, id_number, person

pytestmark = pytest.mark.django_db
WHY = "报送市级证照库核对"


@pytest.fixture
def keeper() -> User:
    return employee("keeper")


@pytest.fixture
def kind(keeper: User) -> CertificateType:
    kind = making.card_type(exclusive=False)
    values = {
        "name": "=cmd|' /C calc'!A0",
        "card_number": "-5",
        "level": "b",
        "people": [{"name": "小陈"}],
        "born": "",
    }
    making.certificate(person(name="陈桂英"), number="甲字第1号", values=values)
    ended = making.certificate(person(name="李四"), number="A2", valid_until=date(2030, 1, 1))
    lifecycle.change_status(ended, CertificateStatus.REVOKED, reason="违法，“屡教”不改\n", actor="system")
    making.certificate(person(name="王五"), number="A3", values={"name": "两行\n字", "amount": "0.10"})
    return kind


def text_of(keeper: User, kind: CertificateType, form: Form, **named: Any) -> str:
    return "".join(exporting.export(keeper, kind=kind, reason=WHY, form=form, **named))


@pytest.mark.parametrize("form", list(Form))
def test_what_goes_out_is_known_when_it_comes_in(keeper: User, kind: CertificateType, form: Form) -> None:
    batch = take(text_of(keeper, kind, form).encode(), kind)
    assert (batch.accepted, batch.known, batch.rejected) == (0, 3, 0)


@pytest.mark.parametrize("form", list(Form))
def test_an_empty_store_is_filled_again(keeper: User, kind: CertificateType, form: Form) -> None:
    text = text_of(keeper, kind, form)
    for identifier in Certificate.objects.order_by("pk").values_list("identifier", flat=True):
        text = text.replace(identifier, "")  # it names its type
    other = making.card_type(exclusive=False, slug="other_card", code=f"{making.ISSUER}902")
    batch = take(text.encode(), other)
    assert (batch.accepted, batch.rejected) == (3, 0)
    before, after = (Certificate.objects.filter(type=one).order_by("number") for one in (kind, other))
    assert list(map(told, after)) == list(map(told, before))


def told(one: Certificate) -> list[str]:
    fields = {name: value for name, value in one.fields.items() if value}
    changed = one.status_changed_at.date().isoformat() if one.status_changed_at else ""
    terms = [one.number, str(one.holder_person_id), str(one.issued_on), str(one.valid_until)]
    return [*terms, one.status, one.status_reason.strip(), changed[:8], json.dumps(fields, sort_keys=True)]


def test_no_cell_is_a_formula(keeper: User, kind: CertificateType) -> None:
    text = text_of(keeper, kind, Form.CSV)
    assert ",'=cmd|" in text
    assert ",'-5," in text


def test_each_look_leaves_its_record_before_anything_is_given(keeper: User, kind: CertificateType) -> None:
    text = exporting.export(keeper, kind=kind, reason=WHY, form=Form.JSON_LINES)
    assert not UseRecord.objects.exists()
    next(text)
    uses = list(UseRecord.objects.order_by("pk"))
    assert {one.certificate_id for one in uses} == {one.pk for one in Certificate.objects.order_by("pk")}
    assert {(one.mode, one.purpose, one.outcome, one.actor) for one in uses} == {
        ("exported", WHY, "found", f"user:{keeper.pk}")
    }
    entry = JournalEntry.objects.get(act="certificates_exported")
    assert (entry.actor, entry.details["count"]) == (f"user:{keeper.pk}", 3)
    assert WHY in Event.objects.get(entry=entry).text


def test_what_was_changed_is_left_out_and_counted(keeper: User, kind: CertificateType) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE certificates_certificate DISABLE TRIGGER USER")
        cursor.execute("UPDATE certificates_certificate SET valid_until = '2035-01-01' WHERE number = 'A2'")
        cursor.execute("ALTER TABLE certificates_certificate ENABLE TRIGGER USER")
    counted = Counted()
    assert "A2" not in text_of(keeper, kind, Form.JSON_LINES, counted=counted)
    assert (counted.exported, counted.unreadable) == (2, 1)
    assert UseRecord.objects.filter(outcome="unreadable").count() == 1


@pytest.mark.parametrize("role", ["officer", "admin", "clerk", "supervisor", None])
def test_only_a_keeper_takes_a_store_out(kind: CertificateType, role: str | None) -> None:
    with pytest.raises(NotTheirStore):
        text_of(employee(role), kind, Form.CSV)
    assert not UseRecord.objects.exists()


def test_another_department_gets_what_it_issued_itself(kind: CertificateType) -> None:
    other = employee("keeper", code=OTHER)
    kind.issuers = ["11440507MB2X00012R", OTHER]
    assert text_of(other, kind, Form.JSON_LINES) == ""
    kind.issuers = []  # then it is its definer's alone
    with pytest.raises(NotTheirStore):
        text_of(other, kind, Form.JSON_LINES)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201, f"查{id_number()}", "打13800138000"])
def test_a_reason_is_needed_and_names_nobody(keeper: User, kind: CertificateType, reason: str) -> None:
    with pytest.raises(ReasonNeeded):
        next(exporting.export(keeper, kind=kind, reason=reason, form=Form.CSV))
    assert not JournalEntry.objects.filter(act="certificates_exported").exists()


def test_organisations_go_out_by_their_code(keeper: User) -> None:
    kind = making.card_type(holder_kind="organisation")
    body = business(operator=person())
    making.certificate(body)
    assert json.loads(text_of(keeper, kind, Form.JSON_LINES))["holder"] == body.credit_code


def test_the_commands(keeper: User, kind: CertificateType, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "store.csv"
    named = {"type": kind.slug, "by": keeper.username, "reason": WHY}
    call_command("export_certificates", to=path, **named)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError):
        call_command("export_certificates", to=path, **named)  # never written over
    issuer = "11440507MB2X00012R"
    call_command("import_certificates", path, "--dry-run", type=kind.slug, issuer=issuer)
    call_command("import_certificates", path, type=kind.slug, issuer=issuer)
    call_command("reconcile_certificates", path, type=kind.slug, issuer=issuer)
    told = capsys.readouterr().out
    assert "可以导入 0，库里已有 3，不能导入 0" in told
    assert "新入库 0，库里已有 3，没有导入 0" in told
    assert "两边一致 3，只在文件里 0，只在库里 0" in told
    with pytest.raises(CommandError):
        call_command("export_certificates", to=tmp_path / "x", type=kind.slug, by="nobody", reason=WHY)
    assert reading.survey(blocks_of(path.read_bytes())).form is Form.CSV
