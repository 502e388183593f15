"""A small district: the demo's own data files, a few people, and cases in every state the public pages look at."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from stdnum.cn import ric

from accounts import registering
from accounts.acting.principals import Principal
from accounts.models import Organisation, Person, Post, User
from accounts.registering import NewPerson
from approvals.applying import drafting
from approvals.models import Application, Decision, Draft, Judgement, SupplementNotice
from approvals.states import ApplicationState, DecisionKind, Maker
from certificates import types
from certificates.issuance.issuing import Issue, issue
from certificates.models import Certificate
from common import clock
from common.identifiers import make_credit_code
from matters.importing import import_packages
from matters.models import Edition, Matter
from registers import defining
from tests.factories import seals
from tests.factories.district import issuer_of
from tests.project.sources import ROOT

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=clock.SHANGHAI)
TODAY = NOW.date()
PASSWORD = "a password for tests"
ALLOWANCE = "11440507MB2X00012R4440511001001"
_serial = itertools.count(1)


def district() -> None:
    """Load divisions, departments, types, registers and the three matters, as the demo does."""
    registering.regions()
    for told in json.loads((ROOT / "portal/demo/district/departments.json").read_text(encoding="utf-8")):
        seals.seal_of(registering.department(told))
    types.load_types(sorted((ROOT / "data/types").glob("*.json")))
    defining.load_registers(sorted((ROOT / "data/registers").glob("*.json")))
    import_packages(ROOT / "data/matters", by="system", at=NOW - timedelta(days=40))


def resident_number(born: date) -> str:
    body = f"440507{born:%Y%m%d}{next(_serial) % 900 + 100:03d}"
    return body + ric.calc_check_digit(f"{body}0")


def citizen(username: str = "chen", *, name: str = "陈秀英", born: date = date(1940, 8, 20)) -> Person:
    user = registering.account(username, display_name=name, password=PASSWORD)
    return registering.person(NewPerson(name, resident_number(born), real_name_level=3), user=user)


def officer(username: str = "officer", *, name: str = "林志强") -> User:
    user = registering.account(username, display_name=name, password=PASSWORD)
    department = Matter.objects.select_related("department").get(code=ALLOWANCE).department
    registering.appoint(user, role=Post.Role.OFFICER, department=department, on=TODAY - timedelta(days=9))
    return user


def business(operator: Person, *, name: str = "示例市龙湖区秀英便利店") -> Organisation:
    code = make_credit_code("92", division="440507", sequence=900_000 + next(_serial))
    kind = Organisation.Kind.INDIVIDUAL_BUSINESS
    return registering.organisation(code=code, name=name, kind=kind, operator=operator, on=TODAY)


VALUES: dict[str, dict[str, Any]] = {
    "resident_id": {"sex": "female", "address": "示例市龙湖区珠池街道长平路演示 1 号"},
    "household_register": {"division": "440507003", "address": "示例市龙湖区珠池街道长平路演示 1 号"},
    "social_card": {"bank": "示例农商银行", "account_tail": "6218", "account_status": "normal"},
}


def certificate(holder: Person, slug: str, *, until: date | None = None, **more: Any) -> Certificate:
    values = {"name": holder.name, **VALUES[slug]}
    if slug == "resident_id":
        values |= {"id_number": holder.id_number, "birth_date": f"{holder.birth_year}-08-20"}
    since = date(2016, 1, 1)
    return issue(
        Issue(
            slug,
            holder,
            values,
            issued_on=since,
            valid_from=since,
            valid_until=until,
            **issuer_of(slug) | more,
        ),
        at=NOW,
    )


@dataclass
class Cases:
    """Makes cases of one matter for one person (a new one each, where no person is given)."""

    matter: Matter

    @property
    def edition(self) -> Edition:
        assert self.matter.current_edition is not None
        return self.matter.current_edition

    def draft(self, person: Person, organisation: Organisation | None = None) -> Draft:
        return drafting.start(Principal(person, organisation), matter=self.matter, consent=False)

    def case(self, person: Person, state: ApplicationState, *, at: datetime = NOW, closed: datetime | None = None,
             organisation: Organisation | None = None) -> Application:  # fmt: skip
        draft = self.draft(person, organisation)
        made = Application.objects.create(
            reference=draft.reference, matter=self.matter, edition=self.edition, person=person,
            organisation=organisation, authorisation=draft.authorisation, answers={}, state=state,
            idempotency_key=draft.reference, submitted_at=at, waiting_since=at, closed_at=closed,
        )  # fmt: skip
        draft.delete()
        return made

    def granted(
        self, person: Person, *, at: datetime = NOW, seconds: float = 0.4, by: User | None = None
    ) -> Application:
        decided = at + timedelta(seconds=seconds)
        made = self.case(person, ApplicationState.GRANTED, at=at, closed=decided)
        judgement = Judgement.objects.create(
            application=made, number=1, edition=self.edition, verdict="grant", on=at.date(),
            record={"facts": {}, "verdict": {}}, judged_at=decided,
        )  # fmt: skip
        Decision.objects.create(
            application=made, kind=DecisionKind.GRANTED, maker=Maker.OFFICER if by else Maker.SYSTEM,
            officer=by, judgement=None if by else judgement, reasons="符合条件", decided_at=decided,
        )  # fmt: skip
        return made

    def supplementing(self, person: Person, *, items: int = 2) -> SupplementNotice:
        made = self.case(person, ApplicationState.SUPPLEMENTING)
        return SupplementNotice.objects.create(
            application=made, items=[{"opens": f"form.{n}", "name": str(n), "text": "请补"} for n in range(items)],
            issued_by="system", issued_at=NOW, due_on=date(2026, 11, 27),
        )  # fmt: skip


def matter(code: str = ALLOWANCE) -> Matter:
    return Matter.objects.select_related("department", "current_edition").get(code=code)


def copies(count: int) -> None:
    """Make that many more matters with editions, to see that a list costs the same queries."""
    model = matter()
    edition = model.current_edition
    assert edition is not None
    for number in range(count):
        code = f"{model.code[:-3]}{number + 100}"
        other = Matter.objects.create(
            code=code, base_code=f"4405110{number:05d}", name=f"演示事项 {number}", summary=model.summary,
            department=model.department, type=model.type, applicant=model.applicant, mode=model.mode,
            life_events=[f"阶段 {number % 7}"], search_text=model.search_text,
        )  # fmt: skip
        other.current_edition = Edition.objects.create(
            matter=other, number=1, content=edition.content, vocabulary=edition.vocabulary,
            language_version=edition.language_version, digest=edition.digest,
            published_at=edition.published_at, published_by="system",
        )  # fmt: skip
        other.save(update_fields=["current_edition"])
