"""Publishing: a package becomes an immutable edition of its matter."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Department
from certificates import types
from common.errors import DomainError
from common.identifiers import matter_code
from matters.format.package import Package, parse_package
from matters.freezing import freeze
from matters.lint import linting
from matters.models import Edition, Matter
from matters.sources import stored
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


@transaction.atomic
def publish(content: dict[str, Any], *, by: str, at: datetime) -> Edition:
    """Publish a package and return its edition; the same content over the same sources returns the one in force.

    Raises InvalidTree, NotPublishable or UnknownDepartment and then leaves nothing behind.
    """
    package = parse_package(content)
    save_sources(package)
    sources = stored()
    if faults := linting.errors(linting.problems(package, sources=sources)):
        raise NotPublishable(faults)
    matter = _matter(package)
    vocabulary = dump_vocabulary(freeze(package, sources=sources))
    digest = digest_of(content, vocabulary=vocabulary)
    current = matter.current_edition
    if current is not None and current.digest == digest:
        return current
    return _new_edition(matter, content=content, vocabulary=vocabulary, digest=digest, by=by, at=at)


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


def search_text(package: Package) -> str:
    """Return what the plain search looks through."""
    return "\n".join([package.name, *package.everyday_words, package.summary]).lower()


def _matter(package: Package) -> Matter:
    department = Department.objects.filter(credit_code=package.department).first()
    if department is None:
        raise UnknownDepartment(f"实施主体 {package.department} 不在部门目录里，请先登记部门。")
    values = {
        "base_code": matter_code(package.code).base,
        "name": package.name,
        "summary": package.summary,
        "department": department,
        "type": package.type,
        "applicant": package.applicant,
        "mode": package.mode,
        "life_events": list(package.life_events),
        "search_text": search_text(package),
    }
    Matter.objects.update_or_create(code=package.code, defaults=values)
    return (
        Matter.objects.select_for_update(of=("self",))
        .select_related("current_edition")
        .get(code=package.code)
    )


def _new_edition(
    matter: Matter, *, content: dict[str, Any], vocabulary: dict[str, Any], digest: str, by: str, at: datetime
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
    )
    matter.current_edition = edition
    matter.save(update_fields=["current_edition"])
    journal.note(
        stream=f"matter:{matter.code}",
        act="matter.published",
        actor=by,
        subject=str(edition.id),
        details={"number": edition.number, "digest": digest},
    )
    return edition
