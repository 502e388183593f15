"""Coverage of the matters in force, from the database: four statements, however many matters and certificates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import connection

from matters import editions, selectors
from matters.covering.ways import Asked, Coverage, Kind, Subject, asked, cover
from matters.models import Edition, FreeList, Matter

# Step by step along the index by type: one look a type that is there, however many certificates.
_ISSUED = """
WITH RECURSIVE issued(type_id) AS (
    (SELECT type_id FROM certificates_certificate WHERE status = 'valid' ORDER BY type_id LIMIT 1)
    UNION ALL
    SELECT (SELECT c.type_id FROM certificates_certificate c
             WHERE c.status = 'valid' AND c.type_id > issued.type_id ORDER BY c.type_id LIMIT 1)
      FROM issued WHERE issued.type_id IS NOT NULL)
SELECT t.slug, t.name, t.id IN (SELECT type_id FROM issued WHERE type_id IS NOT NULL)
  FROM certificates_certificatetype t
"""


@dataclass(frozen=True, slots=True)
class _Edition:
    """What coverage needs of an edition; kept, because an edition never changes."""

    materials: tuple[Asked, ...]
    result: str
    result_name: str
    renews: bool
    lengthens: bool


@dataclass(frozen=True, slots=True)
class Issuing:
    """The matters that give a certificate of one type: to who has none, and to whose one runs out."""

    first: Matter | None = None
    renewal: Matter | None = None


_kept: dict[UUID, _Edition] = {}


def kinds() -> dict[str, Kind]:
    """Return every certificate type by slug, and whether the store holds a valid one of it."""
    with connection.cursor() as cursor:
        cursor.execute(_ISSUED)
        return {slug: Kind(name, issued) for slug, name, issued in cursor.fetchall()}


def coverages(*, on: date, known: Mapping[str, Kind] | None = None) -> tuple[Coverage, ...]:
    """Return the coverage of every matter that can be applied for on a day, by name."""
    known = known if known is not None else kinds()
    matters = [(matter, matter.edition_id_on(on)) for matter in selectors.in_force()]
    _keep({edition for _, edition in matters if edition is not None} - _kept.keys())
    return tuple(
        _coverage(matter, _kept[edition], known) for matter, edition in matters if edition is not None
    )


def coverage(matter: Matter, *, on: date, known: Mapping[str, Kind] | None = None) -> Coverage | None:
    """Return the coverage of one matter, None before its first edition's day."""
    edition = matter.edition_id_on(on)
    if edition is None:
        return None
    _keep({edition} - _kept.keys())
    return _coverage(matter, _kept[edition], known if known is not None else kinds())


def _coverage(matter: Matter, edition: _Edition, known: Mapping[str, Kind]) -> Coverage:
    department = matter.department
    subject = Subject(
        matter.code, matter.name, department.name, matter.get_applicant_display(), department.pk
    )
    covers = tuple(cover(one, kinds=known) for one in edition.materials)
    return Coverage(subject, covers, edition.result, edition.result_name)


def _keep(missing: Collection[UUID]) -> None:
    """Read editions this process has not seen yet, in one statement."""
    if not missing:
        return
    for edition in Edition.objects.filter(pk__in=missing).order_by("pk"):
        compiled = editions.compiled(edition)
        package = compiled.package
        given = package.result.certificate
        lengthens = given.renews and not given.valid_as_held  # what keeps the last day lengthens nothing
        _kept[edition.pk] = _Edition(
            asked(compiled), given.type, package.guide.result.name, given.renews, lengthens
        )


def issuing(slugs: Collection[str], *, applicant: str, on: date, but: str = "") -> dict[str, Issuing]:
    """Return for certificate types the matters in force that give one to such an applicant; one statement.

    `but` leaves out one matter: who stands before it needs no way to it.
    """
    found: dict[str, Issuing] = {}
    matters = selectors.in_force().filter(applicant=applicant).exclude(code=but) if slugs else ()
    known = [(matter, edition) for matter in matters if (edition := matter.edition_id_on(on)) is not None]
    _keep({edition for _, edition in known} - _kept.keys())
    for matter, edition in known:
        kept = _kept[edition]
        if kept.result not in slugs:
            continue
        before = found.get(kept.result, Issuing())
        if not kept.renews:
            found[kept.result] = replace(before, first=before.first or matter)
        elif kept.lengthens:
            found[kept.result] = replace(before, renewal=before.renewal or matter)
    return found


def lists() -> list[FreeList]:
    """Return every published list without what it says, the newest first."""
    rows = FreeList.objects.select_related("published_by").defer("content").order_by("-number")
    return list(rows)


def latest() -> FreeList | None:
    """Return the list that is in force, None before the first was published."""
    return FreeList.objects.select_related("published_by").order_by("-number").first()


def numbered(number: int) -> FreeList | None:
    """Return one published list."""
    return FreeList.objects.select_related("published_by").filter(number=number).first()


__all__ = ["Issuing", "coverage", "coverages", "issuing", "kinds", "latest", "lists", "numbered"]
