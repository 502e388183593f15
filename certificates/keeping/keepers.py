"""Who keeps a certificate: keepers of the department that issued it, but nobody their own. Asked by verbs and pages."""

from __future__ import annotations

from uuid import UUID

from accounts.identifying import hash_of, is_close
from accounts.models import Department, Organisation, Person, Post, User
from accounts.permissions import acting_as
from certificates.errors import MoveReasonRequired, NotYourStore, OwnCertificate
from certificates.models import Certificate
from common.identifiers import holds_number

Holder = Person | Organisation
SHORTEST, LONGEST = 5, 200  # characters of a reason


def department_of(user: User) -> Department:
    """Return whose certificates the user keeps in the post they act in; raises NotYourStore."""
    post = acting_as(user, Post.Role.KEEPER)
    if post is None or post.department is None:
        raise NotYourStore
    return post.department


def keeps(user: User, certificate: Certificate) -> bool:
    """Return whether the user keeps a certificate: their department issued it, and it is known to be none of theirs."""
    post = acting_as(user, Post.Role.KEEPER)
    body = post.department.credit_code if post is not None and post.department is not None else None
    if body != certificate.issuer_code or hash_of(user) is None:
        return False
    return not is_close(user, holder_of(certificate))


def holder_of(certificate: Certificate) -> Holder:
    """Return whose certificate it is."""
    holder = certificate.holder_person or certificate.holder_organisation
    assert holder is not None
    return holder


def locked(user: User, certificate_id: UUID) -> Certificate:
    """Return a certificate the user keeps, locked to be changed.

    Raises NotYourStore, OwnCertificate, UnknownIdentity.
    """
    body = department_of(user).credit_code
    rows = Certificate.objects.select_for_update(of=("self",)).filter(issuer_code=body)
    found = (
        rows.select_related("type", "holder_person", "holder_organisation").filter(pk=certificate_id).first()
    )
    if found is None:
        raise NotYourStore
    refuse_own(user, holder_of(found))
    return found


def refuse_own(user: User, holder: Holder) -> None:
    """Raise OwnCertificate where the holder is the user, their household, or acted for by them (公务员法 art. 76).

    UnknownIdentity where nobody can tell.
    """
    if is_close(user, holder):
        raise OwnCertificate


def stated(reason: str) -> str:
    """Return a reason as it is kept, in clear: numbers of people have no place in it. Raises MoveReasonRequired."""
    words = " ".join(reason.split())
    if not SHORTEST <= len(words) <= LONGEST or holds_number(words):
        raise MoveReasonRequired(shortest=SHORTEST, longest=LONGEST)
    return words
