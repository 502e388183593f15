"""A holder reports a look at their certificate (用证异议); a supervisor finds out, and answers in that record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from accounts import actors
from accounts.acting.principals import Principal
from accounts.identifying import hash_of, is_close, required
from accounts.models import Post, User
from accounts.permissions import acting_as
from certificates import telling
from certificates.errors import NothingToReport, NotYours, NotYoursToAnswer, WordsRequired
from certificates.models import MisuseReport, UseRecord
from certificates.states import MisuseFinding
from common import workdays
from common.clock import day_of
from records.journal import note

ANSWER_WORKDAYS = 10  # our own promise: no law sets a time for this
SHORTEST, LONGEST = 5, 1000  # characters of a report and of an answer


@transaction.atomic
def report(principal: Principal, *, use_id: UUID | str, text: str, at: datetime) -> MisuseReport:
    """Report a look at a certificate of one's own, or its attempt (PIPL art. 65). Raises NotYours, NothingToReport."""
    use = UseRecord.objects.filter(pk=use_id).first()
    if use is None or not _is_own(principal, use):
        raise NotYours
    on = day_of(at)
    told = MisuseReport(
        use=use,
        reporter=principal.acting,
        text=_words(text),
        reported_at=at,
        due_on=workdays.add_workdays(on, ANSWER_WORKDAYS),
    )
    try:
        with transaction.atomic():
            told.save(force_insert=True)
    except IntegrityError as error:
        if "use_id" in str(error):
            raise NothingToReport from error
        raise
    _note(told, "misuse_reported", actors.of_person(principal.acting))
    return told


@transaction.atomic
def answer(
    user: User, *, report_id: UUID | str, finding: MisuseFinding, words: str, at: datetime
) -> MisuseReport:
    """Say what was found, once; the holder is told. By a supervisor who had no part in the look.

    Raises NotYoursToAnswer, NothingToReport (answered before), WordsRequired, UnknownIdentity.
    """
    rows = reports_for(user).select_for_update(of=("self",))
    told = rows.filter(pk=report_id).first()
    required(user)
    if told is None or not may_answer(user, told):
        raise NotYoursToAnswer
    if told.answered_at is not None:
        raise NothingToReport
    told.finding, told.answer, told.answered_by, told.answered_at = finding, _words(words), user, at
    told.save(update_fields=["finding", "answer", "answered_by", "answered_at"])
    _note(told, "misuse_answered", actors.of_user(user), finding=finding)
    telling.tell_answered(told, at=at)
    return told


def reports_for(user: User) -> QuerySet[MisuseReport]:
    """Return the reports a supervisor sees: of their body, or of the whole district; open ones first, by due date."""
    post = acting_as(user, Post.Role.SUPERVISOR)
    if post is None:
        return MisuseReport.objects.none()
    seen = Q() if post.whole_district else Q(use__body_code=post.body_code)
    rows = MisuseReport.objects.filter(seen).select_related("use__type", "reporter")
    return rows.order_by(F("answered_at").desc(nulls_first=True), "due_on", "pk")


def may_answer(user: User, told: MisuseReport) -> bool:
    """Return whether a supervisor may answer: not one who looked, and none of the holder's own or their household's."""
    use = told.use
    if use.actor == actors.of_user(user) or hash_of(user) in {None, bytes(told.reporter.id_number_hash)}:
        return False
    holder = use.holder_person or use.holder_organisation
    return holder is None or not is_close(user, holder)


def own_use(principal: Principal, *, use_id: UUID | str) -> UseRecord:
    """Return a use record of the principal's own with its report. Raises NotYours."""
    rows = UseRecord.objects.select_related("type", "certificate", "authorisation", "agent", "scan", "report")
    found = rows.defer("certificate__fields").filter(pk=use_id).first()
    if found is None or not _is_own(principal, found):
        raise NotYours
    return found


def _is_own(principal: Principal, use: UseRecord) -> bool:
    """Return whether the look was at the principal's certificates, and who acts may see that it was."""
    if not principal.limits.sees_certificates or not principal.limits.covers(use.matter_code):
        return False
    if principal.organisation is not None:
        return use.holder_organisation_id == principal.organisation.pk
    return use.holder_person_id == principal.person.pk


def _words(text: str) -> str:
    words = text.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise WordsRequired(shortest=SHORTEST, longest=LONGEST)
    return words


def _note(told: MisuseReport, act: str, actor: str, *, finding: str = "") -> None:
    details = {"use": str(told.use_id)} | ({"finding": finding} if finding else {})
    note(stream=f"misuse:{told.pk}", act=act, actor=actor, subject=str(told.pk), details=dict(details))
