"""The mandates of the demo's people: delegation, guardianship, an organisation's agent, through the product's verbs."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, timedelta

from PIL import Image, ImageDraw, ImageFont

from accounts.acting import agents, delegating, documents, guarding
from accounts.acting.agents import Mandate
from accounts.models import ActingRight, Delegation, Guardianship, Organisation, Person, User
from matters.models import Matter
from portal.demo.district.lives import District, Life
from records.files.keeping import Incoming

DAYS = 180  # so that a demo's clock may be moved forward
CHILDS_NUMBER = "O440500201606010001"


def give(whole: District, users: Mapping[str, User], *, today: date) -> None:
    """Give every mandate that was never given: what somebody has taken back since stays taken back."""
    people = {
        user.username: user.person
        for user in User.objects.filter(username__in=users).select_related("person")
        if hasattr(user, "person")
    }
    for life in whole.lives:
        _delegate(life, whole, people, today)
        _guard(life, whole, people, users)
        _employ(life, whole, people, today)


def _called(codes: list[str]) -> list[str]:
    return list(Matter.objects.filter(code__in=codes).order_by("code").values_list("name", flat=True))


def _codes(names: tuple[str, ...], whole: District) -> list[str]:
    return [whole.matters[name].code for name in names]


def _delegate(life: Life, whole: District, people: Mapping[str, Person], today: date) -> None:
    told = life.delegates
    if told is None:
        return
    principal, agent = people[life.username], people[told.to]
    if not Delegation.objects.filter(principal=principal, agent=agent).exists():
        codes = _codes(told.matters, whole)
        delegating.give(
            principal, agent=agent, until=today + timedelta(days=DAYS), matters=codes, names=_called(codes)
        )


def _guard(life: Life, whole: District, people: Mapping[str, Person], users: Mapping[str, User]) -> None:
    for username in filter(None, (life.guardian, life.guardian_asks)):
        ward, guardian = people[life.username], people[username]
        if Guardianship.objects.filter(ward=ward, guardian=guardian).exists():
            continue
        documents.keep(guardian, incoming=_paper())
        asked = guarding.request(
            guardian,
            ward=ward,
            kind=Guardianship.Ward.CHILD,
            document=Guardianship.Document.BIRTH_CERTIFICATE,
            document_number=CHILDS_NUMBER,
        )
        if username == life.guardian:
            guarding.confirm(users[whole.staff[0].username], guardianship_id=asked.pk)


def _paper() -> Incoming:
    """Return a picture of a page as somebody would upload it; it says that it is none."""
    image = Image.new("RGB", (900, 1200), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, 860, 1160), outline=(150, 60, 60), width=6)
    draw.text((130, 160), "DEMO", font=ImageFont.load_default(size=120), fill=(150, 60, 60))
    draw.text((130, 340), f"No. {CHILDS_NUMBER}", font=ImageFont.load_default(size=40), fill="black")
    target = io.BytesIO()
    image.save(target, "PNG")
    incoming = Incoming()
    incoming.write(target.getvalue())
    incoming.finish()
    return incoming


def _employ(life: Life, whole: District, people: Mapping[str, Person], today: date) -> None:
    told = life.agent_of
    if told is None:
        return
    head, agent = people[told.head], people[life.username]
    organisation = Organisation.objects.get(acting_rights__person=head, acting_rights__given_by=None)
    if not ActingRight.objects.filter(person=agent, organisation=organisation).exists():
        codes = _codes(told.matters, whole)
        until, names = today + timedelta(days=DAYS), _called(codes)
        mandate = Mandate(until, codes, sees_certificates=told.certificates, names=names)
        agents.authorise(head, organisation=organisation, agent=agent, mandate=mandate)
