"""How log lines look: JSON, one line each, for machines; plain ones for people who look at a demo.

The product logs with the standard library. Only this room knows structlog: it carries the request's and the task's
ids (context variables) to each line, lets through the few extra keys of `EXTRA`, and masks the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from portal.observing import masking

EXTRA = frozenset({"method", "route", "status", "ms", "user", "case", "cases", "claimed", "carried", "code"})
# Their messages hold the address that was asked for, and addresses may hold a token or a number.
_NAMING_ADDRESSES = ("django.request", "django.security", "django.server")
QUIET = {
    "django.request": "ERROR",  # 4xx: the request's own line says it
    "celery.worker.strategy": "WARNING",  # "received": the sealer alone would write a line a second
    "celery.app.trace": "WARNING",  # "succeeded", the same
    "celery.beat": "WARNING",
    "httpx": "WARNING",  # names the address of each call with its query
    "axes": "ERROR",  # names who failed to sign in
}


def configuration(*, level: str, plain: bool) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` takes: for Django's LOGGING and for gunicorn."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
        if plain
        else structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [
                    structlog.contextvars.merge_contextvars,
                    structlog.stdlib.add_log_level,
                    structlog.stdlib.add_logger_name,
                    structlog.stdlib.ExtraAdder(allow=EXTRA),
                    without_address,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.processors.format_exc_info,
                    masking.mask,
                ],
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # They bring handlers of their own along, which would write each line twice or in another form.
            **{
                name: {"handlers": [], "propagate": True}
                for name in ("gunicorn.error", "celery", "django", "django.server")
            },
            **{name: {"handlers": [], "propagate": True, "level": quiet} for name, quiet in QUIET.items()},
        },
    }


def without_address(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A structlog processor: keep what happened and drop where; the request's own line names the route."""
    if str(line.get("logger", "")).startswith(_NAMING_ADDRESSES):
        line["event"] = str(line.get("event", "")).partition(":")[0]
    return line
