"""What the phone shows: a code with its seconds, a window's question, what came of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.acting.principals import Principal, choices
from accounts.models import Organisation, Person
from approvals.applying.drafting import CONSENT_DAYS
from certificates import schemas
from certificates.models import CertificateType, Presentation, Scan
from certificates.presenting import codes, following
from certificates.presenting.errors import MayNotShow
from certificates.presenting.following import Showing
from certificates.presenting.stages import ACCESS, ANSWER_WITHIN, ASK_WITHIN, GOING_ON, Stage
from common.clock import day_of
from common.identifiers import mask_id, mask_name
from common.reading import by_reading
from portal.citizen.presenting import filings
from portal.citizen.presenting.filings import Filing
from portal.citizen.showing import consent
from portal.citizen.showing.faces import type_icon

LOOK_AGAIN = 10  # seconds, where a page cannot look by itself
BEGIN = "begin"
CODE = "code"
CONFIRM = "confirm"  # what the window filled in lies before the holder
FILED = "filed"
NO_FILING = Filing()


@dataclass(frozen=True, slots=True)
class Face:
    """Whose certificates are shown, masked: others stand behind one at a window."""

    name: str
    number: str
    level: str
    shown_by: str

    @property
    def whose(self) -> str:
        """Return whose they are and who shows them."""
        return f"{self.name}，由{self.shown_by}出示" if self.shown_by else self.name


@dataclass(frozen=True, slots=True)
class Asked:
    """One certificate a window asks for, and whether a valid one is there."""

    name: str
    icon: str
    fields: str
    chip: str
    state: str


@dataclass(frozen=True, slots=True)
class Screen:
    """One moment of the phone. `kind`: begin, code, confirm, filed, or the stage of the last scan."""

    kind: str
    face: Face
    showing: Showing
    seconds: int
    chosen: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    sensitive: str = ""
    may_show: bool = True
    until: datetime | None = None
    filing: Filing = NO_FILING
    filling: filings.Asked | None = None
    came: filings.Came | None = None

    @property
    def mark(self) -> str:
        """Return what is another when there is something new to show."""
        return self.showing.mark + self.filing.mark

    @property
    def live(self) -> bool:
        """Return whether something new may come by itself."""
        return self.kind in {CODE, CONFIRM} or self.kind in GOING_ON or self.filing.undecided

    @property
    def refresh(self) -> int:
        """Return after how many seconds a page without a script looks again; 0: never, or one chooses there."""
        waits = self.live and self.kind != CONFIRM
        return min(self.seconds or LOOK_AGAIN, LOOK_AGAIN) if waits else 0

    @property
    def scan(self) -> Scan | None:
        """Return the scan it is about."""
        return self.showing.scan


def screen(principal: Principal, *, at: datetime) -> Screen:
    """Return what the phone of the acting person shows for the one they chose to act for."""
    showing = following.showing(principal.acting, at=at)
    shown = showing.presentation
    if shown is None or not (_is_of(shown, principal) or showing.stage in GOING_ON):
        return Screen(BEGIN, _face_of(principal), Showing(None), 0, may_show=_may_show(principal))
    face = face_of(shown)
    if showing.scan is not None and showing.stage is not None:
        return _scanned(principal, showing, face, at=at)
    if showing.code is None:
        return Screen(BEGIN, face, showing, 0, may_show=_may_show(principal))
    return Screen(CODE, face, showing, showing.code.seconds, chosen=_names(shown.types))


def face_of(presentation: Presentation) -> Face:
    """Return whose certificates a presentation shows, masked."""
    holder, by = codes.holder(presentation), presentation.shown_by
    return _face(holder, by)


def others(principal: Principal, *, at: datetime) -> list[Principal]:
    """Return whom else the acting person may show certificates of, themselves included."""
    on = day_of(at)
    found = [Principal(principal.acting), *choices(principal.acting, on=on)]
    return [one for one in found if one.whom != principal.whom and _may_show(one)]


def _face_of(principal: Principal) -> Face:
    return _face(principal.organisation or principal.person, principal.acting)


def _face(holder: Person | Organisation, by: Person) -> Face:
    other = mask_name(by.name) if by.pk != holder.pk else ""
    level = by.get_real_name_level_display()
    if isinstance(holder, Organisation):
        return Face(holder.name, mask_id(holder.credit_code), level, other)
    return Face(mask_name(holder.name), mask_id(holder.id_number), level, other)


def _is_of(shown: Presentation, principal: Principal) -> bool:
    if principal.organisation is not None:
        return shown.holder_organisation_id == principal.organisation.pk
    return shown.holder_person_id == principal.person.pk


def _may_show(principal: Principal) -> bool:
    return principal.limits.sees_certificates and not principal.closed


def _names(slugs: list[str]) -> tuple[str, ...]:
    names = dict(CertificateType.objects.filter(slug__in=slugs).values_list("slug", "name"))
    return tuple(names[slug] for slug in slugs if slug in names)


def _scanned(principal: Principal, showing: Showing, face: Face, *, at: datetime) -> Screen:
    scan, stage, shown = showing.scan, showing.stage, showing.presentation
    assert scan is not None
    assert stage is not None
    assert shown is not None
    filing = filings.filing(scan, stage, at=at)
    kind = FILED if filing.filed else CONFIRM if filing.draft else stage
    asked, sensitive = _asked(shown, scan, at=at) if scan.scope else ((), "")
    return Screen(
        kind,
        face,
        showing,
        seconds=_seconds(scan, stage, at=at),
        asked=asked,
        sensitive=sensitive,
        may_show=_may_show(principal),
        until=at + timedelta(days=CONSENT_DAYS),
        filing=filing,
        filling=filings.asked(filing.draft, at=at) if filing.draft else None,
        came=filings.came(filing.filed) if filing.filed else None,
    )


def _seconds(scan: Scan, stage: Stage, *, at: datetime) -> int:
    """Return in how many seconds the stage ends by itself."""
    ends = {
        Stage.SCANNED: scan.scanned_at + ASK_WITHIN,
        Stage.ASKED: (scan.asked_at or at) + ANSWER_WITHIN,
        Stage.OPEN: scan.access_until or at + ACCESS,
    }
    return max(1, -(-(ends[stage] - at) // timedelta(seconds=1))) if stage in ends else 0


def _asked(shown: Presentation, scan: Scan, *, at: datetime) -> tuple[tuple[Asked, ...], str]:
    """Return what is asked for in words, and the labels of what identifies a person (PIPL art. 29)."""
    types = schemas.kinds(scan.scope)
    on = day_of(at)
    try:
        holder = codes.principal_of(shown, at=at)
    except MayNotShow:
        return (), ""
    states = consent.states(holder, slugs=scan.scope, on=on)
    specs = {slug: schemas.of_version(kind, kind.current_schema) for slug, kind in types.items()}
    rows = tuple(
        Asked(
            types[slug].name,
            type_icon(types[slug].icon),
            "、".join(specs[slug][name].label for name in fields if name in specs[slug]),
            *states[slug],
        )
        for slug, fields in sorted(scan.scope.items(), key=lambda one: by_reading(types[one[0]].name))
    )
    personal = [
        specs[slug][name].label
        for slug, fields in scan.scope.items()
        for name in fields
        if name in specs[slug] and specs[slug][name].personal
    ]
    return rows, "、".join(dict.fromkeys(personal))
