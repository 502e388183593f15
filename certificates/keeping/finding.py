"""A keeper finds certificates: by identifier, number or QR code; by the holder's number only with a reason, noted."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import actors
from accounts.models import Person, User
from certificates.errors import NotYourStore
from certificates.holding.looking import holder_of
from certificates.keeping import keepers
from certificates.models import Certificate, CertificateType, EndingProposal
from certificates.states import EndingStatus
from records.journal import note

LONGEST = 120
MOST = 50


def by_text(user: User, *, text: str) -> list[Certificate]:
    """Return those of the keeper's department with an identifier, a number or a QR code's token; no field is read."""
    words = text.strip().rstrip("/").rpartition("/")[2]
    if not 0 < len(words) <= LONGEST:
        return []
    types = list(
        CertificateType.objects.values_list("pk", flat=True)
    )  # the index of numbers begins with the type
    known = Q(identifier=words) | Q(check_token=words) | Q(type__in=types, number=words)
    return list(_rows(user).filter(known)[:MOST])


@transaction.atomic
def by_holder(user: User, *, number: str, reason: str) -> list[Certificate]:
    """Return those of the keeper's department that a person or organisation holds; the look is noted with its reason.

    Raises NotYourStore, MoveReasonRequired. Nobody known and nothing held are the same answer.
    """
    rows, why = _rows(user), keepers.stated(reason)
    holder = holder_of(number.strip())
    if holder is None:
        return []
    found = list(rows.filter(Q(holder_person=holder.pk) | Q(holder_organisation=holder.pk))[:MOST])
    note(
        stream=f"person:{holder.pk}" if isinstance(holder, Person) else f"organisation:{holder.credit_code}",
        act="certificates_looked_for",
        actor=actors.of_user(user),
        details={"found": len(found)},
        event=f"{keepers.department_of(user).name}查找了名下由它签发的证照（没有读取内容）：{why}",
        event_kind="certificate",
    )
    return found


def one(user: User, *, certificate_id: UUID) -> Certificate:
    """Return a certificate of the keeper's department; no field is read. Raises NotYourStore."""
    found = _rows(user).filter(pk=certificate_id).first()
    if found is None:
        raise NotYourStore
    return found


def by_identifier(user: User, *, identifier: str) -> Certificate:
    """Return a certificate of the keeper's department by its identifier; no field is read. Raises NotYourStore."""
    found = _rows(user).filter(identifier=identifier).first()
    if found is None:
        raise NotYourStore
    return found


def waiting(user: User) -> list[EndingProposal]:
    """Return the endings of the keeper's department that wait for a second keeper, the oldest first."""
    body = keepers.department_of(user).credit_code
    rows = EndingProposal.objects.filter(status=EndingStatus.OPEN, certificate__issuer_code=body)
    beside = ("certificate__type", "proposed_by")
    return list(rows.select_related(*beside).defer("certificate__fields").order_by("proposed_at")[:MOST])


def _rows(user: User) -> QuerySet[Certificate]:
    body = keepers.department_of(user).credit_code
    rows = Certificate.objects.filter(issuer_code=body).select_related(
        "type", "holder_person", "holder_organisation"
    )
    return rows.defer("fields").order_by("type__name", "-issued_on", "-version", "pk")
