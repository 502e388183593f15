"""The consent page: which fields of which certificates, why, and what is in the store. No field is read for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from accounts.acting.principals import Principal
from approvals.applying.drafting import CONSENT_DAYS
from certificates import selectors as store
from certificates.models import Certificate, CertificateType
from certificates.states import CertificateStatus
from matters.editions import Compiled
from matters.models import Matter
from portal.citizen.showing.faces import type_icon
from portal.web.components.covers import Cover, applying_for, covers

NOT_HELD = ("old", "库里没有")
STATES = {
    CertificateStatus.VALID: ("valid", "有效"),
    CertificateStatus.SUSPENDED: ("soon", "暂停使用"),
    CertificateStatus.SUPERSEDED: ("old", "被替代"),
}
ENDED = "dead"


@dataclass(frozen=True, slots=True)
class Ask:
    """One certificate that would be looked at: what of it, why, how it stands in the store, what it stands in for."""

    name: str
    icon: str
    fields: str
    why: str
    cover: Cover
    materials: tuple[str, ...]

    @property
    def chip(self) -> str:
        """Return the kind of chip that shows its state."""
        return self.cover.chip[0]

    @property
    def state(self) -> str:
        """Return its state in a word."""
        return self.cover.chip[1]

    @property
    def usable(self) -> bool:
        """Return whether the store holds a valid one."""
        return self.cover.usable


@dataclass(frozen=True, slots=True)
class Brought:
    """One material that nothing stands in for: how it is handed in, and whether only some situations need it."""

    name: str
    upload: bool
    conditional: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything the consent page says."""

    asks: tuple[Ask, ...]
    brought: tuple[Brought, ...]
    only_existence: tuple[str, ...]
    registers: tuple[tuple[str, str], ...]
    sensitive: str
    until: date
    workdays: int
    instant: bool


def asking(matter: Matter, compiled: Compiled, *, principal: Principal, on: date) -> Asking:
    """Return what the matter would look at for this principal on a day."""
    uses = compiled.package.uses.certificates
    applying = applying_for(matter, compiled, on=on)
    held = covers(principal, slugs=[use.type for use in uses], on=on, applying=applying)
    icons = dict(CertificateType.objects.filter(slug__in=held).values_list("slug", "icon"))
    committed = compiled.package.guide.committed
    return Asking(
        asks=tuple(
            Ask(
                type_name(compiled, use.type),
                type_icon(icons.get(use.type, "")),
                labels(compiled, use.type, use.fields),
                use.why,
                held[use.type],
                _standing_in(compiled, use.type),
            )
            for use in uses
            if use.fields
        ),
        brought=_brought(compiled),
        only_existence=tuple(type_name(compiled, use.type) for use in uses if not use.fields),
        registers=tuple((register_name(compiled, use.register_), use.why) for use in compiled.registers),
        sensitive=_sensitive(compiled),
        until=on + timedelta(days=CONSENT_DAYS),
        workdays=committed.workdays,
        instant=committed.instant and matter.promises_instant,
    )


def _standing_in(compiled: Compiled, slug: str) -> tuple[str, ...]:
    """Return the materials a certificate stands in for, but for the one that is called as it is."""
    named = [
        one.name
        for one in compiled.package.materials
        if any(each.certificate == slug for each in one.replaced_by)
    ]
    return tuple(name for name in named if name != type_name(compiled, slug))


def _brought(compiled: Compiled) -> tuple[Brought, ...]:
    return tuple(
        Brought(one.name, one.upload is not None, one.when is not None)
        for one in compiled.package.materials
        if not one.replaced_by
    )


def states(principal: Principal, *, slugs: Iterable[str], on: date) -> dict[str, tuple[str, str]]:
    """Return slug → (chip, words) of a valid certificate held, else of another: that one exists is no use of it."""
    found = dict.fromkeys(slugs, NOT_HELD)
    for certificate in held_by(principal):
        slug = certificate.type.slug
        if slug in found and found[slug][0] != "valid":
            found[slug] = state_of(certificate, on=on)
    return found


def held_by(principal: Principal) -> QuerySet[Certificate]:
    """Return the certificates of whom the principal stands for; no field is read."""
    if principal.organisation is not None:
        return store.held_by(organisation=principal.organisation)
    return store.held_by(person=principal.person)


def state_of(certificate: Certificate, *, on: date) -> tuple[str, str]:
    """Return the chip and the words for a certificate's state on a day."""
    status = CertificateStatus(certificate.status)
    if status == CertificateStatus.VALID and certificate.expired_on(on):
        return ENDED, "已过期"
    return STATES.get(status, (ENDED, f"已{status.label}"))


def type_name(compiled: Compiled, slug: str) -> str:
    """Return the name of a certificate type, as this edition froze it."""
    return compiled.specs[f"cert.{slug}.held"].source_label


def register_name(compiled: Compiled, name: str) -> str:
    """Return the name of a register, as this edition froze it."""
    return compiled.specs[f"register.{name}.found"].source_label


def labels(compiled: Compiled, slug: str, fields: Iterable[str]) -> str:
    """Return the fields of a certificate in words."""
    return "、".join(compiled.specs[f"cert.{slug}.{field}"].label for field in fields)


def _sensitive(compiled: Compiled) -> str:
    """Return the labels of what identifies a person: the consent to it is given separately (PIPL art. 29)."""
    scope = compiled.certificates.items()
    specs = [compiled.specs[f"cert.{slug}.{field}"] for slug, fields in scope for field in fields]
    return "、".join(dict.fromkeys(spec.label for spec in specs if spec.personal))
