"""How gunicorn serves the portal: many quick pages, and a few requests that wait for a decision, so threads."""

from __future__ import annotations

import os
from pathlib import Path

worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "16"))  # up to 8 of them may wait for a decision
preload_app = False  # a database connection or a key opened before the fork would be shared
keepalive = 15
timeout = 60
graceful_timeout = 10
max_requests = 20_000
max_requests_jitter = 2_000
memory = Path("/dev/shm")  # noqa: S108 -- gunicorn makes its own private file there
worker_tmp_dir = str(memory) if memory.is_dir() else None
control_socket_disable = True  # its socket would stand in the home folder, one for all checkouts
accesslog = None  # addresses of pages name cases; the proxy and the metrics know the traffic
