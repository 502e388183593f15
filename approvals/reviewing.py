"""The officer's verbs: grant, refuse, ask for more, reveal. Each with reasons; nobody decides their own case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from accounts import actors
from accounts.models import User
from approvals import clock, selectors, telling, workflow
from approvals.auditing import purposes
from approvals.deciding import announcing, granting, results
from approvals.deciding.granting import Grant
from approvals.deciding.results import Granting
from approvals.errors import (
    FailedChecksOverridden,
    FieldsRequired,
    NotAllowed,
    NotYours,
    OutcomeContradicted,
    OutcomeRequired,
    ReasonRequired,
)
from approvals.models import Application, Decision, SupplementNotice
from approvals.permissions import may_decide
from approvals.states import CLOSED, ApplicationState, ClockKind, DecisionKind, Maker
from approvals.tasks import wake_on_commit
from approvals.telling import News
from approvals.workflow import Move
from certificates.holding import authorising
from common import workdays
from common.clock import now
from matters import editions
from records import journal
from records.models import StoredFile
from rules.language.values import Value

MIN_REASON = 5  # characters: less than that is no reason
MIN_SENTENCE = 15  # characters of reasons for a grant over a check that failed
REVEALING = (ApplicationState.IN_REVIEW, ApplicationState.SUPPLEMENTING)  # when applicants are contacted


@dataclass(frozen=True, slots=True)
class Defect:
    """One point of a supplement notice: what is wrong, and which form fields may be changed."""

    name: str
    text: str
    opens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revealed:
    """What an officer sees once of a person, after the applicant's record says so. Never stored, never logged."""

    name: str
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)


@transaction.atomic
def grant(
    user: User,
    *,
    application: Application,
    reasons: str,
    outcome_row: int | None = None,
    supplied: Mapping[str, object] | None = None,
    over_failed: bool = False,
) -> Application:
    """Grant a case a person had to look at.

    `outcome_row` where the machine could not choose the outcome; `supplied` are the certificate fields (JSON values)
    that could not be read, see `missing_fields`; `over_failed` says that checks which failed were looked into.
    Raises ReasonRequired, FailedChecksOverridden, OutcomeRequired, OutcomeContradicted, FieldsRequired.
    """
    locked = _locked(user, application)
    _require_reason(reasons)
    sheet = selectors.latest_sheet(locked)
    failed = _failed(sheet, reasons, over_failed=over_failed)
    granting.grant_many(
        [
            Grant(
                application=locked,
                compiled=editions.compiled(locked.edition),
                facts=sheet.facts if sheet else {},
                outcome=_outcome(locked, sheet, outcome_row),
                judgement=sheet.judgement if sheet else None,
                reasons=reasons.strip(),
                officer=user,
                supplied=_given(locked, supplied or {}),
                over_failed=failed,
            )
        ],
        at=now(),
    )
    transaction.on_commit(lambda: announcing.announce([locked.reference]))
    return locked


def possible_rows(application: Application, sheet: selectors.Sheet | None) -> tuple[int, ...]:
    """Return the rows of the outcome table an officer may choose: those that what is known does not rule out."""
    compiled = editions.compiled(application.edition)
    facts, on = (sheet.facts, sheet.judgement.on) if sheet else ({}, now().date())
    return compiled.possible_rows(facts, on=on)


def ruled_out(application: Application, sheet: selectors.Sheet | None) -> bool:
    """Return whether what is known contradicts every row: then there is nothing that could be granted."""
    table = editions.compiled(application.edition).package.outcome
    chosen = sheet is not None and sheet.verdict.outcome is not None
    return table is not None and not chosen and not possible_rows(application, sheet)


def missing_fields(application: Application) -> tuple[str, ...]:
    """Return the certificate fields an officer has to supply to grant the case, as the type's schema names them."""
    sheet = selectors.latest_sheet(application)
    compiled = editions.compiled(application.edition)
    return results.missing(Granting(compiled, sheet.facts if sheet else {}, {}, now().date()))


def _outcome(application: Application, sheet: selectors.Sheet | None, row: int | None) -> Mapping[str, Value]:
    table = editions.compiled(application.edition).package.outcome
    if table is None:
        return {}
    if sheet is not None and sheet.verdict.outcome is not None:
        return sheet.verdict.outcome.values
    possible = possible_rows(application, sheet)
    if not possible:
        raise OutcomeContradicted(possible)
    if row is None or not 0 <= row < len(table.rows):
        raise OutcomeRequired
    if row not in possible:
        raise OutcomeContradicted(possible)
    return table.typed(row)


def _failed(sheet: selectors.Sheet | None, reasons: str, *, over_failed: bool) -> tuple[str, ...]:
    """Return the codes of the checks granted over; raises FailedChecksOverridden unless that was said, with reasons."""
    failed = sheet.failed if sheet else ()
    if failed and not (over_failed and len(reasons.strip()) >= MIN_SENTENCE):
        raise FailedChecksOverridden([finding.name for finding in failed])
    return tuple(finding.check_code for finding in failed)


def _given(application: Application, supplied: Mapping[str, object]) -> dict[str, object]:
    missing = missing_fields(application)
    given = {name: value for name, value in supplied.items() if name in missing and value not in (None, "")}
    if set(missing) - set(given):
        raise FieldsRequired
    return given


@transaction.atomic
def refuse(user: User, *, application: Application, reasons: str) -> Application:
    """Refuse with reasons; the decision names review (60 days) and suit (6 months)."""
    locked = _locked(user, application)
    _require_reason(reasons)
    at = now()
    decision = Decision.objects.create(
        application=locked,
        kind=DecisionKind.REFUSED,
        maker=Maker.OFFICER,
        officer=user,
        judgement=locked.judgements.order_by("-number").first(),
        reasons=reasons.strip(),
        decided_at=at,
    )
    clock.stop_many([locked], at=at)
    authorising.end_many([locked.reference], at=at)  # before the journal, as revoking does
    workflow.advance(
        Move(
            locked,
            ApplicationState.REFUSED,
            actors.of_user(user),
            "refused",
            "已作出不予批准决定，理由和救济途径见决定书。",
            {"decision": str(decision.pk)},
        ),
        at=at,
    )
    telling.tell([News(locked, "refused", decision.pk)], at=at)
    return locked


@transaction.atomic
def ask_for_more(user: User, *, application: Application, defects: Sequence[Defect]) -> Application:
    """Tell all defects at once; the clock stands still until they are answered (行政许可法 art. 32)."""
    locked = _locked(user, application)
    if not defects or not any(defect.opens for defect in defects):
        raise NotAllowed("请至少选择一处要补正的内容。")
    at = now()
    days = editions.compiled(locked.edition).package.supplement_workdays
    notice = SupplementNotice.objects.create(
        application=locked,
        items=[{"name": one.name, "text": one.text, "opens": list(one.opens)} for one in defects],
        issued_by=actors.of_user(user),
        issued_at=at,
        due_on=workdays.add_workdays(at.date(), days),
    )
    clock.record(locked, ClockKind.PAUSE, at=at, reason="等待补正")
    workflow.advance(
        Move(
            locked,
            ApplicationState.SUPPLEMENTING,
            actors.of_user(user),
            "supplement_asked",
            f"工作人员请您补正 {len(defects)} 处，请在 {notice.due_on:%Y-%m-%d} 前一次补齐。",
            {"notice": str(notice.pk)},
        ),
        at=at,
    )
    telling.tell([telling.noticed(notice)], at=at)
    return locked


@transaction.atomic
def reveal(user: User, *, application: Application, reason: str) -> Revealed:
    """Show ID number and mobile of an open case's person; journal and applicant learn that, by whom and why.

    Raises NotYours, NotAllowed, PurposeRequired, PurposeNamesPerson; then nothing is shown and nothing written.
    """
    locked = _locked(user, application, states=REVEALING)
    person, purpose = locked.person, purposes.stated(reason, about=locked.person)
    entry = journal.note(
        stream=locked.stream,
        act="revealed",
        actor=actors.of_user(user),
        subject=str(locked.pk),
        details={"fields": ["id_number", "mobile", "answers"]},
        event=f"工作人员因“{purpose}”查看了您的联系方式和证件号码。",
        event_kind="revealed",
    )
    telling.tell([News(locked, "revealed", entry.sequence, {"purpose": purpose})], at=now())
    return Revealed(person.name, person.id_number, person.mobile)


@transaction.atomic
def look_at_file(user: User, *, application: Application, file: StoredFile) -> StoredFile:
    """Let an officer see an uploaded file; noted once a day, not for each of its pages. Raises NotYours."""
    if not may_decide(user, application):
        raise NotYours
    journal.note_once_a_day(
        stream=application.stream,
        act="file_looked_at",
        actor=actors.of_user(user),
        subject=str(file.pk),
    )
    return file


@transaction.atomic
def look_at_closed(user: User, *, application: Application) -> None:
    """Note, once a day, that an officer opened a closed case which somebody else decided. Raises NotYours."""
    if application.state not in CLOSED:
        return
    if not may_decide(user, application):
        raise NotYours
    if not application.decisions.filter(officer=user).exists():
        journal.note_once_a_day(
            stream=application.stream,
            act="closed_case_looked_at",
            actor=actors.of_user(user),
            subject=str(application.pk),
        )


@transaction.atomic
def look_again(user: User, *, application: Application) -> Application:
    """Have the machine collect and judge anew, when a source has come back; the clock runs on."""
    locked = _locked(user, application)
    announcing.forget(locked.reference)
    workflow.advance(
        Move(
            locked,
            ApplicationState.SUBMITTED,
            actors.of_user(user),
            "looked_again",
            "工作人员请系统重新核验一次。",
        ),
        at=now(),
    )
    wake_on_commit()
    return locked


def _locked(
    user: User,
    application: Application,
    *,
    states: Sequence[ApplicationState] = (ApplicationState.IN_REVIEW,),
) -> Application:
    locked = workflow.lock(application.pk)
    if not may_decide(user, locked):
        raise NotYours
    if locked.state not in states:
        raise NotAllowed
    return locked


def _require_reason(reasons: str) -> None:
    if len(reasons.strip()) < MIN_REASON:
        raise ReasonRequired
