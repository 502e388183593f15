"""What a file is, by its first bytes; its name and what the browser says of it count for nothing."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from records.files.errors import Empty, NotThisKind


class Kind(StrEnum):
    """What may be uploaded, by what opens it."""

    JPEG = "JPEG"
    PNG = "PNG"
    HEIF = "HEIF"
    PDF = "PDF"


PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.HEIF})
WORDS = {"picture": "照片或图片（JPG、PNG、HEIC）", "pdf": "PDF"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_ALLOWED = ((b"\xff\xd8\xff", Kind.JPEG), (b"\x89PNG\r\n\x1a\n", Kind.PNG), (b"%PDF-", Kind.PDF))
_OTHERS = (
    (b"MZ", "一个程序"),
    (b"\x7fELF", "一个程序"),
    (b"\xcf\xfa\xed\xfe", "一个程序"),
    (b"#!", "一个脚本"),
    (b"PK\x03\x04", "压缩包或 Word、Excel 文档"),
    (b"PK\x05\x06", "压缩包"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"\xd0\xcf\x11\xe0", "Word、Excel 文档"),
    (b"{\\rtf", "Word 文档"),
    (b"GIF8", "GIF 动图"),
    (b"BM", "BMP 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"RIFF", "视频、声音或 WebP 图片"),
    (b"<", "网页或 SVG"),
)


def recognise(head: bytes, *, accept: Collection[str] = ()) -> Kind:
    """Return the kind of a file by its first 64 bytes; `accept` holds "picture", "pdf". Raises Empty, NotThisKind."""
    if not head:
        raise Empty
    kind = _kind(head)
    if kind is None or not _wanted(kind, accept):
        seen = _other(head) if kind is None else "PDF" if kind is Kind.PDF else "图片"
        raise NotThisKind(
            seen=seen, wanted="或 ".join(WORDS[name] for name in WORDS if not accept or name in accept)
        )
    return kind


def _kind(head: bytes) -> Kind | None:
    if head[4:8] == b"ftyp":
        return Kind.HEIF if head[8:12] in _HEIF_BRANDS else None
    return next((kind for signature, kind in _ALLOWED if head.startswith(signature)), None)


def _other(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "视频"
    return next((words for signature, words in _OTHERS if head.startswith(signature)), "别的格式的文件")


def _wanted(kind: Kind, accept: Collection[str]) -> bool:
    return not accept or ("pdf" if kind is Kind.PDF else "picture") in accept
