"""Reading what the store holds without opening it: existence, status, validity, and the record of uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.acting.principals import Principal
from accounts.models import Organisation, Person
from certificates import schemas
from certificates.holding import using
from certificates.holding.choosing import choose
from certificates.models import Authorisation, Certificate, CertificateType, UseRecord
from certificates.states import CertificateStatus
from common import divisions
from common.statements.worded import Select
from rules.language.raw import value_of
from rules.language.vocabulary import FactSpec, FactType, Vocabulary
from rules.wording.showing import shower

# What says whether a certificate counts on a day, and names it.
COUNTING = ("identifier", "version", "status", "issued_on", "valid_from", "valid_until")
_COUNTING = Select(lambda: Certificate.objects.select_related("type").only(*COUNTING, "type__slug"))


@dataclass(frozen=True, slots=True)
class CardLine:
    """One field as its holder sees it: personal ones masked."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """A certificate as the wallet shows it to its holder."""

    certificate: Certificate
    type_name: str
    lines: tuple[CardLine, ...]


def held_by(
    *, person: Person | None = None, organisation: Organisation | None = None
) -> QuerySet[Certificate]:
    """Return a holder's certificates of every status, the newest first; no field is read."""
    rows = Certificate.objects.filter(holder_person=person, holder_organisation=organisation)
    return rows.select_related("type").defer("fields").order_by("type__name", "-valid_from", "-version", "pk")


def valid_by_type(holder: Person | Organisation, *, on: date) -> dict[str, Certificate]:
    """Return the one valid certificate of each type by slug; a type with two is left out."""
    whose = "holder_person_id" if isinstance(holder, Person) else "holder_organisation_id"
    rows: dict[str, list[Certificate]] = defaultdict(list)
    for row in _COUNTING.rows(f"WHERE {whose} = %s AND status = %s", [holder.pk, CertificateStatus.VALID]):
        rows[row.type.slug].append(row)
    chosen = {slug: choose(held, on=on) for slug, held in rows.items()}
    return {slug: one.certificate for slug, one in chosen.items() if one.certificate and one.reason is None}


def uses_of(*, person: Person | None = None, organisation: Organisation | None = None) -> QuerySet[UseRecord]:
    """Return every look at a holder's certificates, and every refused one, the newest first."""
    rows = UseRecord.objects.filter(holder_person=person, holder_organisation=organisation)
    return rows.select_related("type", "authorisation", "report").order_by("-at", "pk")


def authorisations_of(
    *, person: Person | None = None, organisation: Organisation | None = None
) -> QuerySet[Authorisation]:
    """Return a holder's consents and refusals, the newest first."""
    rows = Authorisation.objects.filter(holder_person=person, holder_organisation=organisation)
    return rows.order_by("-given_at", "pk")


def card(certificate: Certificate, *, viewer: Principal) -> Card:
    """Return what its holder may see of their own certificate; raises NotYours for anyone else."""
    values = using.own_values(certificate, viewer=viewer)
    shown = lines(certificate.type, values, version=certificate.schema_version)
    return Card(certificate, certificate.type.name, shown)


def lines(
    kind: CertificateType, values: Mapping[str, Any], *, version: int, mask: bool = True
) -> tuple[CardLine, ...]:
    """Return values in words under their labels, in the order of the card; `mask` stars what identifies a person."""
    words = Vocabulary()
    return tuple(
        CardLine(name, spec.label, _text(values[name], spec, words, mask=mask))
        for name, spec in schemas.of_version(kind, version).items()
        if values.get(name) not in (None, "", [])
    )


def _text(raw: object, spec: FactSpec, words: Vocabulary, *, mask: bool) -> str:
    if spec.type is FactType.DIVISION and not (spec.personal and mask):
        return divisions.local_name(str(raw), home=settings.DIVISION)
    value = value_of(raw, spec=spec)
    return shower(spec, vocabulary=words, mask=mask)(value)
