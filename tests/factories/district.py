"""A small district for tests: places, departments, catalogue and people, entered through the product's verbs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from stdnum.cn import ric

from accounts import identifying, registering
from accounts.acting.principals import Principal
from accounts.models import Department, Organisation, Person, Post, User
from accounts.registering import NewPerson
from certificates.issuance import issuing
from certificates.issuance.issuing import Issue
from certificates.models import Certificate
from certificates.types import load_types
from common import clock
from common.identifiers import make_credit_code
from matters.importing import import_packages
from matters.models import Matter
from registers.defining import load_registers
from tests.factories import people, seals
from tests.factories.standin import Standin

ALLOWANCE = "11440507MB2X00012R4440511001001"
BUSINESS = "11440507MB2X00020L4440131001000"
FILING = "11440507MB2X00020L4441031002000"
COMMON_TYPES = Path(settings.DATA_DIR) / "types"
POLICE = {"issuer_code": "11440507MB2X00039H", "issuer_name": "示例市公安局龙湖分局"}
DEPARTMENTS = [
    {"credit_code": "11440507MB2X00012R", "name": "示例市龙湖区民政局", "short_name": "区民政局"},
    {"credit_code": "11440507MB2X00020L", "name": "示例市龙湖区市场监督管理局", "short_name": "区市场监管局"},
    {"credit_code": "11440507MB2X00039H", "name": "示例市公安局龙湖分局", "short_name": "区公安分局"},
    {
        "credit_code": "11440507MB2X00047C",
        "name": "示例市龙湖区人力资源和社会保障局",
        "short_name": "区人社局",
    },
    {"credit_code": "11440507MB2X000557", "name": "示例市龙湖区卫生健康局", "short_name": "区卫健局"},
    {"credit_code": "11440507MB2X000632", "name": "示例市龙湖区交通运输局", "short_name": "区交通运输局"},
    {"credit_code": "11440507MB2X00071W", "name": "示例市自然资源局龙湖分局", "short_name": "区自然资源分局"},
]
COMMON = {
    "section": "业务科",
    "region_id": "440507",
    "phone": "0754-00000003",
    "complaint_phone": "0754-00000004",
    "address": "示例市龙湖区",
    "hours": "周一至周五 8:30—12:00，14:30—17:30",
    "review_body": "示例市龙湖区人民政府",
    "court": "示例市龙湖区人民法院",
}
_numbers = itertools.count()


def load_catalogue(at: datetime) -> None:
    """Enter places, departments, certificate types, registers and the matters of data/."""
    registering.regions()
    for one in DEPARTMENTS:
        seals.seal_of(registering.department({**COMMON, **one}))
    data = Path(settings.DATA_DIR)
    load_types(sorted(COMMON_TYPES.glob("*.json")))
    load_registers(sorted((data / "registers").glob("*.json")))
    import_packages(data / "matters", by="test", at=at)


def matter(code: str = ALLOWANCE) -> Matter:
    """Return a matter of the catalogue."""
    return Matter.objects.select_related("department", "current_edition").get(code=code)


def resident_number(born: date, *, female: bool = True) -> str:
    """Return a number that checks; no two calls return the same."""
    serial = next(_numbers)
    body = f"44{1000 + serial // 500:04d}{born:%Y%m%d}{serial % 500 * 2 + (not female):03d}"
    return body + ric.calc_check_digit(f"{body}0")  # it leaves the last character out


@dataclass
class Citizen:
    """One person of the district with account and certificates."""

    person: Person
    user: User
    certificates: dict[str, Certificate] = field(default_factory=dict)
    organisation: Organisation | None = None

    @property
    def principal(self) -> Principal:
        """Return the person as applicant."""
        return Principal(self.person)

    @property
    def business(self) -> Principal:
        """Return the organisation as applicant."""
        assert self.organisation is not None
        return Principal(self.person, self.organisation)


def citizen(
    standin: Standin | None = None,
    *,
    name: str = "陈秀英",
    born: date = date(1940, 3, 8),
    without: tuple[str, ...] = (),
    dead: bool | None = False,
    **fields: Mapping[str, Any],
) -> Citizen:
    """Enter a person of 86 who is entitled to everything, but for what the arguments say."""
    number = resident_number(born)
    serial = next(_numbers)
    user = registering.account(f"citizen{serial}", display_name=name, password="a long test password")
    person = registering.person(
        NewPerson(name=name, id_number=number, mobile=f"138{serial:08d}", is_demo=True), user=user
    )
    found = Citizen(person, user)
    held = {slug: {**values, **fields.get(slug, {})} for slug, values in _held(person, born).items()}
    slugs = [slug for slug in held if slug not in without]
    issued = issuing.issue_many([certificate(slug, person, held[slug]) for slug in slugs], at=clock.now())
    found.certificates = dict(zip(slugs, issued, strict=True))
    if standin is not None and dead is not None:
        standin.know("civil_status", {"id_number": number}, {"dead": dead})
    return found


def _held(person: Person, born: date) -> dict[str, dict[str, Any]]:
    address = "示例市龙湖区珠池街道长平路 7 号 2 幢 302 室"
    number = person.id_number
    return {
        "resident_id": {
            "name": person.name,
            "id_number": number,
            "sex": "female",
            "birth_date": born.isoformat(),
            "address": address,
        },
        "household_register": {"name": person.name, "division": "440507003", "address": address},
        "social_card": {
            "name": person.name,
            "card_number": number,
            "bank": "示例农商银行",
            "account_number": f"62170001{next(_numbers):011d}",
            "account_tail": "6218",
            "account_status": "normal",
        },
    }


@cache
def issuer_of(slug: str) -> dict[str, str]:
    """Return who issues certificates of a type: the first it names, else its definer; of a package's, the police."""
    path = COMMON_TYPES / f"{slug}.json"
    if not path.is_file():
        return POLICE
    told = json.loads(path.read_text(encoding="utf-8"))
    names = {one["credit_code"]: one["name"] for one in DEPARTMENTS}
    code = next(iter(told["issuers"]), told["code"][:18])
    return {"issuer_code": code, "issuer_name": names.get(code, told["definer_name"])}


def certificate(slug: str, holder: Person | Organisation, values: Mapping[str, Any], **told: Any) -> Issue:
    """Return what is to be issued; valid from 2020 on, without end, but for what `told` says."""
    given = {"valid_from": date(2020, 1, 1), "issued_on": date(2020, 1, 1), **issuer_of(slug), **told}
    return Issue(
        type=slug,
        holder=holder,
        values=values,
        pattern=f"T{slug[:2].upper()}{{year}}{{serial:8}}",
        is_demo=True,
        **given,
    )


def business(standin: Standin | None = None, *, owner: Citizen | None = None, **licence: Any) -> Citizen:
    """Enter an owner with a food shop."""
    found = owner or citizen(standin, name="林文彬", born=date(1986, 5, 1))
    serial = next(_numbers)
    code = make_credit_code("92", division="440507", sequence=500_000_000 + serial)
    name = f"示例市龙湖区第{serial}食品店"
    found.organisation = registering.organisation(
        code=code,
        name=name,
        kind="individual_business",
        operator=found.person,
        on=date(2020, 1, 1),
        is_demo=True,
    )
    values = {
        "name": name,
        "credit_code": code,
        "kind": "个体工商户",
        "operator": found.person.name,
        "scope": "一般项目：食品销售（仅销售预包装食品）；日用百货销售。",
        "sells_prepackaged_food_only": True,
        "address": "示例市龙湖区长平路 9 号",
        "division": "440507003",
        "established_on": "2020-01-01",
        "status": "active",
        **licence,
    }
    found.certificates["business_licence"] = issuing.issue(
        certificate("business_licence", found.organisation, values), at=clock.now()
    )
    return found


def officer(department_code: str = "11440507MB2X00012R", *, user: User | None = None) -> User:
    """Appoint an officer of a department."""
    serial = next(_numbers)
    account = user or registering.account(
        f"officer{serial}", display_name="王审批", password="a long test password"
    )
    known(account)
    department = Department.objects.get(credit_code=department_code)
    registering.appoint(account, role=Post.Role.OFFICER, department=department, on=date(2020, 1, 1))
    return account


def admin(department_code: str | None = "11440507MB2X00012R", *, name: str = "李文杰") -> User:
    """Appoint an admin of a department's catalogue, or of the whole district's."""
    return _appointed(Post.Role.ADMIN, department_code, name)


def supervisor(department_code: str | None = "11440507MB2X00012R") -> User:
    """Appoint a supervisor of a department, or of the whole district."""
    return _appointed(Post.Role.SUPERVISOR, department_code, "高监督")


def keeper(department_code: str = "11440507MB2X00012R", *, name: str = "罗晓琳") -> User:
    """Appoint a keeper of a department's certificates."""
    return _appointed(Post.Role.KEEPER, department_code, name)


def clerk(*, hall: str = "示例区政务服务中心") -> User:
    """Appoint a clerk at a hall's windows."""
    account = registering.account(
        f"clerk{next(_numbers)}", display_name="林雪梅", password="a long test password"
    )
    known(account)
    told = {"code": hall, "name": hall, "region_id": "440507", "hours": COMMON["hours"]}
    place = registering.hall({**told, "address": COMMON["address"], "phone": COMMON["phone"]})
    registering.appoint(account, role=Post.Role.CLERK, department=None, hall=place, on=date(2020, 1, 1))
    return account


def known(account: User) -> None:
    """Say whose work account it is: somebody's who is no resident of the tests."""
    if account.id_number_hash is None and not Person.objects.filter(user=account).exists():
        identifying.link(account, number=people.id_number())


def _appointed(role: Post.Role, department_code: str | None, name: str) -> User:
    account = registering.account(
        f"{role}{next(_numbers)}", display_name=name, password="a long test password"
    )
    known(account)
    department = Department.objects.get(credit_code=department_code) if department_code else None
    registering.appoint(account, role=role, department=department, on=date(2020, 1, 1))
    return account


def department_of(code: str) -> str:
    """Return the credit code of a matter's department."""
    return str(matter(code).department.credit_code)


def stand_at(moment: datetime) -> None:
    """Let the clock stand at a moment until the end of the test."""
    clock.set_source(lambda: moment)
