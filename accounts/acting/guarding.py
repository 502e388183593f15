"""Guardianship (监护): asked for with the document that shows it, confirmed by staff, ended (民法典 art. 27, 39)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import actors, identifying
from accounts.acting import documents
from accounts.acting.delegating import NoSuchMandate
from accounts.acting.mandates import comes_of_age
from accounts.models import Guardianship, Person, Post, User
from accounts.permissions import acting_as
from accounts.telling import inbox
from common import clock
from common.errors import DomainError
from records import journal
from records.models import StoredFile

MIN_REASON = 5  # characters
LONGEST_REASON = 200
CONFIRMING = (Post.Role.CLERK, Post.Role.OFFICER)
Document, State, Ward = Guardianship.Document, Guardianship.State, Guardianship.Ward
# Only a court finds an adult without capacity (民法典 art. 24); guardians in dispute are appointed (art. 31).
DOCUMENTS = {
    Ward.CHILD: tuple(Document),
    Ward.WITHOUT_CAPACITY: (Document.COURT_JUDGMENT, Document.APPOINTMENT),
}


class CannotGuard(DomainError):
    """The kind does not fit the ward's age, the document does not fit the kind, or a request is open already."""

    status = 422
    message = "不能这样申请监护登记。"


class NotForYou(DomainError):
    """No post that confirms, or the officer's own affair."""

    status = 403
    message = "您的岗位不能核实监护关系，或这与您本人有关。请转给同事办理。"


class AlreadySettled(DomainError):
    """A colleague was quicker."""

    message = "这项监护申请已经处理过了。请回到列表看下一项。"


class GuardianshipReasonRequired(DomainError):
    """Turning a guardian away needs a reason they can read."""

    status = 422
    message = f"请写明理由，至少 {MIN_REASON} 个字，让申请人知道差什么。"


@transaction.atomic
def request(
    guardian: Person,
    *,
    ward: Person,
    kind: Guardianship.Ward,
    document: Guardianship.Document,
    document_number: str,
) -> Guardianship:
    """Ask to be confirmed as guardian, with the document that waits; a clerk or an officer looks at it.

    Raises CannotGuard, DocumentRequired.
    """
    _require_possible(guardian, ward, kind, document)
    _lock(guardian, ward)
    open_ones = Guardianship.objects.filter(
        ward=ward, guardian=guardian, state__in=[State.REQUESTED, State.CONFIRMED]
    )
    if (earlier := open_ones.first()) is not None:
        raise CannotGuard(
            f"您与{ward.name}的监护关系{earlier.get_state_display()}，不用再申请。"
            if earlier.state == State.CONFIRMED
            else f"您已经申请过与{ward.name}的监护关系，正在等待核实，不用再申请。"
        )
    asked = Guardianship.objects.create(
        ward=ward,
        guardian=guardian,
        kind=kind,
        document=document,
        document_number=document_number.strip(),
        document_file=documents.take(guardian).pk,
        requested_at=clock.now(),
        valid_to=comes_of_age(ward) if kind == Ward.CHILD else None,
    )
    _note(asked, "guardianship_requested", actors.of_person(guardian))
    _tell(asked, "guardianship_requested")
    return asked


def _lock(guardian: Person, ward: Person) -> None:
    """Lock both, always in the same order: one request a pair, one request a document."""
    both = Person.objects.select_for_update(no_key=True).filter(pk__in=[guardian.pk, ward.pk])
    list(both.order_by("pk").values_list("pk"))


def _require_possible(
    guardian: Person, ward: Person, kind: Guardianship.Ward, document: Guardianship.Document
) -> None:
    today = clock.today()
    if guardian.pk == ward.pk:
        raise CannotGuard("不能登记为自己的监护人。请填写被监护人的姓名和号码。")
    if comes_of_age(guardian) > today:
        raise CannotGuard("监护人要年满 18 周岁。")
    is_child = comes_of_age(ward) > today
    if kind == Ward.CHILD and not is_child:
        raise CannotGuard("对方已满 18 周岁，不是未成年人。没有能力自己办事的成年人，请选另一项。")
    if kind == Ward.WITHOUT_CAPACITY and is_child:
        raise CannotGuard("对方未满 18 周岁，请选“未成年人”。")
    if document not in DOCUMENTS[kind]:
        raise CannotGuard("成年人的监护关系，要有人民法院判决书或者指定监护人的文书。")


@transaction.atomic
def confirm(user: User, *, guardianship_id: UUID) -> Guardianship:
    """Confirm that the document shows it; from now on the guardian acts. Raises NotForYou, AlreadySettled."""
    found = _for_staff(user, guardianship_id)
    if found.kind == Ward.CHILD and comes_of_age(found.ward) <= clock.today():
        raise AlreadySettled("被监护人已满 18 周岁，不能再按未成年人确认。请驳回并写明理由。")
    _settle(found, State.CONFIRMED, actors.of_user(user), "guardianship_confirmed")
    ends = f"，到 {found.valid_to:%Y-%m-%d}（年满 18 周岁）自动结束" if found.valid_to else ""
    _tell(found, "guardianship_confirmed", ends=ends)
    return found


@transaction.atomic
def reject(user: User, *, guardianship_id: UUID, reason: str) -> Guardianship:
    """Turn the request down with a reason. Raises NotForYou, AlreadySettled, GuardianshipReasonRequired."""
    found = _for_staff(user, guardianship_id)
    found.reason = _reason(reason)
    _settle(found, State.REJECTED, actors.of_user(user), "guardianship_rejected")
    _tell(found, "guardianship_rejected", reason=found.reason)
    return found


@transaction.atomic
def end(guardian: Person, *, guardianship_id: UUID) -> Guardianship:
    """Let a guardian take the request back or report the end; idempotent. Raises NoSuchMandate."""
    found = _locked(guardianship_id)
    if found is None or found.guardian_id != guardian.pk:
        raise NoSuchMandate
    if found.state in {State.REQUESTED, State.CONFIRMED}:
        _ended(found, actors.of_person(guardian))
    return found


@transaction.atomic
def end_by_staff(user: User, *, guardianship_id: UUID, reason: str) -> Guardianship:
    """End a confirmed guardianship on what shows it (民法典 art. 36, 39). Raises NotForYou, AlreadySettled."""
    found = _for_staff(user, guardianship_id, state=State.CONFIRMED)
    found.reason = _reason(reason)
    _ended(found, actors.of_user(user))
    return found


def may_confirm(user: User, guardianship: Guardianship) -> bool:
    """Return whether a clerk or an officer asks who is neither of the two nor lives with them (公务员法 art. 76).

    Raises UnknownIdentity.
    """
    if acting_as(user, *CONFIRMING) is None:
        return False
    return not any(identifying.is_close(user, one) for one in (guardianship.guardian, guardianship.ward))


def for_staff(user: User, *, guardianship_id: UUID) -> Guardianship:
    """Return a request a user may confirm or turn down. Raises NoSuchMandate, NotForYou, AlreadySettled."""
    found = Guardianship.objects.select_related("ward", "guardian").filter(pk=guardianship_id).first()
    return _require_for_staff(user, found, State.REQUESTED)


@transaction.atomic
def look_at_document(user: User, *, file_id: UUID) -> StoredFile:
    """Let who may confirm a request see its document; noted once a day, not for each of its pages.

    Raises NoSuchMandate, NotForYou, AlreadySettled.
    """
    row = Guardianship.objects.select_related("ward", "guardian").filter(document_file=file_id).first()
    found = _require_for_staff(user, row, State.REQUESTED)
    journal.note_once_a_day(
        stream=f"person:{found.ward_id}",
        act="guardianship_document_looked_at",
        actor=actors.of_user(user),
        subject=str(file_id),
    )
    return StoredFile.objects.get(pk=file_id)


def waiting_for(user: User) -> QuerySet[Guardianship]:
    """Return the requests a user may look at, the oldest first; those of their household are left out.

    Raises UnknownIdentity.
    """
    if acting_as(user, *CONFIRMING) is None:
        return Guardianship.objects.none()
    close = identifying.close_to(user)
    rows = Guardianship.objects.filter(state=State.REQUESTED).select_related("ward", "guardian")
    return rows.exclude(guardian__in=close).exclude(ward__in=close).order_by("requested_at", "pk")


def _reason(reason: str) -> str:
    told = " ".join(reason.split())
    if not MIN_REASON <= len(told) <= LONGEST_REASON:
        raise GuardianshipReasonRequired
    return told


def _for_staff(
    user: User, guardianship_id: UUID, *, state: Guardianship.State = State.REQUESTED
) -> Guardianship:
    return _require_for_staff(user, _locked(guardianship_id), state)


def _require_for_staff(user: User, found: Guardianship | None, state: Guardianship.State) -> Guardianship:
    if found is None:
        raise NoSuchMandate
    if not may_confirm(user, found):
        raise NotForYou
    if found.state != state:
        raise AlreadySettled
    return found


def _locked(guardianship_id: UUID) -> Guardianship | None:
    rows = Guardianship.objects.select_for_update(of=("self",)).select_related("ward", "guardian")
    return rows.filter(pk=guardianship_id).first()


def _ended(found: Guardianship, actor: str) -> None:
    _settle(found, State.ENDED, actor, "guardianship_ended")
    _tell(found, "guardianship_ended")


def _settle(found: Guardianship, state: Guardianship.State, actor: str, act: str) -> None:
    found.state, found.settled_at, found.settled_by = state, clock.now(), actor
    found.save(update_fields=["state", "settled_at", "settled_by", "reason"])
    _note(found, act, actor)


def _note(found: Guardianship, act: str, actor: str) -> None:
    details = {"guardian": str(found.guardian_id), "kind": str(found.kind), "document": str(found.document)}
    journal.note(
        stream=f"person:{found.ward_id}", act=act, actor=actor, subject=str(found.pk), details=details
    )


def _tell(found: Guardianship, kind: str, **values: str) -> None:
    at = clock.now()
    told = {"agent": found.guardian.name, "principal": found.ward.name, **values}
    inbox.send(
        inbox.message(person_id, kind=kind, occasion=f"guardianship:{found.pk}:{kind}", at=at, values=told)
        for person_id in (found.guardian_id, found.ward_id)
    )
