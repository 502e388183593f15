"""Answers as they are kept (JSON), as facts (typed), and what is shown already filled in (预填)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.clock import day_of
from matters.counting import counted
from matters.editions import Compiled
from matters.format.questions import AskedQuestion
from rules import Fact, Facts, FactSpec, FactType, Source, SourceKind, Truth, UnknownReason
from rules.language.raw import Unreadable, value_of
from rules.wording.showing import masked, shower

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prefill:
    """A value already known: typed, as shown, and where and when it comes from (“居民身份证，2024-05-17 更新”)."""

    value: Any
    display: str
    source_label: str
    source_date: str = ""
    source_kind: str = ""


def prefill(compiled: Compiled, facts: Facts) -> dict[str, Prefill]:
    """Return fact name → what is already known, for every fact the form shows; what is missing is left out."""
    found = {}
    for name in compiled.prefills:
        fact, spec = facts.get(name), compiled.specs.get(name)
        if spec is not None and fact is not None and fact.missing is None and fact.value not in (None, ""):
            found[name] = Prefill(
                fact.value,
                display(spec, fact.value, compiled=compiled),
                spec.source_label,
                _moment(fact.source),
                str(spec.source_kind),
            )
    return found


def display(spec: FactSpec, value: Any, *, compiled: Compiled) -> str:
    """Return a value as its owner reads it in the form: numbers and house numbers masked."""
    if spec.type is FactType.TEXT and spec.personal:
        return masked(value) if value.isascii() else re.sub(r"\d+", "**", value)
    return shower(spec, vocabulary=compiled.vocabulary, mask=False)(value)


def form_facts(compiled: Compiled, answers: Answers, *, facts: Facts, on: date) -> dict[str, Fact]:
    """Return `form.<name>` for every question: answered, taken over from the fact that fills it, or NOT_ASKED.

    Hidden questions are NOT_ASKED whatever was once answered; an optional one left empty is known to be empty.
    """
    known: dict[str, Fact] = {}
    for question in compiled.package.questions:
        shown = is_visible(compiled, question, facts={**facts, **known}, on=on)
        known[question.fact] = (
            _answered(compiled, question, answers, facts)
            if shown
            else Fact.unknown(UnknownReason.NOT_ASKED, form_source(compiled, question))
        )
    return known


def is_visible(compiled: Compiled, question: AskedQuestion, *, facts: Facts, on: date) -> bool:
    """Return whether a question is asked in this situation; only a proven condition shows it."""
    condition = compiled.visibility.get(question.name)
    if condition is None:
        return True
    return condition.holds(counted(facts, vocabulary=compiled.vocabulary, on=on), on=on) is Truth.PASS


def form_source(compiled: Compiled, question: AskedQuestion) -> Source:
    """Return the form as the source of an answer."""
    return Source(
        SourceKind.FORM, question.name, compiled.specs[question.fact].source_label, field=question.name
    )


def _answered(compiled: Compiled, question: AskedQuestion, answers: Answers, facts: Facts) -> Fact:
    source = form_source(compiled, question)
    if question.name in answers:
        try:
            value = value_of(answers[question.name], spec=compiled.specs[question.fact])
        except Unreadable:
            return Fact.unknown(UnknownReason.UNREADABLE, source)
        return Fact.known(value, source)
    if question.prefill is not None:
        return facts.get(question.prefill) or Fact.unknown(UnknownReason.NOT_ASKED, source)
    return (
        Fact.known(None, source) if not question.required else Fact.unknown(UnknownReason.NOT_ASKED, source)
    )


def _moment(source: Source | None) -> str:
    return day_of(source.at).isoformat() if source and source.at else ""
