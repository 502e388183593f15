"""The questions `manage.py doctor` asks of an installation; each answer says what to do when it is not good."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import redis
from django.conf import settings
from django.core import checks
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts import identifying
from accounts.states import Channel
from accounts.telling import following
from accounts.telling.following import ChannelHealth
from certificates.models import Seal
from certificates.sealing import seals
from certificates.states import SealStatus
from common import clock, workdays
from portal.celery import app
from portal.web.site.checks import particulars
from records.files import clamd, scanning
from records.insert_only import insert_only_tables
from registers import authenticating, breaking
from registers.models import Register

OLDEST_POSTGRES = 150000
ROOM = 500_000_000  # bytes
NAMED = 5  # accounts


class Level(StrEnum):
    """How good an answer is. A warning lets the portal serve."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Answer:
    """One line of the report, and what to do about it."""

    level: Level
    subject: str
    text: str
    advice: str = ""


def examine() -> Iterator[Answer]:
    """Ask everything; an answer about a part that is down stands for the questions behind it."""
    yield from _settings()
    database = _reach("database", _version)
    yield database
    if database.level is Level.OK:
        yield from (
            _migrations(),
            _role(),
            _insert_only(),
            _scans(),
            _work_accounts(),
            *_seals(),
            *_credentials(),
            *_channels(),
            *_site(),
        )
    broker = _reach("broker", _ping)
    yield broker
    if broker.level is Level.OK:
        yield _workers()
    yield from (_registers(), _scanner(), _static_files(), _disk(), *_calendar())


def _settings() -> Iterator[Answer]:
    found = checks.run_checks(include_deployment_checks=not settings.DEMO)
    serious = [message for message in found if message.level >= checks.WARNING]
    for message in serious:
        level = Level.FAILED if message.level >= checks.ERROR else Level.WARNING
        yield Answer(level, "settings", f"{message.id}: {message.msg}", str(message.hint or ""))
    if settings.DEMO:
        yield Answer(
            Level.WARNING,
            "settings",
            "DEMO=1: demo sign-in and made-up people",
            "Unset DEMO to serve citizens.",
        )
    elif not serious:
        yield Answer(Level.OK, "settings", "no complaint")


def _reach(subject: str, ask: Callable[[], str]) -> Answer:
    try:
        return Answer(Level.OK, subject, ask())
    except ValueError as problem:
        return Answer(Level.FAILED, subject, str(problem), "See docs/reference/environment.md.")
    except (Error, redis.RedisError, OSError) as problem:
        text = str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__
        variable = "DATABASE_URL" if subject == "database" else "REDIS_URL"
        return Answer(Level.FAILED, subject, text, f"Is the server that {variable} names running?")


def _version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0])
    if number < OLDEST_POSTGRES:
        raise ValueError(f"PostgreSQL {number // 10000} is too old; 15 or newer is needed")
    return f"PostgreSQL {number // 10000}.{number % 10000}"


def _ping() -> str:
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
        client.ping()
    return "answers"


def pending_migrations() -> list[str]:
    """Return the migrations of the code that the database has not seen."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _migrations() -> Answer:
    if pending := pending_migrations():
        text = f"{len(pending)} not applied, the first is {pending[0]}"
        return Answer(
            Level.FAILED, "migrations", text, "Run manage.py migrate, then manage.py database_roles."
        )
    return Answer(Level.OK, "migrations", "all applied")


def _role() -> Answer:
    """The portal must not be able to change tables: a hole in a page would otherwise reach the journal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        name, superuser, creates = cursor.fetchone()
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        (may_change,) = cursor.fetchone()
    if superuser or creates or may_change:
        advice = "Let DATABASE_URL name the role portal_app; portal_owner is for migrations only."
        return Answer(Level.WARNING, "database role", f"{name} may change tables", advice)
    return Answer(Level.OK, "database role", f"{name} may read and write rows only")


def _insert_only() -> Answer:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'insert_only' AND tgenabled = 'O'"
        )
        guarded = {table for (table,) in cursor.fetchall()}
    if missing := sorted(set(insert_only_tables()) - guarded):
        advice = "Somebody removed a trigger: find out who, then run manage.py verify_journal."
        return Answer(Level.FAILED, "insert-only tables", f"{', '.join(missing)} can be changed", advice)
    return Answer(Level.OK, "insert-only tables", f"{len(guarded)} guarded")


def _work_accounts() -> Answer:
    """Nobody acts at work on what is their own: an account that is nobody's cannot be asked (公务员法 art. 76)."""
    if names := identifying.nobodys(on=clock.today()):
        told = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
        advice = (
            "Say whose each is: manage.py link_identity USER. Until then it decides no case, confirms no guardian, "
            "publishes no draft, looks at no certificate by duty, scans no code and changes no certificate."
        )
        return Answer(Level.WARNING, "work accounts", f"{told}: nobody said who that is", advice)
    return Answer(Level.OK, "work accounts", "each is somebody's")


def _site() -> Iterator[Answer]:
    """The foot of every page must say truly who runs the site (国办发〔2017〕47号)."""
    for complaint in particulars(databases=["default"]):
        yield Answer(Level.WARNING, "site", complaint.msg, str(complaint.hint or ""))


def _workers() -> Answer:
    try:
        answers = app.control.ping(timeout=1.5)
    except OSError as problem:
        return Answer(Level.FAILED, "worker", str(problem), "Is the broker healthy?")
    if not answers:
        advice = "Start one: celery -A portal worker -Q instant,default,bulk. Until then nothing is decided."
        return Answer(Level.WARNING, "worker", "none answers", advice)
    return Answer(Level.OK, "worker", f"{len(answers)} answer")


def _registers() -> Answer:
    host = urlsplit(settings.REGISTER_BASE_URL).netloc
    try:
        httpx.get(settings.REGISTER_BASE_URL, timeout=2)
    except httpx.HTTPError as problem:
        advice = (
            "Set REGISTER_BASE_URL (stand-in: manage.py serve_registers). Until then cases go to officers."
        )
        return Answer(Level.WARNING, "registers", f"{host}: {type(problem).__name__}", advice)
    return Answer(Level.OK, "registers", f"{host} answers")


def _seals() -> Iterator[Answer]:
    """A department whose seal has gone cannot issue: its keeper hears of it a month before."""
    soon, told = clock.now() + seals.SOON, False
    for seal in Seal.objects.filter(status=SealStatus.ACTIVE).select_related("department").order_by("pk"):
        name, until = seal.department.short_name, seal.valid_until.astimezone(clock.SHANGHAI)
        renew = "Its keeper renews it: 证照库, 电子印章, 换用新印章."
        if not seals.key_is_there(seal):
            told = True
            yield Answer(
                Level.FAILED, "seals", f"{name}: its key cannot be used", f"See SEAL_KEYS_DIR. {renew}"
            )
        elif seal.valid_until <= soon:
            told, over = True, seal.valid_until <= clock.now()
            level, word = (Level.FAILED, "ended") if over else (Level.WARNING, "ends")
            yield Answer(level, "seals", f"{name}: {word} on {until:%Y-%m-%d}", renew)
        elif why := seals.unbelieved(seal):
            told = True
            advice = f"See SEAL_AUTHORITIES_FILE, and what the authority wrote into its certificate. {renew}"
            yield Answer(Level.FAILED, "seals", f"{name}: nobody believes what it signs: {why}", advice)
    for seal in Seal.objects.filter(status=SealStatus.DESTROYED).select_related("department").order_by("pk"):
        if seals.key_is_there(seal, quiet=True):
            told, advice = (
                True,
                f"Remove {seal.key_name}.key from SEAL_KEYS_DIR: what should have done so was stopped.",
            )
            yield Answer(
                Level.FAILED, "seals", f"{seal.department.short_name}: an ended seal has its key", advice
            )
    if not told:
        yield Answer(Level.OK, "seals", "those in use have their keys, none ends within 30 days")


def _credentials() -> Iterator[Answer]:
    """A register is sent nothing while what it wants to see of us is not there."""
    try:
        rows = list(Register.objects.order_by("name"))
    except Error:
        yield Answer(Level.FAILED, "registers", "no table of them", "Run manage.py migrate.")
        return
    for row in rows:
        if variables := ", ".join(authenticating.missing(row)):
            advice = "Set what it names, or name a file; see docs/how-to/add-a-register.md. Until then nothing is sent."
            yield Answer(Level.WARNING, f"register {row.name}", f"{variables}: not there, or no use", advice)
    for name, since in breaking.states([row.name for row in rows], fresh=True).items():
        if since is not None:
            advice = (
                "Ask who runs it. One question tries it every few seconds; it is asked again once it answers."
            )
            text = f"rests since {timezone.localtime(since):%Y-%m-%d %H:%M}: it did not answer"
            yield Answer(Level.WARNING, f"register {name}", text, advice)


def _channels() -> Iterator[Answer]:
    """In the portal everything is told whatever happens here; outside it, people wait for what never comes."""
    try:
        on = {one.channel: one for one in following.health(at=clock.now())}
    except Error:
        yield Answer(Level.FAILED, "messages", "no table of deliveries", "Run manage.py migrate.")
        return
    for channel in Channel:
        if channel not in on:
            advice = "See docs/how-to/connect-a-gateway.md. Until then messages stay in the portal."
            yield Answer(Level.WARNING, f"messages by {channel}", "not set up", advice)
        else:
            yield _channel(on[channel], at=clock.now())


def _channel(found: ChannelHealth, *, at: datetime) -> Answer:
    text = f"last hour: {found.sent} sent, {found.failed} failed, {found.given_up} given up; {found.waiting} wait"
    if found.last_error:
        text += f"; last failure: {found.last_error}"
    if found.is_late(at=at) and found.waiting_since is not None:
        text += f"; due since {timezone.localtime(found.waiting_since):%Y-%m-%d %H:%M}"
    failing, troubled = found.is_failing(at=at), bool(found.failed or found.given_up)
    level = Level.FAILED if failing else Level.WARNING if troubled else Level.OK
    advice = "Ask who runs the gateway; see docs/how-to/when-things-break.md. What waits goes out by itself."
    return Answer(level, f"messages by {found.channel}", text, advice)


def _scanner() -> Answer:
    """Files are kept and shown without a scan, but no original can be taken away."""
    if not scanning.is_configured():
        advice = "Set CLAMD_URL; without it uploaded files stay unscanned and cannot be downloaded."
        return Answer(Level.WARNING, "virus scanner", "none", advice)
    if not clamd.ping(url=settings.CLAMD_URL):
        advice = "Is clamd running where CLAMD_URL says? Uploads go on; their downloads wait."
        return Answer(Level.WARNING, "virus scanner", "does not answer", advice)
    return Answer(Level.OK, "virus scanner", "answers")


def _scans() -> Answer:
    try:
        found = {name: count for name, count in scanning.troubled().items() if count}
    except Error:
        return Answer(Level.FAILED, "uploaded files", "no table of them", "Run manage.py migrate.")
    if found:
        words = ", ".join(f"{count} {name}" for name, count in found.items())
        advice = "See 文件查毒 in the office. manage.py rescan_files tries the failed ones again."
        return Answer(Level.WARNING, "uploaded files", words, advice)
    return Answer(Level.OK, "uploaded files", "none infected, failed or late")


def _static_files() -> Answer:
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        return Answer(Level.FAILED, "static files", "not collected", "Run manage.py collectstatic.")
    return Answer(Level.OK, "static files", "collected")


def _disk() -> Answer:
    free = shutil.disk_usage(settings.BASE_DIR).free
    if free < ROOM:
        return Answer(
            Level.WARNING,
            "disk",
            f"{free // 1_000_000} MB free",
            "Make room; PostgreSQL stops when it is full.",
        )
    return Answer(Level.OK, "disk", f"{free // 1_000_000_000} GB free")


def _calendar() -> Iterator[Answer]:
    """Due dates are legal promises: a year whose notice is not in data/calendar is counted by the weekly rule."""
    for year in (clock.today().year, clock.today().year + 1):
        if workdays.year_status(year) is workdays.YearStatus.PUBLISHED:
            yield Answer(Level.OK, "calendar", f"{year} as published")
        else:
            advice = f"When the State Council publishes it, add data/calendar/{year}.json."
            yield Answer(Level.WARNING, "calendar", f"{year} is provisional: weekends only", advice)
