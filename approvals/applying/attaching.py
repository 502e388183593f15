"""The applicant's verbs for files: attach, remove, turn. Each is kept at once, with the draft or the open notice.

At a window a clerk does it for them (`window`): the journal names both, and the applicant reads where it was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import actors
from accounts.acting.principals import Principal
from approvals import selectors
from approvals.applying import attached, drafting
from approvals.applying.drafting import Window
from approvals.errors import NoSuchApplication, NoSuchDraft, NotAllowed, TooManyFiles
from approvals.models import Application, Attachment, Draft
from approvals.permissions import is_applicant, own
from approvals.states import ApplicationState
from common import clock
from matters import editions
from matters.format.questions import AskedQuestion
from records import journal
from records.files import storing
from records.files.errors import NoSuchFile
from records.files.keeping import Incoming
from records.models import StoredFile
from records.proving.chain import Json
from records.tasks import wake_scanner_on_commit

_AT_WINDOW = {
    "file_attached": "{}上传了“{}”。",
    "file_turned": "{}把“{}”转正了方向。",
    "file_removed": "{}删除了“{}”里的一个文件。",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where files are attached: a draft, or an application whose notice opens the question."""

    filed: Draft | Application
    question: AskedQuestion

    @property
    def stream(self) -> str:
        return f"case:{self.filed.reference}"


def attach(
    principal: Principal,
    *,
    reference: str,
    question: str,
    incoming: Incoming,
    window: Window | None = None,
) -> Attachment:
    """Keep a received file with the draft, or with the supplement that asks for it; where one is asked, it replaces.

    Raises FileRefused, TooManyFiles, NoSuchDraft, NoSuchApplication, NotAllowed.
    """
    place = _seen(principal, reference=reference, question=question)
    _require_room(place, attached.waiting(place.filed))
    stored = storing.prepare(
        incoming,
        accept=place.question.accept,
        stream=place.stream,
        owner=_actor(principal, window),
        at=clock.now(),
    )
    return _keep(principal, stored, reference=reference, question=question, window=window)


def turn(principal: Principal, *, reference: str, file_id: UUID, window: Window | None = None) -> Attachment:
    """Turn a picture a quarter to the right; the file is a new one, in the place of the old. Raises NoSuchFile."""
    found = _own_waiting(principal, reference=reference, file_id=file_id)
    if found.file.is_quarantined:
        raise NoSuchFile
    turned = storing.turned(found.file, owner=_actor(principal, window), at=clock.now())
    return _keep(
        principal, turned, reference=reference, question=found.question, window=window, instead_of=found
    )


@transaction.atomic
def remove(
    principal: Principal, *, reference: str, file_id: UUID, window: Window | None = None
) -> Attachment:
    """Throw a file away that is not handed in yet, and return what it was. Raises NoSuchFile."""
    found = _own_waiting(principal, reference=reference, file_id=file_id)
    place = _locked(principal, reference=reference, question=found.question)
    attached.throw_away([found])
    _count(place)
    _note(principal, place, "file_removed", found.file, window)
    return found


def _keep(
    principal: Principal,
    stored: StoredFile,
    *,
    reference: str,
    question: str,
    window: Window | None,
    instead_of: Attachment | None = None,
) -> Attachment:
    """Commit what was prepared, or leave nothing of it."""
    try:
        with transaction.atomic():
            place = _locked(principal, reference=reference, question=question)
            return _attach(principal, place, stored, instead_of, window)
    except BaseException:
        storing.forget(stored)
        raise


def _attach(
    principal: Principal,
    place: _Place,
    stored: StoredFile,
    instead_of: Attachment | None,
    window: Window | None,
) -> Attachment:
    there = [one for one in attached.waiting(place.filed) if one.question == place.question.name]
    replaced = [one for one in there if one == instead_of] if instead_of else []
    if instead_of is not None and not replaced:
        raise NoSuchFile
    if instead_of is None:
        replaced = there if place.question.max_files == 1 else []
        _require_room(place, there)
    storing.keep(stored)
    at = instead_of.attached_at if instead_of else stored.created_at
    attachment = _row(place, stored, at=at)
    attached.throw_away(replaced)
    _count(place)
    _note(principal, place, "file_turned" if instead_of else "file_attached", stored, window)
    wake_scanner_on_commit()
    return attachment


def _row(place: _Place, stored: StoredFile, *, at: datetime) -> Attachment:
    filed = place.filed
    return Attachment.objects.create(
        draft=filed if isinstance(filed, Draft) else None,
        application=filed if isinstance(filed, Application) else None,
        question=place.question.name,
        file=stored,
        attached_at=at,
    )


def _require_room(place: _Place, there: list[Attachment]) -> None:
    most = place.question.max_files
    if most > 1 and sum(one.question == place.question.name for one in there) >= most:
        raise TooManyFiles(most)


def _count(place: _Place) -> None:
    """Keep the number of files as the answer; a supplement's is counted when it is handed in."""
    filed, name = place.filed, place.question.name
    if not isinstance(filed, Draft):
        return
    others = {key: value for key, value in filed.answers.items() if key != name}
    count = attached.counts(filed, among=[name])[name]
    filed.answers = others if count is None else {**others, name: count}
    filed.saved_at, filed.shown_at = clock.now(), None  # the holder has not seen it so
    filed.save(update_fields=["answers", "saved_at", "shown_at"])


def _note(principal: Principal, place: _Place, act: str, stored: StoredFile, window: Window | None) -> None:
    details: dict[str, Json] = {
        "question": place.question.name,
        "digest": bytes(stored.digest).hex(),
        "pages": stored.pages,
        **drafting.noted(principal),
    }
    if window is not None:
        details["for"] = actors.of_person(principal.acting)
    journal.note(
        stream=place.stream,
        act=act,
        actor=_actor(principal, window),
        subject=str(stored.pk),
        details=details,
        event=_AT_WINDOW[act].format(window.words, place.question.label) if window else None,
        event_kind=act if window else "",
    )


def _actor(principal: Principal, window: Window | None) -> str:
    return actors.of_user(window.clerk) if window else actors.of_person(principal.acting)


def _seen(principal: Principal, *, reference: str, question: str) -> _Place:
    """Return the place without a lock, so that a file nobody may attach is not looked into."""
    try:
        filed: Draft | Application = selectors.own_draft(principal, reference=reference)
    except NoSuchDraft:
        filed = selectors.own_application(principal, reference=reference)
    return _place(filed, question)


def _locked(principal: Principal, *, reference: str, question: str) -> _Place:
    try:
        return _place(drafting.own_locked(principal, reference=reference), question)
    except NoSuchDraft:
        rows = Application.objects.select_for_update(of=("self",)).select_related("matter", "edition")
        application = rows.filter(own(principal), reference=reference).first()
        if application is None or not is_applicant(principal, application):
            raise NoSuchApplication from None
        return _place(application, question)


def _place(filed: Draft | Application, name: str) -> _Place:
    asked = editions.compiled(filed.edition).questions.get(name)
    if asked is None or not asked.is_file:
        raise NotAllowed("这里不能上传文件。请刷新页面，从有“上传”的地方选择文件。")
    if isinstance(filed, Application) and not _opens(filed, asked):
        raise NotAllowed
    return _Place(filed, asked)


def _opens(application: Application, asked: AskedQuestion) -> bool:
    """Return whether the applicant is asked for these files by a notice that is open."""
    if application.state != ApplicationState.SUPPLEMENTING:
        return False
    notice = selectors.open_notice(application)
    return notice is not None and any(asked.fact in item["opens"] for item in notice.items)


def _own_waiting(principal: Principal, *, reference: str, file_id: UUID) -> Attachment:
    """Return an attachment that is not handed in yet, if draft or application is the principal's."""
    rows = Attachment.objects.filter(file_id=file_id, handed_in_at__isnull=True).select_related("file")
    for way in ("draft", "application"):
        mine = rows.filter(own(principal, of=f"{way}__"), **{f"{way}__reference": reference})
        if (found := mine.first()) is not None:
            return found
    raise NoSuchFile
