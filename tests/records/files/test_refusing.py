"""Each file nobody should open: refused with words, in little time, and nothing of it is left."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from common.clock import SHANGHAI
from records.files import errors, keeping, recognising, rendering, storing
from records.files.errors import FileRefused
from records.files.recognising import Kind
from records.models import StoredFile
from tests.factories import uploads
from tests.factories.uploads import received

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)
SCRIPT = "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"
SCRIPTS = "/Names << /JavaScript << /Names [(x) << /S /JavaScript /JS (app.alert(1)) >>] >> >>"
ATTACHED = "/Names << /EmbeddedFiles << /Names [(x) 5 0 R] >> >>"
FILE = "<< /Type /Filespec /F (x.exe) /EF << /F 6 0 R >> >>"
LOCK = "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ({0}) /U ({0}) >> /ID [(a) (a)]".format("x" * 32)
Made = bytes | Callable[[], bytes]

REFUSED: list[tuple[str, Made, type[FileRefused], str]] = [
    ("a program", b"MZ" + bytes(3000), errors.NotThisKind, "一个程序"),
    ("a program for Linux", b"\x7fELF" + bytes(3000), errors.NotThisKind, "一个程序"),
    ("a page", b"<!DOCTYPE html><script>alert(1)</script>", errors.NotThisKind, "网页"),
    ("a drawing that acts", b"<svg onload='alert(1)'/>", errors.NotThisKind, "SVG"),
    ("an archive bomb", uploads.zip_bomb, errors.NotThisKind, "压缩包"),
    ("a Word file", b"PK\x03\x04" + b"word/document.xml" * 40, errors.NotThisKind, "Word"),
    ("an old Word file", b"\xd0\xcf\x11\xe0" + bytes(2000), errors.NotThisKind, "Word"),
    ("a film", b"\x00\x00\x00\x18ftypmp42" + bytes(2000), errors.NotThisKind, "视频"),
    ("a GIF", b"GIF89a" + bytes(2000), errors.NotThisKind, "GIF"),
    ("noise", bytes(range(1, 200)), errors.NotThisKind, "别的格式"),
    ("nothing", b"", errors.Empty, "空的"),
    ("a program behind the head of a JPEG", b"\xff\xd8\xff\xe0MZ" + bytes(5000), errors.Broken, "打不开"),
    ("half a photo's head", b"\xff\xd8\xff", errors.Broken, "打不开"),
    ("a photo of which the end is missing", lambda: uploads.photo()[:2000], errors.Broken, "打不开"),
    ("a PNG by its head alone", b"\x89PNG\r\n\x1a\n" + bytes(4000), errors.Broken, "打不开"),
    ("a HEIC by its head alone", b"\x00\x00\x00\x18ftypheic" + bytes(4000), errors.Broken, "打不开"),
    ("a PDF by its head alone", b"%PDF-1.7\n" + bytes(4000), errors.Broken, "打不开"),
    ("900 million pixels", uploads.pixel_bomb, errors.TooManyPixels, "30000×30000"),
    ("3,000 pages", lambda: uploads.pdf(3000), errors.TooManyPages, "有 3000 页，最多 20 页"),
    ("21 pages", lambda: uploads.pdf(21), errors.TooManyPages, "有 21 页"),
    ("a PDF without a page", lambda: uploads.pdf(0), errors.Broken, "打不开"),
    (
        "a PDF that runs a script when opened",
        lambda: uploads.written_pdf(catalogue=SCRIPT),
        errors.Active,
        "脚本",
    ),
    ("a PDF with named scripts", lambda: uploads.written_pdf(catalogue=SCRIPTS), errors.Active, "脚本"),
    (
        "a PDF with a file inside",
        lambda: uploads.written_pdf(FILE, "<< /Length 2 >>\nstream\nMZ\nendstream", catalogue=ATTACHED),
        errors.Active,
        "附件",
    ),
    ("a PDF with a password", lambda: uploads.written_pdf(trailer=LOCK), errors.Locked, "密码"),
]


@pytest.fixture(autouse=True)
def _shelves(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


def prepare(content: bytes, *, accept: tuple[str, ...] = ()) -> StoredFile:
    incoming = received(content)
    try:
        return storing.prepare(incoming, accept=accept, stream="case:1", owner="person:1", at=NOON)
    finally:
        incoming.drop()


def left(settings: Any) -> list[Path]:
    return [path for path in settings.FILES_DIR.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "error", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(settings: Any, content: Made, error: type[FileRefused], words: str) -> None:
    with pytest.raises(error) as raised:
        prepare(content() if callable(content) else content)
    assert type(raised.value) is error
    assert words in raised.value.message
    assert left(settings) == []


def test_too_many_bytes(settings: Any) -> None:
    settings.FILES = {**settings.FILES, "bytes": 1000}
    with pytest.raises(errors.TooLarge, match="超过 0 MB"):
        prepare(uploads.photo())
    assert left(settings) == []


@pytest.mark.parametrize("accept", [("pdf",), ("picture",), ("picture", "pdf"), ()])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF", "PDF"])
def test_only_the_kinds_a_question_names_are_taken(kind: str, accept: tuple[str, ...]) -> None:
    content = uploads.pdf() if kind == "PDF" else uploads.photo(kind=kind)
    wanted = not accept or ("pdf" if kind == "PDF" else "picture") in accept
    if wanted:
        assert recognising.recognise(content[:64], accept=accept) is Kind(kind)
    else:
        with pytest.raises(errors.NotThisKind):
            recognising.recognise(content[:64], accept=accept)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_a_picture_keeps_its_pixels_and_nothing_else(kind: str) -> None:
    stored = prepare(uploads.photo(kind=kind, sideways=kind == "JPEG", gps=kind == "JPEG"))
    kept = b"".join(keeping.read(stored.pk, keeping.MAIN))
    assert uploads.is_upright(kept)
    assert uploads.PLACE.encode() not in kept
    image = Image.open(io.BytesIO(kept))
    assert image.format == "JPEG"
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }
    assert (stored.content_type, stored.pages, stored.size) == ("image/jpeg", 1, len(kept))


def test_what_hides_behind_a_photo_is_gone() -> None:
    """A polyglot: a photo to one program, an archive or a page to another."""
    stored = prepare(uploads.photo() + b"<script>alert(1)</script>" + uploads.zip_bomb())
    kept = b"".join(keeping.read(stored.pk, keeping.MAIN))
    assert b"<script>" not in kept
    assert b"PK\x03\x04" not in kept


def test_a_transparent_picture_stands_on_white_paper() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(target, "PNG")
    kept = b"".join(keeping.read(prepare(target.getvalue()).pk, keeping.MAIN))
    assert Image.open(io.BytesIO(kept)).getpixel((20, 20)) == (255, 255, 255)


def test_a_large_picture_is_made_as_large_as_can_be_read() -> None:
    stored = prepare(uploads.photo(size=(3000, 4000)))
    assert Image.open(io.BytesIO(b"".join(keeping.read(stored.pk, keeping.MAIN)))).size == (1875, 2500)
    assert max(Image.open(io.BytesIO(b"".join(keeping.read(stored.pk, keeping.SMALL)))).size) == 640


def test_a_pdf_is_kept_as_it_came_and_drawn_page_by_page() -> None:
    content = uploads.pdf(3)
    stored = prepare(content)
    assert b"".join(keeping.read(stored.pk, keeping.MAIN)) == content
    assert (stored.content_type, stored.pages) == ("application/pdf", 3)
    assert keeping.has(stored.pk, keeping.page_part(1))
    assert not keeping.has(stored.pk, keeping.page_part(2)), "drawn when it is asked for"
    drawn = b"".join(storing.page(stored, number=2))
    assert Image.open(io.BytesIO(drawn)).size == (1240, 1755)
    assert keeping.has(stored.pk, keeping.page_part(2))


def test_a_pdf_that_inflates_costs_a_process_and_not_the_portal() -> None:
    """Decoded or not, it must end within its limits, and the next file is served."""
    with contextlib.suppress(errors.Broken):
        rendering.first_look([uploads.inflating_pdf()], kind=Kind.PDF)
    assert rendering.first_look([uploads.pdf()], kind=Kind.PDF).pages == 1


def test_a_program_that_hangs_is_ended(settings: Any, monkeypatch: Any, tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(rendering, "PROGRAM", slow)
    settings.FILES = {**settings.FILES, "seconds": -4}
    with pytest.raises(errors.Broken):
        rendering.first_look([b"x"], kind=Kind.PDF)


def test_what_opens_files_has_no_secret_and_little_memory(monkeypatch: Any, tmp_path: Path) -> None:
    nosy = tmp_path / "nosy.py"
    nosy.write_text(
        "import json, os, sys\n"
        f"sys.path.insert(0, {str(rendering.PROGRAM.parent)!r})\n"
        "import drawing\n"
        "order = json.loads(sys.stdin.buffer.readline()); drawing._limit(order['seconds'])\n"
        "secrets = [name for name in os.environ if name not in {'LC_CTYPE'}]\n"
        "try:\n    bytes(4_000_000_000); secrets.append('memory')\nexcept MemoryError: pass\n"
        f"leak = {str(tmp_path / 'leak')!r}\n"
        "try:\n    open(leak, 'wb', 0).write(b'x'); secrets.append('disk')\nexcept OSError: pass\n"
        "print(json.dumps({'pages': 1 if not secrets else 99, 'parts': []}))\n"
    )
    monkeypatch.setattr(rendering, "PROGRAM", nosy)
    assert rendering.first_look([b""], kind=Kind.PDF).pages == 1


def test_too_many_at_once_are_asked_to_wait(monkeypatch: Any) -> None:
    monkeypatch.setattr(rendering, "PATIENCE", 0.01)
    for _ in range(rendering.AT_ONCE):
        rendering._turns.acquire()
    try:
        with pytest.raises(errors.Busy, match="再上传一次"):
            rendering.first_look([uploads.pdf()], kind=Kind.PDF)
    finally:
        for _ in range(rendering.AT_ONCE):
            rendering._turns.release()
