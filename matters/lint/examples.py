"""Examples must come out as expected, cover every source that can fail, and show each check passing and failing."""

from __future__ import annotations

from collections.abc import Iterator

from matters.editions import Compiled
from matters.lint.problem import Problem
from matters.lint.trying import Trial, try_examples
from rules import Truth, VerdictKind
from rules.language.values import SourceKind

FEWEST = 6


def problems(compiled: Compiled) -> Iterator[Problem]:
    """Yield the faults of the examples; runs them all."""
    trials = try_examples(compiled)
    if len(trials) < FEWEST:
        yield Problem("examples", f"样例至少要有 {FEWEST} 个，现在有 {len(trials)} 个")
    for trial in trials:
        yield from (Problem(path, f"样例“{trial.name}”：{message}") for path, message in trial.faults)
    if not any(trial.verdict and trial.verdict.kind is VerdictKind.GRANT for trial in trials):
        yield Problem("examples", "至少要有一个通过的样例")
    yield from _sources(compiled, trials)
    yield from _checks(compiled, trials)


def _sources(compiled: Compiled, trials: list[Trial]) -> Iterator[Problem]:
    """Each source that can be UNKNOWN needs an example in which it is."""
    unknown = {name for trial in trials for name, fact in trial.facts.items() if fact.missing}
    missing = {prefix for name in unknown for prefix in _prefix(name)}
    for prefix in sorted({prefix for name in compiled.needed for prefix in _prefix(name)} - missing):
        yield Problem("examples", f"缺少“{prefix}*”核不实时的样例")


def _prefix(name: str) -> list[str]:
    kind, _, rest = name.partition(".")
    slug, _, field = rest.partition(".")
    outside = kind in {"cert", SourceKind.REGISTER}
    return [f"{kind}.{slug}."] if outside and field != "held" else []


def _checks(compiled: Compiled, trials: list[Trial]) -> Iterator[Problem]:
    seen = {
        (finding.check_code, finding.outcome)
        for trial in trials
        if trial.verdict
        for finding in trial.verdict.findings
    }
    for at, check in enumerate(compiled.package.checks):
        for outcome, words in ((Truth.PASS, "通过"), (Truth.FAIL, "不通过")):
            if (check.code, outcome) not in seen:
                message = f"没有样例让“{check.name}”{words}"
                yield Problem(f"checks[{at}]", message, warning=True, bars_drafts=True)
