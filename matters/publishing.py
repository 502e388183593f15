"""Publishing: a package becomes an immutable edition of its matter, in force from a day."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import Department
from certificates import types
from common.clock import day_of
from common.errors import DomainError
from matters import turning
from matters.format.package import Package, parse_package
from matters.lint import linting
from matters.models import Edition, Matter
from matters.sources import stored
from matters.turning import columns
from records import journal
from registers import defining
from rules import LANGUAGE_VERSION, InvalidTree, dump_vocabulary


class NotPublishable(DomainError):
    """The package has faults; `problems` names each with its path."""

    status = 422
    message = "这个事项包还有问题，没有发布。请按列出的路径修改后再试。"

    def __init__(self, problems: list[linting.Problem]) -> None:
        """Keep the problems for whoever shows them."""
        self.problems = problems
        super().__init__("；".join(str(problem) for problem in problems))


class UnknownDepartment(DomainError):
    """The implementing body is not in the directory."""

    status = 422
    message = "实施主体不在部门目录里，请先登记部门。"


class AlreadyScheduled(DomainError):
    """One edition waits for its day: what is published now would be undone by it."""

    status = 409

    def __init__(self, matter: Matter) -> None:
        """Name the edition that waits, and its day."""
        waiting = f"V{matter.next_edition.number}" if matter.next_edition else "一个版本"
        super().__init__(
            f"{waiting} 已发布，{matter.next_from:%Y-%m-%d} 起生效。请等它生效，或者先在事项页上把它撤回。"
        )


@transaction.atomic
def publish(content: dict[str, Any], *, by: str, at: datetime, on: date | None = None) -> Edition:
    """Publish a package, in force from a day (today, if none is named), and return its edition.

    The same content over the same sources returns the edition in force. One path for files and drafts.
    Raises InvalidTree, NotPublishable, UnknownDepartment or AlreadyScheduled and then leaves nothing behind.
    """
    today = day_of(at)
    package = parse_package(content)
    save_sources(package)
    sources = stored()
    linted = linting.lint(package, sources=sources)
    if (faults := linting.errors(linted.problems)) or linted.compiled is None:
        raise NotPublishable(faults)
    matter = _matter(package)
    turning.turn(matter, on=today)
    vocabulary = dump_vocabulary(linted.compiled.vocabulary)
    digest = digest_of(content, vocabulary=vocabulary)
    current = matter.current_edition
    if current is not None and current.digest == digest:
        return current
    if matter.next_edition_id is not None:
        raise AlreadyScheduled(matter)
    edition = _new_edition(
        matter, content=content, vocabulary=vocabulary, digest=digest, by=by, at=at, begins=on or today
    )
    matter.next_edition, matter.next_from = edition, edition.in_force_from
    matter.save(update_fields=["next_edition", "next_from"])
    turning.turn(matter, on=today)
    return edition


def save_sources(package: Package) -> None:
    """Store the certificate types and registers a package brings along; raises InvalidTree with the path."""
    for key, save, definitions in (
        ("certificate_types", types.save, package.certificate_types),
        ("registers", defining.save, package.registers),
    ):
        for at, definition in enumerate(definitions):
            try:
                save(definition)
            except InvalidTree as error:
                raise error.under(f"{key}[{at}]") from error


def digest_of(content: dict[str, Any], *, vocabulary: dict[str, Any]) -> str:
    """Return SHA-256 over the canonical JSON of what an edition freezes."""
    frozen = {"content": content, "vocabulary": vocabulary, "language": LANGUAGE_VERSION}
    text = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _matter(package: Package) -> Matter:
    """Return the matter of a package, locked; a new one is made as the package says."""
    department = Department.objects.filter(credit_code=package.department).first()
    if department is None:
        raise UnknownDepartment(f"实施主体 {package.department} 不在部门目录里，请先登记部门。")
    Matter.objects.get_or_create(code=package.code, defaults=columns(package, department=department))
    rows = Matter.objects.select_for_update(of=("self",))
    return rows.select_related("current_edition", "next_edition").get(code=package.code)


def _new_edition(
    matter: Matter,
    *,
    content: dict[str, Any],
    vocabulary: dict[str, Any],
    digest: str,
    by: str,
    at: datetime,
    begins: date,
) -> Edition:
    newest = Edition.objects.filter(matter=matter).order_by("-number").first()
    edition = Edition.objects.create(
        matter=matter,
        number=newest.number + 1 if newest else 1,
        content=content,
        vocabulary=vocabulary,
        language_version=LANGUAGE_VERSION,
        digest=digest,
        published_at=at,
        published_by=by,
        in_force_from=begins,
    )
    journal.note(
        stream=f"matter:{matter.code}",
        act="matter.published",
        actor=by,
        subject=str(edition.id),
        details={"number": edition.number, "digest": digest, "in_force_from": begins.isoformat()},
    )
    return edition
