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


class DraftHasFaults(DomainError):
    """It cannot be handed in or published as it stands."""

    status = 422

    def __init__(self, count: int) -> None:
        """Say how many places must be mended."""
        super().__init__(f"还有 {count} 处待改，改好以后再来。每一处都列在“复核与发布”页上。")


class SecondPersonNeeded(DomainError):
    """Who wrote does not publish (职责分离)."""

    status = 403
    message = "您在这份草稿里写过内容，不能由您发布。请让另一位事项管理员复核后发布。"


class WrongDay(DomainError):
    """An edition is in force from today or from a day within a year."""

    status = 422
    message = "生效日期要在今天到一年以内。请重新选一个日子。"


class NotTested(DomainError):
    """A change is tried on past cases before it binds anybody."""

    status = 409
    message = "先用历史办件回测：这份草稿最后一次改动以后，还没有回测过。"


class SameAsInForce(DomainError):
    """There is nothing to publish."""

    status = 409
    message = "这份草稿和在用的版本完全一样，不用发布。不再需要的，请放弃草稿。"


class NothingToCallOff(DomainError):
    """No edition waits for its day."""

    status = 409
    message = "没有等待生效的版本，或者它今天已经生效。已经生效的，请起草新版本，或者先停用秒批。"


class WrongCode(DomainError):
    """The implementation code is 31 characters and begins with the body's own credit code (ZWFW C 0109)."""

    status = 422
    message = "实施编码要有 31 位，前 18 位是本部门的统一社会信用代码。请核对后再填。"


class CodeTaken(DomainError):
    """A matter of that code exists."""

    status = 409
    message = "这个实施编码已经有事项了。要改那个事项，请打开它，起草新版本。"


class DraftOfThatCode(DomainError):
    """Somebody writes a matter of that code already: whose draft it is is said, and it is not opened in its place."""

    status = 409

    def __init__(self, *, name: str, writer: str) -> None:
        """Name the draft that is there."""
        super().__init__(f"{writer}正在用这个编码写“{name}”。要一起写，请从“事项管理”里打开那份草稿。")


class NameTaken(DomainError):
    """A matter of the department has the name."""

    status = 409
    message = "本部门已经有叫这个名字的事项或草稿，群众分不清，请换一个名字。"


class NoReason(DomainError):
    """An act that others must understand later says why."""

    status = 422
    message = "请写明原因，最多 200 个字。"


LONGEST_REASON = 200


def reason_given(reason: str) -> str:
    """Return a reason without blanks around it; raises NoReason where there is none or far too much."""
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise NoReason
    return said
