"""Files are kept with the draft at once, live and die with it, and are handed in with the application."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from approvals import deciding, reviewing
from approvals.applying import attached, attaching, drafting, submission
from approvals.errors import Incomplete, NoSuchApplication, NoSuchDraft, NotAllowed, TooManyFiles
from approvals.models import Application, Attachment, Draft, Evidence
from approvals.reviewing import Defect
from approvals.states import ApplicationState, EvidenceKind
from records.files import keeping, storing, sweeping
from records.files.errors import FileRefused, NoSuchFile, NotThisKind
from records.models import JournalEntry, StoredFile
from tests.factories import district, uploads
from tests.factories.district import Citizen
from tests.factories.uploads import READER_CARD, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen(stocked: None, noon: datetime) -> Citizen:
    uploads.publish(noon)
    return district.citizen()


@pytest.fixture
def draft(chen: Citizen) -> Draft:
    return drafting.start(chen.principal, matter=district.matter(READER_CARD), consent=True)


def attach(chen: Citizen, draft: Draft, question: str = "photo", content: bytes = b"") -> Attachment:
    incoming = received(content or uploads.photo())
    try:
        return attaching.attach(
            chen.principal, reference=draft.reference, question=question, incoming=incoming
        )
    finally:
        incoming.drop()  # as the end of a request does


def submit(chen: Citizen, draft: Draft) -> Application:
    return submission.submit(chen.principal, reference=draft.reference, key=draft.reference)


def answers(draft: Draft) -> dict[str, object]:
    return dict(Draft.objects.get(pk=draft.pk).answers)


def on_disk() -> set[str]:
    """Return the ids of the files that lie there, and what is left of transfers."""
    return {path.name for path in settings.FILES_DIR.glob("*/*")}


@pytest.fixture(autouse=True)
def _empty_shelves(tmp_path, settings) -> None:
    settings.FILES_DIR = tmp_path / "files"


def test_a_photo_is_kept_with_the_draft_and_goes_with_the_application(chen: Citizen, draft: Draft) -> None:
    with pytest.raises(Incomplete):
        submit(chen, draft)
    photo = attach(chen, draft)
    assert answers(draft)["photo"] == 1
    application = submit(chen, draft)
    assert application.answers["photo"] == 1
    kept = attached.handed_in(application)
    assert [one.file_id for one in kept] == [photo.file_id]
    assert kept[0].handed_in_at == application.submitted_at
    assert not Draft.objects.exists()
    kinds = dict(Evidence.objects.order_by("material").values_list("material", "kind"))
    assert kinds == {
        "application": EvidenceKind.FORM,
        "photo": EvidenceKind.UPLOAD,
        "residence": EvidenceKind.OWED,
    }
    acts = JournalEntry.objects.filter(stream=application.stream).order_by("sequence")
    noted = {one.act: one for one in acts}
    assert {"draft_started", "file_attached", "submitted"} <= set(noted)
    assert noted["file_attached"].details["digest"] == bytes(kept[0].file.digest).hex()


def test_the_machine_sees_the_number_of_files(chen: Citizen, draft: Draft) -> None:
    attach(chen, draft)
    application = submit(chen, draft)
    deciding.decide_waiting()
    application.refresh_from_db()
    assert application.state == ApplicationState.IN_REVIEW
    record = application.judgements.get().record
    assert record["facts"]["form.photo"]["value"] == 1
    assert {one["check_code"]: one["outcome"] for one in record["verdict"]["findings"]}["photo"] == "PASS"


def test_where_one_is_asked_the_new_one_takes_the_place_of_the_old(
    chen: Citizen, draft: Draft, django_capture_on_commit_callbacks
) -> None:
    first = attach(chen, draft)
    with django_capture_on_commit_callbacks(execute=True):
        second = attach(chen, draft)
    assert [one.file_id for one in attached.waiting(draft)] == [second.file_id]
    assert not StoredFile.objects.filter(pk=first.file_id).exists()
    assert on_disk() == {second.file_id.hex}


def test_where_several_are_asked_the_limit_is_told_before_the_file_is_looked_into(
    chen: Citizen, draft: Draft
) -> None:
    for _ in range(3):
        attach(chen, draft, "proof", uploads.pdf())
    assert answers(draft)["proof"] == 3
    with pytest.raises(TooManyFiles, match="最多传 3 个"):
        attach(chen, draft, "proof", b"MZ not even looked at")


def test_what_is_refused_leaves_nothing(chen: Citizen, draft: Draft) -> None:
    incoming = received(uploads.pdf())
    with pytest.raises(NotThisKind, match="这是 PDF"):
        attaching.attach(chen.principal, reference=draft.reference, question="photo", incoming=incoming)
    incoming.drop()
    assert on_disk() == set()
    assert "photo" not in answers(draft)
    assert not StoredFile.objects.exists()


def test_removing_takes_the_file_and_the_answer(
    chen: Citizen, draft: Draft, django_capture_on_commit_callbacks
) -> None:
    photo = attach(chen, draft)
    with django_capture_on_commit_callbacks(execute=True):
        attaching.remove(chen.principal, reference=draft.reference, file_id=photo.file_id)
    assert "photo" not in answers(draft)
    assert on_disk() == set()
    with pytest.raises(NoSuchFile):
        attaching.remove(chen.principal, reference=draft.reference, file_id=photo.file_id)


def test_discarding_the_draft_takes_its_files(
    chen: Citizen, draft: Draft, django_capture_on_commit_callbacks
) -> None:
    attach(chen, draft)
    attach(chen, draft, "proof", uploads.pdf())
    with django_capture_on_commit_callbacks(execute=True):
        drafting.discard(chen.principal, reference=draft.reference)
    assert not Attachment.objects.exists()
    assert not StoredFile.objects.exists()
    assert on_disk() == set()


@pytest.mark.django_db(transaction=True)
def test_a_draft_with_files_cannot_be_deleted_past_them(chen: Citizen, draft: Draft) -> None:
    attach(chen, draft)
    with pytest.raises(IntegrityError):
        Draft.objects.filter(pk=draft.pk).delete()


def test_turning_makes_another_file_in_the_same_place(
    chen: Citizen, draft: Draft, django_capture_on_commit_callbacks
) -> None:
    lying = attach(chen, draft, content=uploads.photo(size=(800, 600)))
    with django_capture_on_commit_callbacks(execute=True):
        turned = attaching.turn(chen.principal, reference=draft.reference, file_id=lying.file_id)
    assert turned.file_id != lying.file_id
    assert turned.attached_at == lying.attached_at
    assert answers(draft)["photo"] == 1
    assert on_disk() == {turned.file_id.hex}
    with pytest.raises(NoSuchFile):
        attaching.turn(chen.principal, reference=draft.reference, file_id=lying.file_id)


def test_a_pdf_is_not_turned(chen: Citizen, draft: Draft) -> None:
    proof = attach(chen, draft, "proof", uploads.pdf())
    with pytest.raises(FileRefused, match="不能在这里旋转"):
        attaching.turn(chen.principal, reference=draft.reference, file_id=proof.file_id)


def test_answers_typed_before_do_not_take_the_count_away(chen: Citizen, draft: Draft) -> None:
    """An autosave that was on its way while the file came."""
    attach(chen, draft)
    attach(chen, draft, "proof", uploads.pdf())
    drafting.save(
        chen.principal, reference=draft.reference, answers={"note": "旧的", "proof": None, "photo": 7}
    )
    assert answers(draft)["photo"] == 1
    assert answers(draft)["proof"] == 1


def test_files_of_a_question_that_is_not_asked_in_the_end_are_not_handed_in(
    chen: Citizen, draft: Draft, django_capture_on_commit_callbacks
) -> None:
    drafting.save(chen.principal, reference=draft.reference, answers={"lives": "rented"})
    photo = attach(chen, draft)
    attach(chen, draft, "proof", uploads.pdf())
    drafting.save(chen.principal, reference=draft.reference, answers={"lives": "own"})
    with django_capture_on_commit_callbacks(execute=True):
        application = submit(chen, draft)
    assert [one.file_id for one in attached.handed_in(application)] == [photo.file_id]
    assert "proof" not in application.answers
    assert on_disk() == {photo.file_id.hex}
    assert Evidence.objects.get(material="residence").kind == EvidenceKind.OWED


def test_files_of_a_question_that_is_asked_meet_its_material(chen: Citizen, draft: Draft) -> None:
    drafting.save(chen.principal, reference=draft.reference, answers={"lives": "rented"})
    attach(chen, draft)
    attach(chen, draft, "proof", uploads.pdf())
    application = submit(chen, draft)
    assert Evidence.objects.get(material="residence").kind == EvidenceKind.UPLOAD
    assert len(attached.handed_in(application)) == 2


def test_an_infected_file_is_not_submitted(chen: Citizen, draft: Draft, noon: datetime) -> None:
    photo = attach(chen, draft)
    StoredFile.objects.filter(pk=photo.file_id).update(scan="infected", scanned_at=noon)
    with pytest.raises(Incomplete) as raised:
        submit(chen, draft)
    assert raised.value.page == 0
    attach(chen, draft)
    assert submit(chen, draft).answers["photo"] == 1


def test_nobody_attaches_to_a_strangers_draft(chen: Citizen, draft: Draft) -> None:
    stranger = district.citizen(name="吴伟明")
    photo = attach(chen, draft)
    with pytest.raises((NoSuchDraft, NoSuchApplication)):
        attach(stranger, draft)
    for verb in (attaching.remove, attaching.turn):
        with pytest.raises(NoSuchFile):
            verb(stranger.principal, reference=draft.reference, file_id=photo.file_id)
    assert on_disk() == {photo.file_id.hex}


@pytest.mark.parametrize("question", ["note", "holder", "nothing"])
def test_only_questions_for_files_take_files(chen: Citizen, draft: Draft, question: str) -> None:
    with pytest.raises(NotAllowed):
        attach(chen, draft, question)


def supplementing(chen: Citizen, draft: Draft) -> Application:
    """Submit, and have the officer ask for another photo."""
    application = submit(chen, draft)
    deciding.decide_waiting()
    officer = district.officer()
    application.refresh_from_db()
    asked = Defect("近期免冠照片", "照片看不清脸，请重新拍一张。", ("form.photo",))
    return reviewing.ask_for_more(officer, application=application, defects=[asked])


def test_a_supplement_takes_a_new_photo_and_keeps_the_old_one(chen: Citizen, draft: Draft) -> None:
    first = attach(chen, draft)
    application = supplementing(chen, draft)
    second = attach(chen, draft)
    assert [one.file_id for one in attached.handed_in(application)] == [first.file_id], (
        "not before it is sent"
    )
    submission.answer_supplement(chen.principal, reference=draft.reference, answers={"photo": 9})
    assert [one.file_id for one in attached.handed_in(application)] == [second.file_id]
    application.refresh_from_db()
    assert application.answers["photo"] == 1
    assert Attachment.objects.get(pk=first.pk).replaced_at is not None
    assert keeping.has(first.file_id, keeping.MAIN)


def test_a_supplement_takes_files_only_for_what_it_asks(chen: Citizen, draft: Draft) -> None:
    attach(chen, draft)
    supplementing(chen, draft)
    with pytest.raises(NotAllowed):
        attach(chen, draft, "proof", uploads.pdf())


def test_after_submission_nothing_is_attached_removed_or_turned(chen: Citizen, draft: Draft) -> None:
    photo = attach(chen, draft)
    submit(chen, draft)
    with pytest.raises(NotAllowed):
        attach(chen, draft)
    for verb in (attaching.remove, attaching.turn):
        with pytest.raises(NoSuchFile):
            verb(chen.principal, reference=draft.reference, file_id=photo.file_id)


def test_a_failed_commit_leaves_no_file(chen: Citizen, draft: Draft, monkeypatch) -> None:
    def fails(_stored: StoredFile) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(storing, "keep", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        attach(chen, draft)
    assert on_disk() == set()


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_leave_one_photo_and_one_count(chen: Citizen, draft: Draft) -> None:
    failed: list[BaseException] = []

    def upload() -> None:
        try:
            attach(chen, draft)
        except BaseException as error:  # noqa: BLE001 -- a thread's error is shown by the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Attachment.objects.count() == StoredFile.objects.count() == 1
    assert answers(draft)["photo"] == 1
    assert on_disk() == {Attachment.objects.get().file_id.hex}


def test_the_sweeper_takes_orphans_and_nothing_else(chen: Citizen, draft: Draft, monkeypatch) -> None:
    photo = attach(chen, draft)
    orphan = received(uploads.photo())
    keeping.write(orphan.id, keeping.MAIN, b"whose row was never committed")
    assert sweeping.sweep() == 0, "what is fresh may still be on its way"
    monkeypatch.setattr(sweeping, "OLD", -1)
    assert sweeping.sweep() == 2  # the transfer that broke off, and the folder without a row
    assert on_disk() == {photo.file_id.hex}
