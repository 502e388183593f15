"""Importing packages (事项包) from files: everything is checked first, every fault named, all or nothing stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Department
from common.clock import day_of
from common.errors import DomainError
from matters import publishing
from matters.format.package import Package, parse_package
from matters.lint import linting
from matters.models import Edition, EditionDraft, Matter
from matters.sources import Sources, stored
from rules.language.invalid import InvalidTree, json_document


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: in which file, where in it, what is wrong."""

    file: str
    path: str
    message: str

    def __str__(self) -> str:
        return "　".join(part for part in (self.file, self.path, self.message) if part)


class ImportRefused(DomainError):
    """Something is wrong with the files; nothing was changed."""

    status = 422
    message = "事项包有问题，什么也没有改动。"

    def __init__(self, faults: list[Fault]) -> None:
        """Keep every fault, in the order of the files."""
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass(slots=True)
class Report:
    """What an import did: new editions, those already in force, and warnings."""

    published: list[Edition] = field(default_factory=list)
    unchanged: list[Edition] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    document: dict[str, Any]
    package: Package


def import_packages(path: Path, *, by: str, at: datetime, dry_run: bool = False) -> Report:
    """Import one package file or every *.json of a folder; raises ImportRefused and then leaves nothing changed."""
    files = _read(path)
    report = Report()
    with transaction.atomic():
        for file in files:
            _save_sources(file)
        _check(files, sources=stored(), report=report)
        for file in files:
            _store(file, report=report, by=by, at=at)
        transaction.set_rollback(dry_run)
    return report


def _read(path: Path) -> list[_File]:
    paths = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not paths:
        raise ImportRefused([Fault(str(path), "", "文件夹里没有事项包（*.json）")])
    files: list[_File] = []
    faults: list[Fault] = []
    for each in paths:
        try:
            document = json_document(each.read_bytes())
            files.append(_File(each.name, document, parse_package(document)))
        except InvalidTree as error:
            faults += [Fault(each.name, where, message) for where, message in error.problems]
        except OSError:
            faults.append(Fault(str(each), "", "读不到这个文件"))
    if faults := faults + _doubled(files):
        raise ImportRefused(faults)
    return files


def _doubled(files: list[_File]) -> list[Fault]:
    first: dict[str, str] = {}
    faults = []
    for file in files:
        other = first.setdefault(file.package.code, file.name)
        if other != file.name:
            faults.append(Fault(file.name, "code", f"与 {other} 的事项编码相同"))
    return faults


def _check(files: list[_File], *, sources: Sources, report: Report) -> None:
    departments = set(Department.objects.order_by("pk").values_list("credit_code", flat=True))
    faults: list[Fault] = []
    for file in files:
        for problem in linting.problems(file.package, sources=sources):
            fault = Fault(file.name, problem.path, problem.message)
            (report.warnings if problem.warning else faults).append(fault)
        if file.package.department not in departments:
            faults.append(
                Fault(file.name, "department", f"部门目录里没有 {file.package.department}，请先登记部门")
            )
    if faults:
        raise ImportRefused(faults)


def _store(file: _File, *, report: Report, by: str, at: datetime) -> None:
    matter = Matter.objects.filter(code=file.package.code).first()
    before = matter.edition_id_on(day_of(at)) if matter else None
    if matter is not None and (kept := _written_since(matter, before, file.document)) is not None:
        report.unchanged.append(kept)
        return
    try:
        edition = publishing.publish(file.document, by=by, at=at)
    except publishing.NotPublishable as error:
        raise ImportRefused([Fault(file.name, each.path, each.message) for each in error.problems]) from error
    except publishing.AlreadyScheduled as error:
        raise ImportRefused([Fault(file.name, "", str(error))]) from error
    (report.unchanged if edition.id == before else report.published).append(edition)


def _written_since(matter: Matter, now: UUID | None, document: dict[str, Any]) -> Edition | None:
    """Return the edition in force where a file that was imported before has been written on by two people since.

    Importing the same files again, as an update of the portal does, must not undo what they published.
    """
    written = EditionDraft.objects.filter(edition__in=[matter.next_edition_id, now]).exists()
    if not written or not Edition.objects.filter(matter=matter, content=document).exists():
        return None
    return Edition.objects.filter(matter=matter, pk=now).first() if now else None


def _save_sources(file: _File) -> None:
    try:
        publishing.save_sources(file.package)
    except InvalidTree as error:
        raise ImportRefused([Fault(file.name, path, message) for path, message in error.problems]) from error
