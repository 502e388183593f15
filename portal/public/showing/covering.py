"""What the store covers for a visitor: that a certificate exists and until when. No field is read (architecture, 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.acting.principals import Principal
from certificates import selectors
from certificates.holding.choosing import Choice, choose
from certificates.models import Certificate
from portal.web.components import wording
from rules import UnknownReason, reason_text

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Cover:
    """The state of one type in the visitor's store: held, soon (runs out) or wanting, in words."""

    state: str
    words: str

    @property
    def usable(self) -> bool:
        """Return whether the machine can rely on it today."""
        return self.state in {"held", "soon"}


MISSING = Cover("wanting", "证照库里没有")


def covers(principal: Principal, *, slugs: Iterable[str], on: date) -> Mapping[str, Cover]:
    """Return slug → what the principal holds of it; a person's own types stay theirs when they act for a business."""
    wanted = list(slugs)
    rows = list(selectors.held_by(person=principal.person).filter(type__slug__in=wanted))
    if principal.organisation is not None:
        rows += selectors.held_by(organisation=principal.organisation).filter(type__slug__in=wanted)
    held: dict[str, list[Certificate]] = {}
    for certificate in rows:
        held.setdefault(certificate.type.slug, []).append(certificate)
    return {slug: _cover(choose(found, on=on), on) for slug, found in held.items()}


def _cover(choice: Choice, on: date) -> Cover:
    """Say the choice that the machine would make, in words."""
    if choice.reason is UnknownReason.NOT_HELD:
        return MISSING
    if choice.certificate is None or choice.reason is not None:
        return Cover("wanting", _wanting(choice, on))
    until = choice.certificate.valid_until
    if until is None:
        return Cover("held", "有效，长期")
    if until - on <= SOON:
        return Cover("soon", f"有效，{wording.cn_date(until)}到期")
    return Cover("held", f"有效期至 {wording.iso_date(until)}")


def _wanting(choice: Choice, on: date) -> str:
    held = choice.certificate
    run_out = held is not None and held.valid_until is not None and held.valid_until < on
    if choice.reason is UnknownReason.EXPIRED and run_out:
        return f"{choice.detail}，已过期"
    return choice.detail or reason_text(choice.reason)
