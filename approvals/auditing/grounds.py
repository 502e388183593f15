"""What gives somebody at work ground to look at a certificate by duty: a case of theirs, or a matter they run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.models import ActingRight, Person, Post, User
from accounts.permissions import active_post
from approvals.models import Application
from approvals.permissions import is_involved
from certificates.holding.grounds import Ground
from common.clock import day_of
from common.identifiers import InvalidIdentifier, resident_id
from matters import editions
from matters import selectors as catalogue
from matters.editions import Compiled
from matters.format.questions import QuestionType
from records.hashing import HashKind, keyed

AFTER_CLOSING = timedelta(days=60)  # while a decision may still be contested (行政复议法 art. 20)
BY_LAW = (ActingRight.Role.OPERATOR, ActingRight.Role.LEGAL_REPRESENTATIVE)


def of_case(user: User, *, reference: str, on: date) -> Ground | None:
    """Return the ground a case gives: a clerk one she took, others one of their department; open, or not long closed.

    None: there is no such case, or none that is the user's to work on.
    """
    rows = Application.objects.filter(reference=reference).select_related(
        "matter", "edition", "person", "agent", "organisation"
    )
    case = rows.first()
    if case is None or not _works_on(user, case) or not _is_recent(case, on=on):
        return None
    compiled = editions.compiled(case.edition)
    return Ground(
        user_id=user.pk,
        matter_code=case.matter.code,
        types=used(compiled),
        case_reference=case.reference,
        holders=frozenset(_about(case, compiled, on=on)),
    )


def of_matter(user: User, *, code: str, on: date) -> Ground | None:
    """Return the ground a matter in force gives who runs it in its department; None for everyone else, clerks too."""
    post = active_post(user)
    if post is None or post.department_id is None or post.role == Post.Role.CLERK:
        return None
    matter = catalogue.in_force().filter(code=code, department=post.department_id).first()
    edition = matter.edition_on(on) if matter is not None else None
    if edition is None:
        return None
    return Ground(user_id=user.pk, matter_code=code, types=used(editions.compiled(edition)))


def used(compiled: Compiled) -> frozenset[str]:
    """Return the certificate types an edition reads, takes in place of a material, or would take."""
    materials = compiled.package.materials
    replacing = {one.certificate for material in materials for one in material.replaced_by}
    wanted = {material.certificate_wanted for material in materials}
    return frozenset(slug for slug in {*compiled.certificates, *replacing, *wanted} if slug is not None)


def _works_on(user: User, case: Application) -> bool:
    post = active_post(user)
    if post is None or is_involved(user, case):
        return False
    if post.role == Post.Role.CLERK:
        return case.taken_by_id == user.pk
    return post.department_id is not None and post.department_id == case.matter.department_id


def _is_recent(case: Application, *, on: date) -> bool:
    closed = case.closed_at
    return closed is None or on <= day_of(closed) + AFTER_CLOSING


def _about(case: Application, compiled: Compiled, *, on: date) -> Iterator[UUID]:
    """Yield whose certificates the case is about: its applicant, who stands for them by law, whom its form names."""
    if case.organisation_id is None:
        yield case.person_id
        yield from _named(case, compiled)
        return
    yield case.organisation_id
    rights = ActingRight.objects.filter(organisation_id=case.organisation_id, role__in=BY_LAW)
    standing = rights.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), revoked_at__isnull=True)
    yield from standing.filter(valid_from__lte=on).values_list("person_id", flat=True)


def _named(case: Application, compiled: Compiled) -> Iterator[UUID]:
    """Yield members of the applicant's household whose resident ID number the form gives: naming a stranger is none."""
    hashes = []
    for question in compiled.questions.values():
        answer = case.answers.get(question.name) if question.type is QuestionType.RESIDENT_ID else None
        if isinstance(answer, str):
            try:
                hashes.append(keyed(HashKind.RESIDENT_ID, resident_id(answer).number))
            except InvalidIdentifier:
                continue
    household = case.person.household_hash
    if hashes and household is not None:
        members = Person.objects.filter(id_number_hash__in=hashes, household_hash=bytes(household))
        yield from members.values_list("pk", flat=True)
