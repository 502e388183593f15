"""A worker's lines name their task while it runs, and the batch names its cases."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
import structlog

from approvals import deciding
from approvals.applying import drafting, submission
from portal.observing import working
from tests.factories import district
from tests.factories.standin import Standin


def test_lines_name_the_task_that_runs() -> None:
    working.begin(task_id="t1", task=SimpleNamespace(name="approvals.tasks.decide"))
    assert structlog.contextvars.get_contextvars() == {"task": "approvals.tasks.decide", "task_id": "t1"}
    working.end()
    assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.django_db
def test_a_batch_names_its_cases(city: Standin, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="approvals.deciding.waiting")
    references = []
    for _ in range(2):
        who = district.citizen(city).principal
        draft = drafting.start(who, matter=district.matter(), consent=True)
        references.append(submission.submit(who, reference=draft.reference, key="k").reference)
    deciding.decide_waiting()
    (line,) = [one.__dict__ for one in caplog.records if one.message == "decided"]
    assert sorted(line["cases"]) == sorted(references)
    assert (line["claimed"], line["carried"]) == (2, 2)
    caplog.clear()
    deciding.decide_waiting()
    assert not caplog.records
