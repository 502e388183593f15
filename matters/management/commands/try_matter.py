"""Judge the examples of a package, or given facts, without importing anything."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from matters.counting import counted
from matters.editions import Compiled, compile_package
from matters.format.package import Package, parse_package
from matters.freezing import freeze
from matters.lint import linting, trying
from matters.lint.trying import Trial
from matters.sources import Sources, in_files
from rules import InvalidTree, Verdict, verdict_to_json
from rules.language.invalid import json_document


class Command(BaseCommand):
    """manage.py try_matter FILE [--json] [--facts FACTS.json] [--on DATE]. Reads files only, no database."""

    help = "Judge the examples of a matter package, or facts from a file. Touches no database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the package, and what to judge."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--facts", type=Path, help="judge these facts instead of the examples")
        parser.add_argument(
            "--on", type=date.fromisoformat, help="the day of judging with --facts (default: today)"
        )
        parser.add_argument(
            "--data", type=Path, default=settings.DATA_DIR, help="folder of types/ and registers/"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge and print; a fault or an unexpected outcome fails."""
        compiled, sources = self._compiled(options["file"], options["data"])
        if options["facts"] is not None:
            self._judge_facts(
                compiled, options["facts"], on=options["on"] or clock.today(), as_json=options["json"]
            )
            return
        trials = trying.try_examples(compiled)
        found = linting.problems(compiled.package, sources=sources)
        self._print_trials(compiled, trials, found, as_json=options["json"])
        if linting.errors(found):
            raise CommandError(f"{len(linting.errors(found))} 处问题")

    def _compiled(self, file: Path, data: Path) -> tuple[Compiled, Sources]:
        package = self._package(file)
        try:
            sources = in_files(data).and_of([package])
        except InvalidTree as error:
            raise CommandError(f"{file.name}　{error}") from error
        return compile_package(package, vocabulary=freeze(package, sources=sources)), sources

    def _package(self, file: Path) -> Package:
        try:
            return parse_package(json_document(file.read_bytes()))
        except OSError as error:
            raise CommandError(f"读不到文件 {file}") from error
        except InvalidTree as error:
            lines = "\n".join(f"{file.name}　{path}　{message}" for path, message in error.problems)
            raise CommandError(f"{len(error.problems)} 处问题：\n{lines}") from error

    def _judge_facts(self, compiled: Compiled, file: Path, *, on: date, as_json: bool) -> None:
        try:
            facts = trying.given_facts(compiled, json_document(file.read_bytes()))
        except OSError as error:
            raise CommandError(f"读不到文件 {file}") from error
        except InvalidTree as error:
            raise CommandError(f"{file.name}　{error}") from error
        except trying.UnusableFacts as error:
            lines = "\n".join(f"{file.name}　{name}　{message}" for name, message in error.problems)
            raise CommandError(f"{len(error.problems)} 处问题：\n{lines}") from error
        verdict = compiled.judge(counted(facts, vocabulary=compiled.vocabulary, on=on), on=on)
        if as_json:
            self.stdout.write(json.dumps(verdict_to_json(verdict), ensure_ascii=False, indent=2))
        else:
            self._print_verdict(verdict)

    def _print_verdict(self, verdict: Verdict) -> None:
        self.stdout.write(f"核验结论　{verdict.kind}")
        for finding in verdict.findings:
            self.stdout.write(f"  {finding.outcome}　{finding.name}（{finding.sentence}）　{finding.told}")
        for label, text in verdict.outcome.lines if verdict.outcome else ():
            self.stdout.write(f"  {label}：{text}")

    def _print_trials(
        self, compiled: Compiled, trials: list[Trial], found: list[linting.Problem], *, as_json: bool
    ) -> None:
        if as_json:
            self.stdout.write(json.dumps(_as_json(compiled, trials, found), ensure_ascii=False, indent=2))
            return
        for trial in trials:
            mark = "×" if trial.faults else "√"
            self.stdout.write(f"{mark}　{trial.name}　{trial.verdict.kind if trial.verdict else '没有核验'}")
        for problem in found:
            self.stdout.write(f"{'提醒' if problem.warning else '问题'}　{problem}")


def _as_json(compiled: Compiled, trials: list[Trial], found: list[linting.Problem]) -> dict[str, Any]:
    return {
        "code": compiled.package.code,
        "name": compiled.package.name,
        "examples": [
            {
                "name": trial.name,
                "ok": not trial.faults,
                "faults": [{"path": path, "message": message} for path, message in trial.faults],
                "verdict": verdict_to_json(trial.verdict) if trial.verdict else None,
            }
            for trial in trials
        ],
        "problems": [{"path": p.path, "message": p.message, "warning": p.warning} for p in found],
    }
