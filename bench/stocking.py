"""Fills a store of certificates and asks it, inside the product: `python -m bench.stocking PART …` prints JSON.

Parts: `sheet` writes a CSV of one type, `imported` tells of the last import, `lookup` asks by holder and types, `issue`
issues with signature, `size` tells what is there. People are made up: numbers of one place, sequence 000 and on.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection, connections, transaction  # noqa: E402 -- models need the settings first
from stdnum.cn import ric  # noqa: E402

from accounts import registering  # noqa: E402
from accounts.models import Person  # noqa: E402
from accounts.registering import NewPerson  # noqa: E402
from bench.filling import number as nobody  # noqa: E402
from certificates import locking, types  # noqa: E402
from certificates.issuance import issuing  # noqa: E402
from certificates.issuance.issuing import Issue  # noqa: E402
from certificates.models import Certificate, CertificateType, ImportBatch  # noqa: E402
from common import clock  # noqa: E402

ISSUER = "11440507MB2X00012R"
WARM, ASKED = 500, 3  # questions before anything counts; types in one question
ISSUED_BY = ("11440507MB2X00039H", "示例市公安局龙湖分局")
FIRST, PREFIX = 20_000, "BENCH"  # made-up numbers `bench.filling` leaves; how numbers of what is issued begin
FIELDS: dict[str, dict[str, Any]] = {
    "name": {"type": "text", "label": "姓名"},
    "id_number": {"type": "text", "label": "公民身份号码", "personal": True},
    "sex": {"type": "code", "label": "性别", "codes": {"male": "男", "female": "女"}},
    "born": {"type": "date", "label": "出生日期"},
    "address": {"type": "text", "label": "住址", "personal": True},
    "division": {"type": "division", "label": "所在地"},
    "category": {"type": "text", "label": "类别"},
    "amount": {"type": "money", "label": "金额"},
    "count": {"type": "integer", "label": "数量"},
    "checked": {"type": "boolean", "label": "已年检"},
}


def kind_of(number: int) -> CertificateType:
    """Return one of the types of the bench, entered when it is not there."""
    slug = f"bench_{number}"
    types.save(
        {
            "code": f"{ISSUER}{700 + number}",
            "slug": slug,
            "name": f"测量证照{number}",
            "holder_kind": "person",
            "exclusive": True,
            "definer_name": "测量局",
            "version": 1,
            "fields": FIELDS,
        }
    )
    return CertificateType.objects.get(slug=slug)


def born(index: int) -> date:
    """Return a birth date of somebody."""
    return date(1930, 1, 1) + timedelta(days=index % 25_000)


def number_of(index: int) -> str:
    """Return a resident ID number, another for every index below 25 million."""
    body = f"440507{born(index):%Y%m%d}{index // 25_000:03d}"
    return body + ric.calc_check_digit(f"{body}0")


def sheet(path: str, number: str, first: str, count: str) -> dict[str, Any]:
    """Write a CSV of `count` certificates of one type, for the holders from `first` on."""
    kind_of(int(number))
    head = [
        "holder",
        "holder_name",
        "number",
        "issued_on",
        "valid_until",
        *(f"fields.{name}" for name in FIELDS),
    ]
    with Path(path).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(head)
        for index in range(int(first), int(first) + int(count)):
            own, name = number_of(index), "陈李王张黄"[index % 5] + "秀英"
            fields = [
                name, own, "female", born(index).isoformat(), f"示例市龙湖区珠池街道测量路 {index} 号",
                "440507003", "普通", f"{index % 1000}.50", index % 7, "是",
            ]  # fmt: skip
            until = "2036-01-01" if index % 3 else ""
            writer.writerow([own, name, f"BC{number}{index:09d}", "2021-03-05", until, *fields])
    return {"file_bytes": Path(path).stat().st_size}


def imported() -> dict[str, Any]:
    """Return how long the last import took, from its first to its last commit, without the start of the program."""
    batch = ImportBatch.objects.order_by("-created_at")[0]
    assert batch.started_at is not None
    assert batch.finished_at is not None
    took = (batch.finished_at - batch.started_at).total_seconds()
    return {"accepted": batch.accepted, "rejected": batch.rejected, "known": batch.known, "seconds": took}


def lookup(count: str) -> dict[str, Any]:
    """Ask what some holders have of some types, by the statement that deciding uses, each holder once.

    `ms` is what the caller waits, `in_database_ms` what PostgreSQL says it took to plan and run it.
    """
    rows = CertificateType.objects.filter(slug__startswith="bench_").order_by("slug")
    kinds = list(rows.values_list("pk", flat=True))
    dice = random.Random(1)
    waited, inside, found = [], [], 0
    for index, holder in enumerate(_some_holders(int(count) + WARM)):
        asked = dice.sample(kinds, min(ASKED, len(kinds)))
        with transaction.atomic():
            begun = time.perf_counter()
            held = locking.certificates(asked, people=[holder], bodies=[], share=True)
            waited.append((time.perf_counter() - begun) * 1000)
            found += len(held)
        if index % 4 == 0:
            inside.append(_in_database(asked, holder))
        if index == WARM - 1:
            waited, inside, found = [], [], 0
    told = {"questions": len(waited), "types_asked": ASKED, "found_each": found / len(waited)}
    return {**told, "ms": waited, "in_database_ms": inside}


def _in_database(asked: list[int], holder: Any) -> float:
    with transaction.atomic(), connection.cursor() as cursor:
        sql = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {locking._CERTIFICATES} FOR SHARE"
        cursor.execute(sql, [asked, [str(holder)], []])
        (told,) = (cursor.fetchone() or ([],))[0]
    return float(told["Planning Time"] + told["Execution Time"])


def _some_holders(count: int) -> list[Any]:
    """Return people all over the table, in no order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM accounts_person TABLESAMPLE SYSTEM (%s) ORDER BY random() LIMIT %s",
            [min(100.0, 100.0 * count * 3 / max(1, _estimate("accounts_person"))), count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _estimate(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = %s", [table])
        return int((cursor.fetchone() or (0,))[0])


def size() -> dict[str, Any]:
    """Return how much is there."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE certificates_certificate, accounts_person")
        cursor.execute("SELECT pg_total_relation_size('certificates_certificate')")
        room = int((cursor.fetchone() or (0,))[0])
    return {"certificates": Certificate.objects.count(), "people": Person.objects.count(), "bytes": room}


def issue(count: str, batch: str, processes: str) -> dict[str, Any]:
    """Issue to so many people, a transaction a batch, after a warm batch in each process. People are entered before."""
    size, spread = int(batch), int(processes)
    people = _people(int(count) + spread * size)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, told = context.Barrier(spread + 1), context.Queue()
    running = [
        context.Process(target=_run, args=(people[at::spread], size, ready, told)) for at in range(spread)
    ]
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
        "batch": size,
        "processes": spread,
        "seconds": round(seconds, 2),
        "per_second": round(issued / seconds, 1),
        "processor_ms_each": round(sum(cpu for _, cpu in done) / issued * 1e3, 2),
        "load_average": os.getloadavg(),
    }


def _people(count: int) -> list[UUID]:
    first = FIRST + Certificate.objects.filter(number__startswith=PREFIX).count()  # of an earlier run
    with transaction.atomic():
        told = (NewPerson("陈秀英", nobody(index), is_demo=True) for index in range(first, first + count))
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
        issuer_code=ISSUED_BY[0],
        issuer_name=ISSUED_BY[1],
        is_demo=True,
    )


PARTS: dict[str, Any] = {
    "sheet": sheet,
    "imported": imported,
    "lookup": lookup,
    "issue": issue,
    "size": size,
}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](*sys.argv[2:])))
