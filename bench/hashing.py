"""Password hashes that cost next to nothing: signing in is not what is measured. The product reads them as they are."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    """Argon2 with the least it can be told."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
