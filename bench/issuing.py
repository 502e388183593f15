"""How many certificates a second are issued and signed, in batches? Run inside the product's environment.

`python -m bench.issuing [--count N] [--batch N] [--processes N]` prints JSON. Each batch is one transaction: number,
digest, signature, encrypted fields, journal, log of the seal, as a decision issues them. People are entered before.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connections, transaction  # noqa: E402 -- models need the settings first

from accounts import registering  # noqa: E402
from accounts.models import Person  # noqa: E402
from accounts.registering import NewPerson  # noqa: E402
from bench.filling import number  # noqa: E402
from certificates.issuance import issuing  # noqa: E402
from certificates.issuance.issuing import Issue  # noqa: E402
from certificates.models import Certificate  # noqa: E402
from common import clock  # noqa: E402

ISSUER = ("11440507MB2X00039H", "示例市公安局龙湖分局")
FIRST = 20_000  # of the made-up numbers: `bench.filling` takes those before
PREFIX = "BENCH"
BATCH, PROCESSES, COUNT = 50, 2, 3000


def measure(*, count: int = COUNT, batch: int = BATCH, processes: int = PROCESSES) -> dict[str, Any]:
    """Issue to `count` people in all, after a warm batch in each process; return the figures."""
    people = _people(count + processes * batch)
    connections.close_all()
    shares = [people[at::processes] for at in range(processes)]
    context = multiprocessing.get_context("fork")
    ready, told = context.Barrier(processes + 1), context.Queue()
    running = [context.Process(target=_run, args=(share, batch, ready, told)) for share in shares]
    for process in running:
        process.start()
    ready.wait()
    began = time.perf_counter()
    done = [told.get() for _ in running]
    seconds = time.perf_counter() - began
    for process in running:
        process.join()
    issued = sum(one for one, _ in done)
    return {
        "issued": issued,
        "batch": batch,
        "processes": processes,
        "seconds": round(seconds, 2),
        "per_second": round(issued / seconds, 1),
        "processor_ms_each": round(sum(cpu for _, cpu in done) / issued * 1e3, 2),
        "load_average": os.getloadavg(),
    }


def _people(count: int) -> list[UUID]:
    first = FIRST + Certificate.objects.filter(number__startswith=PREFIX).count()  # of an earlier run
    with transaction.atomic():
        told = (NewPerson("陈秀英", number(index), is_demo=True) for index in range(first, first + count))
        return [registering.person(one).pk for one in told]


def _run(share: Sequence[UUID], batch: int, ready: Any, told: Any) -> None:
    people = list(Person.objects.filter(pk__in=share))
    _issue(people[:batch])
    ready.wait()
    began, rest = time.process_time(), people[batch:]
    for at in range(0, len(rest), batch):
        _issue(rest[at : at + batch])
    told.put((len(rest), time.process_time() - began))


def _issue(people: Sequence[Person]) -> None:
    with transaction.atomic():
        issuing.issue_many([_wanted(person) for person in people], at=clock.now())


def _wanted(person: Person) -> Issue:
    day = date(2020, 1, 1)
    return Issue(
        type="household_register",
        holder=person,
        values={"name": person.name, "division": "440507003", "address": "示例市龙湖区珠池街道测量路 1 号"},
        pattern=f"{PREFIX}{{year}}{{serial:8}}",
        issued_on=day,
        valid_from=day,
        issuer_code=ISSUER[0],
        issuer_name=ISSUER[1],
        is_demo=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measures issuing with signature; prints JSON.")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    print(json.dumps(measure(**vars(parser.parse_args())), indent=1))


if __name__ == "__main__":
    main()
