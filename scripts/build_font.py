"""Cuts the fonts of sealed papers out of Debian's fonts-noto-cjk; run by hand when that package changes.

apt-get install fonts-noto-cjk && pip install fonttools==4.68.0
python scripts/build_font.py /usr/share/fonts/opentype/noto
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "templates/papers/fonts"
SIMPLIFIED = 2  # of the five fonts in a collection: JP, KR, SC, TC, HK
EVERYTHING_BUT_HANGUL = (
    "U+0020-2FFF,U+3000-312F,U+3190-33FF,U+3400-A4CF,U+F900-FAFF,U+FE10-FE6F,U+FF00-FF60,U+FFE0-FFEF,"
    "U+20000-3FFFF"
)


def common() -> str:
    """Return the characters of GB 2312 and of Latin print: what a title is set in; others fall back to Regular."""
    rows = (bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    han = {ord(text) for row in rows if (text := row.decode("gb2312", "ignore"))}
    return ",".join(f"U+{point:04X}" for point in sorted(han | set(range(0x20, 0x7F)) | {0xB7, 0x2014}))


def cut(folder: Path, *, weight: str, characters: str) -> None:
    """Write one weight: no hints and no East Asian alternatives, which a PDF of one language never uses."""
    target = FOLDER / f"NotoSerifSC-{weight}.otf"
    subprocess.run(
        [
            "pyftsubset",
            str(folder / f"NotoSerifCJK-{weight}.ttc"),
            f"--font-number={SIMPLIFIED}",
            f"--unicodes={characters}",
            "--layout-features=kern",
            "--no-hinting",
            "--drop-tables+=VORG,vhea,vmtx",
            f"--output-file={target}",
        ],
        check=True,
    )
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1e6:.1f} MB")


def main() -> None:
    """Write both weights."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    cut(Path(sys.argv[1]), weight="Regular", characters=EVERYTHING_BUT_HANGUL)
    cut(Path(sys.argv[1]), weight="Bold", characters=common())


if __name__ == "__main__":
    main()
