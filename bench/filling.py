"""Distinct residents for a measurement, entered through the product's verbs; run inside the product's environment.

`python -m bench.filling COUNT` prints a JSON list of user names; passwords are one and the same, hashed cheaply.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import django
from django.conf import settings
from stdnum.cn import ric

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import transaction  # noqa: E402 -- models need the settings first

from accounts import registering  # noqa: E402
from accounts.models import Person  # noqa: E402
from accounts.registering import NewPerson  # noqa: E402
from certificates.issuance import issuing  # noqa: E402
from certificates.issuance.issuing import Issue  # noqa: E402
from common import clock  # noqa: E402

PASSWORD = "measured-2026"  # noqa: S105 -- of people who do not exist
TOGETHER = 50
ADDRESS = "示例市龙湖区珠池街道测量路 {} 号"
ISSUERS = {
    "resident_id": ("11440507MB2X00039H", "示例市公安局龙湖分局"),
    "household_register": ("11440507MB2X00039H", "示例市公安局龙湖分局"),
    "social_card": ("11440507MB2X00047C", "示例市龙湖区人力资源和社会保障局"),
}


def born(index: int) -> date:
    """Return a birth date: everybody is between 82 and 96."""
    return date(1930, 1, 1) + timedelta(days=index % 5000)


def number(index: int) -> str:
    """Return a resident ID number nobody bears, another for every index below 50,000."""
    body = f"440507{born(index):%Y%m%d}{970 + index // 5000 * 2:03d}"
    return body + ric.calc_check_digit(f"{body}0")  # it leaves the last character out


def enter(count: int) -> list[str]:
    """Enter people with an account and three certificates each; return their user names."""
    names: list[str] = []
    for start in range(0, count, TOGETHER):
        indexes = range(start, min(start + TOGETHER, count))
        with transaction.atomic():
            people = [_person(index) for index in indexes]
            held = [
                one for index, person in zip(indexes, people, strict=True) for one in _held(index, person)
            ]
            issuing.issue_many(held, at=clock.now())
        names += [username(index) for index in indexes]
    return names


def username(index: int) -> str:
    """Return the user name of one of them."""
    return f"measured{index}"


def _person(index: int) -> Person:
    user = registering.account(username(index), display_name="陈秀英", password=PASSWORD)
    entry = NewPerson(name="陈秀英", id_number=number(index), mobile=f"137{index:08d}", is_demo=True)
    return registering.person(entry, user=user)


def _held(index: int, person: Person) -> Iterator[Issue]:
    own = number(index)
    values: dict[str, dict[str, Any]] = {
        "resident_id": {
            "name": person.name,
            "id_number": own,
            "sex": "female",
            "birth_date": born(index).isoformat(),
            "address": ADDRESS.format(index),
        },
        "household_register": {
            "name": person.name,
            "division": "440507003",
            "address": ADDRESS.format(index),
        },
        "social_card": {
            "name": person.name,
            "card_number": own,
            "bank": "示例农商银行",
            "account_number": f"6217008{index:012d}",
            "account_tail": f"{index % 10_000:04d}",
            "account_status": "normal",
        },
    }
    day = date(2020, 1, 1)
    for slug, fields in values.items():
        yield Issue(
            type=slug,
            holder=person,
            values=fields,
            issued_on=day,
            valid_from=day,
            is_demo=True,
            issuer_code=ISSUERS[slug][0],
            issuer_name=ISSUERS[slug][1],
        )


def tell_registers(count: int) -> None:
    """Let the stand-in know that they are alive."""
    for start in range(0, count, 500):
        indexes = range(start, min(start + 500, count))
        records = [{"key": {"id_number": number(index)}, "values": {"dead": False}} for index in indexes]
        order = json.dumps({"register": "civil_status", "records": records}).encode()
        sent = urllib.request.Request(f"{settings.REGISTER_BASE_URL}/control", data=order, method="POST")
        with urllib.request.urlopen(sent, timeout=30) as answer:
            answer.read()


def main(arguments: Sequence[str]) -> None:
    """Enter as many people as asked for."""
    settings.PASSWORD_HASHERS = ["bench.hashing.CheapArgon2"]
    names = enter(int(arguments[0]))
    tell_registers(int(arguments[0]))
    print(json.dumps(names))


if __name__ == "__main__":
    main(sys.argv[1:])
