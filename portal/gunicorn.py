"""How gunicorn serves the portal: many quick pages, and a few requests that wait for a decision, so threads."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import structlog

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
# As much as the proxy before it hands on (docker/proxy.conf), so that what is too long is told in Chinese, there.
limit_request_line = 8190  # the largest gunicorn knows, bytes
limit_request_field_size = 16_384
accesslog = None  # addresses of pages name cases; the portal writes a line a request itself

# The master's few lines in the form of all others. It imports nothing of the portal, so that a reload loads all of it;
# in the workers Django's LOGGING takes over.
_json = os.environ.get("LOG_FORMAT", "plain" if os.environ.get("DEMO") == "1" else "json") != "plain"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer() if _json else structlog.dev.ConsoleRenderer(colors=False),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": [], "propagate": True, "level": "INFO"},
        "gunicorn.access": {"handlers": [], "propagate": False},
    },
}

# The workers' numbers (portal/observing/measuring.py): a folder for all, a slot for each.
NUMBERS = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(server: Any) -> None:
    """Begin with an empty folder of numbers."""
    folder = Path(os.environ.setdefault(NUMBERS, tempfile.mkdtemp(prefix="portal-numbers-")))
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()


def pre_fork(server: Any, worker: Any) -> None:
    """Give the worker the lowest free slot: it goes on counting in the files of the one before."""
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = next(slot for slot in itertools.count() if slot not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """Tell the worker its slot before it loads the portal."""
    os.environ["METRICS_SLOT"] = f"web{worker.slot}"


def on_exit(server: Any) -> None:
    """Leave no folder of ours behind."""
    shutil.rmtree(os.environ.get(NUMBERS, ""), ignore_errors=True)
