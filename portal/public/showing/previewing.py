"""我能不能办: a few questions from a matter's own conditions, judged by them, and nothing kept of the answers.

No certificate and no register is read: that would be a use, with consent and a record. What only those can say stays
open, and is said to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict

from common import clock
from matters.counting import counted
from matters.editions import Compiled
from matters.format.questions import AskedQuestion, QuestionType
from matters.forms import reading
from matters.forms.answers import is_visible
from matters.forms.fields import ReadField, dress
from matters.sources import standing
from portal.public.showing.guiding import options_of
from rules import (
    Action,
    Fact,
    FactSpec,
    FactType,
    Finding,
    Leaf,
    Source,
    SourceKind,
    Truth,
    holds,
    sentence,
)
from rules.language.raw import value_of
from rules.language.tree import AllOf

MOST = 6
HELD = ".held"
MOST_RADIOS, MOST_OPTIONS = 5, 60
YOURS = Source(SourceKind.FORM, "preview", "您填的")
SKIP = ("", "不清楚，先跳过")
ON_PAPER = {
    SourceKind.CERTIFICATE,
    SourceKind.APPLICANT,
}  # of the rest only the registers and we ourselves know
# Asked first: what the most conditions are about.
_TURN = (FactType.DATE, FactType.DIVISION, FactType.BOOLEAN, FactType.CODE, FactType.INTEGER, FactType.MONEY)
_TYPED = {QuestionType.DATE, QuestionType.INTEGER, QuestionType.MONEY}
_CHOSEN = {QuestionType.CHOICE, QuestionType.BOOLEAN, QuestionType.DIVISION}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: what it is called, what may be chosen (nothing: it is typed), the facts an answer gives."""

    name: str
    label: str
    spec: FactSpec
    options: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]
    hint: str = ""
    question: AskedQuestion | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One check as the visitor reads it."""

    name: str
    words: str
    note: str = ""
    fits: str = ""  # what was answered of one that is still open, and fits


@dataclass(frozen=True, slots=True)
class Answer:
    """What can be said. `kind`: can, maybe_not, open. `skipped`: questions that were not answered."""

    kind: str
    skipped: int
    against: tuple[Point, ...]
    open: tuple[Point, ...]
    fine: tuple[Point, ...]
    gives: tuple[tuple[str, str], ...]
    fits: bool = False


def asked(compiled: Compiled) -> list[Asked]:
    """Return the questions; none where a visitor could answer nothing that matters."""
    papers = list(_of_certificates(compiled))
    first = [one for one in papers if one.spec.type in {FactType.DATE, FactType.DIVISION}]
    rest = [one for one in papers if one not in first]
    return [*first, *_of_form(compiled), *rest][:MOST]


def _of_form(compiled: Compiled) -> Iterator[Asked]:
    """Yield the form's own questions that decide something, but promises: those are made when applying."""
    promised = {
        one.given for material in compiled.package.materials for one in material.replaced_by if one.given
    }
    wanted = compiled.needed | (compiled.asks_after if _hides_needed(compiled) else frozenset())
    for one in compiled.package.questions:
        known = one.type in _TYPED | _CHOSEN and one.prefill is None
        if not known or one.fact not in wanted or {one.name, one.fact} & promised:
            continue
        spec = compiled.specs[one.fact]
        options = (
            _divisions(compiled, one.within or "") if one.type is QuestionType.DIVISION else options_of(one)
        )
        if len(options) <= MOST_OPTIONS:
            yield Asked(f"q_{one.name}", one.label, spec, tuple(options), (one.fact,), one.hint, one)


def _hides_needed(compiled: Compiled) -> bool:
    return any(f"form.{name}" in compiled.needed for name in compiled.visibility)


def _of_certificates(compiled: Compiled) -> Iterator[Asked]:
    """Yield what stands on people's papers; the same thing on two papers is asked once."""
    groups: dict[tuple[FactType, str], list[FactSpec]] = {}
    for name, spec in compiled.specs.items():
        if name in compiled.needed and spec.source_kind in ON_PAPER and spec.type in _TURN:
            groups.setdefault((spec.type, spec.label), []).append(spec)
    for at, specs in enumerate(sorted(groups.values(), key=lambda one: _TURN.index(one[0].type))):
        first = specs[0]
        options = tuple(_choices(first, compiled))
        typed = first.type in {FactType.DATE, FactType.INTEGER, FactType.MONEY}
        if len(options) > 1 or (typed and first.name != "applicant.real_name_level"):
            label, hint = _worded(specs)
            yield Asked(f"c_{at}", label, first, options, tuple(one.name for one in specs), hint)


def _worded(specs: list[FactSpec]) -> tuple[str, str]:
    """Return what is asked, and on which paper it stands."""
    if specs[0].name.endswith(HELD):
        return f"您现在有{specs[0].source_label}吗？", ""
    papers = [spec.source_label for spec in specs if spec.source_kind == SourceKind.CERTIFICATE]
    return specs[0].label, f"照{'、'.join(dict.fromkeys(papers))}上写的" if papers else ""


def _choices(spec: FactSpec, compiled: Compiled) -> Iterator[tuple[str, str]]:
    if spec.type is FactType.BOOLEAN:
        yes, no = (
            ("有", "没有") if spec.name.endswith(HELD) else (spec.true_text or "是", spec.false_text or "否")
        )
        yield from (("true", yes), ("false", no))
    elif spec.type is FactType.CODE:
        yield from (spec.codes or {}).items()
    elif spec.type is FactType.DIVISION:
        yield from _divisions(compiled, "")


def _divisions(compiled: Compiled, within: str) -> list[tuple[str, str]]:
    """Return the places inside an area; without one this district first, then its city, province and the country."""
    names, here = standing(compiled.vocabulary.divisions, on=clock.today()), settings.DIVISION
    if within:
        return [
            (code, name) for code, name in sorted(names.items()) if code.startswith(within) and code != within
        ]
    found = {here: names.get(here, here)}
    for length, around in ((6, here[:4]), (4, here[:2]), (2, "")):
        places = sorted(code for code in names if len(code) == length and code.startswith(around))
        found |= {code: names[code] for code in places if not here.startswith(code) and code not in found}
    return list(found.items())


class PreviewForm(forms.Form):
    """The questions as fields; every one may be left out."""

    def __init__(self, compiled: Compiled, *, on: date, data: QueryDict | None = None) -> None:
        """Build one field a question."""
        super().__init__(data)
        self.compiled, self.on, self.questions = compiled, on, asked(compiled)
        for one in self.questions:
            self.fields[one.name] = _field(one, on)

    def answer(self) -> Answer:
        """Return what the answers come to, by the checks that judge applications."""
        known: dict[str, Fact] = {}
        skipped = 0
        for one in sorted(self.questions, key=lambda one: one.question is not None):
            raw = self.cleaned_data.get(one.name)
            if not self._is_asked(one, known):
                continue
            if raw in (None, ""):
                skipped += 1
                continue
            value = value_of(_json(raw, one.spec), spec=one.spec)
            known |= {name: Fact.known(value, YOURS) for name in one.facts}
        return _answer(self.compiled, known, on=self.on, skipped=skipped)

    def _is_asked(self, one: Asked, known: Mapping[str, Fact]) -> bool:
        """Return whether the form would ask this in the situation so far: what it does not ask says nothing."""
        return one.question is None or is_visible(self.compiled, one.question, facts=known, on=self.on)


def _field(one: Asked, on: date) -> forms.Field:
    field: forms.Field
    if one.options and len(one.options) <= MOST_RADIOS:
        field = forms.ChoiceField(choices=one.options, widget=forms.RadioSelect())
    elif one.options:
        field = forms.ChoiceField(choices=[SKIP, *one.options], widget=forms.Select())
    else:
        attrs = {"inputmode": "numeric", "autocomplete": "off"}
        field = ReadField(reader=lambda text: _typed(text, one, on), widget=forms.TextInput(attrs=attrs))
    unit = f"（{one.spec.unit}）" if one.spec.unit and not one.options else ""
    field.label, field.required = f"{one.label}{unit}", False
    dress(
        field, hint=one.hint or ("例如 1946-01-05" if one.spec.type is FactType.DATE else ""), optional=False
    )
    if one.options:
        dress(field, columns=1 if any(len(words) > 10 for _, words in one.options) else 2)
    return field


def _typed(text: str, one: Asked, on: date) -> Any:
    if one.spec.type is FactType.DATE:
        latest = on if one.question is None or one.question.not_in_future else None
        return reading.read_date(text, label=one.label, not_after=latest)
    read = reading.read_integer if one.spec.type is FactType.INTEGER else reading.read_money
    return read(text, label=one.label)


def _json(value: Any, spec: FactSpec) -> Any:
    if spec.type is FactType.BOOLEAN:
        return value == "true"
    if spec.type is FactType.DATE and isinstance(value, date):
        return value.isoformat()
    return str(value) if spec.type is FactType.MONEY else value


def _answer(compiled: Compiled, facts: Mapping[str, Fact], *, on: date, skipped: int) -> Answer:
    facts = counted(facts, vocabulary=compiled.vocabulary, on=on)
    verdict = compiled.judge(facts, on=on)
    demands = {one.check_code: list(_demands(compiled, one, facts, on)) for one in verdict.findings}
    told = [(one, demands[one.check_code]) for one in verdict.findings]
    against = tuple(_against(one, asked) for one, asked in told if one.outcome == Truth.FAIL)
    still = tuple(_open(one, asked) for one, asked in told if one.outcome == Truth.UNKNOWN)
    fine = tuple(Point(one.name, one.sentence) for one in verdict.findings if one.outcome == Truth.PASS)
    fits = bool(fine) or any(point.fits for point in still)
    kind = "maybe_not" if against else "can" if fits and not skipped else "open"
    gives = verdict.outcome.lines if verdict.outcome and not against else ()
    return Answer(kind, skipped, against, still, fine, gives, fits)


@dataclass(frozen=True, slots=True)
class _Demand:
    """One thing a check asks for, alternatives kept together: 年满60周岁，或持有残疾人证."""

    words: str
    outcome: Truth
    leaves: tuple[Leaf, ...]


def _demands(compiled: Compiled, finding: Finding, facts: Mapping[str, Fact], on: date) -> Iterator[_Demand]:
    condition = next(one.condition for one in compiled.package.checks if one.code == finding.check_code)
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    for at, part in enumerate(parts):
        path = f"all[{at}]" if isinstance(condition, AllOf) else ""
        below = tuple(leaf for leaf in finding.leaves if _is_below(leaf.path, path))
        outcome = holds(part, facts, vocabulary=compiled.vocabulary, on=on)
        yield _Demand(sentence(part, vocabulary=compiled.vocabulary), outcome, below)


def _is_below(path: str, above: str) -> bool:
    return not above or path == above or path.startswith((f"{above}.", f"{above}["))


def _against(finding: Finding, demands: list[_Demand]) -> Point:
    note = "办的时候可以补" if finding.action == Action.SUPPLEMENT else ""
    said = [_said(one) for one in demands if one.outcome == Truth.FAIL]
    return Point(finding.name, "；".join(said) or finding.sentence, note)


def _said(demand: _Demand) -> str:
    seen = "、".join(dict.fromkeys(leaf.seen for leaf in demand.leaves if leaf.outcome == Truth.FAIL))
    return f"要求“{demand.words}”，您填的是“{seen}”"


def _open(finding: Finding, demands: list[_Demand]) -> Point:
    """Say of an open check what is still asked and who will tell: a source by its name, or the form."""
    waiting = [one for one in demands if one.outcome == Truth.UNKNOWN]
    lines = [leaf for one in waiting for leaf in one.leaves if leaf.outcome == Truth.UNKNOWN]
    sources = [leaf.source.label for leaf in lines if leaf.source and leaf.source.kind != SourceKind.FORM]
    words = "；".join(one.words for one in waiting) or finding.sentence
    fits = "；".join(one.words for one in demands if one.outcome == Truth.PASS)
    return Point(finding.name, words, "、".join(dict.fromkeys(sources)), fits)
