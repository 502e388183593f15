"""Two departments and people employed by them, without the whole district."""

from __future__ import annotations

from datetime import date
from itertools import count

from accounts import identifying, registering
from accounts.models import Department, Post, Region, User
from tests.factories import people
from tests.factories.district import COMMON

OWN, OTHER = "11440507MB2X00012R", "11440507MB2X00020L"
NAMES = {OWN: ("示例市龙湖区民政局", "区民政局"), OTHER: ("示例市龙湖区市场监督管理局", "区市场监管局")}
_serials = count(1)


def department(code: str = OWN) -> Department:
    """Return a department, entered when it is not there yet."""
    found = Department.objects.filter(credit_code=code).first()
    if found is not None:
        return found
    Region.objects.get_or_create(code=COMMON["region_id"], defaults={"name": "龙湖区", "level": 3})
    name, short_name = NAMES[code]
    return registering.department({**COMMON, "credit_code": code, "name": name, "short_name": short_name})


def employee(role: str | None, *, code: str | None = OWN) -> User:
    """Return a user with a post of a role in a department; `code=None`: of the whole district; no role, no post."""
    user = registering.account(
        f"employee{next(_serials)}", display_name="王审批", password="a long test password"
    )
    identifying.link(user, number=people.id_number())
    if role is not None:
        where = department(code) if code else None
        registering.appoint(user, role=Post.Role(role), department=where, on=date(2020, 1, 1))
    return user
