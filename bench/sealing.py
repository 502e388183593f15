"""Makes sealed papers inside the product: `python -m bench.sealing COUNT` prints what each took, as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from itertools import chain, zip_longest
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from certificates.models import Certificate  # noqa: E402 -- models need the settings first
from certificates.papers import making  # noqa: E402
from certificates.states import CertificateStatus  # noqa: E402
from common import clock  # noqa: E402


def chosen(count: int) -> list[Certificate]:
    """Return certificates that stand, of one type after the other."""
    kinds: dict[str, list[Certificate]] = defaultdict(list)
    rows = Certificate.objects.select_related("type", "holder_person", "holder_organisation", "seal")
    for row in rows.filter(status=CertificateStatus.VALID).order_by("type__slug", "pk")[: count * 20]:
        kinds[row.type.slug].append(row)
    return [row for row in chain.from_iterable(zip_longest(*kinds.values())) if row is not None][:count]


def measured(row: Certificate) -> dict[str, Any]:
    """Make one paper."""
    begun, worked = time.perf_counter(), time.process_time()
    content = making.paper_of(row, actor="bench", at=clock.now())
    spent = {"ms": time.perf_counter() - begun, "processor_ms": time.process_time() - worked}
    return {
        **{name: seconds * 1000 for name, seconds in spent.items()},
        "bytes": len(content),
        "type": row.type.slug,
    }


def main() -> None:
    """Make them, and hand some out again."""
    rows = chosen(int(sys.argv[1]))
    made = [measured(row) for row in rows]
    again = [measured(row)["ms"] for row in rows[:50]]
    print(json.dumps({"papers": made, "again": again, "tokens": [row.check_token for row in rows]}))


if __name__ == "__main__":
    main()
