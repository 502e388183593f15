"""Asking registers: every question is on record before it goes out, all of a batch go out together."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from common import clock
from registers import answering, calling
from registers.answering import Content, Outcome
from registers.calling import Call, Reply
from registers.models import Register, RegisterCall

# Not waited for until it is on disk: the call is, and so will be whatever is decided on its answer, later in the log.
_KNOWN = "SELECT * FROM registers_register WHERE name = ANY(%s)"
_WRITE_BACK = """
SET LOCAL synchronous_commit = off;
UPDATE registers_registercall AS c
   SET outcome = n.outcome, error = n.error, latency_ms = n.latency_ms, attempts = n.attempts
  FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::integer[], %s::integer[])
       AS n(id, outcome, error, latency_ms, attempts)
 WHERE c.id = n.id
"""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the key's values are sent in the body, never in an address or a log."""

    register_name: str
    key: Mapping[str, Any]
    case_reference: str
    matter_code: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Answer:
    """HIT: declared fields and found=True. NO_HIT: what that proves and found=False. FAILED: nothing at all."""

    outcome: Outcome
    values: Mapping[str, Any]
    at: datetime
    latency_ms: int
    error: str = ""

    @property
    def answered(self) -> bool:
        """Return whether the register said anything that may be relied on."""
        return self.outcome != Outcome.FAILED


def ask_many(questions: Sequence[Question]) -> list[Answer]:
    """Return an answer to each question, in order; outside any transaction, because registers take their time."""
    if not questions:
        return []
    names = sorted({question.register_name for question in questions})
    known = {one.name: one for one in Register.objects.raw(_KNOWN, [names])}
    asked = [
        (question, known[question.register_name]) for question in questions if question.register_name in known
    ]
    records = _record([question for question, _ in asked], known)
    replies = calling.call_all(
        [
            _call(question, register, record)
            for (question, register), record in zip(asked, records, strict=True)
        ]
    )
    contents = [
        answering.read(reply, register=register) for reply, (_, register) in zip(replies, asked, strict=True)
    ]
    _write_back(records, replies, contents)
    at = clock.now()
    answers = iter(
        [
            Answer(c.outcome, c.values, at, r.latency_ms, c.error)
            for c, r in zip(contents, replies, strict=True)
        ]
    )
    unknown = Answer(Outcome.FAILED, {}, at, 0, "没有登记这个数据来源")
    return [next(answers) if question.register_name in known else unknown for question in questions]


def _record(questions: Sequence[Question], known: Mapping[str, Register]) -> list[RegisterCall]:
    """Commit one row a question before anything goes out."""
    at = clock.now()
    rows = [
        RegisterCall(
            register=known[question.register_name],
            case_reference=question.case_reference,
            matter_code=question.matter_code,
            purpose=question.purpose[:200],
            asked_at=at,
        )
        for question in questions
    ]
    with transaction.atomic(durable=True):
        return RegisterCall.objects.bulk_create(rows)


def _call(question: Question, register: Register, record: RegisterCall) -> Call:
    body = {
        "query": {name: _plain(value) for name, value in question.key.items()},
        "purpose": question.purpose,
        "case": question.case_reference,
        "matter": question.matter_code,
    }
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "X-Request-ID": str(record.pk),
    }
    if register.secret_name:
        headers["Authorization"] = f"Bearer {os.environ.get(register.secret_name, '')}"
    return Call(
        url=(register.base_url or settings.REGISTER_BASE_URL).rstrip("/") + register.path,
        body=json.dumps(body, ensure_ascii=False).encode(),
        timeout=register.timeout_ms / 1000,
        attempts=register.attempts,
        headers=headers,
    )


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _write_back(
    records: Sequence[RegisterCall], replies: Sequence[Reply], contents: Sequence[Content]
) -> None:
    if not records:
        return
    columns: list[list[str] | list[int]] = [
        [str(record.pk) for record in records],
        [str(content.outcome) for content in contents],
        [content.error[:120] for content in contents],
        [reply.latency_ms for reply in replies],
        [reply.attempts for reply in replies],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_BACK, columns)
