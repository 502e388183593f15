"""What is known about a case at one moment: answers, authorised certificates, registers, the portal's own records.

Nothing here runs inside a transaction: registers answer in their own time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from accounts import actors
from accounts.models import Organisation
from approvals.deciding import sources
from approvals.deciding.plain import plain
from approvals.models import Application, Draft
from approvals.states import OPEN, ApplicationState
from certificates.holding import using
from common import clock
from common.statements.planned import Planned
from matters import editions
from matters.counting import counted
from matters.editions import Compiled
from matters.format.questions import RegisterUse
from matters.forms.answers import form_facts
from registers import asking
from rules.language.values import Fact, Facts, UnknownReason

Answers = dict[str, asking.Answer | UnknownReason]
Principal = tuple[UUID | None, UUID | None, int]
_OWN = Planned("""
SELECT CASE WHEN organisation_id IS NULL THEN person_id END AS whose, organisation_id, matter_id,
       count(*) FILTER (WHERE state = ANY(%s)), count(*) FILTER (WHERE state = %s)
  FROM approvals_application
 WHERE matter_id = ANY(%s)
   AND (organisation_id = ANY(%s::uuid[]) OR organisation_id IS NULL AND person_id = ANY(%s::uuid[]))
 GROUP BY whose, organisation_id, matter_id
""")


@dataclass(frozen=True, slots=True)
class Collected:
    """The facts of one case and the certificate versions they were read from."""

    application: Application
    compiled: Compiled
    facts: Facts
    readings: Mapping[str, using.Reading]
    collect_ms: int


class Collecting:
    """A batch under way: the store and our own records are read, registers asked; cases come out as theirs answer."""

    def __init__(self, applications: Sequence[Application], *, on: date, at: datetime) -> None:
        """Look once at the store, once at our own records, and send every question; outside any transaction."""
        self.on, self.at = on, at
        self._started = clock.monotonic_ms()
        compiled = [editions.compiled(application.edition) for application in applications]
        self._pairs = list(zip(applications, compiled, strict=True))
        needs = [
            need(application, edition.certificates, purpose="自动核验")
            for application, edition in self._pairs
        ]
        self._readings = using.collect(needs, on=on, actor=actors.SYSTEM, at=at)
        own = _own(applications)
        self._known = [
            _known(application, edition, reading, own[_principal(application)], on=on, at=at)
            for (application, edition), reading in zip(self._pairs, self._readings, strict=True)
        ]
        _add_same_names(self._pairs, self._known)
        self._answers, questions, self._places = _questions(self._pairs, self._known)
        self._asking = asking.Asking(questions)
        self._awaited = Counter(place for place, _ in self._places)
        self._left = set(range(len(self._pairs)))

    @property
    def elapsed_ms(self) -> float:
        """Return how long ago it began."""
        return clock.monotonic_ms() - self._started

    def drop(self, applications: Sequence[Application]) -> None:
        """Wait no longer for these."""
        dropped = {application.pk for application in applications}
        self._left = {at for at in self._left if self._pairs[at][0].pk not in dropped}

    @property
    def left(self) -> list[Application]:
        """Return the cases that have not come out yet."""
        return [self._pairs[at][0] for at in sorted(self._left)]

    def take(self) -> list[Collected]:
        """Return the cases whose registers have all answered since the last time."""
        for number, answer in self._asking.take().items():
            place, name = self._places[number]
            self._answers[place][name] = answer
            self._awaited[place] -= 1
        ready = [at for at in sorted(self._left) if not self._awaited[at]]
        self._left -= set(ready)
        took = round(self.elapsed_ms)
        return [self._collected(at, took) for at in ready]

    def _collected(self, at: int, took: int) -> Collected:
        application, edition = self._pairs[at]
        known = _all(edition, self._known[at], self._answers[at], self.on)
        return Collected(application, edition, known, self._readings[at], took)

    @property
    def asking(self) -> asking.Asking:
        """Return what is waited for."""
        return self._asking


def wait_for(batches: Sequence[Collecting], *, seconds: float) -> None:
    """Return once all registers of all batches have answered, or after `seconds`."""
    asking.wait_for([batch.asking for batch in batches], seconds=seconds)


def _all(
    compiled: Compiled, facts: sources.Known, answers: Mapping[str, asking.Answer | UnknownReason], on: date
) -> Facts:
    """Return everything known, with the working days it makes: counted now, and stored with the rest."""
    known = facts | sources.register_facts(compiled, answers)
    return counted(known, vocabulary=compiled.vocabulary, on=on)


def need(application: Application | Draft, scope: sources.Scope, *, purpose: str) -> using.Need:
    """Return which fields of which certificates a case asks the store for."""
    organisation = application.organisation_id
    return using.Need(
        case_reference=application.reference,
        matter_code=application.matter.code,
        body=application.matter.department.name,
        body_code=application.matter.department.credit_code,
        holder_person_id=None if organisation else application.person_id,
        holder_organisation_id=organisation,
        authorisation_id=application.authorisation_id,
        scope=scope,
        purpose=purpose,
    )


def _known(
    application: Application,
    compiled: Compiled,
    readings: Mapping[str, using.Reading],
    own: sources.Known,
    *,
    on: date,
    at: datetime,
) -> sources.Known:
    known = sources.applicant_facts(application) | own
    known |= sources.certificate_facts(compiled, readings, scope=compiled.certificates, at=at)
    return known | form_facts(compiled, application.answers, facts=known, on=on)


def _principal(application: Application) -> Principal:
    """Return whose the case is: an organisation's is the organisation's, whoever filed it."""
    organisation = application.organisation_id
    return None if organisation else application.person_id, organisation, application.matter_id


def _own(applications: Sequence[Application]) -> dict[Principal, sources.Known]:
    """Return `own.*` by principal and matter, in one query; the open case being judged does not count itself."""
    principals = {_principal(application) for application in applications}
    people, bodies, matters = ({key[part] for key in principals} - {None} for part in range(3))
    with connection.cursor() as cursor:
        asked = [list(matters), list(bodies), list(people)]
        cursor.execute(_OWN, [sorted(OPEN), ApplicationState.GRANTED, *asked])
        counts = {(person, body, matter): pair for person, body, matter, *pair in cursor.fetchall()}
    return {
        key: sources.own_facts(open_applications=max(0, counts[key][0] - 1), granted=counts[key][1])
        for key in principals
    }


def _add_same_names(pairs: Sequence[tuple[Application, Compiled]], known: Sequence[sources.Known]) -> None:
    """Add `own.same_name` where a grant would give an organisation a name: how many bear it already."""
    wanted: dict[int, str] = {}
    for index, ((_, compiled), facts) in enumerate(zip(pairs, known, strict=True)):
        named = compiled.package.result.names
        fact = facts.get(named.fact) if named else None
        if fact is not None and isinstance(fact.value, str):
            wanted[index] = fact.value
    if not wanted:
        return
    bearing = Organisation.objects.filter(name__in=set(wanted.values()), status=Organisation.Status.ACTIVE)
    counts = Counter(bearing.values_list("name", flat=True))
    for index, name in wanted.items():
        known[index]["own.same_name"] = sources.same_name(counts[name])


def _questions(
    pairs: Sequence[tuple[Application, Compiled]], known: Sequence[Mapping[str, Fact]]
) -> tuple[list[Answers], list[asking.Question], list[tuple[int, str]]]:
    """Return what is answered already and what to ask; a register whose key is unknown is not asked."""
    answers: list[Answers] = [{} for _ in pairs]
    questions: list[asking.Question] = []
    places: list[tuple[int, str]] = []
    for index, ((application, compiled), facts) in enumerate(zip(pairs, known, strict=True)):
        for use in compiled.registers:
            if (missing := _missing_key(use.key, facts)) is not None:
                answers[index][use.register_] = missing
                continue
            questions.append(_question(application, use, facts))
            places.append((index, use.register_))
    return answers, questions, places


def _question(application: Application, use: RegisterUse, facts: Mapping[str, Fact]) -> asking.Question:
    return asking.Question(
        register_name=use.register_,
        key={parameter: plain(facts[fact].value) for parameter, fact in use.key.items()},
        case_reference=application.reference,
        matter_code=application.matter.code,
        purpose=use.why[:200],
    )


def _missing_key(key: Mapping[str, str], facts: Mapping[str, Fact]) -> UnknownReason | None:
    for name in key.values():
        fact = facts.get(name, Fact.unknown(UnknownReason.NOT_ASKED))
        if fact.missing is not None:
            return fact.missing
        if fact.value is None:
            return UnknownReason.NOT_ASKED
    return None
