"""Who signs in: what Django's `authenticate` asks, behind django-axes, which counts every try (`lockouts`).

A password names an account; a code proves that the same person holds a second thing. Only pages that hold a password
already checked ask for a code. The identity platform of the province does not come this way (`platform`).
A password is changed by who knows it, or given anew by who runs the portal; both end the account's other sessions.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest

from accounts import actors
from accounts.models import Person, SignIn, User
from accounts.signing import lockouts, second_factor, sign_ins
from accounts.telling import inbox
from common import clock
from common.errors import DomainError
from common.statements.worded import Select
from records import journal

# Given passwords are typed from paper: 79 bits, without letters that look alike.
ALPHABET, LENGTH = "abcdefghjkmnpqrstuvwxyz23456789", 16
BACKEND = "accounts.signing.identity.PasswordBackend"  # the one every session names
_ACCOUNTS = Select(lambda: User.objects.select_related("person"))


class ChangedMeanwhile(DomainError):
    """Another window, or somebody else, was quicker."""

    message = "密码刚刚已经改过了，请用新密码重新登录。不是您改的，请马上拨打 12345。"


@transaction.atomic
def change_password(user: User, *, new: str, keep: str) -> None:
    """Change the password for somebody who has just given the old one; only the session `keep` goes on.

    Raises ChangedMeanwhile.
    """
    if User.objects.select_for_update().get(pk=user.pk).password != user.password:
        raise ChangedMeanwhile
    sign_ins.end_others(user, keep=keep, how=SignIn.End.PASSWORD)
    _set(user, new, act="password_changed", by=actors.of_user(user))


@transaction.atomic
def give_password(user: User) -> str:
    """Give an account a new password, end all its sessions, and return it: it is kept nowhere.

    Whoever tried the old one too often may sign in with this one at once.
    """
    User.objects.select_for_update().get(pk=user.pk)
    new = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    sign_ins.end_all(user, how=SignIn.End.PASSWORD, actor=actors.SYSTEM)
    _set(user, new, act="password_given", by=actors.SYSTEM)
    lockouts.start_anew(user.username)
    return new


def _set(user: User, new: str, *, act: str, by: str) -> None:
    """Store it, and tell the person: whoever did not do this has to know."""
    user.set_password(new)
    user.save(update_fields=["password"])
    entry = journal.note(stream=f"user:{user.pk}", act=act, actor=by, subject=str(user.pk))
    person = Person.objects.filter(user=user).first()
    if person is not None:  # an account of staff alone has no inbox
        occasion = f"password:{user.pk}:{entry.sequence}"
        inbox.send([inbox.message(person.pk, kind="password_changed", occasion=occasion, at=clock.now())])


class _Accounts(BaseBackend):
    """Finds the account of a session."""

    def get_user(self, user_id: UUID) -> User | None:
        """Return the account of a session, with its person."""
        return _ACCOUNTS.first("WHERE accounts_user.id = %s AND accounts_user.is_active", [user_id])


class PasswordBackend(_Accounts):
    """User name and password. Takes as long for an unknown name as for a wrong password."""

    def authenticate(  # type: ignore[override]  # Django calls the backend whose credentials fit
        self,
        request: HttpRequest | None,  # noqa: ARG002 -- Django's signature
        username: str,
        password: str,
    ) -> User | None:
        """Return the account, or None."""
        user = User.objects.filter(username=username).first()
        if user is None:
            make_password(password)
            return None
        if user.is_active and check_password(password, user.password):
            return user
        return None


class CodeBackend(_Accounts):
    """User name and the code of a second factor: never the first thing somebody is asked for."""

    def authenticate(  # type: ignore[override]  # Django calls the backend whose credentials fit
        self,
        request: HttpRequest | None,
        username: str,
        code: str,
    ) -> User | None:
        """Return the account; `request.second_factor` says which kind of code it was."""
        user = User.objects.filter(username=username, is_active=True).first()
        kind = second_factor.check(user, code=code, at=clock.system_time()) if user else None
        if kind is None:
            return None
        request.second_factor = kind  # type: ignore[union-attr]  # axes has refused a call without a request
        return user
