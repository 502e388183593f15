"""Gives every department of the demo a seal, from the demo's own authority."""

from __future__ import annotations

from accounts import actors
from accounts.models import Department, Post, User
from certificates.models import Seal, SealRequest
from certificates.sealing import keys, seals
from certificates.states import SealStatus
from common import clock
from portal.demo import authority

KEEPING = (Post.Role.KEEPER, Post.Role.ADMIN, Post.Role.OFFICER)  # who is made custodian, the first there is


def give(stand_in: User) -> None:
    """Make the seals that are missing, lost their key or run out soon; `stand_in` keeps those nobody else would."""
    for department in Department.objects.order_by("pk"):
        if not _has_seal(department):
            SealRequest.objects.filter(department=department, seal=None, dropped_at=None).update(
                dropped_at=clock.now()
            )
            asked = seals.enter_request(
                department,
                custodian=_custodian(department) or stand_in,
                name=seals.NAME,
                actor=actors.SYSTEM,
            )
            answer = authority.issue(asked.request_pem)
            seals.enter(asked, certificate_pem=answer, actor=actors.SYSTEM)


def _has_seal(department: Department) -> bool:
    """Return whether a seal is in use; one that a keeper put out of use stays so."""
    seal = Seal.objects.filter(department=department).exclude(status=SealStatus.DESTROYED).first()
    if seal is None:
        return False
    return seal.valid_until > clock.now() + seals.SOON and keys.provider(seal).has(seal.key_name)


def _custodian(department: Department) -> User | None:
    posts = {post.role: post.user for post in department.posts.select_related("user").order_by("-pk")}
    return next((posts[role] for role in KEEPING if role in posts), None)
