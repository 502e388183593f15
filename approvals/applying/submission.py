"""The applicant's verbs: submit, answer a supplement notice, withdraw."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import actors
from accounts.acting.principals import Principal
from approvals import clock, selectors, telling, workflow
from approvals.applying import attached, drafting, evidence, prefilling
from approvals.applying.drafting import Window
from approvals.deciding import announcing
from approvals.errors import (
    AlreadyOpen,
    Incomplete,
    NoSuchApplication,
    NoSuchDraft,
    NotAllowed,
    NotAsShown,
    Unchanged,
)
from approvals.models import Application, Draft, Evidence, SupplementNotice
from approvals.permissions import is_applicant, own
from approvals.states import ApplicationState, ClockKind
from approvals.tasks import wake_on_commit
from approvals.telling import News
from approvals.workflow import Move
from certificates.holding import authorising
from common.clock import now
from common.statements.worded import Insert
from matters import editions
from records import journal
from records.proving.chain import Json

_APPLICATIONS, _EVIDENCE = Insert(Application), Insert(Evidence)
STANDS = "申请人认为没有错，请工作人员核实"


def submit(
    principal: Principal,
    *,
    reference: str,
    key: str,
    seen: Draft | None = None,
    window: Window | None = None,
) -> Application:
    """Turn the draft into an application; the same key, or a second click, returns the first one.

    `seen` is the draft as the caller has just read it, which spares reading it again. `window`: a clerk takes it, and
    the applicant confirmed it. Raises NoSuchDraft, Incomplete (with the first page to mend), AlreadyOpen, NotAsShown.
    """
    try:
        return _submit_as_checked(principal, seen, reference=reference, key=key, window=window)
    except (NoSuchDraft, IntegrityError) as error:
        # Submitted before: with this key, or by another request that was a moment earlier.
        if (earlier := _submitted_before(principal, reference=reference, key=key)) is not None:
            return earlier
        if isinstance(error, IntegrityError):
            _refuse_second(principal, reference=reference)
        raise


def _submitted_before(principal: Principal, *, reference: str, key: str) -> Application | None:
    named = Q(idempotency_key=key) | Q(reference=reference)
    found = (
        Application.objects.filter(named, own(principal)).select_related("matter").order_by("submitted_at")
    )
    first = min(found, key=lambda one: one.idempotency_key != key, default=None)
    return first if first is not None and is_applicant(principal, first) else None


def _refuse_second(principal: Principal, *, reference: str) -> None:
    """Raise AlreadyOpen where another case of the matter stood in the way."""
    matter = selectors.own_draft(principal, reference=reference).matter
    if (existing := selectors.open_application(principal, matter=matter)) is not None:
        raise AlreadyOpen(existing.reference)


def _submit_as_checked(
    principal: Principal, seen: Draft | None, *, reference: str, key: str, window: Window | None
) -> Application:
    """Submit what was found complete; a draft that was saved in between is looked at again."""
    while True:
        draft = seen or selectors.own_draft(principal, reference=reference)
        if window is not None and draft.saved_at != window.confirmed:
            raise NotAsShown
        _require_complete(draft)
        draft.answers = _with_files_asked(draft)
        if (application := _submit(principal, draft, key=key, window=window)) is not None:
            return application
        seen = None


def _require_complete(draft: Draft) -> None:
    """Look outside the transaction: what the form shows leaves use records, and they are kept whatever follows."""
    if (page := prefilling.first_incomplete_page(draft, at=now())) is not None:
        raise Incomplete(page)


def _with_files_asked(draft: Draft) -> dict[str, object]:
    """Return the answers without the files of questions that are not asked in the end, and refuse infected ones."""
    compiled = editions.compiled(draft.edition)
    if not compiled.file_questions:
        return dict(draft.answers)
    asked = prefilling.files_asked(draft, at=now())
    infected = asked.intersection(attached.infected(attached.waiting(draft)))
    for number, page in enumerate(compiled.pages):
        if any(question.name in infected for question in page.questions):
            raise Incomplete(number)
    left_out = {question.name for question in compiled.file_questions} - asked
    return {name: value for name, value in draft.answers.items() if name not in left_out}


@transaction.atomic
def _submit(principal: Principal, draft: Draft, *, key: str, window: Window | None) -> Application | None:
    if not drafting.lock_as_read(principal, draft):
        return None
    at = now()
    application = _open(selectors.acted_on(draft, principal), key=key, at=at, window=window)
    _EVIDENCE.rows(evidence.of(application))
    journal.note(
        stream=application.stream,
        act="submitted",
        actor=actors.of_person(principal.acting),
        subject=str(application.pk),
        details={"matter": draft.matter.code, "edition": draft.edition.number, **drafting.noted(principal)},
        event=_told(principal, window),
        event_kind="submitted",
    )
    attached.carry(draft, application, at=at)
    telling.tell_filed(application, at=at)
    draft.delete()
    wake_on_commit()
    return application


def _told(principal: Principal, window: Window | None) -> str:
    if window is None:
        return f"申请已提交{principal.by}。"
    return f"申请已在{window.words}提交{principal.by}，提交前{principal.you}在手机上核对过。"


def _open(draft: Draft, *, key: str, at: datetime, window: Window | None) -> Application:
    channel = Application.Channel.COUNTER if window else Application.Channel.ONLINE
    application = Application(
        reference=draft.reference,
        matter=draft.matter,
        edition=draft.edition,
        person=draft.person,
        organisation=draft.organisation,
        agent=draft.agent,
        mandate=draft.mandate,
        authorisation=draft.authorisation,
        answers=draft.answers,
        channel=channel,
        taken_by=window.clerk if window else None,
        idempotency_key=key,
        submitted_at=at,
        waiting_since=at,
        is_demo=draft.person.is_demo,
    )
    _APPLICATIONS.rows([application])
    return application


@transaction.atomic
def answer_supplement(
    principal: Principal,
    *,
    reference: str,
    answers: Mapping[str, object],
    dropped: Collection[str] = (),
    stands: bool = False,
) -> Application:
    """Take the answers to the open notice, those fields and no others, and have the case judged again.

    `dropped` names answers set back to what a certificate says. Raises Unchanged where an item of the notice is
    answered with what stood there before; with `stands` the applicant says that it is right: an officer gets the case.
    """
    application = _own_locked(principal, reference=reference)
    notice = (
        SupplementNotice.objects.select_for_update().filter(application=application, answered_at=None).first()
    )
    if notice is None or application.state != ApplicationState.SUPPLEMENTING:
        raise NotAllowed
    opened, at = opened_fields(notice), now()
    before = application.answers
    uploaded = {question.name for question in editions.compiled(application.edition).file_questions}
    given = {name: answers[name] for name in opened - uploaded if name in answers}
    files = attached.hand_in_anew(application, opened=opened, at=at)
    kept = {name: value for name, value in before.items() if name not in opened.intersection(dropped)}
    application.answers = {**kept, **given, **files}
    same = _unchanged(notice, changed={*files, *_differing(before, application.answers)})
    if same and not stands:
        raise Unchanged({name for item in same for name in _form_fields(item)})
    application.save(update_fields=["answers"])
    notice.answered_at = at
    notice.save(update_fields=["answered_at"])
    details = {"notice": str(notice.pk), "fields": sorted({*given, *files}), **drafting.noted(principal)}
    if same:
        _to_officer(principal, application, same, details, at)
    else:
        _judged_again(principal, application, details, at)
    return application


def _judged_again(
    principal: Principal, application: Application, details: Mapping[str, Json], at: datetime
) -> None:
    if clock.is_paused(application):
        clock.record(application, ClockKind.RESUME, at=at)
    announcing.forget(application.reference)
    actor = actors.of_person(principal.acting)
    event = f"补正内容已提交{principal.by}，重新核验。"
    workflow.advance(
        Move(application, ApplicationState.SUBMITTED, actor, "supplemented", event, details), at=at
    )
    wake_on_commit()


def _to_officer(
    principal: Principal,
    application: Application,
    same: Sequence[Mapping[str, Any]],
    details: Mapping[str, Json],
    at: datetime,
) -> None:
    """Hand over what the applicant stands by: judged again, the same answers would only bring the same notice."""
    named = "、".join(str(item["name"]) for item in same)
    application.referral_reason = f"{STANDS}：{named}"[:200]
    committed = editions.compiled(application.edition).package.guide.committed
    clock.go_on(application, limit=committed.workdays, at=at, reason=STANDS)
    actor = actors.of_person(principal.acting)
    event = f"{principal.you}确认“{named}”没有错{principal.by}，已转工作人员核实。"
    workflow.advance(
        Move(application, ApplicationState.IN_REVIEW, actor, "supplement_stands", event, details), at=at
    )


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    missing = object()
    return {name for name in {*before, *after} if before.get(name, missing) != after.get(name, missing)}


def _unchanged(notice: SupplementNotice, *, changed: Collection[str]) -> list[Mapping[str, Any]]:
    """Return the items that open fields of the form of which none was changed."""
    return [item for item in notice.items if (asked := _form_fields(item)) and asked.isdisjoint(changed)]


def opened_fields(notice: SupplementNotice) -> set[str]:
    """Return the form fields a notice opens."""
    return {name for item in notice.items for name in _form_fields(item)}


def _form_fields(item: Mapping[str, Any]) -> set[str]:
    """Return the form fields one item of a notice opens; what only a certificate says opens none."""
    return {name.removeprefix("form.") for name in item["opens"] if name.startswith("form.")}


@transaction.atomic
def withdraw(principal: Principal, *, reference: str) -> Application:
    """Take the application back at the applicant's wish, while it is open (the case is closed, not decided)."""
    application = _own_locked(principal, reference=reference)
    at = now()
    authorising.end_many([application.reference], at=at)  # before the journal, as revoking does
    workflow.advance(
        Move(
            application,
            ApplicationState.WITHDRAWN,
            actors.of_person(principal.acting),
            "withdrawn",
            f"{principal.you}撤回了申请{principal.by}，本件已结束。",
            drafting.noted(principal),
        ),
        at=at,
    )
    clock.stop_many([application], at=at)
    SupplementNotice.objects.filter(application=application, answered_at=None).update(answered_at=at)
    telling.tell([News(application, "withdrawn", application.pk)], at=at)
    return application


def _own_locked(principal: Principal, *, reference: str) -> Application:
    drafting.require_standing(principal)
    rows = Application.objects.select_for_update(of=("self",)).select_related("matter", "edition", "person")
    application = rows.filter(own(principal), reference=reference).first()
    if application is None or not is_applicant(principal, application):
        raise NoSuchApplication
    return application
