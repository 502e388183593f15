"""ID tokens of the stand-in (RS256), and how they are wrong when a test wants them so."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

BITS = 2048
LIFETIME = 300  # seconds


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with the tokens from now on: other claims, claims left out, another key, algorithm or key id."""

    claims: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    key: str = (
        ""  # "unknown": one that is not published; "as_secret": the public key, misused as a shared secret
    )
    algorithm: str = "RS256"
    shifted: int = 0  # seconds the issuer's clock goes wrong


class Mint:
    """Signs with a key of its own, and publishes it."""

    def __init__(self) -> None:
        self.turn = 0
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is published no more."""
        self.turn += 1
        self.kid = f"key-{self.turn}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)

    def published(self) -> dict[str, Any]:
        """Return the JSON Web Key Set."""
        numbers = self.key.public_key().public_numbers()
        one = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid}
        return {"keys": [{**one, "n": _number(numbers.n), "e": _number(numbers.e)}]}

    def token(self, claims: Mapping[str, Any], *, at: int, wrong: Wrong) -> str:
        """Return a signed ID token."""
        moment = at + wrong.shifted
        told = {**claims, "iat": moment, "exp": moment + LIFETIME, **wrong.claims}
        kept = {name: value for name, value in told.items() if name not in wrong.without}
        if wrong.key == "as_secret":  # the attack on verifiers that let the token choose the algorithm
            return _with_secret(kept, json.dumps(self.published()).encode(), kid=self.kid)
        if wrong.algorithm == "none":
            return jwt.encode(kept, "", algorithm="none", headers={"kid": self.kid})
        key = rsa.generate_private_key(public_exponent=65537, key_size=BITS) if wrong.key else self.key
        return jwt.encode(kept, key, algorithm=wrong.algorithm, headers={"kid": self.kid})


def _with_secret(claims: Mapping[str, Any], secret: bytes, *, kid: str) -> str:
    """By hand: a library that signs would refuse a public key as a secret."""
    parts = [json.dumps(one).encode() for one in ({"alg": "HS256", "typ": "JWT", "kid": kid}, dict(claims))]
    signed = b".".join(map(_base64, parts))
    return b".".join([signed, _base64(hmac.digest(secret, signed, "sha256"))]).decode()


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return _base64(raw).decode()


def _base64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
