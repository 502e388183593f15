"""Why an uploaded file is not taken, in words that say what to do."""

from __future__ import annotations

from common.errors import DomainError


class FileRefused(DomainError):
    """The file is not kept; nothing else of the form is lost."""

    status = 422
    message = "这个文件没有收下。请换一个文件再上传。"


class TooLarge(FileRefused):
    """More bytes than one file may have."""

    status = 413

    def __init__(self, size: int, *, limit: int) -> None:
        super().__init__(
            f"这个文件有 {megabytes(size)} MB，超过 {megabytes(limit)} MB，没有收下。"
            "请用手机重新拍一张，或把文件缩小后再上传。"
        )


class Empty(FileRefused):
    """Nothing in it: a transfer that broke off on the way to the browser, or a file still in a cloud."""

    message = "这个文件是空的，没有收下。请确认文件能打开，再重新选择。"


class NotThisKind(FileRefused):
    """Another kind of file, whatever its name says."""

    def __init__(self, *, seen: str, wanted: str) -> None:
        super().__init__(
            f"这是{_spaced(seen)}，不能收。请上传{_spaced(wanted)}。改文件名没有用，要用原来的程序另存为这些格式。"
        )


class Broken(FileRefused):
    """It begins as it should and cannot be opened."""

    message = "这个文件打不开，可能已经损坏。请确认在您的手机或电脑上能打开，再上传；照片可以重新拍一张。"


class TooManyPixels(FileRefused):
    """A picture that would fill the memory of the server when opened."""

    def __init__(self, *, width: int, height: int) -> None:
        super().__init__(f"这张图片有 {width}×{height} 像素，太大了。请缩小，或用手机重新拍一张。")


class TooManyPages(FileRefused):
    """More pages than an officer can be asked to read."""

    def __init__(self, pages: int, *, limit: int) -> None:
        super().__init__(f"这个 PDF 有 {pages} 页，最多 {limit} 页。请只留下需要的几页再上传。")


class Locked(FileRefused):
    """A PDF that asks for a password: nobody could read it."""

    message = "这个 PDF 加了密码，工作人员打不开。请去掉密码，或把每一页拍成照片再上传。"


class Active(FileRefused):
    """A PDF with scripts, attached files or forms that run programs."""

    message = "这个 PDF 里带有脚本或附件，为了安全不能收。请打印成新的 PDF，或把每一页拍成照片再上传。"


class Busy(FileRefused):
    """Too many files are being looked at at the same time."""

    status = 503
    retry_after = 10
    message = "现在上传的人多，这个文件还没有收下。请过十几秒再上传一次。"


class NoSuchFile(DomainError):
    """Unknown, somebody else's, or quarantined: the same answer, so that addresses cannot be probed."""

    status = 404
    message = "没有找到这个文件，它可能已经删除。请从办件里打开。"


class NotScannedYet(DomainError):
    """The original may be taken away only after the virus scan."""

    status = 409
    message = "这个文件还没有查毒，暂时不能下载原件。可以先在页面上看图；查毒完成后再下载。"


def _spaced(words: str) -> str:
    """Return words as they follow Chinese ones: a Latin name stands apart."""
    return f" {words}" if words[:1].isascii() else words


def megabytes(size: int) -> str:
    """Return a size in MB with at most one digit behind the point."""
    return f"{size / 1_000_000:.1f}".removesuffix(".0")
