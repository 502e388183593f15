"""Files as people upload them, good and bad, made in memory; and a matter that asks for some."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw
from pillow_heif import from_pillow

from accounts.models import Person
from common import clock
from matters.importing import import_packages
from records.files.keeping import Incoming
from records.models import StoredFile

READER_CARD = "11440507MB2X00012R4442014002000"
PACKAGE = Path(__file__).parents[1] / "data" / "matters" / "reader-card.json"
SIDEWAYS = 6  # EXIF orientation: turn it a quarter to the right to see it as it was seen
GPS = 0x8825
PLACE = "Canon Harbour Road 7"  # written into the metadata, to be found nowhere afterwards


def publish(at: datetime) -> None:
    """Enter the matter that asks for a photo."""
    import_packages(PACKAGE, by="test", at=at)


def document(guardian: Person) -> StoredFile:
    """Return what shows a guardianship, as it waits for the request; a row alone, nothing lies on disk."""
    whose = f"person:{guardian.pk}"
    return StoredFile.objects.create(
        stream=whose,
        owner=whose,
        content_type=StoredFile.Type.PICTURE,
        size=1000,
        pages=1,
        digest=bytes(32),
        created_at=clock.now(),
    )


def received(content: bytes) -> Incoming:
    """Return content as the upload handler hands it over."""
    incoming = Incoming()
    for start in range(0, len(content), 65_536):
        incoming.write(content[start : start + 65_536])
    incoming.finish()
    return incoming


def face(width: int = 600, height: int = 800) -> Image.Image:
    """Return a portrait: the top is blue, the bottom is green, so that upright can be told."""
    image = Image.new("RGB", (width, height), (30, 90, 200))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height // 2, width, height), fill=(20, 160, 60))
    draw.ellipse((width // 4, height // 5, 3 * width // 4, 3 * height // 5), fill=(240, 210, 180))
    return image


def is_upright(content: bytes) -> bool:
    """Tell whether the portrait stands: taller than wide, blue above green."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    top, bottom = image.getpixel((5, 5)), image.getpixel((5, image.height - 6))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    return image.height > image.width and top[2] > top[1] and bottom[1] > bottom[2]


def photo(
    *, sideways: bool = False, gps: bool = False, kind: str = "JPEG", size: tuple[int, int] = (600, 800)
) -> bytes:
    """Return a photo; sideways as phones store it, with where it was taken and a comment if asked."""
    image = face(*size)
    exif = Image.Exif()
    if sideways:
        image = image.transpose(Image.Transpose.ROTATE_90)
        exif[0x0112] = SIDEWAYS
    if gps:
        exif[0x010E] = PLACE
        exif.get_ifd(GPS).update({1: "N", 2: (23.0, 21.0, 30.0), 3: "E", 4: (116.0, 42.0, 10.0)})
    target = io.BytesIO()
    if kind == "HEIF":
        from_pillow(image).save(target, quality=80)
    elif kind == "PNG":
        image.save(target, "PNG", exif=exif)
    else:
        image.save(target, kind, exif=exif, quality=85, comment=PLACE.encode() if gps else b"")
    return target.getvalue()


def pdf(pages: int = 1) -> bytes:
    """Return a PDF of blank pages."""
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def written_pdf(
    *objects: str, catalogue: str = "", trailer: str = "", page: str = "", draws: str = ""
) -> bytes:
    """Return a PDF of one page written by hand, with further objects (from number 5) and keys of its catalogue."""
    parts = [
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R {page} >>",
        f"<< /Length {len(draws)} >>\nstream\n{draws}\nendstream",
        *objects,
    ]
    content, offsets = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n{part}\nendobj\n".encode("latin-1")
    start = len(content)
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}"
    end = f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    return content + (head + end).encode()


def zip_bomb(name: str = "photo.jpg") -> bytes:
    """Return a small archive that holds twenty megabytes; with word/document.xml a Word file to some."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(20_000_000))
    return target.getvalue()


def pixel_bomb(side: int = 30_000) -> bytes:
    """Return a whole picture of a hundred kilobytes and 900 million pixels."""
    packer = zlib.compressobj(1)
    row = bytes(side // 8 + 2)
    body = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _piece(b"IHDR", head) + _piece(b"IDAT", body) + _piece(b"IEND", b"")


def _piece(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def inflating_pdf() -> bytes:
    """Return a PDF of a few hundred kilobytes whose one page draws a picture of a gigabyte."""
    packed = zlib.compress(bytes(16_000_000), 9)
    twice = zlib.compress(packed, 9)
    picture = (
        "<< /Type /XObject /Subtype /Image /Width 30000 /Height 30000 /ColorSpace /DeviceGray /BitsPerComponent 8"
        f" /Filter [/FlateDecode /FlateDecode] /Length {len(twice)} >>\nstream\n{twice.decode('latin-1')}\nendstream"
    )
    return written_pdf(
        picture, page="/Resources << /XObject << /I 5 0 R >> >>", draws="q 595 0 0 842 0 0 cm /I Do Q"
    )
