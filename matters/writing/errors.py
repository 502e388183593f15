"""What can stand against writing in the catalogue."""

from __future__ import annotations

from common.errors import DomainError


class NotYourCatalogue(DomainError):
    """Not an admin of the matter's department, or no such draft: the same answer."""

    status = 404
    message = "没有找到这个事项或草稿，或者它不归您现在的岗位管理。请从“事项管理”里打开。"


class DraftChanged(DomainError):
    """Somebody saved since the page was read."""

    status = 409
    message = "这份草稿刚刚被别的页面或同事改过，您这一次没有存上。请打开最新的草稿，再改一次。"


class DraftClosed(DomainError):
    """It is with the second person, published or dropped: nothing can be written in it now."""

    status = 409
    message = "这份草稿现在不能改：已经送复核、发布或放弃。送复核的，先退回再改。"


class DraftTooLarge(DomainError):
    """A package is at most a megabyte."""

    status = 413
    message = "这份草稿太大了，没有存上。请删去不用的内容。"
