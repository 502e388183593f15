"""Real processes on the test database: gunicorn as portal_app, a Celery worker, stand-in registers, Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from bench import town as towns
from bench.town import Town
from bench.visitor import Visitor
from bootstrap import places, programs
from common import clock
from tests import shelving
from tests.factories import district
from tests.forgetting import forget_registers
from tests.processes import browsing
from tests.processes.running import Processes, app_environment, mark_demo, url_answers
from tests.processes.standing import FarStandin


@pytest.fixture(scope="session")
def process_environment(django_db_setup: None, django_db_blocker: Any) -> dict[str, str]:
    """The environment of the portal's processes: product settings, test database, role portal_app."""
    with django_db_blocker.unblock():
        name = str(connection.settings_dict["NAME"])
        call_command("database_roles", verbosity=0)
    return app_environment(database=name, register_port=places.free_port())


@pytest.fixture(scope="session")
def processes(
    process_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Processes]:
    """Starts the portal's processes once, and stops them when the session ends."""
    started = Processes(process_environment, log=tmp_path_factory.mktemp("log"))
    yield started
    started.kill_all()


@pytest.fixture(autouse=True)
def _committed(transactional_db: None, request: pytest.FixtureRequest, processes: Processes) -> None:
    """Process tests commit; the worker runs only for those that ask for it; the broker starts empty."""
    mark_demo()
    if "worker" not in request.fixturenames:
        processes.kill("worker")
        redis.Redis.from_url(settings.REDIS_URL).flushdb()


@pytest.fixture
def live_site(processes: Processes) -> str:
    """The address of gunicorn: http://127.0.0.1:PORT."""
    return processes.site()


@pytest.fixture
def worker(processes: Processes) -> Processes:
    """A Celery worker process that is ready; `.stop("worker")`, `.kill("worker")` and `.start_worker()` handle it."""
    processes.start_worker()
    return processes


@pytest.fixture
def register_server(processes: Processes) -> str:
    """The address of the stand-in registers: http://127.0.0.1:PORT."""
    return processes.registers()


@pytest.fixture
def begin_worker(processes: Processes) -> Iterator[Callable[..., None]]:
    """Starts a worker with settings of its own in its environment; it is gone after the test."""

    def begin(**told: str) -> None:
        processes.kill("worker")
        processes.start_worker(**told)

    yield begin
    processes.kill("worker")


@pytest.fixture(scope="module")
def gateway(processes: Processes) -> Iterator[dict[str, str]]:
    """The stand-in for SMS and mail in a process of its own; gives what another process must be told to use it."""
    port = places.free_port()
    told = programs.gateway_settings(port)
    environment = {**processes.environment, **told}
    processes.start("gateway", programs.gateway(environment, log=processes.log, port=port))
    yield told | {"TELL_WINDOW_SECONDS": "0", "TELL_LEASE_SECONDS": "2"}
    processes.kill("gateway")


@pytest.fixture
def telling_site(
    processes: Processes, gateway: dict[str, str], begin_worker: Callable[..., None]
) -> Iterator[str]:
    """The address of a gunicorn that knows the stand-in gateway, with a worker that sends there."""
    processes.site()  # collects the static files
    site = f"http://127.0.0.1:{(port := places.free_port())}"
    environment = {**processes.environment, **gateway}
    ready = lambda: url_answers(f"{site}/healthz/live")  # noqa: E731
    processes.start("telling", programs.web(environment, log=processes.log, port=port, ready=ready))
    begin_worker(**gateway)
    yield site
    processes.kill("telling")


@pytest.fixture
def timetable(processes: Processes) -> Iterator[None]:
    """Beat, which sends the sweeps nobody else asks for."""
    processes.start_beat()
    yield
    processes.kill("beat")


@pytest.fixture(scope="session")
def _catalogue(django_db_setup: None, django_db_blocker: Any) -> None:
    """Loaded once, today: the processes' clock cannot be stopped."""
    with django_db_blocker.unblock():
        shelving.shelve("catalogue", lambda: district.load_catalogue(clock.now()))


@pytest.fixture
def city(stocked: None, register_server: str) -> Iterator[FarStandin]:
    """A district with its catalogue and no people yet; returns the registers, healthy."""
    standin = FarStandin(register_server)
    standin.heal()
    forget_registers()
    yield standin
    standin.heal()


@pytest.fixture
def visit(live_site: str) -> Iterator[Callable[[], Visitor]]:
    """Opens browsers without pictures at the site."""
    opened: list[Visitor] = []

    def open_one() -> Visitor:
        opened.append(Visitor(live_site))
        return opened[-1]

    yield open_one
    for visitor in opened:
        visitor.close()


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    """A portal with PostgreSQL and broker of its own, holding the demo district: these a test may stop and empty."""
    with towns.opened(throwaway=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. With CI=true a missing one is a failure."""
    executable = browsing.executable()
    if executable is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("Chromium is not installed")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread, beside the ORM
    expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=browsing.FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium: Browser, live_site: str) -> Iterator[Callable[..., Page]]:
    """Opens pages, each in a context of its own; a page that logs an error or breaks the CSP fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not browsing.expected(message.text):
            complaints.append(message.text)

    def open_one(*, width: int = 1280, height: int = 900, javascript: bool = True) -> Page:
        context = chromium.new_context(
            base_url=live_site,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints, f"The browser complained: {complaints}"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A desktop page."""
    return open_page()


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A page 390 px wide."""
    return open_page(width=390, height=844)


@pytest.fixture
def plain_page(open_page: Callable[..., Page]) -> Page:
    """A page without JavaScript."""
    return open_page(javascript=False)
