"""What is issued is signed in the same commit, or nothing is issued; what was tampered with is found."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from datetime import UTC, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Post, User
from certificates.errors import NotTheKeeper, NoUsableSeal, SealCertificateRefused, SealRefused
from certificates.issuance import issuing
from certificates.models import Certificate, Seal, SealUse
from certificates.sealing import authority, keys, seals, signing, statement, tasks, verifying
from certificates.sealing.statement import Fault
from certificates.states import SealPurpose, SealStatus
from common import clock
from records.models import JournalEntry
from tests.certificates.sealing.conftest import OTHER, appoint
from tests.factories import people
from tests.factories import seals as made
from tests.factories.certificates import AT, ISSUER, certificate, wanted

pytestmark = pytest.mark.django_db


def altered(issued: Certificate, **columns: Any) -> Certificate:
    """Return the certificate after somebody with the owner's rights has changed its row."""
    row = Certificate.objects.get(pk=issued.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE certificates_certificate DISABLE TRIGGER USER")
        cursor.execute(
            "ALTER TABLE certificates_certificate DROP CONSTRAINT IF EXISTS a_signature_has_its_form"
        )
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(update_fields=list(columns))
        cursor.execute("ALTER TABLE certificates_certificate ENABLE TRIGGER USER")
    return Certificate.objects.select_related("seal").get(pk=issued.pk)


def seals_row(seal: Seal, **columns: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE certificates_seal DISABLE TRIGGER USER")
        Seal.objects.filter(pk=seal.pk).update(**columns)
        cursor.execute("ALTER TABLE certificates_seal ENABLE TRIGGER USER")


def test_what_is_issued_is_signed_by_its_issuers_seal_and_the_use_is_kept(seal: Seal) -> None:
    issued = certificate(people.person())
    stored = Certificate.objects.get(pk=issued.pk)
    assert (stored.seal, stored.algorithm, stored.signed_at) == (seal, statement.ECDSA, AT)
    assert signing.verify(stored) is None
    use = SealUse.objects.get()
    assert (use.seal, use.purpose, use.digest) == (seal, SealPurpose.CERTIFICATE, stored.digest)
    assert (use.subject, use.algorithm, use.actor) == (f"certificate:{stored.pk}", statement.ECDSA, "system")


def test_the_signed_data_is_checked_without_us(seal: Seal) -> None:
    issued = certificate(people.person())
    told = json.loads(signing.signed_data(Certificate.objects.select_related("seal").get(pk=issued.pk)))
    assert statement.check_data(told, trusted=[made.root()]) == ()
    assert statement.check_data(told, trusted=[]) == (Fault.UNTRUSTED,)
    told["terms"]["fields"]["name"] = "别人"
    assert Fault.CHANGED in statement.check_data(told, trusted=[made.root()])


def test_a_batch_with_several_issuers_is_signed_each_with_its_own(seal: Seal) -> None:
    other = made.seal_of(OTHER)
    issues = [wanted(people.person(), issuer_code=code) for code in (ISSUER, OTHER, ISSUER)]
    issued = issuing.issue_many(issues, at=AT)
    assert [one.seal for one in issued] == [seal, other, seal]
    assert all(signing.verify(one) is None for one in issued)


@pytest.mark.parametrize(
    "state", ["none", "suspended", "destroyed", "run out", "not begun", "key lost", "other provider"]
)
def test_without_a_usable_seal_nothing_is_issued(
    seal: Seal, keeper: User, state: str, monkeypatch: Any
) -> None:
    at = AT
    match state:
        case "none":
            with pytest.raises(NoUsableSeal):
                certificate(people.person(), issuer_code=OTHER, issuer_name="另一个局")
        case "suspended":
            seals.suspend(keeper, seal=seal, reason="保管人调离")
        case "destroyed":
            seals.destroy(keeper, seal=seal, reason="机构改革，缴销")
        case "run out":
            seals_row(seal, valid_until=at)
        case "not begun":
            seals_row(seal, valid_from=at + timedelta(seconds=1))
        case "key lost":
            monkeypatch.setattr(keys.FILE_KEYS, "has", lambda _: False)
        case "other provider":
            seals_row(seal, provider="platform")
    if state != "none":
        with pytest.raises(NoUsableSeal) as refused:
            certificate(people.person())
        assert "测试局现在没有可以使用的电子印章" in refused.value.message
        assert "证照管理员" in refused.value.message
    assert not Certificate.objects.exists()
    assert not SealUse.objects.exists()


def test_one_without_a_seal_in_a_batch_stops_the_batch(seal: Seal) -> None:
    issues = [wanted(people.person()), wanted(people.person(), issuer_code=OTHER)]
    with pytest.raises(NoUsableSeal), transaction.atomic():
        issuing.issue_many(issues, at=AT)
    assert not Certificate.objects.exists()


def test_the_database_refuses_what_is_issued_unsigned(seal: Seal) -> None:
    issued = certificate(people.person())
    for name in ("a", "b"):
        copy = Certificate.objects.get(pk=issued.pk)
        copy.pk, copy.identifier, copy.number, copy.check_token = None, name, name, name
        copy.exclusive = False
        if name == "b":
            copy.seal, copy.signature, copy.algorithm, copy.signed_at = None, "", "", None
            with pytest.raises(IntegrityError), transaction.atomic():
                copy.save(force_insert=True)


def test_every_change_of_a_row_is_found(seal: Seal) -> None:
    other = made.seal_of(OTHER)
    person = people.person()
    issued = certificate(person)
    second = certificate(people.person())
    changes: list[tuple[dict[str, Any], Fault]] = [
        ({"number": "X"}, Fault.CHANGED),
        ({"valid_until": AT.date()}, Fault.CHANGED),
        ({"holder_person": people.person()}, Fault.CHANGED),
        ({"fields": {**issued.fields, "level": "b"}}, Fault.CHANGED),
        ({"digest": second.digest}, Fault.CHANGED),
        ({"signature": second.signature}, Fault.SIGNATURE),
        ({"signed_at": AT + timedelta(microseconds=1)}, Fault.SIGNATURE),
        ({"seal": other}, Fault.SIGNATURE),
        ({"algorithm": "sm2-sm3"}, Fault.ALGORITHM),
        ({"signature": "not base64!"}, Fault.MALFORMED),
    ]
    for columns, fault in changes:
        with transaction.atomic():
            assert signing.verify(altered(issued, **columns)) == fault, columns
            transaction.set_rollback(True)
    assert signing.verify(Certificate.objects.get(pk=issued.pk)) is None


def test_a_signature_by_a_key_no_authority_knows_is_found(seal: Seal, settings: Any, tmp_path: Any) -> None:
    issued = Certificate.objects.get(pk=certificate(people.person()).pk)
    settings.SEAL_AUTHORITIES_FILE = tmp_path / "none.pem"
    assert signing.verify(issued) == Fault.UNTRUSTED


def test_what_a_seal_of_nobody_signed_is_found(seal: Seal) -> None:
    """Also in the store: whoever changes the seal's row to a certificate that names no organ is not believed."""
    issued = certificate(people.person())
    public = keys.FILE_KEYS.private(seal.key_name).public_key()
    seals_row(seal, certificate_pem=made.pem(made.signed(made._name("王五"), public, by=made.root_key())))
    assert signing.verify(Certificate.objects.get(pk=issued.pk)) == Fault.NO_BODY


def test_a_seal_expired_at_signing_is_found(seal: Seal) -> None:
    issued = certificate(people.person())
    request = keys.FILE_KEYS.request(seal.key_name, subject=authority.subject(seal.department, name="x"))
    short = made.answer(request, until=AT.astimezone(UTC) - timedelta(days=1))
    seals_row(seal, certificate_pem=short)
    assert signing.verify(Certificate.objects.get(pk=issued.pk)) == Fault.EXPIRED


def test_what_a_destroyed_seal_signed_stays_proven(seal: Seal, keeper: User) -> None:
    issued = certificate(people.person())
    seals.destroy(keeper, seal=seal, reason="机构改革，缴销")
    assert signing.verify(Certificate.objects.select_related("seal").get(pk=issued.pk)) is None


def test_the_whole_store_is_looked_through(seal: Seal, capsys: pytest.CaptureFixture[str]) -> None:
    whole, broken = certificate(people.person()), certificate(people.person())
    assert (verifying.verify_all().checked, verifying.verify_all().faults.total()) == (2, 0)
    call_command("verify_certificates")
    altered(broken, issuer_code=OTHER)
    report = verifying.verify_all()
    assert report.named == [(broken.identifier, Fault.CHANGED)]
    with pytest.raises(SystemExit) as ended:
        call_command("verify_certificates", "--json")
    assert ended.value.code == 1
    assert broken.identifier in capsys.readouterr().out
    assert verifying.verify_all(since=clock.now() + timedelta(days=365)).checked == 0
    assert whole.identifier not in str(report.named)
    clock.set_source(None)
    assert tasks.verify_new() == 1


def test_imported_ones_are_counted_as_unsigned(seal: Seal) -> None:
    issued = certificate(people.person())
    altered(issued, seal=None, signature="", algorithm="", signed_at=None)
    report = verifying.verify_all()
    assert (report.checked, report.unsigned, report.faults.total()) == (1, 1, 0)


# --- who may, and what may be done -----------------------------------------------------------------------------------
def test_only_the_keeper_of_the_department(seal: Seal) -> None:
    other = made.seal_of(OTHER).department
    strangers = [
        appoint("elsewhere", other),
        appoint("nobody", None),
        appoint("officer-here", seal.department, role=Post.Role.OFFICER),
        appoint("admin-here", seal.department, role=Post.Role.ADMIN),
    ]
    for user in strangers:
        for verb in (seals.suspend, seals.resume, seals.destroy):
            with pytest.raises(NotTheKeeper):
                verb(user, seal=seal, reason="没有这个权限")
        with pytest.raises(NotTheKeeper):
            seals.request(user, department=seal.department, custodian=user)
    seal.refresh_from_db()
    assert seal.status == SealStatus.ACTIVE


def test_moves_are_noted_and_impossible_ones_refused(seal: Seal, keeper: User) -> None:
    with pytest.raises(SealRefused):
        seals.suspend(keeper, seal=seal, reason="  短  ")
    seals.suspend(keeper, seal=seal, reason="保管人调离")
    with pytest.raises(SealRefused):
        seals.suspend(keeper, seal=seal, reason="保管人调离")
    seals.resume(keeper, seal=seal, reason="新保管人到位")
    certificate(people.person())
    seals.destroy(keeper, seal=seal, reason="机构改革，缴销")
    for verb in (seals.suspend, seals.resume, seals.destroy):
        with pytest.raises(SealRefused):
            verb(keeper, seal=seal, reason="再来一次试试")
    acts = JournalEntry.objects.filter(stream=f"seal:{seal.pk}").order_by("sequence")
    assert [entry.details["to"] for entry in acts] == ["suspended", "active", "destroyed"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.filter(pk=seal.pk).update(status=SealStatus.ACTIVE)


def test_a_seal_that_has_run_out_is_not_resumed(seal: Seal, keeper: User) -> None:
    seals.suspend(keeper, seal=seal, reason="保管人调离")
    clock.set_source(lambda: seal.valid_until)
    with pytest.raises(SealRefused):
        seals.resume(keeper, seal=seal, reason="想接着用")


def test_a_new_seal_ends_the_old_one_and_signs_from_then_on(
    seal: Seal, keeper: User, django_capture_on_commit_callbacks: Any
) -> None:
    before = certificate(people.person())
    asked = seals.request(keeper, department=seal.department, custodian=keeper)
    assert seals.active_for([ISSUER], at=AT)[ISSUER] == seal
    with pytest.raises(SealRefused):
        seals.request(keeper, department=seal.department, custodian=keeper)
    with django_capture_on_commit_callbacks(execute=True):
        fresh = seals.make(keeper, asked=asked, certificate_pem=made.answer(asked.request_pem))
    seal.refresh_from_db()
    assert (seal.status, seal.status_reason) == (SealStatus.DESTROYED, seals.RENEWED)
    assert not keys.FILE_KEYS.has(seal.key_name)
    after = certificate(people.person())
    assert (after.seal, fresh.key_name != seal.key_name) == (fresh, True)
    assert signing.verify(after) is None
    assert signing.verify(Certificate.objects.select_related("seal").get(pk=before.pk)) is None
    with pytest.raises(SealRefused):
        seals.make(keeper, asked=asked, certificate_pem=made.answer(asked.request_pem))


def test_a_certificate_that_does_not_fit_makes_no_seal(seal: Seal, keeper: User) -> None:
    asked = seals.request(keeper, department=seal.department, custodian=keeper)
    strange = ec.generate_private_key(ec.SECP256R1())
    public = keys.FILE_KEYS.private(asked.key_name).public_key()
    subject, other = authority.subject(seal.department, name="x"), made.seal_of(OTHER).department
    wrong = {
        "PEM": "nonsense",
        "公钥对不上": seal.certificate_pem,
        "不在有效期内": made.answer(asked.request_pem, until=AT.astimezone(UTC) - timedelta(days=1)),
        "受信任": made.pem(made.signed(subject, public, by=strange)),
        "写的单位不是本单位": made.pem(made.signed(made._name("王五"), public, by=made.root_key())),
        f"不是本单位（统一社会信用代码 {ISSUER}）": made.pem(
            made.signed(authority.subject(other, name="x"), public, by=made.root_key())
        ),
        "不能用来签章": made.pem(made.signed(subject, public, by=made.root_key(), is_authority=True)),
    }
    for words, answer in wrong.items():
        with pytest.raises(SealCertificateRefused, match=words):
            seals.make(keeper, asked=asked, certificate_pem=answer)
    seal.refresh_from_db()
    assert seal.status == SealStatus.ACTIVE


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda some: some.decode("latin-1")))
def test_whatever_is_pasted_is_refused_in_words(text: str) -> None:
    asked = "-----BEGIN CERTIFICATE-----\n"
    for pasted in (
        text,
        asked + text,
        asked + b64encode(text.encode()).decode() + "\n-----END CERTIFICATE-----",
    ):
        with pytest.raises(SealCertificateRefused):
            authority.accept(pasted, request_pem="", issuer=ISSUER, at=AT)


# --- at the same time ------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_who_suspends_waits_for_what_is_being_signed_and_nothing_is_signed_afterwards(
    seal: Seal, keeper: User
) -> None:
    issued, done = threading.Event(), threading.Event()

    def suspend() -> None:
        try:
            issued.wait(10)
            seals.suspend(keeper, seal=seal, reason="保管人调离")
            done.set()
        finally:
            connections.close_all()

    thread = threading.Thread(target=suspend)
    thread.start()
    with transaction.atomic():
        issuing.issue(wanted(people.person()), at=AT)
        issued.set()
        assert not done.wait(0.5)
    assert done.wait(10)
    thread.join()
    with pytest.raises(NoUsableSeal):
        certificate(people.person())
    assert Certificate.objects.count() == SealUse.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_issues_while_a_seal_is_being_suspended_waits_and_is_refused(seal: Seal, keeper: User) -> None:
    holder, held, refused = people.person(), threading.Event(), []

    def issue() -> None:
        try:
            held.wait(10)
            certificate(holder)
        except NoUsableSeal as error:
            refused.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=issue)
    thread.start()
    with transaction.atomic():
        seals.suspend(keeper, seal=seal, reason="保管人调离")
        held.set()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert len(refused) == 1
    assert not Certificate.objects.exists()
