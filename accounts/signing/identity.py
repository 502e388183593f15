"""Who signs in: the seam between identity sources and accounts. OpenID Connect joins here as one more backend."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from accounts.models import User


class PasswordBackend(BaseBackend):
    """User name and password. Takes as long for an unknown name as for a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 -- Django's signature
        **credentials: Any,
    ) -> User | None:
        """Return the account, or None."""
        username, password = str(credentials.get("username", "")), str(credentials.get("password", ""))
        user = User.objects.filter(username=username).first()
        if user is None:
            make_password(password)
            return None
        if user.is_active and check_password(password, user.password):
            return user
        return None

    def get_user(self, user_id: UUID) -> User | None:
        """Return the account of a session, with its person."""
        return User.objects.select_related("person").filter(pk=user_id, is_active=True).first()
