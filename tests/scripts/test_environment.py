"""What a process of ours is started with, whatever the machine's own environment says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bootstrap import environment


def test_a_child_keeps_what_it_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some machines say no by default: every process would compile all it imports, again and again."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "elsewhere"))
    (tmp_path / "module.py").write_text("x = 1\n", encoding="utf-8")
    subprocess.run(
        [environment.PYTHON, "-c", "import module"],
        cwd=tmp_path,
        env=environment.child_environment(),
        check=True,
    )
    assert list((tmp_path / "__pycache__").glob("module.*.pyc"))
