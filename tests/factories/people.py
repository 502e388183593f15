"""Made-up people and businesses: numbers with sequence 99x, which nobody bears (domain 1.1)."""

from __future__ import annotations

from datetime import date
from itertools import count

from stdnum.cn import ric

from accounts import registering
from accounts.acting.principals import Principal
from accounts.models import Organisation, Person
from accounts.registering import NewPerson
from common.identifiers import make_credit_code

_numbers = count(1)


def id_number(*, born: date | None = None) -> str:
    """Return a valid number that no other call returned, of a given birth date if that matters."""
    serial = next(_numbers)
    day = born or date(1920 + serial // 8000 % 80, 1 + serial // 700 % 12, 1 + serial // 25 % 28)
    body = f"440507{day:%Y%m%d}{970 + serial % 30}"
    return body + ric.calc_check_digit(f"{body}?")


def person(*, name: str = "陈桂英", born: date | None = None, mobile: str = "") -> Person:
    """Return a new stored person."""
    return registering.person(NewPerson(name=name, id_number=id_number(born=born), mobile=mobile))


def business(
    *, operator: Person, name: str = "龙湖区桂英小食店", on: date = date(2020, 1, 1)
) -> Organisation:
    """Return a new stored individual business and its operator's right to act."""
    code = make_credit_code("92", division="440507", sequence=900_000 + next(_numbers))
    kind = Organisation.Kind.INDIVIDUAL_BUSINESS
    return registering.organisation(code=code, name=name, kind=kind, operator=operator, on=on)


def principal(*, name: str = "陈桂英") -> Principal:
    """Return a new person acting for themselves."""
    return Principal(person(name=name))
