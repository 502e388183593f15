"""A person at work looks at another's certificate: by duty (依职能查验), or by the holder's consent for a purpose.

The use record is committed before anything is handed out; what is refused is recorded too, and told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import actors
from accounts.identifying import is_close
from accounts.models import Organisation, Person, Post, User
from accounts.permissions import active_post
from accounts.signing import braking
from certificates import digesting, locking, schemas, telling
from certificates.errors import CaseOrMatterRequired, LookBraked, NotAtWork, ReasonRequired
from certificates.holding.choosing import choose
from certificates.holding.copying import Copy, digest
from certificates.holding.grounds import Ground
from certificates.models import Authorisation, Certificate, CertificateType, UseRecord
from certificates.states import AuthorisationKind, AuthorisationStatus, UseMode, UseOutcome
from common import clock
from common.identifiers import InvalidIdentifier, credit_code, holds_number, resident_id
from records.hashing import HashKind, keyed
from records.journal import note

Holder: TypeAlias = Person | Organisation
SHORTEST, LONGEST = 5, 200  # characters of a reason (GB/T 36906: useCause)
AT_WORK = (Post.Role.OFFICER, Post.Role.CLERK, Post.Role.KEEPER)  # who looks by a consent to their body
NO_CONSENT = "没有写明用途"


@dataclass(frozen=True, slots=True)
class Duty:
    """Why an office looks: the case or the matter as it was proven, and the reason its holder will read."""

    reason: str
    ground: Ground | None


@dataclass(frozen=True, slots=True)
class Looked:
    """The record of a look, and the copy where it found something."""

    record: UseRecord
    type: CertificateType
    detail: str
    copy: Copy | None

    @property
    def outcome(self) -> UseOutcome:
        """Return what came of it."""
        return UseOutcome(self.record.outcome)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One look as it was asked for; `fields` empty and `refused` set: nothing may be opened."""

    user: User
    post: Post
    holder: Holder
    type: CertificateType
    mode: UseMode
    fields: Sequence[str]
    purpose: str
    at: datetime
    refused: UseOutcome | None = None
    consent: Authorisation | None = None
    case_reference: str = ""
    matter_code: str = ""


def holder_of(number: str) -> Holder | None:
    """Return whose number it is: a resident ID number's person, a credit code's organisation; None for nobody known."""
    try:
        digest = keyed(HashKind.RESIDENT_ID, resident_id(number).number)
        return Person.objects.filter(id_number_hash=digest).first()
    except InvalidIdentifier:
        pass
    try:
        return Organisation.objects.filter(credit_code=credit_code(number)).first()
    except InvalidIdentifier:
        return None


def named(number: str, *, asked_by: User) -> Holder | None:
    """Return whose number it is, and count who asks. Raises LookBraked."""
    if wait := braking.count("look_up", str(asked_by.pk)):
        raise LookBraked(wait)
    return holder_of(number)


def may_by_duty(post: Post, kind: CertificateType) -> bool:
    """Return whether a type may be looked at by duty from a post: its definition names roles, and bodies if any."""
    rule = kind.lookup
    bodies = rule.get("departments") or ()
    code = post.department.credit_code if post.department is not None else ""
    return post.role in rule.get("roles", ()) and bool(rule.get("fields")) and (not bodies or code in bodies)


def by_duty(user: User, *, holder: Holder, slug: str, duty: Duty, at: datetime, number: str = "") -> Looked:
    """Look at a certificate by duty, as far as its type allows the post (国务院令第716号 art. 7; PIPL art. 13, 34).

    Refused where the case is not about the holder, or its matter has no use for the type. `number` chooses one of
    several. The holder is told. Not inside a transaction.
    Raises NotAtWork, ReasonRequired, CaseOrMatterRequired, UnknownType, UnknownIdentity.
    """
    kind, post = schemas.kinds([slug])[slug], _post_of(user)
    reason = _stated(duty.reason, about=holder)
    ground = duty.ground
    if ground is None:
        raise CaseOrMatterRequired
    covered = ground.covers(user_id=user.pk, holder_id=holder.pk, slug=slug)
    allowed = not is_close(user, holder) and covered and may_by_duty(post, kind)
    asked = _Asked(
        user, post, holder, kind, UseMode.STATUTORY, kind.lookup.get("fields", ()), reason, at,
        refused=None if allowed else UseOutcome.NOT_ALLOWED,
        case_reference=ground.case_reference,
        matter_code=ground.matter_code,
    )  # fmt: skip
    with transaction.atomic(durable=True):
        looked = _look(asked, number)
        if looked.copy is not None and kind.lookup.get("told", True):
            telling.tell_looked(looked.record)
    return looked


def by_consent(
    user: User, *, holder: Holder, slug: str, authorisation_id: UUID | None, at: datetime, number: str = ""
) -> Looked:
    """Look by the holder's consent for a purpose; one for a single use is used up by it, whoever looks first.

    Not inside a transaction. Raises NotAtWork, UnknownType, UnknownIdentity.
    """
    kind, post = schemas.kinds([slug])[slug], _post_of(user)
    with transaction.atomic(durable=True):
        consent = _locked(authorisation_id, holder) if authorisation_id else None
        allowed = (
            not is_close(user, holder)
            and consent is not None
            and _covers(consent, post, slug, on=clock.day_of(at))
        )
        fields = consent.scope[slug] if consent is not None and allowed else ()
        asked = _Asked(
            user, post, holder, kind, UseMode.AUTHORISED, fields, consent.purpose if consent else NO_CONSENT, at,
            refused=None if allowed else UseOutcome.UNAUTHORISED,
            consent=consent,
        )  # fmt: skip
        looked = _look(asked, number)
        if consent is not None and consent.once and looked.copy is not None:
            _use_up(consent, user, at=at)
    return looked


def consents_for(post: Post, *, holder: Holder, slug: str, on: date) -> QuerySet[Authorisation]:
    """Return the holder's consents for a purpose that let a body look at a type on a day, the lasting ones first."""
    rows = Authorisation.objects.filter(kind=AuthorisationKind.PURPOSE, status=AuthorisationStatus.GRANTED)
    if not post.body_code:
        return rows.none()
    rows = rows.filter(body_code=post.body_code, until__gte=on, scope__has_key=slug, **_whose(holder))
    return rows.order_by("once", "-given_at", "pk")


def body_of(post: Post) -> str:
    """Return the body a post belongs to: its department, else its hall or town. Raises NotAtWork."""
    place = post.department or post.hall or post.town
    if place is None:
        raise NotAtWork
    return place.name


def _look(asked: _Asked, number: str) -> Looked:
    """Choose, prove, write the record; what is refused is not even looked for. In the caller's transaction."""
    if asked.refused is not None:
        return Looked(_record(asked, asked.refused, None, None), asked.type, "", None)
    whose = _whose(asked.holder)
    people, bodies = ([one.pk] if one else [] for one in whose.values())
    held = locking.certificates([asked.type.pk], people=people, bodies=bodies, share=False)
    held = [one for one in held if not number or one.number == number]
    choice = choose(held, on=clock.day_of(asked.at))
    outcome = choice.outcome
    found = choice.certificate
    if outcome == UseOutcome.FOUND and found is not None and not digesting.is_whole(found):
        outcome = UseOutcome.UNREADABLE
    copy = _copy(asked, choice.certificate) if outcome == UseOutcome.FOUND and choice.certificate else None
    return Looked(_record(asked, outcome, choice.certificate, copy), asked.type, choice.detail, copy)


def _copy(asked: _Asked, found: Certificate) -> Copy:
    days = asked.type.copies.get("days")
    return Copy(
        values={name: found.fields[name] for name in asked.fields if name in found.fields},
        number=found.number,
        identifier=found.identifier,
        version=found.version,
        schema_version=found.schema_version,
        issuer_name=found.issuer_name,
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        purpose=asked.purpose,
        body=body_of(asked.post),
        post=asked.post.get_role_display(),
        by=asked.user.display_name,
        at=asked.at,
        until=clock.day_of(asked.at) + timedelta(days=days) if days else None,
    )


def _record(asked: _Asked, outcome: UseOutcome, found: Certificate | None, copy: Copy | None) -> UseRecord:
    record = UseRecord(
        certificate=found,
        type=asked.type,
        version=found.version if found else None,
        mode=asked.mode,
        authorisation=asked.consent,
        agent_id=_agent(asked),
        body=body_of(asked.post),
        body_code=asked.post.body_code,
        actor=actors.of_user(asked.user),
        post=asked.post.get_role_display(),
        case_reference=asked.case_reference,
        matter_code=asked.matter_code,
        purpose=asked.purpose,
        fields=list(copy.values) if copy else [],
        outcome=outcome,
        digest=digest(copy, found) if copy and found else "",
        at=asked.at,
        **_whose(asked.holder),
    )
    record.save(force_insert=True)
    return record


def _locked(authorisation_id: UUID, holder: Holder) -> Authorisation | None:
    """Return the holder's own consent for a purpose, once whoever uses or withdraws it has committed."""
    rows = Authorisation.objects.select_for_update().filter(kind=AuthorisationKind.PURPOSE, **_whose(holder))
    return rows.filter(pk=authorisation_id).first()


def _agent(asked: _Asked) -> UUID | None:
    """Return who gave the consent for the holder, None for the holder."""
    giver = asked.consent.given_by_id if asked.consent else None
    return None if giver == asked.holder.pk else giver


def _use_up(consent: Authorisation, user: User, *, at: datetime) -> None:
    consent.status, consent.ended_at = AuthorisationStatus.USED, at
    consent.save(update_fields=["status", "ended_at"])
    note(
        stream=f"authorisation:{consent.pk}",
        act="authorisation_used",
        actor=actors.of_user(user),
        subject=str(consent.pk),
    )


def _covers(consent: Authorisation, post: Post, slug: str, *, on: date) -> bool:
    """Return whether a consent stands on a day, for the post's body, and names fields of the type."""
    if consent.status != AuthorisationStatus.GRANTED or on > consent.until:
        return False
    own = consent.body_code != "" and consent.body_code == post.body_code
    return own and post.role in AT_WORK and bool(consent.scope.get(slug))


def _post_of(user: User) -> Post:
    """Return the post acted in; raises NotAtWork without one of some body."""
    post = active_post(user)
    if post is None:
        raise NotAtWork
    body_of(post)
    return post


def _stated(reason: str, *, about: Holder) -> str:
    words = " ".join(reason.split())
    if not SHORTEST <= len(words) <= LONGEST or holds_number(words) or about.name in words:
        raise ReasonRequired(shortest=SHORTEST, longest=LONGEST)
    return words


def _whose(holder: Holder) -> dict[str, Any]:
    person = isinstance(holder, Person)
    return {"holder_person": holder if person else None, "holder_organisation": None if person else holder}
