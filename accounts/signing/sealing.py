"""How django-allauth keeps the secrets of a second factor: sealed, as every field that must not be read (0006)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from records.encrypting import envelope

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

PLACE = "mfa_authenticator.data"


class SealingAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """settings.MFA_ADAPTER."""

    def encrypt(self, text: str) -> str:
        """Return what stands in the table."""
        return envelope.seal(text, aad=PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return envelope.unseal(encrypted_text, aad=PLACE)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Return what the authenticator app writes beside the code."""
        return f"{self.get_totp_issuer()}:{user.get_username()}"

    def get_totp_issuer(self) -> str:
        """Return whose account it is."""
        return settings.SITE["name"]
