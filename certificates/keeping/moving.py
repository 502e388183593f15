"""A keeper moves a certificate through its life: suspends, resumes; one proposes an ending, another confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import actors
from accounts.identifying import is_same_person
from accounts.models import User
from certificates.errors import (
    AlreadyProposed,
    InvalidMove,
    NotSettledByYou,
    NotYourStore,
    Settled,
    WordsOfEnding,
)
from certificates.issuance import lifecycle
from certificates.keeping import keepers
from certificates.models import Certificate, EndingProposal
from certificates.states import ENDED, TRANSITIONS, CertificateStatus, EndingStatus
from records.journal import note

LONGEST_DOCUMENT, LONGEST_BASIS = 60, 120


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision by which a certificate ends: which ending, what the holder reads, its number, the law."""

    to: CertificateStatus
    reason: str
    document: str
    basis: str


@transaction.atomic
def suspend(user: User, *, certificate_id: UUID, reason: str, at: datetime) -> Certificate:
    """Suspend a certificate; its holder is told. Raises NotYourStore, OwnCertificate, InvalidMove …"""
    found = keepers.locked(user, certificate_id)
    return _move(user, found, CertificateStatus.SUSPENDED, reason=keepers.stated(reason), at=at)


@transaction.atomic
def resume(user: User, *, certificate_id: UUID, reason: str, at: datetime) -> Certificate:
    """Let a suspended certificate count again; its holder is told. Raises AlreadyHeld beside what `suspend` raises."""
    found = keepers.locked(user, certificate_id)
    return _move(user, found, CertificateStatus.VALID, reason=keepers.stated(reason), at=at)


@transaction.atomic
def propose(user: User, *, certificate_id: UUID, decision: Decision, at: datetime) -> EndingProposal:
    """Propose an ending; nothing changes before another keeper confirms. Raises AlreadyProposed, InvalidMove …"""
    found = keepers.locked(user, certificate_id)
    was = CertificateStatus(found.status)
    if decision.to not in ENDED or decision.to not in TRANSITIONS[was]:
        raise InvalidMove(was=str(was.label), to=str(decision.to.label))
    try:
        with transaction.atomic():
            proposal = EndingProposal.objects.create(
                certificate=found, to=decision.to, proposed_by=user, proposed_at=at, **_words(decision)
            )
    except IntegrityError as error:
        raise AlreadyProposed from error
    _note(user, proposal, "certificate_ending_proposed")
    return proposal


@transaction.atomic
def confirm(user: User, *, proposal_id: UUID, at: datetime) -> Certificate:
    """End the certificate as a colleague proposed; its holder is told. Raises NotSettledByYou, Settled, InvalidMove."""
    proposal, found = _open(user, proposal_id)
    if is_same_person(user, proposal.proposed_by):
        raise NotSettledByYou
    _settle(user, proposal, EndingStatus.CONFIRMED, at=at)  # first: the database ends none without two people
    return _move(
        user,
        found,
        CertificateStatus(proposal.to),
        reason=proposal.reason,
        at=at,
        ended_by=f"document:{proposal.document}",
    )


@transaction.atomic
def drop(user: User, *, proposal_id: UUID, at: datetime) -> EndingProposal:
    """Drop a proposed ending, one's own or a colleague's; the certificate stays as it is. Raises Settled."""
    proposal, _ = _open(user, proposal_id)
    return _settle(user, proposal, EndingStatus.DROPPED, at=at)


def _move(
    user: User, found: Certificate, to: CertificateStatus, *, reason: str, at: datetime, ended_by: str = ""
) -> Certificate:
    return lifecycle.change_status(
        found, to, reason=reason, actor=actors.of_user(user), at=at, ended_by=ended_by
    )


def _open(user: User, proposal_id: UUID) -> tuple[EndingProposal, Certificate]:
    """Return an open proposal and its certificate, both locked, the certificate first as everywhere."""
    known = EndingProposal.objects.filter(pk=proposal_id).first()
    if known is None:
        raise NotYourStore
    found = keepers.locked(user, known.certificate_id)
    proposal = EndingProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.status != EndingStatus.OPEN:
        raise Settled
    return proposal, found


def _settle(user: User, proposal: EndingProposal, status: EndingStatus, *, at: datetime) -> EndingProposal:
    proposal.status, proposal.settled_by, proposal.settled_at = status, user, at
    proposal.save(update_fields=["status", "settled_by", "settled_at"])
    _note(user, proposal, f"certificate_ending_{status}")
    return proposal


def _words(decision: Decision) -> dict[str, str]:
    document, basis = decision.document.strip(), decision.basis.strip()
    if not 0 < len(document) <= LONGEST_DOCUMENT or not 0 < len(basis) <= LONGEST_BASIS:
        raise WordsOfEnding
    return {"reason": keepers.stated(decision.reason), "document": document, "basis": basis}


def _note(user: User, proposal: EndingProposal, act: str) -> None:
    note(
        stream=f"certificate:{proposal.certificate_id}",
        act=act,
        actor=actors.of_user(user),
        subject=str(proposal.pk),
        details={"to": proposal.to},
    )
