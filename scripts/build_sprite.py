"""Builds static/img/sprite.svg from an unpacked @tabler/icons package; run by hand when an icon is added.

npm pack @tabler/icons@3.51.0 && tar xzf tabler-icons-3.51.0.tgz
python scripts/build_sprite.py package/icons
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ROOT / "static/vendor/tabler/icons.txt"
SPRITE = ROOT / "static/img/sprite.svg"
MARK = (
    '<symbol id="mark" viewBox="0 0 44 44"><g fill="none" stroke="currentColor" stroke-width="2.6" '
    'stroke-linecap="round" stroke-linejoin="round"><path d="M12 25V13.5q5-1.8 10 1 5-2.8 10-1V25"/>'
    '<path d="M22 14.5V23"/><path d="M9 29.5q3.25-3 6.5 0t6.5 0 6.5 0 6.5 0"/>'
    '<path d="M13 34.5q2.25-2.2 4.5 0t4.5 0 4.5 0 4.5 0"/></g></symbol>'
)


def drawing(path: Path) -> str:
    """Return the shapes of one icon without its <svg> frame and without Tabler's empty bounding path."""
    body = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    body = re.sub(r"^.*?<svg[^>]*>|</svg>", "", body, flags=re.DOTALL)
    body = re.sub(r'<path stroke="none"[^>]*fill="none"\s*/>', "", body)
    return re.sub(r"\s*\n\s*", "", body)


def sprite(folder: Path, names: list[str]) -> str:
    """Return the whole sprite: one <symbol> an icon, plus our own mark."""
    symbols = [
        f'<symbol id="{n}" viewBox="0 0 24 24">{drawing(folder / "outline" / f"{n}.svg")}</symbol>'
        for n in names
    ]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join([MARK, *symbols]) + "\n</svg>\n"


if __name__ == "__main__":
    wanted = sorted(set(NAMES.read_text(encoding="utf-8").split()))
    SPRITE.write_text(sprite(Path(sys.argv[1]), wanted), encoding="utf-8")
    print(f"{len(wanted)} icons, {SPRITE.stat().st_size} bytes")
