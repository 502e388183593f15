"""Registers as the supervision pages show them: up or down in a word, numbers, matters, cases held back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Post
from approvals import selectors as cases
from matters import selectors as catalogue
from matters.models import Matter
from portal.supervision.access import Supervisor
from portal.web.components.parts import Row
from registers import selectors as sources
from registers.models import Register, RegisterCall
from registers.selectors import Health, Window


@dataclass(frozen=True, slots=True)
class State:
    """How a register is, as a pill with its word and in a sentence."""

    pill: str
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the list."""

    register: Register
    state: State
    hour: Window
    day: Window
    held_back: int
    last_answer: datetime | None = None


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One matter that asks a register, and how many of its cases wait for want of an answer."""

    matter: Matter
    held_back: int
    deciding: Post | None


@dataclass(frozen=True, slots=True)
class FailureRow:
    """One question that was not answered: when, for which matter, why. Nothing of the person."""

    call: RegisterCall
    matter: str


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Everything the page of one register shows."""

    row: RegisterRow
    windows: Sequence[tuple[str, Window]]
    matters: Sequence[MatterRow]
    failures: Sequence[FailureRow]
    how: Sequence[Row]


def register_rows(*, at: datetime) -> list[RegisterRow]:
    """Return every register, those in trouble first."""
    held = cases.held_back()
    rows = [_row(one, held.get(one.register.name, {})) for one in sources.health(at=at)]
    order = ("fail", "unknown", "pass", "neutral")
    return sorted(rows, key=lambda row: order.index(row.state.pill))


def register_page(supervisor: Supervisor, *, name: str, at: datetime) -> RegisterPage | None:
    """Return the page of one register, None for a name nobody knows."""
    found = next((one for one in sources.health(at=at) if one.register.name == name), None)
    if found is None:
        return None
    held = cases.held_back().get(name, {})
    return RegisterPage(
        row=_row(found, held),
        windows=(("近 1 小时", found.hour), ("近 24 小时", found.day)),
        matters=_matters(supervisor, name, held),
        failures=_failures(sources.failures(found.register, at=at)),
        how=_how(found.register),
    )


def state_of(one: Health) -> State:
    """Say how a register is, from its breaker and the last day."""
    if one.resting_since is not None:
        pause = one.register.breaker_pause_seconds
        return State(
            "fail",
            "暂停查询",
            f"连续没有回答，系统暂停查询，每 {pause} 秒试一次。恢复回答后自动继续，不用操作。",
        )
    if one.hour.failed and not one.hour.answered:
        return State("fail", "没有回答", "近 1 小时问了，没有一次得到回答。请联系数据提供单位。")
    if one.hour.failed:
        return State("unknown", "时好时坏", "近 1 小时有的问题没有得到回答，相关办件已转人工办理。")
    if one.day.sent or one.day.kept:
        return State("pass", "正常", "近 1 小时没有失败。")
    return State("neutral", "没有查询", "近 24 小时没有办件用到它。")


def _row(one: Health, held: Mapping[int, int]) -> RegisterRow:
    return RegisterRow(one.register, state_of(one), one.hour, one.day, sum(held.values()), one.last_answer)


def _matters(supervisor: Supervisor, name: str, held: Mapping[int, int]) -> list[MatterRow]:
    wanted = catalogue.asking_registers().get(name, set()) | set(held)
    found = Matter.objects.filter(pk__in=wanted).select_related("department").order_by("name", "pk")
    return [MatterRow(one, held.get(one.pk, 0), supervisor.deciding_in(one.department_id)) for one in found]


def _failures(calls: Iterable[RegisterCall]) -> list[FailureRow]:
    shown = list(calls)
    codes = {call.matter_code for call in shown}
    names = dict(Matter.objects.filter(code__in=codes).values_list("code", "name"))
    return [FailureRow(call, names.get(call.matter_code, "—")) for call in shown]


def _how(register: Register) -> list[Row]:
    kept = (
        f"{register.cache_seconds} 秒内同样的问题沿用上次的回答"
        if register.cache_seconds
        else "每次都重新查询"
    )
    resting = (
        f"{register.breaker_window_seconds} 秒内连续 {register.breaker_failures} 次没有回答，"
        f"暂停 {register.breaker_pause_seconds} 秒"
        if register.breaker_failures
        else "不暂停"
    )
    patience = f"一次最多等 {register.timeout_ms / 1000:g} 秒，其间最多试 {register.attempts} 次"
    return [
        Row("数据提供单位", register.provider),
        Row("查询依据", register.basis),
        Row("等待", patience),
        Row("沿用", kept),
        Row("暂停", resting),
    ]
