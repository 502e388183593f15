"""`python -m records.verify_export FILE`: checks an exported journal with nothing of the portal running, no Django."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain as concatenated
from pathlib import Path
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from records.proving import chain, exporting
from records.proving.exporting import ExportUnreadable
from records.proving.heads import HeadsUnreadable, read_heads
from records.proving.inspecting import Fault, Head, Inspection

Lines: TypeAlias = Iterator[tuple[str, dict[str, Any]]]


def verify_file(path: Path, *, public_key: str = "", heads_file: Path | None = None) -> list[Fault]:
    """Return the faults of an export. `public_key` (hex) pins the signer; `heads_file` is the auditor's own copy."""
    with path.open(encoding="utf-8") as source:
        said = (exporting.read_line(line) for line in source)
        begins, header = next(said, ("", {}))
        if begins != "export" or header.get("format") != exporting.FORMAT:
            raise ExportUnreadable(f"{path} does not begin like an export of format {exporting.FORMAT}")
        keys = _keys([public_key] if public_key else header["public_keys"].values())
        inspection = Inspection(now=datetime.fromisoformat(header["at"]), public_keys=keys)
        heads: list[Head] = []
        first_other = _read_entries(inspection, said)
        for kind, content in concatenated(first_other, said):
            if kind == "block":
                inspection.read_block(*exporting.as_block(content))
            else:
                heads.append(exporting.as_head(content))
    return inspection.finish(read_heads(heads_file) if heads_file else heads)


def _read_entries(inspection: Inspection, said: Lines) -> list[tuple[str, dict[str, Any]]]:
    """Feed entries up to the first line of another kind, and return that line, if there is one."""
    rest: list[tuple[str, dict[str, Any]]] = []

    def entries() -> Iterator[chain.Entry]:
        for kind, content in said:
            if kind != "entry":
                rest.append((kind, content))
                return
            yield exporting.as_entry(content)

    inspection.read_entries(entries())
    return rest


def _keys(hexes: Iterable[str]) -> dict[str, Ed25519PublicKey]:
    keys = [Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)) for text in hexes]
    return {chain.key_id(key): key for key in keys}


def main(arguments: list[str] | None = None) -> int:
    """Print every fault; exit 0 when sound, 1 with faults, 2 when the file cannot be read."""
    parser = argparse.ArgumentParser(prog="records.verify_export", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--public-key", default="", help="hex; without it the key named in the file is believed"
    )
    parser.add_argument("--heads", type=Path, help="your own copy of the heads file")
    options = parser.parse_args(arguments)
    try:
        faults = verify_file(options.file, public_key=options.public_key, heads_file=options.heads)
    except (OSError, ValueError, KeyError, TypeError, HeadsUnreadable) as error:
        sys.stderr.write(f"cannot read the export: {error!r}\n")
        return 2
    told = [*map(str, faults), f"{len(faults)} faults" if faults else "the journal is sound"]
    sys.stdout.write("\n".join(told) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
