"""The root of every error that a citizen, clerk or officer may be shown."""

from __future__ import annotations


class DomainError(Exception):
    """An act that the law, the state of a case or the input does not allow; caught once, at the edge.

    `status` is the HTTP answer, `message` a Chinese sentence that says what to do.
    """

    status = 409

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message
