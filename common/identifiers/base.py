"""What every kind of identifier shares: its name, its error, and how typed text is tidied."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from common.errors import DomainError


class Kind(StrEnum):
    """What an identifier identifies."""

    RESIDENT_ID = "resident_id"
    CREDIT_CODE = "credit_code"
    MATTER_CODE = "matter_code"
    TYPE_CODE = "type_code"
    CERTIFICATE_IDENTIFIER = "certificate_identifier"
    MOBILE = "mobile"


class InvalidIdentifier(DomainError, ValueError):
    """Text that is not an identifier of the kind asked for; `reason` is a stable word, `message` is Chinese."""

    status = 400

    def __init__(self, kind: Kind, reason: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.reason = reason


def tidy(text: str) -> str:
    """Return the text in half-width form without any space: how people type, not what they mean."""
    if text.isascii():  # most are, and NFKC leaves them as they are
        return "".join(text.split())
    joined = re.sub(r"[\s\u200b\ufeff]", "", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", joined)  # without the spaces a mark may meet its letter
