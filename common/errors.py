"""The root of every error that a citizen, clerk or officer may be shown."""

from __future__ import annotations


class DomainError(Exception):
    """An act that the law, the state of a case or the input does not allow; caught once, at the edge.

    `status` is the HTTP answer, `message` a Chinese sentence that says what to do: a class states its own, an
    instance may say more.
    """

    status: int = 409
    message: str = "现在不能这样做。请刷新页面再试，或拨打 12345。"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or type(self).message)
        if message:
            self.message = message
