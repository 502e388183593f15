"""Acting for others in the pages: always named, within the mandate, and nothing carries over to the next one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.acting import agents, delegating
from accounts.acting.agents import Mandate
from accounts.models import Delegation
from accounts.telling import inbox
from approvals import deciding
from approvals.applying import drafting
from approvals.models import Application, Draft
from certificates.models import Authorisation, Certificate
from common import clock
from tests.factories import district
from tests.factories.district import ALLOWANCE, BUSINESS, FILING, Citizen
from tests.factories.fixtures import NOON
from tests.portal.citizen import walking
from tests.portal.citizen.walking import START, text_of

LATER = NOON.date() + timedelta(days=30)


@dataclass
class Family:
    """A daughter, her mother, her father; the daughter's browser."""

    mother: Citizen
    father: Citizen
    daughter: Citizen
    client: Client

    def delegate(self, *matters: str) -> Delegation:
        given = [
            delegating.give(one.person, agent=self.daughter.person, until=LATER, matters=matters)
            for one in (self.mother, self.father)
        ]
        return given[0]

    def act_for(self, one: Citizen | None, *, onward: str = "/") -> None:
        whom = f"person:{one.person.pk}" if one else ""
        assert self.client.post("/act-for", {"whom": whom, "next": onward}).status_code == 302


@pytest.fixture
def family(city, browser: Callable[[Citizen], Client]) -> Family:
    daughter = district.citizen(city, name="林佳", born=date(1975, 5, 1))
    father = district.citizen(city, name="林国辉", born=date(1938, 2, 2))
    return Family(district.citizen(city), father, daughter, browser(daughter))


def drawn_for(page: str) -> str:
    found = re.search(r'name="whom" value="([^"]*)"', page.split("<main", 1)[1])
    assert found, "the form does not say for whom it was drawn"
    return found.group(1)


def test_every_step_names_applicant_and_agent(
    family: Family, decide, browser: Callable[[Citizen], Client]
) -> None:
    family.delegate()
    family.act_for(family.mother)
    client, both = family.client, ("陈秀英", "林佳")
    asked = text_of(client.get(START))
    assert "想看陈秀英的" in asked
    assert "代办人：林佳" in asked
    walking.consent(client)
    reference = Draft.objects.get().reference
    pages = [f"/drafts/{reference}/1", f"/drafts/{reference}/check"]
    for address in pages:
        main = text_of(client.get(address))
        assert "正在为 陈秀英 办事" in main
        assert "申请人： 陈秀英 代办人： 林佳" in main
    client.post(f"/applications/{reference}/submit", {"key": walking.key_of(client, reference)})
    decide()
    for address in (f"/applications/{reference}", f"/applications/{reference}/print", "/applications"):
        shown = text_of(client.get(address))
        assert all(name in shown for name in both), address
    assert f"代办授权至 {LATER:%Y-%m-%d}" in text_of(client.get(f"/applications/{reference}"))
    hers = browser(family.mother)
    assert "代办人林佳填表时看到" in text_of(hers.get("/certificates/uses"))
    assert "依据：代办人林佳给出的授权" in text_of(hers.get("/certificates/uses"))
    assert "依据：您的授权" not in text_of(hers.get("/certificates/uses"))
    assert "代办人林佳同意" in text_of(hers.get("/authorisations"))


def test_the_bar_stands_on_every_page_until_one_click_ends_it(family: Family) -> None:
    family.delegate()
    addresses = ("/", "/matters", "/me", "/me/family", "/applications", "/certificates", "/messages", START)
    family.act_for(family.mother)
    for address in addresses:
        assert "正在为 陈秀英 办事" in text_of(family.client.get(address)), address
    family.act_for(None)
    for address in addresses:
        assert "正在为" not in text_of(family.client.get(address)), address


@pytest.mark.parametrize("now", ["father", "herself"])
def test_a_tab_of_one_principal_does_nothing_after_the_switch_to_the_next(
    family: Family, now: str, decide
) -> None:
    """Every form of a case, drawn for the mother and posted while the session acts for somebody else."""
    family.delegate()
    family.act_for(family.mother)
    client = family.client
    start = f"/matters/{BUSINESS}/start"
    consent_for = drawn_for(client.get(start).content.decode())
    filed = walking.submit(client)
    reference = walking.draft_of(client, start=start).reference
    consent = Authorisation.objects.get(case_reference=reference)
    revoking_for = drawn_for(client.get("/authorisations").content.decode())
    forms = {
        start: {"consent": "no", "whom": consent_for},
        f"/drafts/{reference}/1": {"name": "示例市龙湖区秀英食品店"},
        f"/drafts/{reference}/save/1": {"name": "示例市龙湖区秀英食品店"},
        f"/applications/{reference}/submit": {"key": "k"},
        f"/drafts/{reference}/discard": {},
        f"/applications/{filed}/withdraw": {},
        f"/applications/{filed}/supplement": {"address": "x"},
        f"/applications/{filed}/rating": {"level": "5"},
        f"/authorisations/{consent.pk}/revoke": {"whom": revoking_for},
    }
    family.act_for(family.father if now == "father" else None)
    before = _state()
    for address, sent in forms.items():
        refused = client.post(address, sent)
        assert refused.status_code == 409, address
        told = text_of(refused)
        assert "这一页是替“陈秀英”办的" in told, address
        assert ("您现在选的是替“林国辉”办事" if now == "father" else "您现在选的是替您本人办事") in told, (
            address
        )
        assert "换成替“陈秀英”办，接着办" in told, address
        assert _state() == before, address


def _state() -> list[object]:
    drafts = Draft.objects.order_by("pk").values_list("reference", "person", "agent", "saved_at")
    cases = Application.objects.order_by("pk").values_list("reference", "person", "state")
    consents = Authorisation.objects.order_by("pk").values_list("pk", "status")
    return [*drafts, *cases, *consents]


def test_what_was_typed_in_the_old_tab_is_there_after_switching_back(family: Family) -> None:
    family.delegate()
    family.act_for(family.mother)
    client = family.client
    reference = walking.draft_of(client, start=f"/matters/{BUSINESS}/start").reference
    page = f"/drafts/{reference}/1"
    typed = {"name": "示例市龙湖区秀英食品店"}
    family.act_for(family.father)
    refused = client.post(page, typed, headers={"Referer": f"http://testserver{page}"})
    assert "刚才填的内容替您留着" in text_of(refused)
    assert f'name="next" value="{page}"' in refused.content.decode()
    assert client.get(page).status_code == 409  # not his to see
    family.act_for(family.mother)
    assert typed["name"] in client.get(page).content.decode()


def test_lists_are_of_one_principal_at_a_time(family: Family) -> None:
    family.delegate()
    principals = (family.mother, family.father, None)
    for one in principals:
        family.act_for(one)
        walking.consent(family.client)
    references = dict(Draft.objects.values_list("person", "reference"))
    assert len(references) == len(principals)
    for one in principals:
        family.act_for(one)
        shown = family.client.get("/applications").content.decode()
        mine = references[(one or family.daughter).person.pk]
        assert [reference in shown for reference in references.values()] == [
            reference == mine for reference in references.values()
        ]


def test_after_the_end_the_agent_finds_nothing_and_the_principal_everything(family: Family, decide) -> None:
    given = family.delegate()
    family.act_for(family.mother)
    client = family.client
    reference = walking.submit(client)
    decide()
    certificate = Certificate.objects.get(source__startswith="decision:")
    walking.consent(client, start=f"/matters/{BUSINESS}/start")
    draft = Draft.objects.get().reference
    letters = list(family.daughter.person.messages.filter(case_reference=reference))
    assert letters
    pages = [
        f"/applications/{reference}",
        f"/applications/{reference}/print",
        f"/applications/{reference}/withdraw",
        f"/drafts/{draft}",
        f"/drafts/{draft}/1",
        f"/drafts/{draft}/check",
        f"/certificates/{certificate.pk}",
        *(f"/messages/{letter.pk}" for letter in letters),
    ]
    for address in pages:
        assert client.get(address, follow=True).status_code == 200, address
    delegating.revoke(family.mother.person, delegation_id=given.pk)
    for choose in (False, True):  # the session still names her; then the daughter is herself again
        if choose:
            family.act_for(None)
        for address in pages:
            assert client.get(address).status_code == 404, address
        listed = client.get("/messages").content.decode()
        assert all(f"/messages/{letter.pk}" not in listed for letter in letters)
    assert client.post("/act-for", {"whom": f"person:{family.mother.person.pk}"}).status_code == 403
    hers = Client()
    hers.force_login(family.mother.user)
    for address in pages[:7]:
        assert hers.get(address, follow=True).status_code == 200, address


def test_while_the_right_has_ended_pages_say_so_and_the_way_back(family: Family) -> None:
    given = family.delegate()
    family.act_for(family.mother)
    delegating.revoke(family.mother.person, delegation_id=given.pk)
    for address, status in (
        ("/applications", 403),
        ("/certificates", 403),
        (START, 403),
        ("/me", 200),
        ("/", 200),
    ):
        shown = family.client.get(address)
        assert shown.status_code == status
        assert "您替对方办事的授权已经结束" in text_of(shown)
        assert "换回我本人" in text_of(shown)


@pytest.mark.parametrize("sees", [False, True])
def test_a_delegate_sees_what_their_cases_issued_and_no_other_certificate(
    family: Family, decide, sees: bool
) -> None:
    family.delegate()
    family.act_for(family.mother)
    if sees:
        walking.submit(family.client)
        decide()
    own = family.mother.certificates["resident_id"]
    assert family.client.get(f"/certificates/{own.pk}").status_code == 404
    wallet = text_of(family.client.get("/certificates"))
    assert "只显示您替对方办成的证照" in wallet
    assert ("高龄" in wallet.split("谁用过", 1)[0]) is sees
    assert own.number not in wallet
    assert (
        "showcode" not in family.client.get("/certificates").content.decode()
    )  # what a mandate leaves out is not offered


def test_the_guide_and_the_start_say_what_the_mandate_does_not_cover(family: Family) -> None:
    family.delegate(ALLOWANCE)
    family.act_for(family.mother)
    covered, beyond = (family.client.get(f"/matters/{code}/") for code in (ALLOWANCE, BUSINESS))
    assert "授权里没有这件事" not in text_of(covered)
    assert "授权里没有这件事" in text_of(beyond)
    assert f"/matters/{BUSINESS}/start" not in beyond.content.decode()
    refused = family.client.get(f"/matters/{BUSINESS}/start")
    assert refused.status_code == 403
    assert "您不能替对方办" in text_of(refused)
    assert "换成我本人，继续办" in text_of(refused)  # the matter is for people: herself may


@pytest.mark.parametrize("sees", [False, True])
def test_an_agent_of_an_organisation_sees_what_the_head_lets_them(
    city, browser: Callable[[Citizen], Client], sees: bool
) -> None:
    owner = district.business(city)
    agent = district.citizen(city, name="黄小玲", born=date(1986, 1, 1))
    assert owner.organisation is not None
    agents.authorise(
        owner.person,
        organisation=owner.organisation,
        agent=agent.person,
        mandate=Mandate(LATER, (FILING,), sees_certificates=sees),
    )
    draft = drafting.start(owner.business, matter=district.matter(FILING), consent=True)
    client = browser(agent)
    client.post("/act-for", {"whom": owner.business.whom})
    assert draft.reference in client.get("/applications").content.decode()
    assert "申请人： " + owner.business.name + " 经办人： 黄小玲" in text_of(
        client.get(f"/drafts/{draft.reference}/1")
    )
    licence = owner.certificates["business_licence"]
    assert client.get(f"/certificates/{licence.pk}").status_code == (200 if sees else 404)
    assert client.get(f"/me/organisations/{owner.organisation.pk}").status_code == 404


def test_messages_of_ones_own_stay(family: Family) -> None:
    deciding.decide_waiting()
    inbox.send(
        [
            inbox.message(
                family.daughter.person.pk,
                kind="delegation_held",
                occasion="test",
                at=clock.now(),
                values={
                    "principal": "陈秀英",
                    "agent": "林佳",
                    "scope": "全部事项",
                    "matters": "全部事项",
                    "due": "2026-12-01",
                },
            )
        ]
    )
    assert "有人授权您代办" in text_of(family.client.get("/messages"))
