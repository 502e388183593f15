"""Cases that wait for a person: submitted and judged through the product's own verbs, with registers that are down."""

from __future__ import annotations

import itertools
import uuid
from datetime import date
from typing import Any

from accounts import registering
from accounts.registering import NewPerson
from approvals import deciding
from approvals.applying import drafting, submission
from approvals.models import Application
from tests.factories import district
from tests.factories.district import ALLOWANCE, FILING, Citizen

_keys = itertools.count()


def submitted(
    citizen: Citizen, *, matter: str = ALLOWANCE, consent: bool = True, **answers: object
) -> Application:
    """Start, answer and submit, as the citizen's pages do."""
    principal = citizen.business if matter == FILING else citizen.principal
    draft = drafting.start(principal, matter=district.matter(matter), consent=consent)
    if answers:
        drafting.save(principal, reference=draft.reference, answers=answers)
    return submission.submit(principal, reference=draft.reference, key=f"key {next(_keys)}")


def referred(citizen: Citizen, **told: Any) -> Application:
    """Return a case the machine could not prove: no register answers in these tests."""
    application = submitted(citizen, **told)
    deciding.decide_waiting()
    return again(application)


def again(application: Application) -> Application:
    """Return a case as it is stored now."""
    rows = Application.objects.select_related("matter__department", "edition", "person", "organisation")
    return rows.get(pk=application.pk)


def copies(application: Application, *, count: int, **told: Any) -> list[Application]:
    """Return more cases like this one, each of another person; for long queues."""
    made = []
    for serial in range(count):
        person = registering.person(
            NewPerson(name="许佩玲", id_number=district.resident_number(date(1940, 1, 1)))
        )
        values = {
            field.attname: getattr(application, field.attname) for field in Application._meta.concrete_fields
        }
        own = {
            "id": uuid.uuid4(),
            "person_id": person.pk,
            "reference": f"{application.reference[:-6]}9{serial:05d}",
        }
        made.append(Application(**{**values, **own, "idempotency_key": f"copy {serial}", **told}))
    return Application.objects.bulk_create(made)
