"""Editions ready for use: parsed and prepared once per process, for they never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from matters.counting import counted
from matters.format.package import Package, parse_package
from matters.format.questions import AskedQuestion, Material, Page, RegisterUse
from matters.format.templates import placeholders
from matters.models import Edition
from rules import (
    Facts,
    FactSpec,
    PreparedChecks,
    PreparedCondition,
    Truth,
    Verdict,
    Vocabulary,
    facts_needed,
    parse_vocabulary,
    prepare,
)

KEPT = 500
# For defer(): a package is large, and `compiled` keeps it prepared, so no case needs to bring it along.
UNREAD = ("edition__content", "edition__vocabulary")
_ROW = [one.attname for one in Edition._meta.concrete_fields if f"edition__{one.name}" not in UNREAD]


@dataclass(frozen=True, slots=True)
class Compiled:
    """Everything approvals and the pages need of an edition, without parsing it again.

    `certificates` is the scope an authorisation covers: slug → field names (none: only whether one is held).
    `needed` are the facts judged on, `prefills` those shown in the form, `asks_after` those that decide what is asked;
    derived ones replaced by their origins.
    """

    edition_id: UUID | None
    number: int
    package: Package
    vocabulary: Vocabulary
    specs: Mapping[str, FactSpec]
    checks: PreparedChecks
    certificates: Mapping[str, tuple[str, ...]]
    registers: tuple[RegisterUse, ...]
    questions: Mapping[str, AskedQuestion]
    visibility: Mapping[str, PreparedCondition]
    conditional_materials: Mapping[str, PreparedCondition]
    needed: frozenset[str]
    prefills: frozenset[str]
    asks_after: frozenset[str]

    @property
    def pages(self) -> tuple[Page, ...]:
        """Return the question pages in order."""
        return self.package.form.pages

    @property
    def file_questions(self) -> tuple[AskedQuestion, ...]:
        """Return the questions that are answered by uploading; most matters have none."""
        return tuple(question for question in self.questions.values() if question.is_file)

    def judge(self, facts: Facts, *, on: date) -> Verdict:
        """Return the verdict of facts on a day; working days count as `counting.counted` put them among the facts."""
        return self.checks.judge(facts, on=on)

    def possible_rows(self, facts: Facts, *, on: date) -> tuple[int, ...]:
        """Return the rows of the outcome table that facts do not rule out on a day."""
        return self.checks.possible_rows(facts, on=on)

    def materials(self, facts: Facts, *, on: date) -> tuple[Material, ...]:
        """Return the materials this situation asks for; what is not certain to be needed is not asked."""
        facts = counted(facts, vocabulary=self.vocabulary, on=on)
        return tuple(
            material
            for material in self.package.materials
            if material.when is None
            or self.conditional_materials[material.code].holds(facts, on=on) is Truth.PASS
        )


_cache: dict[UUID, Compiled] = {}
_rows: dict[UUID, tuple[Any, ...]] = {}


def compiled(edition: Edition) -> Compiled:
    """Return the edition prepared; the first call in a process parses it, later ones cost a dictionary look-up."""
    known = _cache.get(edition.id)
    if known is None:
        vocabulary = parse_vocabulary(edition.vocabulary)
        known = compile_package(
            parse_package(edition.content),
            vocabulary=vocabulary,
            edition_id=edition.id,
            number=edition.number,
        )
        if len(_cache) >= KEPT:
            _cache.pop(next(iter(_cache)))
        _cache[edition.id] = known
    return known


def row(edition_id: UUID) -> Edition:
    """Return an edition without what UNREAD names: it never changes, and is read from the database once a process."""
    values = _rows.get(edition_id)
    if values is None:
        values = _rows[edition_id] = Edition.objects.values_list(*_ROW).get(pk=edition_id)
    return Edition.from_db(None, _ROW, values)


def compile_package(
    package: Package, *, vocabulary: Vocabulary, edition_id: UUID | None = None, number: int = 0
) -> Compiled:
    """Return a package prepared with its vocabulary, published or not."""
    table = [package.outcome] if package.outcome else []
    return Compiled(
        edition_id=edition_id,
        number=number,
        package=package,
        vocabulary=vocabulary,
        specs=vocabulary.by_name,
        checks=prepare(package.checks, vocabulary=vocabulary, outcome_table=package.outcome),
        certificates={use.type: use.fields for use in package.uses.certificates},
        registers=package.uses.registers,
        questions={question.name: question for question in package.questions},
        visibility=_conditions({q.name: q.visible_when for q in package.questions}, vocabulary),
        conditional_materials=_conditions({m.code: m.when for m in package.materials}, vocabulary),
        needed=facts_needed(package.checks, table, vocabulary=vocabulary),
        prefills=_prefills(package),
        asks_after=facts_needed(
            [q.visible_when for q in package.questions if q.visible_when is not None], vocabulary=vocabulary
        ),
    )


def _conditions(conditions: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, PreparedCondition]:
    return {
        name: PreparedCondition(condition, vocabulary=vocabulary)
        for name, condition in conditions.items()
        if condition is not None
    }


def _prefills(package: Package) -> frozenset[str]:
    direct = {question.prefill for question in package.questions if question.prefill}
    hinted = {name for q in package.questions for option in q.options for name in placeholders(option.hint)}
    return frozenset(direct | hinted)
