"""Who asks: a bearer token; and for whom: the header Acting-For."""

from __future__ import annotations

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.acting import principals
from accounts.acting.principals import Principal
from accounts.models import User
from accounts.signing import braking
from portal.api import tokens
from portal.web.principals import NoPerson

SCHEME = "Bearer "
LONGEST = 200


class BearerAuthentication(BaseAuthentication):
    """RFC 6750. No session counts here, so no page of another site can use a visitor's."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the account of the token; None without one."""
        told = request.headers.get("Authorization", "")
        if not told.startswith(SCHEME):
            return None
        token = told.removeprefix(SCHEME).strip()
        user = tokens.user_of(token) if len(token) <= LONGEST and "\0" not in token else None
        if user is None:
            raise AuthenticationFailed("令牌无效、已过期或已撤销。请重新申请令牌。")
        braking.try_api(who=f"user {user.pk}")
        return user, None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- DRF hands it
        """Say what is asked for: without it a refusal would be a 403."""
        return SCHEME.strip()


def principal_of(request: Request | HttpRequest) -> Principal:
    """Return the applicant: the token's person, or whom Acting-For names. Raises NoPerson, MayNotAct."""
    person = getattr(request.user, "person", None)
    if person is None:
        raise NoPerson
    return principals.principal(person, whom=request.headers.get("Acting-For", "")[:60])


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says in the schema how one authenticates; registered by being defined."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002 -- the library's signature
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer"}
