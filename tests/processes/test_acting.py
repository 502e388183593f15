"""Two principals in one browser, and a daughter who files for her mother until the mandate ends."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Page

from accounts.acting import agents, delegating
from accounts.acting.agents import Mandate
from accounts.models import Delegation
from approvals.models import Application, Draft
from certificates.models import Certificate
from common import clock
from tests.factories import district, uploads
from tests.factories.district import ALLOWANCE, BUSINESS, Citizen
from tests.processes.browsing import assert_fits
from tests.processes.running import Processes
from tests.processes.standing import FarStandin
from tests.processes.test_citizen_story import consent, enter, looks_right, sign_in, submit
from tests.processes.test_office import sign_in as office_sign_in


@dataclass
class Family:
    """A daughter with two people who delegated to her."""

    mother: Citizen
    father: Citizen
    daughter: Citizen

    def switch(self, page: Page, one: Citizen) -> None:
        """Choose for whom to act, as a person would."""
        page.goto("/me")
        page.click(f"li:has-text('{one.person.name}') button:has-text('替对方办事')")
        page.wait_for_selector(f".acting:has-text('{one.person.name}')")


@pytest.fixture
def family(city: FarStandin) -> Family:
    found = Family(
        enter(city, name="陈秀英"),
        enter(city, name="林国辉", born=date(1938, 2, 2)),
        enter(city, name="林佳", born=date(1975, 5, 1)),
    )
    for one in (found.mother, found.father):
        delegating.give(one.person, agent=found.daughter.person, until=clock.today() + timedelta(days=30))
    return found


def test_two_principals_in_two_tabs_of_one_browser(page: Page, family: Family) -> None:
    sign_in(page, family.daughter.user)
    family.switch(page, family.mother)
    consent(page, BUSINESS)
    page.fill("[name=name]", "示例市龙湖区秀英食品店")
    mothers = Draft.objects.get()

    other = page.context.new_page()
    family.switch(other, family.father)
    consent(other)
    fathers = Draft.objects.exclude(pk=mothers.pk).get()
    assert (mothers.person, fathers.person) == (family.mother.person, family.father.person)

    saved = mothers.saved_at
    page.click(".actionbar button:has-text('保存并继续')")  # the first tab still shows the mother's form
    page.wait_for_selector("text=这一页是替“陈秀英”办的")
    assert "刚才填的内容替您留着" in page.inner_text("main")
    looks_right(page)
    mothers.refresh_from_db()
    assert "name" not in mothers.answers or mothers.saved_at >= saved
    fathers.refresh_from_db()
    assert "name" not in fathers.answers

    page.click("button:has-text('换成替“陈秀英”办')")
    page.wait_for_selector(".acting:has-text('陈秀英')")
    assert page.input_value("[name=name]") == "示例市龙湖区秀英食品店"  # nothing lost

    other.click("button:has-text('确认并提交申请')")  # and now the second tab is the stale one
    other.wait_for_selector("text=这一页是替“林国辉”办的")
    assert not Application.objects.exists()
    other.click("button:has-text('换成替“林国辉”办')")
    other.wait_for_url(re.compile(rf"/drafts/{fathers.reference}"))
    other.click(".acting button:has-text('换回我本人')")
    other.wait_for_url("**/me")
    assert other.locator(".acting").count() == 0


def test_a_daughter_files_for_her_mother_until_the_mother_takes_it_back(
    open_page: Callable[..., Page], worker: Processes, family: Family
) -> None:
    page, mothers = open_page(width=1280), open_page(width=390)
    sign_in(page, family.daughter.user)
    family.switch(page, family.mother)
    looks_right(page)
    page.goto(f"/matters/{ALLOWANCE}/start")
    looks_right(page)
    consent(page)
    looks_right(page)
    assert "代办人" in page.inner_text("main")
    submit(page)
    page.wait_for_selector("text=审批通过")
    looks_right(page)
    result = page.url
    certificate = Certificate.objects.get(source__startswith="decision:")
    assert certificate.holder_person == family.mother.person
    page.goto("/certificates")
    looks_right(page)

    sign_in(mothers, family.mother.user)
    mothers.goto(result)
    assert "林佳" in mothers.inner_text("main")
    mothers.goto("/me/family")
    looks_right(mothers)
    mothers.click("a:has-text('撤回')")
    looks_right(mothers)
    mothers.click("main button:has-text('撤回授权')")
    mothers.wait_for_selector("text=代办授权已结束")
    assert mothers.goto(result).status == 200  # type: ignore[union-attr]

    for address in (result, f"/certificates/{certificate.pk}"):
        assert page.goto(address).status == 404  # type: ignore[union-attr]
    looks_right(page)
    page.click(".acting button:has-text('换回我本人')")
    page.wait_for_url("**/me")
    page.goto("/messages")
    assert "审批通过" not in page.inner_text("main")


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (1280, False)])
def test_giving_a_mandate_step_by_step(
    open_page: Callable[..., Page], city: FarStandin, width: int, javascript: bool
) -> None:
    mother = enter(city, name="陈秀英")
    daughter = enter(city, name="林佳", born=date(1975, 5, 1))
    page = open_page(width=width, javascript=javascript)
    look = looks_right if javascript else assert_fits
    sign_in(page, mother.user)
    page.goto("/me/family/give")
    look(page)
    page.click(".actionbar button:has-text('下一步')")
    page.wait_for_selector("[data-error-summary], .errors")
    look(page)
    page.fill("[name=name]", daughter.person.name)
    page.fill("[name=number]", daughter.person.mobile)
    page.check("[name=scope][value=some]")
    page.fill("[name=q]", "高龄")
    page.click("button:has-text('搜索')")
    page.check(f"[name=matters][value='{ALLOWANCE}']")
    page.click(".actionbar button:has-text('下一步')")
    page.wait_for_selector("text=对方从现在起可以")
    look(page)
    page.click("button:has-text('返回修改')")
    assert page.input_value("[name=number]") == daughter.person.mobile
    page.click(".actionbar button:has-text('下一步')")
    page.click("button:has-text('确认授权')")
    page.wait_for_selector("text=已授权林佳代您办事")
    look(page)
    assert Delegation.objects.get().matters == [ALLOWANCE]
    page.goto("/me/family/guard")
    look(page)


def test_the_pages_of_agents_and_of_guardians(phone: Page, city: FarStandin) -> None:
    owner = enter(city, name="林文彬", born=date(1986, 5, 1))
    owner = district.business(owner=owner)
    agent = enter(city, name="黄小玲", born=date(1986, 5, 1))
    assert owner.organisation is not None
    right = agents.authorise(
        owner.person,
        organisation=owner.organisation,
        agent=agent.person,
        mandate=Mandate(clock.today() + timedelta(days=9)),
    )
    sign_in(phone, owner.user)
    for address in (
        "/me",
        "/me/family",
        f"/me/organisations/{owner.organisation.pk}",
        f"/me/organisations/{owner.organisation.pk}/authorise",
        f"/me/agents/{right.pk}/revoke",
    ):
        assert phone.goto(address).status == 200, address  # type: ignore[union-attr]
        looks_right(phone)


def test_a_guardian_uploads_the_document_and_staff_see_it(
    phone: Page, page: Page, live_site: str, city: FarStandin
) -> None:
    mother = enter(city, name="林佳", born=date(1985, 5, 1))
    child = enter(city, name="林小宝", born=date(2015, 3, 3)).person
    sign_in(phone, mother.user)
    phone.goto("/me/family/guard")
    phone.fill("[name=name]", child.name)
    phone.fill("[name=number]", child.id_number)
    phone.check("[name=kind][value=child]")
    photo = uploads.photo(size=(900, 600))
    phone.set_input_files(
        "#id_document_file", {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    phone.wait_for_selector(".upload img")  # sent by itself; what was typed stays
    looks_at(phone, "guard-uploaded")
    with phone.expect_navigation(wait_until="networkidle"):
        phone.click("button:has-text('向右转')")
    tall = "(i => i.naturalHeight > i.naturalWidth)(document.querySelector('.upload img'))"
    assert phone.evaluate(tall)
    assert phone.input_value("[name=number]") == child.id_number
    phone.click(".actionbar button")
    phone.wait_for_selector("text=请填写：文书编号")
    looks_at(phone, "guard-wrong")
    assert phone.locator(".upload img").count() == 1
    phone.fill("[name=document_number]", "O440000001")
    phone.click(".actionbar button")
    phone.wait_for_selector("text=申请已收到")

    with transaction.atomic():
        officer = district.officer()
    office_sign_in(page, officer, site=live_site)
    page.goto("/office/guardianships")
    with page.expect_navigation(wait_until="networkidle"):
        page.click("h3 a:has-text('监护人')")
    assert page.evaluate(tall)
    looks_at(page, "guardianship")


def looks_at(page: Page, name: str) -> None:
    """Hold the page to its looks, and keep a picture for who wants to see it: SHOTS_FOLDER=…"""
    if folder := os.environ.get("SHOTS_FOLDER"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    looks_right(page)
