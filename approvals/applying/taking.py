"""At a window: a clerk takes an application while the holder's agreement on the phone stands (综合窗口受理).

The applicant is who showed the code; the clerk types for them, is named in every step, and sees no more and no longer
than was agreed. What was typed stays in the applicant's draft when the ten minutes are over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts import actors
from accounts.acting.principals import Principal
from accounts.models import Person, User
from approvals import selectors
from approvals.applying import attaching, drafting
from approvals.errors import AlreadyOpen, NoSuchDraft, NotAcceptingApplications
from approvals.models import Application, Attachment, Draft
from certificates.models import Authorisation, Scan
from certificates.presenting import answering, scanning
from certificates.presenting.stages import Stage, stage
from common import clock
from common.errors import DomainError
from matters.models import Matter
from records import journal
from records.files.errors import NoSuchFile
from records.files.keeping import Incoming
from records.models import StoredFile


class AgreementOver(DomainError):
    """The holder's agreement does not stand (any more), or was given for no matter."""

    def __init__(self, saved: str = "") -> None:
        """`saved`: what is kept of the application, and until when; empty where there is none."""
        kept = saved or "还没有保存下什么。"
        super().__init__(
            f"群众的同意已经到时间、撤回了，或者不是为办事给的。{kept}还要办的，请群众重新亮码，再扫一次，选同一件事。"
        )


@dataclass(frozen=True, slots=True)
class AtWindow:
    """A clerk with an agreement that stands: for whom, for which matter, under which reference."""

    clerk: User
    scan: Scan
    principal: Principal
    agreed: Authorisation

    @property
    def as_window(self) -> drafting.Window:
        """Return the clerk and the window in words, as the journal and the applicant read them."""
        return drafting.Window(self.clerk, self.scan.place)


@transaction.atomic
def agree(person: Person, *, scan_id: UUID, at: datetime) -> Scan:
    """Agree on the phone to what a window asked for; a draft begun before goes on under the newer answer.

    Raises NoSuchScan, AnsweredTooLate, AlreadyAnswered, MayNotAct, MayNotShow.
    """
    found = answering.agree(person, scan_id=scan_id, until_days=drafting.CONSENT_DAYS, at=at)
    if found.case_reference:
        begun = Draft.objects.filter(reference=found.case_reference)
        begun.update(authorisation=found.authorisation)
    return found


def at_window(clerk: User, *, scan_id: UUID, window: str, at: datetime) -> AtWindow:
    """Return the agreement to the clerk, post and window it was given to.

    Raises NoSuchScan, OtherWindow, AgreementOver, NoLongerActs.
    """
    found = scanning.of_window(clerk, scan_id=scan_id, window=window)
    if stage(found, at=at) != Stage.OPEN or not found.matter_code or found.authorisation is None:
        raise AgreementOver(_kept_of(found))
    return AtWindow(clerk, found, scanning.acting_in(found.presentation, at=at), found.authorisation)


def _kept_of(scan: Scan) -> str:
    """Return what is kept of the application a scan was for: up to when, and that no more is; empty for none."""
    draft = Draft.objects.filter(reference=scan.case_reference).only("saved_at").first()
    if draft is None:
        return ""
    saved = draft.saved_at.astimezone(clock.SHANGHAI)
    return f"{saved:%H:%M:%S} 以前填的已保存，以后填的没有保存。"


@transaction.atomic
def begin(place: AtWindow) -> Draft:
    """Open the applicant's draft under the agreement, or go on with the one there is.

    Raises NotVerified, WrongApplicant, NotInMandate, NotAcceptingApplications, AlreadyOpen.
    """
    principal, matter = place.principal, Matter.objects.filter(code=place.scan.matter_code).first()
    if matter is None:
        raise NotAcceptingApplications
    drafting.require_standing(principal)
    drafting.require_for(principal, matter=matter)
    edition = drafting.in_force(matter)
    if (existing := selectors.open_application(principal, matter=matter)) is not None:
        raise AlreadyOpen(existing.reference)
    at = clock.now()
    draft = drafting.locked_draft(principal, matter=matter)
    if draft is None:
        reference = place.scan.case_reference
        return drafting.open_draft(principal, edition, reference, place.agreed, at=at, clerk=place.clerk)
    if draft.reference != place.scan.case_reference:
        raise AgreementOver  # begun elsewhere after the question was put: the consent is not for this draft
    return drafting.go_on(draft, principal, authorisation=place.agreed, at=at, clerk=place.clerk)


def draft_of(place: AtWindow) -> Draft:
    """Return the draft the clerk has begun here. Raises NoSuchDraft."""
    found = selectors.own_draft(place.principal, reference=place.scan.case_reference)
    if found.authorisation_id != place.agreed.pk:
        raise NoSuchDraft
    return found


def keep(
    place: AtWindow, draft: Draft, *, answers: Mapping[str, object], dropped: Collection[str] = ()
) -> Draft:
    """Keep what the clerk typed, complete or not. Raises NoSuchDraft."""
    return drafting.save(
        place.principal, reference=draft.reference, answers=answers, dropped=dropped, clerk=place.clerk
    )


def attach(place: AtWindow, *, question: str, incoming: Incoming) -> Attachment:
    """Keep what the clerk scanned with the draft, as the applicant would. Raises as attaching.attach does."""
    reference = draft_of(place).reference
    return attaching.attach(
        place.principal, reference=reference, question=question, incoming=incoming, window=place.as_window
    )


def remove(place: AtWindow, *, file_id: UUID) -> Attachment:
    """Throw a file of the draft away. Raises NoSuchFile, NoSuchDraft."""
    reference = draft_of(place).reference
    return attaching.remove(place.principal, reference=reference, file_id=file_id, window=place.as_window)


def turn(place: AtWindow, *, file_id: UUID) -> Attachment:
    """Turn a picture of the draft. Raises NoSuchFile, FileRefused, NoSuchDraft."""
    reference = draft_of(place).reference
    return attaching.turn(place.principal, reference=reference, file_id=file_id, window=place.as_window)


@transaction.atomic
def look_at_file(clerk: User, *, file_id: UUID, window: str, at: datetime) -> StoredFile:
    """Let a clerk see a file of the draft they are taking, while they may; noted once a day. Raises NoSuchFile."""
    attachment = selectors.attachment(file_id)
    if attachment is None or attachment.draft is None:
        raise NoSuchFile
    reference = attachment.draft.reference
    scans = Scan.objects.filter(clerk=clerk, window=window, case_reference=reference, access_until__gt=at)
    try:
        place = at_window(clerk, scan_id=scans.latest("scanned_at").pk, window=window, at=at)
        draft_of(place)
    except (Scan.DoesNotExist, DomainError) as error:
        raise NoSuchFile from error
    actor, about = actors.of_user(clerk), str(attachment.file_id)
    journal.note_once_a_day(stream=f"case:{reference}", act="file_looked_at", actor=actor, subject=about)
    return attachment.file


def over_with_the_look(*, at: datetime) -> Q:
    """Return which consents were agreed at a window and ended with its ten minutes: no application was begun on them.

    Derived, not stored: nothing can be read under a consent without its draft or application.
    """
    looked = Scan.objects.filter(authorisation=OuterRef("pk"), access_until__lte=at)
    drafts = Draft.objects.filter(reference=OuterRef("case_reference"))
    filed = Application.objects.filter(reference=OuterRef("case_reference"))
    return Q(Exists(looked)) & ~Q(Exists(drafts)) & ~Q(Exists(filed))


def over_among(consents: Iterable[Authorisation], *, at: datetime) -> set[UUID]:
    """Return which of these consents are over with the look of their window."""
    mine = Authorisation.objects.filter(pk__in=[one.pk for one in consents])
    return set(mine.filter(over_with_the_look(at=at)).values_list("pk", flat=True))


def is_begun(reference: str) -> bool:
    """Return whether an application, or the draft of one, stands under a reference."""
    drafts, filed = Draft.objects.filter(reference=reference), Application.objects.filter(reference=reference)
    return bool(reference) and (drafts.exists() or filed.exists())


def taken(clerk: User, *, reference: str) -> Application | None:
    """Return an application to the clerk who took it, None to anybody else."""
    rows = Application.objects.select_related("matter__department", "person", "organisation", "edition")
    return rows.filter(taken_by=clerk, reference=reference).first()


def taken_by_scan(clerk: User, *, scan_id: UUID, window: str) -> Application | None:
    """Return what the clerk handed in under a scan of this window. Raises NoSuchScan, OtherWindow."""
    scan = scanning.of_window(clerk, scan_id=scan_id, window=window)
    return taken(clerk, reference=scan.case_reference) if scan.case_reference else None
