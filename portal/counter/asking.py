"""What a window would ask for: what a matter uses, or the types ticked for a purpose."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict

from approvals.applying.drafting import in_force
from approvals.applying.references import new_reference
from approvals.selectors import draft_of
from certificates import schemas
from certificates.errors import CannotConsent
from certificates.holding.authorising import stated
from certificates.models import CertificateType, Presentation, Scan
from certificates.presenting.errors import CannotAskThat
from certificates.presenting.scanning import Wanted, acting_in, lacking
from common import clock
from common.reading import by_reading
from matters import editions, selectors
from matters.models import Matter

MOST = 8  # matters shown for a search: more words find the right one


@dataclass(frozen=True, slots=True)
class Use:
    """One certificate a matter would use."""

    name: str
    fields: str
    why: str
    left_out: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be asked for a matter."""

    matter: Matter
    uses: tuple[Use, ...]

    @property
    def asks(self) -> bool:
        """Return whether anything is left to ask for."""
        return any(not use.left_out for use in self.uses)


@dataclass(frozen=True, slots=True)
class Parts:
    """The fields of one type, to be ticked: (what the form sends, label, whether it identifies a person)."""

    slug: str
    name: str
    rows: tuple[tuple[str, str, bool], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the form may send."""
        return tuple(name for name, _, _ in self.rows)


def kind_of(presentation: Presentation) -> str:
    """Return what kind of applicant is shown, as a matter's `applicant` says it."""
    return "organisation" if presentation.holder_organisation_id is not None else "person"


def found(presentation: Presentation, q: str) -> list[Matter]:
    """Return the matters for this kind of applicant that fit some words."""
    return selectors.search(q, applicant=kind_of(presentation))[:MOST]


def plan(presentation: Presentation, code: str) -> Plan | None:
    """Return what a matter would ask for; None for one that does not fit who is shown."""
    matter = _matter(presentation, code)
    if matter is None:
        return None
    compiled = editions.compiled(in_force(matter))
    scope = compiled.certificates
    out = set(lacking(presentation, scope))
    specs = compiled.specs
    uses = tuple(
        Use(
            specs[f"cert.{use.type}.held"].source_label,
            "、".join(specs[f"cert.{use.type}.{name}"].label for name in use.fields),
            use.why,
            left_out=use.type in out,
        )
        for use in compiled.package.uses.certificates
        if use.fields
    )
    return Plan(matter, tuple(sorted(uses, key=lambda use: by_reading(use.name))))


def common(presentation: Presentation) -> frozenset[str]:
    """Return the types that matters for this kind of applicant use: what windows ask for most."""
    matters = selectors.in_force().filter(applicant=kind_of(presentation))
    return frozenset(slug for one in matters for slug in editions.compiled(in_force(one)).certificates)


def types_for(presentation: Presentation) -> list[CertificateType]:
    """Return the types a purpose may name: those chosen on the phone, else all this holder could have."""
    kinds = (kind_of(presentation), CertificateType.HolderKind.EITHER)
    rows = CertificateType.objects.filter(holder_kind__in=kinds)
    if presentation.types:
        rows = rows.filter(slug__in=presentation.types)
    return list(rows.order_by("name", "slug"))


def wanted(scan: Scan, sent: QueryDict) -> Wanted:
    """Return what was chosen; a matter brings the reference under which an application can be taken next."""
    if code := sent.get("matter", ""):
        return _for_matter(scan, code)
    ticked = set(sent.getlist("fields"))
    chosen = {one.slug: [name for name in one.names if name in ticked] for one in parts_for(scan, sent)}
    scope = {slug: [name.partition(".")[2] for name in names] for slug, names in chosen.items() if names}
    return Wanted(scope, purpose=sent.get("purpose", ""))


def missing(scan: Scan, sent: QueryDict) -> dict[str, str]:
    """Return what a purpose still lacks before its fields can be chosen, by the box it belongs to."""
    found = {}
    try:
        stated(sent.get("purpose", ""), about=acting_in(scan.presentation, at=clock.now()))
    except CannotConsent as wrong:
        found["purpose"] = wrong.message
    if not sent.getlist("types"):
        found["types"] = "请至少选一种证照。"
    return found


def parts_for(scan: Scan, sent: QueryDict) -> list[Parts]:
    """Return the fields of the ticked types: a purpose names what it needs of them (PIPL art. 6)."""
    ticked = set(sent.getlist("types"))
    kinds = [kind for kind in types_for(scan.presentation) if kind.slug in ticked]
    return [_parts(kind) for kind in kinds]


def _parts(kind: CertificateType) -> Parts:
    specs = schemas.of_version(kind, kind.current_schema)
    rows = tuple((f"{kind.slug}.{name}", spec.label, spec.personal) for name, spec in specs.items())
    return Parts(kind.slug, kind.name, rows)


def _for_matter(scan: Scan, code: str) -> Wanted:
    matter = _matter(scan.presentation, code)
    if matter is None:
        raise CannotAskThat("这个事项现在不能办，或者不是这类群众办的。请重新选择。")
    compiled = editions.compiled(in_force(matter))
    at = clock.now()
    begun = draft_of(acting_in(scan.presentation, at=at), matter=matter)
    return Wanted(
        compiled.certificates,
        case_reference=begun.reference if begun else new_reference(division=settings.DIVISION, on=at.date()),
        matter_code=matter.code,
        matter_name=matter.name,
        deciding_body=matter.department.name,
    )


def _matter(presentation: Presentation, code: str) -> Matter | None:
    return selectors.in_force().filter(code=code, applicant=kind_of(presentation)).first()
