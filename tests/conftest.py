"""Strict for every test: loopback only, unordered rows shuffled, a GET writes no business state, one clock."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from common import clock
from portal.demo.district import loading
from tests import emptying, grouping, shelving, strictness
from tests.forgetting import forget_registers, has_learnt

pytest_plugins = ["tests.factories.fixtures"]

# Tests in these files hold the machine to seconds: leases that run out, deaths in between.
ALONE = {"test_worker_deaths"}
# A slow or busy machine is no fault of the code. The same commit is tried with the same examples, so that it either
# passes or fails; what a property found is printed so that it can be tried again.
settings.register_profile(
    "portal",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    print_blob=True,
    max_examples=60,
)
# New examples each time, for whoever changes what a property holds: scripts/test --hypothesis-profile=deep
settings.register_profile("deep", parent=settings.get_profile("portal"), derandomize=False, max_examples=1000)
settings.load_profile("portal")


def pytest_configure() -> None:
    """Workers take the seed from the environment of who starts them."""
    os.environ.setdefault(
        strictness.KEYS, "ci" if os.environ.get("CI") == "true" else str(random.randrange(10**6))
    )


def pytest_report_header() -> str:
    """Say with which keys to run again."""
    return f"keys: {strictness.KEYS}={os.environ[strictness.KEYS]}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in tests/processes needs real processes and runs after the rest; some of it alone."""
    for item in items:
        if "processes" in item.path.parts:
            item.add_marker("process")
            if item.path.stem in ALONE:
                item.add_marker("alone")
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """What stands before the first test stands to the end: looking it through again and again takes a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return grouping.Together(config, log) if config.getvalue("dist") == "loadgroup" else None


def _turn(item: pytest.Item) -> tuple[bool, bool, bool]:
    """Where processes are needed, the long ones come first, then those that share one worker."""
    if item.get_closest_marker("process") is None:
        return False, False, False
    quick = item.path.stem not in {*grouping.TOWN, "test_demo_script"}
    return True, quick, "worker" not in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        strictness.shut_sockets(patch)
        strictness.keep_no_contexts(patch)
        yield


@pytest.fixture(autouse=True)
def _strict(request: pytest.FixtureRequest) -> Iterator[None]:
    marker = request.node.get_closest_marker("writes_on_get")
    with pytest.MonkeyPatch.context() as patch:
        strictness.shuffle_unordered(patch, seed=request.node.nodeid)
        strictness.draw_keys(patch, seed=request.node.nodeid)
        strictness.let_in(patch)
        strictness.check_client(patch, allowed=frozenset(marker.args if marker else ()))
        yield


@pytest.fixture(autouse=True)
def _own_clock() -> Iterator[None]:
    yield
    clock.set_source(None)


@pytest.fixture(autouse=True)
def _own_registers() -> Iterator[None]:
    """A register that failed in one test rests in no other."""
    yield
    if has_learnt():
        forget_registers()


@pytest.fixture
def _django_db_helper(_shelf: None, _django_db_helper: None) -> None:
    """Begin a test's transaction, as pytest-django does, on the shelf the test asks for."""


@pytest.fixture
def _shelf(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> None:
    asked = [shelf for name, shelf in shelving.ASKED_BY.items() if name in request.fixturenames]
    with django_db_blocker.unblock():
        shelving.lay_out(asked[0] if len(asked) == 1 and not _commits(request) else None)


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(request.fixturenames)
    return bool(asked or (marker and (marker.args or marker.kwargs.get("transaction"))))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After the migrations, remember their rows; tests that commit empty the tables quickly afterwards."""
    with django_db_blocker.unblock():
        loading.mark(at=clock.now())  # a demo's servers refuse any other database
        emptying.save_rows_of_migrations()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying.empty)
        yield
    with django_db_blocker.unblock():
        shelving.clear()
