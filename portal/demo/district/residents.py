"""The people of the demo before they are entered: named lives first, then invented ones to fill the district."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from accounts.models import Person
from accounts.registering import NewPerson
from portal.demo.district import people
from portal.demo.district.lives import Business, District, Holding, Life, merged

BORN_BEFORE = date(2026, 1, 1)  # fixed, so that loading on another day enters the same people
OWNERS_BORN = (1958, 2000)


@dataclass(frozen=True, slots=True)
class Resident(people.Invented):
    """One person to be entered, with what they hold, and their business."""

    certificates: Mapping[str, Holding]
    registers: Mapping[str, Mapping[str, Any] | None]
    business: Business | None
    business_certificates: Mapping[str, Holding]
    life: Life | None = None

    @property
    def entry(self) -> NewPerson:
        """Return what the accounts are told."""
        return NewPerson(
            name=self.name,
            id_number=self.id_number,
            mobile=self.mobile,
            household=self.life.household if self.life else "",
            real_name_level=Person.RealNameLevel.FACE,
            is_demo=True,
        )

    def words(self, *, today: date) -> dict[str, Any]:
        """Return what `{…}` in the data stands for."""
        business = self.business
        return {
            "name": self.name,
            "id_number": self.id_number,
            "birth_date": self.born.isoformat(),
            "sex": "female" if self.female else "male",
            "division": self.division,
            "address": self.address,
            "account_number": self.account_number,
            "account_tail": self.account_number[-4:],
            "business": business.name if business else "",
            "credit_code": business.credit_code if business else "",
            "day": Day(today),
        }


@dataclass(frozen=True, slots=True)
class Day:
    """The day of loading; `{day:-7}` is a week earlier."""

    today: date

    def __format__(self, days: str) -> str:
        return (self.today + timedelta(days=int(days or 0))).isoformat()


def filled(value: Any, words: Mapping[str, Any]) -> Any:
    """Return a JSON value with every `{…}` in its texts replaced."""
    match value:
        case str():
            return value.format_map(words)
        case list() | tuple():
            return [filled(inner, words) for inner in value]
        case Mapping():
            return {name: filled(inner, words) for name, inner in value.items()}
        case _:
            return value


def residents(district: District) -> list[Resident]:
    """Return everybody: the same people on every day and every machine."""
    named = [_named(life, district) for life in district.lives]
    return [*named, *_others(district, named)]


def _named(life: Life, district: District) -> Resident:
    chance = random.Random(f"{people.SEED} {life.username}")  # noqa: S311 -- the same invented numbers every time
    female = life.sex == "female"
    business, mobile = life.business, people.mobile(chance)
    return Resident(
        name=life.name,
        born=life.born,
        female=female,
        id_number=people.resident_number(life.born, female=female, sequence=life.sequence),
        mobile=mobile if life.mobile else "",
        account_number=people.account_number(chance),
        division=life.division,
        address=life.address or people.address(dict(people.STREETS)[life.division], chance=chance),
        certificates=merged(district.usual.person, life.certificates),
        registers=life.registers,
        business=business,
        business_certificates=merged(district.usual.business, business.certificates) if business else {},
        life=life,
    )


def _others(district: District, named: list[Resident]) -> list[Resident]:
    known = {one.id_number for one in named}
    others: list[Resident] = []
    for one in people.invent(district.more_people + len(named), today=BORN_BEFORE):
        if len(others) == district.more_people or one.id_number in known:
            continue
        owned = sum(other.business is not None for other in others)
        owns = owned < district.more_businesses and OWNERS_BORN[0] <= one.born.year <= OWNERS_BORN[1]
        others.append(_other(one, district, business=_business(one, index=owned) if owns else None))
    return others


def _other(one: people.Invented, district: District, *, business: Business | None) -> Resident:
    held = merged(district.usual.business, district.usual.other_businesses) if business else {}
    return Resident(
        **asdict(one),
        certificates=merged(district.usual.person, {}),
        registers={},
        business=business,
        business_certificates=held,
    )


def _business(owner: people.Invented, *, index: int) -> Business:
    return Business(
        name=people.business_name(owner.name, index=index), credit_code=people.business_code(index)
    )
