"""Who signs in: what Django's `authenticate` asks, behind django-axes, which counts every try (`lockouts`).

A password names an account; a code proves that the same person holds a second thing. Only pages that hold a password
already checked ask for a code. The identity platform of the province does not come this way (`platform`).
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from accounts.models import User
from accounts.signing import second_factor
from common import clock
from common.statements.worded import Select

BACKEND = "accounts.signing.identity.PasswordBackend"  # the one every session names
_ACCOUNTS = Select(lambda: User.objects.select_related("person"))


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
