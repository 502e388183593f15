"""Opens what strangers upload, in a process of its own with little memory, little time, no secrets and no disk.

Run as a program by `rendering`. It reads one line of JSON, then the file; it writes one line of JSON, then pictures.
It imports nothing of the portal: whatever a hostile file makes of it, it knows no key and no address.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageCms, ImageOps
from pillow_heif import register_heif_opener

MEMORY = 1_500_000_000  # bytes of address space: a picture of 60 million pixels, twice, and the libraries
DPI = 150  # of a page of a PDF, unless it is so large that its longest side decides
ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|GoToE|SubmitForm)\b")
XFA = {pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND}


class Refused(Exception):
    """The file is not taken: `why` is a word `rendering` turns into an error."""

    def __init__(self, why: str, **told: int) -> None:
        self.answer = {"refused": why, **told}
        super().__init__(why)


def main() -> None:
    """Answer one order."""
    order = json.loads(sys.stdin.buffer.readline())
    _limit(order["seconds"])
    content = sys.stdin.buffer.read()
    try:
        told, parts = picture(content, order) if order["do"] == "picture" else document(content, order)
    except Refused as refused:
        told, parts = refused.answer, {}
    told["parts"] = [[name, len(part)] for name, part in parts.items()]
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + b"".join(parts.values()))


def _limit(seconds: int) -> None:
    """Hold memory, processor time, files and the core dump, which would put the file on disk in clear."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def picture(content: bytes, order: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return a picture upright, in a size for reading and a small one, with nothing of it but its pixels."""
    register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # the limit below is refused with words, before anything is decoded
    with Image.open(io.BytesIO(content), formats=[order["format"]]) as opened:
        width, height = opened.size
        if width * height > order["pixels"]:
            raise Refused("pixels", width=width, height=height)
        opened.draft("RGB", (order["longest"], order["longest"]))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((order["longest"], order["longest"]), Image.Resampling.LANCZOS)
        plain = _plain(upright)
    if order.get("turn"):
        plain = plain.transpose(Image.Transpose.ROTATE_270)
    return {"pages": 1}, {"main": _jpeg(plain), "small": _small(plain, order)}


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels alone on white paper: a new image takes over no metadata, no profile, no comment."""
    clean = Image.new("RGB", image.size, "white")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        clean.paste(layer, mask=layer.getchannel("A"))
    else:
        clean.paste(_in_common_colours(image))
    return clean


def _in_common_colours(image: Image.Image) -> Image.Image:
    """Return a photo of a phone with wide colours as every screen shows it; a broken profile is left aside."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK"}:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert("RGB")
    return turned or image.convert("RGB")


def document(content: bytes, order: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Look a PDF over and return its first page, or draw the page that is asked for."""
    try:
        opened = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        locked = (
            pdfium_c.FPDF_GetLastError() == pdfium_c.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        )
        raise Refused("locked" if locked else "broken") from error
    pages = len(opened)
    if order["do"] == "page":
        return {"pages": pages}, {"page": _jpeg(_page(opened, order["page"], order))}
    if pages < 1:
        raise Refused("broken")
    if pages > order["pages"]:
        raise Refused("pages", pages=pages)
    if _is_active(opened, content):
        raise Refused("active")
    first = _page(opened, 1, order)
    return {"pages": pages}, {"page-1": _jpeg(first), "small": _small(first, order)}


def _is_active(opened: pdfium.PdfDocument, content: bytes) -> bool:
    raw = opened.raw
    return bool(
        pdfium_c.FPDFDoc_GetJavaScriptActionCount(raw) > 0
        or pdfium_c.FPDFDoc_GetAttachmentCount(raw) > 0
        or opened.get_formtype() in XFA
        or ACTIVE.search(content)
    )


def _page(opened: pdfium.PdfDocument, number: int, order: dict[str, Any]) -> Image.Image:
    page = opened[number - 1]
    scale = min(DPI / 72, order["longest"] / max(*page.get_size(), 1))
    drawn = page.render(scale=scale, may_draw_forms=False).to_pil()
    return _plain(drawn)


def _small(image: Image.Image, order: dict[str, Any]) -> bytes:
    copy = image.copy()
    copy.thumbnail((order["small"], order["small"]), Image.Resampling.LANCZOS)
    return _jpeg(copy, quality=80)


def _jpeg(image: Image.Image, *, quality: int = 88) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality, optimize=True, progressive=True)
    return target.getvalue()


if __name__ == "__main__":
    main()
