"""Typed facts, each with its source, from what was read: pure conversions, no database, no network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.models import Organisation, Person
from approvals.models import Application, Draft
from certificates.holding.using import Held, Reading
from common.identifiers import resident_id
from matters.editions import Compiled
from registers.asking import Answer
from rules.language.raw import Unreadable, value_of
from rules.language.values import Fact, Source, SourceKind, UnknownReason, Value
from rules.language.vocabulary import FactSpec

Known = dict[str, Fact]
Scope = Mapping[str, tuple[str, ...]]


def applicant_facts(case: Application | Draft) -> Known:
    """Return `applicant.*`: the real-name identity of the applicant, and of who acts for an organisation."""
    values = _organisation(case, case.organisation) if case.organisation else _identity(case.person)
    source = Source(SourceKind.APPLICANT, "applicant", "实名账户")
    return {f"applicant.{name}": Fact.known(value, source) for name, value in values.items()}


def _identity(person: Person) -> dict[str, Value]:
    identity = resident_id(person.id_number)
    return {
        "name": person.name,
        "id_number": identity.number,
        "birth_date": identity.birth_date,
        "sex": str(identity.sex),
        "kind": "person",
        "mobile": person.mobile,
        "real_name_level": person.real_name_level,
    }


def _organisation(case: Application | Draft, organisation: Organisation) -> dict[str, Value]:
    """Whoever opens an organisation's case has the right to act for it: its head by law, or an agent by mandate."""
    return {
        "name": organisation.name,
        "credit_code": organisation.credit_code,
        "kind": organisation.kind,
        "person_name": case.person.name,
        "person_id_number": case.person.id_number,
        "person_is_operator": not case.mandate,
        "mobile": case.person.mobile,
    }


def certificate_facts(
    compiled: Compiled, readings: Mapping[str, Reading], *, scope: Scope, at: datetime
) -> Known:
    """Return `cert.<slug>.*` for every type and field asked for, known or missing with the reason."""
    facts: Known = {}
    for slug, fields in scope.items():
        reading = readings[slug]
        name = f"cert.{slug}.held"
        source = _certificate_source(compiled, slug, name, reading, at)
        if isinstance(reading, Held) or reading.held is not None:
            facts[name] = Fact.known(reading.held, source)
        else:  # suspended or not yet valid: neither that it is held nor that it is not
            facts[name] = Fact.unknown(reading.reason, source)
        for field in fields:
            name = f"cert.{slug}.{field}"
            facts[name] = _certificate_fact(compiled, slug, name, reading, at)
    return facts


def _certificate_fact(compiled: Compiled, slug: str, name: str, reading: Reading, at: datetime) -> Fact:
    source = _certificate_source(compiled, slug, name, reading, at)
    if isinstance(reading, Held):
        return _typed(reading.values.get(source.field), compiled.specs[name], source)
    return Fact.unknown(reading.reason, source)


def _certificate_source(compiled: Compiled, slug: str, name: str, reading: Reading, at: datetime) -> Source:
    label, field = compiled.specs[name].source_label, name.rpartition(".")[2]
    if isinstance(reading, Held):
        return Source(SourceKind.CERTIFICATE, slug, label, reading.number, reading.version, field, at)
    return Source(SourceKind.CERTIFICATE, slug, label, field=field, at=at, detail=reading.detail)


def register_facts(compiled: Compiled, answers: Mapping[str, Answer | UnknownReason]) -> Known:
    """Return `register.<name>.*`; a register that failed, or whose key is unknown, says nothing."""
    return {
        name: _register_fact(compiled.specs[name], answers[name.split(".")[1]])
        for name in compiled.needed
        if name.startswith("register.")
    }


def _register_fact(spec: FactSpec, answer: Answer | UnknownReason) -> Fact:
    _, register, field = spec.name.split(".", 2)
    if isinstance(answer, UnknownReason):
        return Fact.unknown(answer, Source(SourceKind.REGISTER, register, spec.source_label, field=field))
    source = Source(
        SourceKind.REGISTER, register, spec.source_label, field=field, at=answer.at, detail=answer.told
    )
    if not answer.answered:
        return Fact.unknown(UnknownReason.UNREACHABLE, source)
    if field not in answer.values:
        return Fact.unknown(UnknownReason.NOT_HELD, source)
    return _typed(answer.values[field], spec, source)


def own_facts(*, open_applications: int, granted: int) -> Known:
    """Return `own.*`: what this portal itself knows of the principal in the same matter."""
    source = Source(SourceKind.OWN, "own", "本平台办件记录")
    return {
        "own.open_applications": Fact.known(open_applications, source),
        "own.granted": Fact.known(granted, source),
    }


def same_name(count: int) -> Fact:
    """Return `own.same_name`: how many organisations of this portal bear the name asked for."""
    return Fact.known(count, Source(SourceKind.OWN, "own", "本平台办件记录"))


def _typed(raw: object, spec: FactSpec, source: Source) -> Fact:
    try:
        return Fact.known(value_of(raw, spec=spec), source)
    except Unreadable:
        return Fact.unknown(UnknownReason.UNREADABLE, source)
