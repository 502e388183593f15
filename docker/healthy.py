"""The container's own health check: exits 0 when the web server in it answers."""

from __future__ import annotations

import os
import sys
import urllib.request

ADDRESS = os.environ.get("HEALTH_ADDRESS", "http://127.0.0.1:8000/healthz/live")


def main() -> int:
    """Ask as the proxy would: for the public host, over HTTPS."""
    headers = {"Host": os.environ["PUBLIC_HOST"], "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(ADDRESS, headers=headers)
    with urllib.request.urlopen(request, timeout=4) as answer:
        return int(answer.status != 200)


if __name__ == "__main__":
    sys.exit(main())
