"""Signing in as one of the demo's people by one click."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.acting import principals
from accounts.models import SignIn, User
from common import clock
from common.errors import DomainError
from portal.demo import codes, marking
from portal.demo.district.lives import VERDICTS, Colleague, District, Group, Life, district
from portal.web.principals import ACTING_FOR
from portal.web.session import arriving

HOMES: dict[Group, str] = {"citizen": "public:home", "business": "public:home", "staff": "bureau:queue"}
TITLES: dict[Group, tuple[str, str]] = {
    "citizen": ("个人", "登录后办本人的事"),
    "business": ("单位和店主", "登录后代表单位办事，可以在“我的”里换回本人"),
    "staff": ("工作人员", "登录后进入审批工作台"),
}
CHIPS = {"grant": "instant", "supplement": "soon", "refer": "plain"}


class NobodyOfTheDemo(DomainError):
    """Only the people in lives.json can be signed in as."""

    status = 404
    message = "没有这个演示人物。请从演示登录页上选一位。"


@dataclass(frozen=True, slots=True)
class Chance:
    """What one matter would decide: shown on the card."""

    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Card:
    """One person on the sign-in page."""

    username: str
    name: str
    title: str
    story: str
    business: str
    chances: tuple[Chance, ...]
    code: str = ""  # what a phone shows now: staff alone


@dataclass(frozen=True, slots=True)
class Section:
    """The cards under one heading."""

    anchor: str
    title: str
    note: str
    cards: tuple[Card, ...]


def sections() -> list[Section]:
    """Return everybody who can be signed in as, by group."""
    whole = district()
    cards: dict[Group, list[Card]] = {"citizen": [], "business": [], "staff": []}
    for life in whole.lives:
        cards[life.group].append(_life_card(life, whole))
    cards["staff"] += [_card(one, business="", chances=()) for one in whole.staff]
    cards["staff"] = [replace(card, code=codes.now(card.username)) for card in cards["staff"]]
    return [Section(group, *TITLES[group], tuple(cards[group])) for group in TITLES]


def sign_in(request: HttpRequest, *, username: str) -> HttpResponse:
    """Sign in as this person, an owner for their business, staff without a code, and lead to where they begin.

    Raises NotADemoDatabase, NobodyOfTheDemo.
    """
    marking.require_mark()
    groups: dict[str, Group] = {life.username: life.group for life in district().lives}
    groups |= dict.fromkeys((one.username for one in district().staff), "staff")
    user = User.objects.filter(username=username, is_active=True).select_related("person").first()
    if username not in groups or user is None:
        raise NobodyOfTheDemo
    staff = groups[username] == "staff"
    response = redirect(HOMES[groups[username]])
    arriving.arrive(request, user, way=SignIn.Way.DEMO, response=response, second_factor=staff)
    request.session.pop(ACTING_FOR, None)
    if groups[username] == "business":
        own = principals.choices_of_organisations(user.person, on=clock.today())
        request.session[ACTING_FOR] = own[0].whom if own else ""
    return response


def _life_card(life: Life, whole: District) -> Card:
    chances = [
        Chance(f"{whole.matters[name].short}：{VERDICTS[life.expects[name]]}", CHIPS[life.expects[name]])
        for name in life.tries
    ]
    return _card(life, business=life.business.name if life.business else "", chances=tuple(chances))


def _card(one: Life | Colleague, *, business: str, chances: tuple[Chance, ...]) -> Card:
    return Card(one.username, one.name, one.title, one.story, business, chances)
