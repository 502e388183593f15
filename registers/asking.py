"""Asking registers: every question is on record before it goes out, all of a batch go out together.

Before a question goes out: is an answer kept that may be used again, is the register's breaker closed, is there what it
wants to see of us? All registers of one decision share one budget of time; what has not answered by then is unknown.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from common import clock
from common.statements.planned import Planned
from common.statements.worded import NO_WAIT, Insert
from registers import answering, authenticating, breaking, calling, keeping, selectors
from registers.answering import Content, Outcome
from registers.authenticating import Unconfigured
from registers.calling import Call, Calls, Reply
from registers.models import Register, RegisterCall

# Not waited for until it is on disk: the call is, and so will be whatever is decided on its answer, later in the log.
_CALLS = Insert(RegisterCall)
_WRITE_BACK = Planned(
    """
UPDATE registers_registercall AS c
   SET outcome = n.outcome, error = n.error, latency_ms = n.latency_ms, attempts = n.attempts
  FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::integer[], %s::integer[])
       AS n(id, outcome, error, latency_ms, attempts)
 WHERE c.id = n.id
""",
    before=NO_WAIT,
)
RESTING = "连续没有回答，暂停查询"
UNCONFIGURED = "没有配置访问凭据"
UNKNOWN_REGISTER = "没有登记这个数据来源"
NOT_ENCRYPTED = "地址不是 https，没有发出"
# What the sheet adds for who is no clerk; an ordinary failure needs no more words than 数据源未响应.
_TOLD = {RESTING: "对方系统这几分钟都没有回答，先不再问", calling.OVER_BUDGET: "等了太久，没有等到回答"}


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
        return self.outcome in {Outcome.HIT, Outcome.NO_HIT}

    @property
    def told(self) -> str:
        """Return in an applicant's words why nothing was heard, empty where there is nothing to add."""
        return _TOLD.get(self.error, "")


class Asking:
    """The questions of a batch, under way from the moment this is made."""

    def __init__(self, questions: Sequence[Question]) -> None:
        """Record every question, and send what has to be sent; outside any transaction: registers take their time."""
        self._until = time.monotonic() + settings.REGISTER_BUDGET_MS / 1000
        self._registers = selectors.known({question.register_name for question in questions})
        self._questions = questions
        self._answers: dict[int, Answer] = {}
        at = clock.now()
        known = [n for n, question in enumerate(questions) if question.register_name in self._registers]
        for n in set(range(len(questions))) - set(known):
            self._answers[n] = Answer(Outcome.FAILED, {}, at, 0, UNKNOWN_REGISTER)
        self._places = self._kept(known)
        self._hold_back([n for n in known if n not in self._answers], at)
        self._sent = [n for n in known if n not in self._answers]
        self._records = _record([self._row(n, at) for n in known])
        self._row_of = dict(zip(known, self._records, strict=True))
        self._calls = Calls(self._written())

    @property
    def under_way(self) -> bool:
        """Return whether any answer is still to be taken."""
        return self._calls.under_way or bool(self._answers)

    @property
    def calls(self) -> Calls:
        """Return what is waited for."""
        return self._calls

    def take(self) -> dict[int, Answer]:
        """Return the answers that came since the last time, by the number of their question, and put them on record."""
        found, self._answers = self._answers, {}
        replies = {self._sent[at]: reply for at, reply in self._calls.take().items()}
        contents = {n: answering.read(reply, register=self._register(n)) for n, reply in replies.items()}
        _write_back([(self._row_of[n], replies[n], content) for n, content in contents.items()])
        at = clock.now()
        self._note(contents, replies)
        keeping.keep(
            [(self._register(n), self._places[n], one) for n, one in contents.items() if n in self._places],
            at=at,
        )
        return found | {
            n: Answer(one.outcome, one.values, at, replies[n].latency_ms, one.error)
            for n, one in contents.items()
        }

    def _register(self, n: int) -> Register:
        return self._registers[self._questions[n].register_name]

    def _kept(self, known: Sequence[int]) -> dict[int, str]:
        """Answer what may be answered from what was kept; return where each other answer is to be kept."""
        places = {
            n: keeping.address(self._register(n), _query(self._questions[n]))
            for n in known
            if self._register(n).cache_seconds
        }
        kept = keeping.find([(self._register(n), place) for n, place in places.items()])
        for n, one in zip(list(places), kept, strict=True):
            if one is not None:
                self._answers[n] = Answer(one.content.outcome, one.content.values, one.at, 0)
        return places

    def _hold_back(self, wanted: Sequence[int], at: datetime) -> None:
        """Answer at once what would be asked of a register whose breaker is open, but for the one that tries it."""
        counts = Counter(self._register(n).name for n in wanted)
        allowed = breaking.allowed([self._registers[name] for name in sorted(counts)])
        for n in wanted:
            name = self._register(n).name
            left = allowed[name]
            if left is None:
                continue
            if left:
                allowed[name] = left - 1
            else:
                self._answers[n] = Answer(Outcome.UNSENT, {}, at, 0, RESTING)

    def _row(self, n: int, at: datetime) -> RegisterCall:
        question, answer = self._questions[n], self._answers.get(n)
        return RegisterCall(
            register=self._register(n),
            case_reference=question.case_reference,
            matter_code=question.matter_code,
            purpose=question.purpose[:200],
            asked_at=at,
            outcome=answer.outcome if answer else Outcome.ASKED,
            error=answer.error if answer else "",
            answer_of=answer.at if answer and answer.answered else None,
        )

    def _written(self) -> list[Call]:
        """Return the questions as they go out; what lacks its credentials fails before it is sent."""
        return [
            _call(self._questions[n], self._register(n), self._row_of[n], until=self._until)
            for n in self._sent
        ]

    def _note(self, contents: Mapping[int, Content], replies: Mapping[int, Reply]) -> None:
        """Tell the breakers; what was never sent for want of credentials or time says nothing of a register."""
        answered, failed = Counter[str](), Counter[str]()
        for n, content in contents.items():
            if replies[n].attempts:
                (failed if content.outcome == Outcome.FAILED else answered)[self._register(n).name] += 1
        for name in sorted({*answered, *failed}):
            breaking.note(self._registers[name], answered=answered[name], failed=failed[name])


def wait_for(askings: Iterable[Asking], *, seconds: float) -> None:
    """Return once all have answered, or after `seconds`; sooner where something is to be looked at."""
    calling.wait_for([one.calls for one in askings], seconds=seconds)


def ask_many(questions: Sequence[Question]) -> list[Answer]:
    """Return an answer to each question, in order."""
    if not questions:
        return []
    asking = Asking(questions)
    answers: dict[int, Answer] = {}
    while asking.under_way:
        wait_for([asking], seconds=1.0)
        answers |= asking.take()
    return [answers[n] for n in range(len(questions))]


def _record(rows: list[RegisterCall]) -> list[RegisterCall]:
    """Commit one row a question before anything goes out."""
    if not rows:
        return []
    with transaction.atomic(durable=True):
        _CALLS.rows(rows)
    return rows


def _query(question: Question) -> dict[str, object]:
    return {name: _plain(value) for name, value in question.key.items()}


def _call(question: Question, register: Register, record: RegisterCall, *, until: float) -> Call:
    told = {
        "query": _query(question),
        "purpose": question.purpose,
        "case": question.case_reference,
        "matter": question.matter_code,
    }
    url = (register.base_url or settings.REGISTER_BASE_URL).rstrip("/") + register.path
    body = json.dumps(told, ensure_ascii=False).encode()
    call = Call(
        url=url,
        body=body,
        timeout=register.timeout_ms / 1000,
        attempts=register.attempts,
        register=register.name,
        backoff=register.backoff_ms / 1000,
        until=until,
        headers={
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-Request-ID": str(record.pk),
        },
    )
    return _proven(call, register)


def _proven(call: Call, register: Register) -> Call:
    """Add what proves who asks; without it nothing goes out."""
    try:
        proof = authenticating.headers(register, path=urlsplit(call.url).path, body=call.body)
        call.headers = {**call.headers, **proof}
        call.context = authenticating.context(register)
    except Unconfigured:
        call.refused = UNCONFIGURED
    if call.context is not None and not call.url.startswith("https://"):
        call.refused = NOT_ENCRYPTED
    return call


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _write_back(calls: Sequence[tuple[RegisterCall, Reply, Content]]) -> None:
    if not calls:
        return
    columns: list[list[UUID] | list[str] | list[int]] = [
        [record.pk for record, _, _ in calls],
        [str(content.outcome) for _, _, content in calls],
        [content.error[:120] for _, _, content in calls],
        [reply.latency_ms for _, reply, _ in calls],
        [reply.attempts for _, reply, _ in calls],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_BACK, columns)
