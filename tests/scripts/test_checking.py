"""What runs beside the other checks is told like them, counts like them, and does not outlive them."""

from __future__ import annotations

import sys
import time

import pytest

from bootstrap import checking
from bootstrap.checking import Aside, Stage
from bootstrap.supervising import identity


def stage(name: str, code: str, *, aside: bool = False) -> Stage:
    return Stage(name, [sys.executable, "-c", code], aside=aside)


@pytest.mark.parametrize(("beside", "after"), [(0, 0), (0, 1), (1, 0), (1, 1)])
@pytest.mark.parametrize("pause", [0, 0.3])
def test_one_failure_fails_the_whole(
    beside: int, after: int, pause: float, capfd: pytest.CaptureFixture[str]
) -> None:
    code = f"import sys, time; time.sleep({pause}); print('what is wrong'); sys.exit({beside})"
    stages = [stage("types", code, aside=True), stage("tests", f"raise SystemExit({after})")]
    assert checking._run(stages, {}, started=time.monotonic()) == int(bool(beside or after))
    told = capfd.readouterr().out
    assert told.count("what is wrong") == 1
    assert told.count(f"== types: {'FAILED' if beside else 'passed'}") == 1
    assert f"{'✗' if beside else '✓'} types" in told
    assert f"{'✗' if after else '✓'} tests" in told


def test_what_is_stopped_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Aside] = []
    begin = Aside.__init__

    def note(self: Aside, *told: object) -> None:
        begin(self, *told)  # type: ignore[arg-type]
        started.append(self)

    monkeypatch.setattr(Aside, "__init__", note)
    monkeypatch.setattr(checking, "_result", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        checking._run(
            [stage("types", "import time; time.sleep(60)", aside=True), stage("tests", "")],
            {},
            started=time.monotonic(),
        )
    (left,) = started
    assert not identity(left.process.pid)


def test_every_test_runs_in_one_stage() -> None:
    """By path, then by one mark: what is in tests/processes is in `processes` or `alone`, all else in `tests`."""
    told = {one.name: list(one.command) for one in checking.STAGES}
    asked = told["tests"][told["tests"].index("pytest") + 1 :]
    assert asked[:2] == ["--ignore", checking.PROCESSES]
    assert "-m" not in asked
    assert told["processes"][3:6] == [checking.PROCESSES, "-m", "not alone"]
    assert told["alone"][3:6] == [checking.PROCESSES, "-m", "alone"]


@pytest.mark.parametrize("own", [True, False])
def test_nothing_is_written_into_a_database_the_caller_named(
    own: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    tables = Stage("tables", [sys.executable, "-c", "print('migrating')"], own_server=True)
    values = {checking.TEMPLATE: "portal"} if own else {}
    assert checking._run([tables, stage("tests", "")], values, started=time.monotonic()) == 0
    assert ("migrating" in capfd.readouterr().out) is own


def test_only_the_stage_that_fills_it_writes_into_the_database_itself() -> None:
    assert [one.name for one in checking.STAGES if one.own_server] == ["tables"]
