"""The day an edition is in force from: writing down in its matter that it has come."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Department
from common.identifiers import matter_code
from matters.format.package import Package, parse_package
from matters.models import Matter


def turn(matter: Matter, *, on: date) -> bool:
    """Write down in a locked matter that its next edition is in force, where its day has come.

    Which edition is in force does not wait for this: it keeps what lists and searches read in step.
    """
    if matter.next_edition is None or matter.next_from is None or matter.next_from > on:
        return False
    matter.current_edition, matter.next_edition, matter.next_from = matter.next_edition, None, None
    package = parse_package(matter.current_edition.content)
    department = Department.objects.get(credit_code=package.department)
    for name, value in columns(package, department=department).items():
        setattr(matter, name, value)
    matter.save()
    return True


@transaction.atomic
def turn_all(*, on: date) -> int:
    """Write down every edition whose day has come; return how many."""
    due = Matter.objects.filter(next_from__lte=on).select_for_update(of=("self",), skip_locked=True)
    return sum(turn(matter, on=on) for matter in due.select_related("next_edition").order_by("pk"))


def columns(package: Package, *, department: Department) -> dict[str, Any]:
    """Return what lists and searches read of a matter: what the edition in force says."""
    return {
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


def search_text(package: Package) -> str:
    """Return what the plain search looks through."""
    return "\n".join([package.name, *package.everyday_words, package.summary]).lower()
