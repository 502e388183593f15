"""PostgreSQL or the broker goes away and comes back: nobody is told an error that is none, and no hand is needed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import psycopg2
import pytest

from bench import applying
from bench.town import Town
from bench.visitor import Answer, Visitor
from tests.processes.watching import within

demo_lives = pytest.importorskip("portal.demo.district.lives")

pytestmark = pytest.mark.timeout(300)  # whichever comes first sets up a town
PROGRAMS = ("registers", "web", "worker", "beat")
Apply = Callable[[str], Answer]


@pytest.fixture(scope="module")
def lively(town: Town) -> Town:
    town.have(*PROGRAMS)
    return town


@pytest.fixture
def visitor(lively: Town) -> Iterator[Visitor]:
    one = Visitor(lively.site)
    yield one
    one.close()


def ready(visitor: Visitor, username: str, *, matter: str) -> Answer:
    """Sign in and go up to the last button; return the check page."""
    district = demo_lives.district()
    applying.sign_in(visitor, username=username, password=district.password)
    given = {name: str(value) for name, value in district.matters[matter].answers.items()}
    given |= {"commitment": "yes", "name": f"示例市龙湖区{username}杂货店"}
    page = applying.consent(visitor, matter=district.matters[matter].code)
    return applying.answer(visitor, page, **given)


def row(town: Town, reference: str) -> tuple[str, int]:
    """Return the state of a case, and how many decisions it has."""
    line = psycopg2.connect(town.server.url("portal_owner"))
    try:
        with line.cursor() as cursor:
            cursor.execute(
                "SELECT state, (SELECT count(*) FROM approvals_decision d WHERE d.application_id = a.id)"
                " FROM approvals_application a WHERE reference = %s",
                [reference],
            )
            state, decisions = cursor.fetchone() or ("", 0)
            return str(state), int(decisions)
    finally:
        line.close()


def decided(town: Town, reference: str) -> Callable[[], bool]:
    return lambda: row(town, reference) == ("granted", 1)


def test_a_restart_of_postgresql(lively: Town, visitor: Visitor) -> None:
    review = ready(visitor, "chenxiuying", matter="shop")
    lively.stop("postgres")
    lively.start("postgres")
    answer = applying.submit(visitor, review)
    assert within(15, decided(lively, applying.reference(answer)))
    assert visitor.follow(answer).status == 200


def test_postgresql_away_while_the_button_is_pressed(lively: Town, visitor: Visitor) -> None:
    review = ready(visitor, "chenxiulian", matter="shop")
    lively.stop("postgres")
    refused = visitor.post(review, review.form(action="/submit"))
    lively.start("postgres")
    assert refused.status == 503
    assert "Traceback" not in refused.text
    answer = applying.submit(visitor, review)  # the same page, the same button, the same key
    assert within(15, decided(lively, applying.reference(answer)))


def test_the_broker_killed_and_started_again(lively: Town, visitor: Visitor) -> None:
    review = ready(visitor, "zhengguilan", matter="shop")
    lively.kill("broker")
    began = time.monotonic()
    answer = applying.submit(visitor, review)
    assert time.monotonic() - began < 5
    page = visitor.follow(answer)
    assert "申请已收到" in page.words
    reference = applying.reference(answer)
    assert row(lively, reference) == ("submitted", 0)
    lively.start("broker")
    assert within(45, decided(lively, reference))
    assert "审批通过" in visitor.get(answer.location).words


def test_a_broker_that_hangs_keeps_nobody_waiting(lively: Town, visitor: Visitor) -> None:
    """Stopped, not gone: it still takes connections, and says nothing."""
    review = ready(visitor, "xiejunjie", matter="shop")
    hanging = lively.running["broker"].process.pid
    os.kill(hanging, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = applying.submit(visitor, review)
        submitted = time.monotonic() - began
        page = visitor.follow(answer)
        shown = time.monotonic() - began - submitted
        assert "申请已收到" in page.words
        assert row(lively, applying.reference(answer)) == ("submitted", 0)
    finally:
        os.kill(hanging, signal.SIGCONT)
    assert submitted < 3, (
        f"{submitted:.1f} s"
    )  # the demo's clock and the wake-up ask it, half a second a time
    assert shown < 5, f"{shown:.1f} s"  # the page waits two seconds for an announcement
    assert within(45, decided(lively, applying.reference(answer)))


def test_after_all_that_the_next_one_is_quick(lively: Town, visitor: Visitor) -> None:
    answer = applying.submit(visitor, ready(visitor, "limuzhen", matter="shop"))
    assert "审批通过" in visitor.follow(answer).words
