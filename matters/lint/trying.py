"""Judging the examples (样例) of a package, or facts from a file: the same judging as for an application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matters.counting import counted
from matters.editions import Compiled
from matters.format.package import Example, Package
from rules import Fact, FactSpec, FactType, UnknownReason, Verdict
from rules.judging.outcomes import OutcomeTable
from rules.language.raw import Unreadable, value_of

WHOLE_SOURCE = ".*"
KEPT_APART = ".held"


class UnusableFacts(ValueError):
    """Given facts cannot be read; `problems` are (fact name, Chinese message)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        """Keep the problems."""
        self.problems = problems
        super().__init__("；".join(f"{name}：{message}" for name, message in problems))


@dataclass(frozen=True, slots=True)
class Trial:
    """One example judged; `faults` are (path, Chinese message) where it came out otherwise than expected."""

    name: str
    facts: Mapping[str, Fact]
    verdict: Verdict | None
    faults: tuple[tuple[str, str], ...]


def try_examples(compiled: Compiled) -> list[Trial]:
    """Judge every example of a package."""
    return [_try(compiled, example, at) for at, example in enumerate(compiled.package.examples)]


def given_facts(compiled: Compiled, raw: Mapping[str, Any]) -> dict[str, Fact]:
    """Return typed facts from JSON: a value, or {"unknown": reason}. Raises UnusableFacts naming every fault."""
    found: dict[str, Fact] = {}
    problems = []
    for name, value in raw.items():
        specs = _specs(compiled, name)
        for fact_name, spec in specs:
            try:
                found[fact_name] = _fact(spec, value)
            except (Unreadable, ValueError):
                problems.append((name, _expected(spec)))
        if not specs:
            problems.append((name, "数据项目录里没有这个数据项"))
    if problems:
        raise UnusableFacts(problems)
    return found


def facts_of(package: Package, example: Example) -> dict[str, Any]:
    """Return the raw facts of an example over those it is based on; raises UnusableFacts on a circle or a gap."""
    chain, seen = [example], {example.name}
    named = {other.name: other for other in package.examples}
    while chain[-1].based_on is not None:
        base = named.get(chain[-1].based_on)
        if base is None or base.name in seen:
            raise UnusableFacts([("based_on", "没有这个样例，或者样例循环引用")])
        seen.add(base.name)
        chain.append(base)
    facts: dict[str, Any] = {}
    for link in reversed(chain):
        facts |= link.facts
    return facts


def _try(compiled: Compiled, example: Example, at: int) -> Trial:
    path = f"examples[{at}]"
    try:
        facts = given_facts(compiled, facts_of(compiled.package, example))
    except UnusableFacts as error:
        return Trial(
            example.name, {}, None, tuple((f"{path}.facts.{name}", text) for name, text in error.problems)
        )
    facts = dict(counted(facts, vocabulary=compiled.vocabulary, on=example.on))
    verdict = compiled.judge(facts, on=example.on)
    return Trial(
        example.name, facts, verdict, tuple(_faults(compiled, example, verdict, path=f"{path}.expect"))
    )


def _faults(compiled: Compiled, example: Example, verdict: Verdict, *, path: str) -> list[tuple[str, str]]:
    found = []
    if verdict.kind.lower() != example.expect.verdict:
        found.append((f"{path}.verdict", f"应为 {example.expect.verdict}，实际为 {verdict.kind.lower()}"))
    outcomes = {one.check_code: (one.name, one.outcome.lower()) for one in verdict.findings}
    for code, expected in example.expect.findings.items():
        name, seen = outcomes.get(code, (code, "没有这个核验项"))
        if seen != expected:
            found.append((f"{path}.findings.{code}", f"“{name}”应为 {expected}，实际为 {seen}"))
    return found + _outcome_faults(compiled.package.outcome, example, verdict, path=f"{path}.outcome")


def _outcome_faults(
    table: OutcomeTable | None, example: Example, verdict: Verdict, *, path: str
) -> list[tuple[str, str]]:
    seen = verdict.outcome.values if verdict.outcome else {}
    found = []
    for name, raw in example.expect.outcome.items():
        spec = table.columns.get(name) if table else None
        if spec is None:
            found.append((f"{path}.{name}", "结果表没有这一列"))
        elif name not in seen or seen[name] != value_of(raw, spec=spec):
            found.append((f"{path}.{name}", f"应为 {raw}，实际为 {seen.get(name, '没有结果')}"))
    return found


def _specs(compiled: Compiled, name: str) -> list[tuple[str, FactSpec]]:
    if not name.endswith(WHOLE_SOURCE):
        spec = compiled.specs.get(name)
        return [(name, spec)] if spec is not None and not name.startswith("derived.") else []
    prefix = name.removesuffix("*")
    inside = {known: spec for known, spec in compiled.specs.items() if known.startswith(prefix)}
    return [(known, spec) for known, spec in inside.items() if not known.endswith(KEPT_APART)]


def _fact(spec: FactSpec, value: Any) -> Fact:
    if isinstance(value, dict):
        return Fact.unknown(
            UnknownReason(value["unknown"]) if set(value) == {"unknown"} else UnknownReason("")
        )
    return Fact.known(value_of(value, spec=spec))


def _expected(spec: FactSpec) -> str:
    if spec.type is FactType.CODE:
        return f'应为代码：{"、".join(spec.codes or {})}，或 {{"unknown": 原因}}'
    return f'应为 {spec.type} 类型的值，或 {{"unknown": 原因}}'
