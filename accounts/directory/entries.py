"""What a directory file says: bodies, halls, and who works where; one JSON object, every fault named with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from accounts.models import Post
from accounts.posting import misplaced
from common import divisions
from common.identifiers import InvalidIdentifier, credit_code
from rules.language.invalid import InvalidTree, problems_in

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


def _credit_code(text: str) -> str:
    try:
        return credit_code(text)
    except InvalidIdentifier as error:
        raise PydanticCustomError("rules_credit_code", "{words}", {"words": error.message}) from error


def _username(text: str) -> str:
    if not USERNAME.fullmatch(text):
        raise PydanticCustomError(
            "rules_username", "用户名用 3 到 60 个小写字母、数字、点、短横线或者下划线，开头是字母或数字"
        )
    return text


def _division(code: str) -> str:
    found = divisions.find(code)
    if found is None:
        raise PydanticCustomError(
            "rules_division",
            "行政区划代码表（data/codes/divisions.json）里没有这个代码，请核对或者先补进表里",
        )
    return found.code


def _town(code: str) -> str:
    found = divisions.find(code)
    if found is None or found.level != divisions.TOWN:
        raise PydanticCustomError("rules_town", "应为镇、街道的 9 位行政区划代码")
    return found.code


def _day(text: object) -> date:
    try:
        return date.fromisoformat(text)  # type: ignore[arg-type]  # what is no text is refused like a wrong one
    except (TypeError, ValueError) as error:
        raise PydanticCustomError("rules_day", "应为“年-月-日”，例如 2026-01-05") from error


def _role(text: object) -> object:
    if text not in Post.Role.values:
        raise PydanticCustomError("rules_role", "岗位只有这几种：{all}", {"all": "、".join(Post.Role.values)})
    return text


CreditCode = Annotated[str, AfterValidator(_credit_code)]
Division = Annotated[str, AfterValidator(_division)]
Town = Annotated[str, AfterValidator(_town)]
Day = Annotated[date, BeforeValidator(_day)]
Role = Annotated[Post.Role, BeforeValidator(_role)]
UserName = Annotated[str, AfterValidator(_username)]
Words = Annotated[str, Field(min_length=1, max_length=80)]
Number = Annotated[str, Field(min_length=1, max_length=40)]


class _Entry(BaseModel):
    """Text is trimmed; an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class DepartmentEntry(_Entry):
    """An implementing body (实施主体), with where it is and to whom one turns against it."""

    credit_code: CreditCode
    name: Words
    short_name: Number
    section: Annotated[str, Field(max_length=40)] = ""
    region_id: Division
    phone: Number
    complaint_phone: Number
    address: Annotated[str, Field(min_length=1, max_length=120)]
    hours: Words
    review_body: Words
    court: Words


class HallEntry(_Entry):
    """A hall with its windows."""

    code: Annotated[str, Field(min_length=1, max_length=20)]
    name: Words
    region_id: Division
    address: Annotated[str, Field(min_length=1, max_length=120)]
    phone: Number
    hours: Words


class PostEntry(_Entry):
    """A post from a day on, to a last day where that is known."""

    role: Role
    department: CreditCode | None = None
    hall: str | None = None
    town: Town | None = None
    valid_from: Day
    valid_to: Day | None = None


class ColleagueEntry(_Entry):
    """Somebody who works here. No ID number and no password: those do not belong into a file."""

    username: UserName
    name: Annotated[str, Field(min_length=1, max_length=60)]
    posts: tuple[PostEntry, ...] = ()


class Directory(_Entry):
    """Everything one file says; each part may be left out."""

    departments: tuple[DepartmentEntry, ...] = ()
    halls: tuple[HallEntry, ...] = ()
    people: tuple[ColleagueEntry, ...] = ()


def parse(document: object, *, departments: Iterable[str], halls: Iterable[str]) -> Directory:
    """Return what a file says; `departments` and `halls` are there already. Raises InvalidTree, form first."""
    try:
        told = Directory.model_validate(document)
    except ValidationError as error:
        raise InvalidTree(problems_in(error)) from error
    if problems := [*_doubles(told), *_misplaced(told, departments=departments, halls=halls)]:
        raise InvalidTree(problems)
    return told


def _doubles(told: Directory) -> Iterator[tuple[str, str]]:
    lists = {
        "departments": [one.credit_code for one in told.departments],
        "halls": [one.code for one in told.halls],
        "people": [one.username for one in told.people],
    }
    for name, keys in lists.items():
        for place, key in enumerate(keys):
            if key in keys[:place]:
                yield f"{name}[{place}]", f"“{key}”在前面已经出现过"


def _misplaced(
    told: Directory, *, departments: Iterable[str], halls: Iterable[str]
) -> Iterator[tuple[str, str]]:
    bodies = {*departments, *(one.credit_code for one in told.departments)}
    places = {*halls, *(one.code for one in told.halls)}
    for number, colleague in enumerate(told.people):
        for place, post in enumerate(colleague.posts):
            at = f"people[{number}].posts[{place}]"
            if post.department and post.department not in bodies:
                yield f"{at}.department", "名录里没有这个部门的统一社会信用代码"
            if post.hall and post.hall not in places:
                yield f"{at}.hall", "名录里没有这个大厅的代码"
            named = {name: getattr(post, name) is not None for name in ("department", "hall", "town")}
            if wrong := misplaced(post.role, **named):
                yield at, wrong
            if post.valid_to is not None and post.valid_to < post.valid_from:
                yield f"{at}.valid_to", "最后一天不能早于开始的那天"
