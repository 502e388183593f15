"""The last guard of the log: numbers that could identify a person are masked, wherever they stand in a line.

Nothing personal is to be logged in the first place. This catches what an exception or a library says all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from portal.observing import measuring

MARK = "[masked]"
# Ours, and of a form that is checked where they are set: masking could only make them useless for correlating.
KEPT = frozenset({"timestamp", "level", "logger", "request_id", "task_id", "case", "cases"})
_GAP = r"[ \-\u00a0\u3000－]?"
# 11 to 19 digits, also in groups: mobile (11), bank account (12-19), resident ID (15, 17 + X, 18; GB 11643). A case
# reference has 20 and stays; so does a UUID.
_NUMBER = re.compile(
    r"(?P<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)"
    rf"|(?<!\d)\d(?:{_GAP}\d){{10,18}}(?:{_GAP}[xXｘＸ])?(?!\d)"
)
# What PostgreSQL and pydantic add to their messages are the values themselves.
_VALUES = re.compile(r"(?m)^(?:DETAIL|CONTEXT|STATEMENT|HINT):.*$|^LINE \d+:.*\n\s*\^.*$|^LINE \d+:.*$")
_INPUT = re.compile(r"input_value=.*?, input_type")


def masked(text: str) -> str:
    """Return a text without numbers that could be an ID, a phone or an account."""
    return _NUMBER.sub(lambda found: found.group() if found["uuid"] else MARK, text)


def mask(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A structlog processor: mask every value but our own keys, and count the lines in which it was needed."""
    safe = {name: value if name in KEPT else _safe(value) for name, value in line.items()}
    if any(safe[name] != line[name] for name in safe if isinstance(line[name], str)):
        measuring.MASKED.inc()
    return safe


def _safe(value: Any) -> Any:
    match value:
        case None | bool() | float():
            return value
        case int():
            text = masked(str(value))
            return value if text == str(value) else text
        case str():
            return masked(_INPUT.sub("input_value=…, input_type", _VALUES.sub("…", value)))
        case Mapping():
            return {masked(str(name)): _safe(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_safe(inner) for inner in value]
        case _:
            return _safe(str(value))
