"""What can stand against a back-test."""

from __future__ import annotations

from common.errors import DomainError


class NoSuchBackTest(DomainError):
    """No such back-test, or not of the user's catalogue: the same answer."""

    status = 404
    message = "没有找到这次回测，或者它不归您现在的岗位管理。请从草稿的“回测”页打开。"


class NothingToHoldAgainst(DomainError):
    """A new matter: nobody ever applied for it."""

    status = 409
    message = "新事项还没有在用的版本，也没有办过的件，不用回测。请用样例试算。"


class NotReadable(DomainError):
    """The draft has faults that would make any result a wrong one."""

    status = 409
    message = "草稿的规则还有错误，回测出来的结果靠不住。请先改好“核验表”等页上标出的错误，再来回测。"


class TooMany(DomainError):
    """Not a number of cases, or more than one job may look at."""

    status = 422


class NotYoursToTry(DomainError):
    """A past case of another matter, of nobody, or of the admin's own household: the same answer."""

    status = 404
    message = (
        "没有找到这件办过的件。请核对件号：要是这个事项的、已经核验过的件；您本人和家人的件不能用来试算。"
    )
