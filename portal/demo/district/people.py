"""Invented people: numbers that check but belong to nobody, names and addresses from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import ric

from common.identifiers import make_credit_code

SEED = 20261121
FAMILY_NAMES = "陈林郑黄李王张吴蔡许杨谢余刘周"
GIVEN_NAMES = (
    *("秀兰", "美珍", "国辉", "建华", "志强", "丽华", "文彬", "晓燕"),
    *("伟明", "淑芬", "俊杰", "佩玲", "汉文", "惠英", "少鹏", "婉君"),
)
STREETS = (
    ("440507001", "金霞街道"),
    ("440507003", "珠池街道"),
    ("440507004", "新津街道"),
    ("440507008", "龙祥街道"),
)
ROADS = ("长平路", "金砂东路", "练江路", "黄河路", "嵩山路")
TRADES = ("便利店", "副食店", "水果店", "文具店", "五金店", "服装店", "花店", "茶叶店")
YOUNGEST, OLDEST = 19, 101


@dataclass(frozen=True, slots=True)
class Invented:
    """What is invented of a person: who they are, and where they live and bank."""

    name: str
    born: date
    female: bool
    id_number: str
    mobile: str
    account_number: str
    division: str
    address: str


def resident_number(born: date, *, female: bool, sequence: int, division: str = "440507") -> str:
    """Return a number of the form GB 11643; sequences from 990 on are not handed out to real people."""
    serial = 990 + (sequence % 5) * 2 + (0 if female else 1)
    body = f"{division}{born:%Y%m%d}{serial}"
    return body + ric.calc_check_digit(f"{body}0")  # it leaves the last character out


def staff_number(username: str) -> str:
    """Return the number of a member of staff, the same for the same name; nobody of the district bears it."""
    chance = random.Random(f"{SEED} staff {username}")  # noqa: S311 -- the same invented people every time
    born = date(1971, 1, 1) + timedelta(days=chance.randint(0, 30 * 365))
    return resident_number(born, female=chance.random() < 0.5, sequence=4, division="440500")


def invent(count: int, *, today: date) -> Iterator[Invented]:
    """Yield the same people for the same day; born so that the youngest is an adult."""
    chance = random.Random(SEED)  # noqa: S311 -- the same invented people every time
    for index in range(count):
        born = today - timedelta(days=chance.randint(YOUNGEST * 366, OLDEST * 365))
        female = chance.random() < 0.5
        division, street = chance.choice(STREETS)
        yield Invented(
            name=chance.choice(FAMILY_NAMES) + chance.choice(GIVEN_NAMES),
            born=born,
            female=female,
            id_number=resident_number(born, female=female, sequence=index),
            mobile=mobile(chance),
            account_number=account_number(chance),
            division=division,
            address=address(street, chance=chance),
        )


def mobile(chance: random.Random) -> str:
    """Return an invented mobile number."""
    return f"139{chance.randint(0, 99_999_999):08d}"


def account_number(chance: random.Random) -> str:
    """Return an invented bank account of 19 digits."""
    return f"621700{chance.randint(0, 10**13 - 1):013d}"


def address(street: str, *, chance: random.Random) -> str:
    """Return an invented detailed address."""
    room = f"{chance.randint(1, 30)} 幢 {chance.randint(1, 18)}{chance.randint(1, 4):02d} 室"
    return f"示例市龙湖区{street}{chance.choice(ROADS)} {chance.randint(1, 200)} 号 {room}"


def business_code(index: int) -> str:
    """Return a credit code of an invented individual business, well away from those given out here."""
    return make_credit_code("92", division="440507", sequence=600_000_000 + index)


def business_name(owner: str, *, index: int) -> str:
    """Return an invented business name."""
    return f"龙湖区{owner[0]}记{TRADES[index % len(TRADES)]}（演示{index + 1}）"
