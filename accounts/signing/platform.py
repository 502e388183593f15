"""The identity platform of the province, as an OpenID Connect client: authorization code, PKCE, state and nonce.

Discovery, PKCE, state and the exchange of the code are django-allauth's. What it leaves out is done here: the nonce,
and looking at the signature, which allauth trusts the connection for (OpenID Connect Core 3.1.3.7, 3.1.2.1).
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.signing import claiming
from accounts.signing.claiming import Identity
from common.errors import DomainError

log = logging.getLogger("accounts")
ID = "platform"  # what allauth's tables call it
ALGORITHM = "RS256"
LEEWAY = 30  # seconds two clocks may differ by
NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")


class PlatformAway(DomainError):
    """The platform does not answer, or not as it should."""

    status = 502
    message = "省统一身份认证平台暂时连不上。请过几分钟再试，或用账号和密码登录；着急办事请拨 12345。"


class PlatformRefused(DomainError):
    """What came back was not what was asked for: old, tampered with, replayed, somebody else's."""

    status = 422
    message = "这次登录没有完成，为了安全已经作废。请回到登录页，重新从“省统一身份认证平台”登录。"


class PlatformCancelled(DomainError):
    """The person turned back at the platform."""

    status = 422
    message = "您在省统一身份认证平台取消了登录。需要办事，请重新登录，或用账号和密码登录。"


class Provider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    """The one platform, from the settings; allauth's table of providers stays empty."""

    def get_oauth2_adapter(self, request: HttpRequest) -> Adapter:
        """Return what speaks with it."""
        return Adapter(request, self)


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Speaks with the platform."""

    def __init__(self, request: HttpRequest, provider: Provider) -> None:
        self.provider = provider
        super().__init__(request, ID)

    def get_provider(self) -> Provider:
        """Return the provider it was made for."""
        return self.provider

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002 -- allauth's signature
        """Return our own page; those of allauth have no address."""
        return str(app.settings["return_to"])

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the platform publishes of itself, when it is the platform that was configured."""
        found: dict[str, Any] = super().openid_config
        if found.get("issuer") != settings.PLATFORM_ISSUER:
            raise OAuth2Error("discovery names another issuer")
        return found


def is_configured() -> bool:
    """Return whether there is a platform to sign in with."""
    return bool(settings.PLATFORM_ISSUER)


def begin(request: HttpRequest, *, return_to: str, onward: str) -> HttpResponseBase:
    """Lead to the platform. Raises PlatformAway."""
    nonce = secrets.token_urlsafe(32)
    provider = _provider(request, return_to)
    try:
        answer: HttpResponseBase = provider.redirect(
            request, process="login", next_url=onward, nonce=nonce, auth_params={"nonce": nonce}
        )
    except (OAuth2Error, requests.RequestException, ValueError, KeyError) as error:
        log.warning("the identity platform does not answer: %s", type(error).__name__)
        raise PlatformAway from error
    return answer


def finish(request: HttpRequest, *, return_to: str) -> tuple[Identity, str]:
    """Return who came back, and where they wanted to go. Raises PlatformRefused, PlatformCancelled, PlatformAway."""
    state = statekit.unstash_state(request, provider_id=ID, state_id=request.GET.get("state", ""))
    if state is None:
        raise _refused("state")
    if request.GET.get("error") == "access_denied":
        raise PlatformCancelled
    if request.GET.get("iss", settings.PLATFORM_ISSUER) != settings.PLATFORM_ISSUER:
        raise _refused("iss")  # RFC 9207: the answer of another platform
    if not request.GET.get("code"):
        raise _refused("code")
    adapter = _provider(request, return_to).get_oauth2_adapter(request)
    told = _told(adapter, request, state)
    return claiming.platform().identity(told), str(state.get("next", ""))


def end_address(request: HttpRequest, *, return_to: str) -> str:
    """Return where one signs out of the platform itself, empty where it has no such page or does not answer."""
    adapter = _provider(request, return_to).get_oauth2_adapter(request)
    try:
        return str(adapter.openid_config.get("end_session_endpoint", ""))
    except (OAuth2Error, requests.RequestException, ValueError):
        return ""


def _provider(request: HttpRequest, return_to: str) -> Provider:
    told = {
        "server_url": settings.PLATFORM_ISSUER,
        "oauth_pkce_enabled": True,
        "scope": list(claiming.platform().scope),
        "return_to": return_to,
    }
    app = SocialApp(
        provider="openid_connect",
        provider_id=ID,
        name=claiming.platform().name,
        client_id=settings.PLATFORM_CLIENT_ID,
        secret=settings.PLATFORM_CLIENT_SECRET,
        settings=told,
    )
    return Provider(request, app=app)


def _told(adapter: Adapter, request: HttpRequest, state: Mapping[str, Any]) -> dict[str, Any]:
    app = adapter.get_provider().app
    try:
        client = adapter.get_client(request, app)
        tokens = adapter.get_access_token_data(
            request, app, client, pkce_code_verifier=state["pkce_code_verifier"]
        )
        claims = _verified(str(tokens["id_token"]), adapter=adapter, nonce=str(state["nonce"]))
        if claiming.platform().wants_more_than(claims):
            more = adapter._fetch_user_info(tokens["access_token"])
            if more.get("sub") != claims["sub"]:
                raise _refused("userinfo")  # OpenID Connect Core 5.3.4
            claims = {**more, **claims}
    except OAuth2Error as error:
        raise _refused("exchange") from error
    except jwt.PyJWTError as error:
        raise _refused(type(error).__name__) from error
    except (requests.RequestException, ValueError, KeyError) as error:
        log.warning("the identity platform does not answer: %s", type(error).__name__)
        raise PlatformAway from error
    return claims


def _verified(token: str, *, adapter: Adapter, nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token: signed with a published key, for us, in time, asked for by this browser."""
    key = _key(jwt.get_unverified_header(token), adapter=adapter)
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        audience=settings.PLATFORM_CLIENT_ID,
        issuer=settings.PLATFORM_ISSUER,
        leeway=LEEWAY,
        options={"require": list(NEEDED)},
    )
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise _refused("nonce")
    if claims.get("azp", settings.PLATFORM_CLIENT_ID) != settings.PLATFORM_CLIENT_ID:
        raise _refused("azp")
    return claims


def _key(header: Mapping[str, Any], *, adapter: Adapter) -> jwt.PyJWK:
    with get_adapter().get_requests_session() as session:
        answer = session.get(adapter.openid_config["jwks_uri"])
        answer.raise_for_status()
        published = answer.json()["keys"]
    for one in published:
        if one.get("kid") == header.get("kid") and one.get("kty") == "RSA" and one.get("use", "sig") == "sig":
            return jwt.PyJWK(one, algorithm=ALGORITHM)
    raise _refused("kid")


def _refused(why: str) -> PlatformRefused:
    log.warning("sign-in by the identity platform refused: %s", why)
    return PlatformRefused()
