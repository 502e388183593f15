"""家人与代办, 单位与经办人: giving, confirming, taking back, without JavaScript."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.acting import agents as naming
from accounts.acting import delegating, guarding
from accounts.models import ActingRight, Delegation, Guardianship, Message
from records.models import StoredFile
from tests.factories import district, uploads
from tests.factories.district import ALLOWANCE, BUSINESS, FILING, Citizen
from tests.factories.fixtures import NOON
from tests.portal.citizen.walking import text_of

TODAY = NOON.date()
GIVE = "/me/family/give"
GUARD = "/me/family/guard"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture
def daughter(city) -> Citizen:
    return district.citizen(city, name="林佳", born=date(1975, 5, 1))


def typed(daughter: Citizen, **changes: object) -> dict[str, object]:
    return {
        "name": daughter.person.name,
        "number": daughter.person.mobile,
        "scope": "some",
        "matters": [ALLOWANCE],
        "until": (TODAY + timedelta(days=30)).isoformat(),
        "act": "next",
        **changes,
    }


def carried(response) -> dict[str, list[str]]:
    """Return the hidden fields of a confirm page, as its button posts them."""
    found: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(response.content.decode().split("<main", 1)[1]):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def test_it_is_given_after_a_page_that_says_what_it_means(
    page: Client, chen: Citizen, daughter: Citizen
) -> None:
    asked = page.post(GIVE, typed(daughter))
    assert asked.status_code == 200
    told = text_of(asked)
    for words in ("林佳", "2026-12-20", "替您填写、提交申请", "看您的其他证照和其他办件", "随时可以撤回"):
        assert words in told
    assert not Delegation.objects.exists()
    done = page.post(GIVE, {**carried(asked), "act": "confirm"}, follow=True)
    assert "已授权林佳代您办事" in text_of(done)
    given = Delegation.objects.get()
    assert (given.principal, given.agent) == (chen.person, daughter.person)
    assert (given.matters, given.valid_to) == ([ALLOWANCE], TODAY + timedelta(days=30))
    sent = {one.kind: one.body for one in Message.objects.all()}
    assert "代您办理“高龄老人津贴申领”，到" in sent["delegation_given"]
    assert "授权您代办“高龄老人津贴申领”，到" in sent["delegation_held"]


def test_it_ends_after_three_months_unless_one_says_otherwise(page: Client) -> None:
    shown = page.get(GIVE).content.decode()
    assert f'value="{TODAY + timedelta(days=90):%Y-%m-%d}"' in shown  # as a date box wants it
    assert 'max="2027-11-20"' in shown


def test_going_back_and_searching_lose_nothing_and_check_nothing(page: Client, daughter: Citizen) -> None:
    back = page.post(GIVE, typed(daughter, act="back", name=""))
    assert back.status_code == 200
    assert "请填写" not in text_of(back)
    assert daughter.person.mobile in back.content.decode()
    found = page.post(GIVE, typed(daughter, act="search", q="开店")).content.decode()
    assert re.search(rf'value="{ALLOWANCE}"[^>]*checked', found)  # ticked before, still there
    assert f'value="{BUSINESS}"' in found
    assert not Delegation.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "姓名"),
        ({"number": ""}, "号码"),
        ({"name": "林嘉"}, "没有找到这个人"),
        ({"number": "13900139000"}, "没有找到这个人"),
        ({"matters": []}, "请至少选一个事项"),
        ({"matters": ["nonsense"]}, "选事项"),
        ({"matters": [FILING]}, "选事项"),
        ({"scope": ""}, "可以办哪些事"),
        ({"until": "2026-11-19"}, "2026-11-20 到 2027-11-20"),
        ({"until": "2027-11-21"}, "2026-11-20 到 2027-11-20"),
        ({"until": "soon"}, "到哪天为止"),
    ],
)
@pytest.mark.parametrize("act", ["next", "confirm"])
def test_what_is_wrong_is_said_in_the_summary(
    page: Client, daughter: Citizen, change: dict[str, object], words: str, act: str
) -> None:
    answer = page.post(GIVE, typed(daughter, act=act, **change))
    assert answer.status_code == 422
    assert words in text_of(answer).split("授权一个人替我办", 2)[2]
    assert 'class="errors' in answer.content.decode() or "data-error-summary" in answer.content.decode()
    assert not Delegation.objects.exists()


def test_not_to_oneself(page: Client, chen: Citizen) -> None:
    answer = page.post(GIVE, typed(chen, act="confirm"))
    assert answer.status_code == 422
    assert "不能授权给自己" in text_of(answer)


@pytest.mark.parametrize("who", ["principal", "agent"])
def test_either_side_ends_it_after_one_question(
    page: Client, chen: Citizen, daughter: Citizen, browser: Callable[[Citizen], Client], who: str
) -> None:
    given = delegating.give(chen.person, agent=daughter.person, until=TODAY)
    client = page if who == "principal" else browser(daughter)
    address = f"/me/family/{given.pk}/revoke"
    assert address in client.get("/me/family").content.decode()
    assert client.get(address).status_code == 200
    assert Delegation.objects.get().revoked_at is None
    for _ in range(2):
        assert "代办授权已结束" in text_of(client.post(address, follow=True))
    assert Delegation.objects.get().revoked_at is not None
    assert "已经结束的授权" in text_of(client.get("/me/family"))


def test_what_is_others_is_not_found(page: Client, daughter: Citizen, city) -> None:
    other = district.citizen(city, name="吴伟明")
    owner = district.business(city)
    assert owner.organisation is not None
    given = delegating.give(other.person, agent=daughter.person, until=TODAY)
    right = naming.authorise(
        owner.person, organisation=owner.organisation, agent=other.person, mandate=naming.Mandate(TODAY)
    )
    child = district.citizen(city, name="小宝", born=date(2015, 1, 1))
    uploads.document(other.person)
    asked = guarding.request(
        other.person,
        ward=child.person,
        kind=Guardianship.Ward.CHILD,
        document=Guardianship.Document.BIRTH_CERTIFICATE,
        document_number="1",
    )
    for address in (
        f"/me/family/{given.pk}/revoke",
        f"/me/family/{asked.pk}/end",
        f"/me/agents/{right.pk}/revoke",
        f"/me/organisations/{owner.organisation.pk}",
        f"/me/organisations/{owner.organisation.pk}/authorise",
    ):
        assert page.get(address).status_code == 404, address
        assert page.post(address).status_code in {404, 405}, address
    assert Delegation.objects.get().revoked_at is None
    assert ActingRight.objects.get(pk=right.pk).revoked_at is None
    assert Guardianship.objects.get().state == "requested"


@pytest.fixture
def guarding_form(city, tmp_path: Path, settings: Any) -> dict[str, object]:
    settings.FILES_DIR = tmp_path / "files"
    child = district.citizen(city, name="陈小宝", born=date(2016, 5, 1))
    return {
        "name": "陈小宝",
        "number": child.person.id_number,
        "kind": "child",
        "document": "birth_certificate",
        "document_number": "O440000001",
    }


def paper(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_0001.JPG", content or uploads.photo(size=(600, 400)))


def test_without_the_document_nobody_asks(page: Client, guarding_form: dict[str, object]) -> None:
    answer = page.post(GUARD, guarding_form)
    assert answer.status_code == 422
    assert "请上传文书的照片或 PDF" in text_of(answer)
    assert not Guardianship.objects.exists()


def test_the_document_goes_with_the_form(
    page: Client, chen: Citizen, guarding_form: dict[str, object]
) -> None:
    answer = page.post(GUARD, {**guarding_form, "document_file": paper()}, follow=True)
    assert "申请已收到" in text_of(answer)
    assert Guardianship.objects.get().document_file == StoredFile.objects.get().pk


def test_the_button_beside_the_document_keeps_it_and_what_is_typed_and_checks_nothing(
    page: Client, chen: Citizen, guarding_form: dict[str, object]
) -> None:
    half = {**guarding_form, "number": ""}
    buttons: list[Callable[[], dict[str, object]]] = [
        lambda: {"document_file": paper(), "upload": "document_file"},
        lambda: {"turn": str(StoredFile.objects.get().pk)},
    ]
    for pressed in buttons:
        shown = page.post(GUARD, {**half, **pressed()})
        assert shown.status_code == 200
        assert "文书 1" in text_of(shown)
        assert "陈小宝" in shown.content.decode()
        assert "请填写" not in text_of(shown)
    left = page.post(GUARD, {**half, "remove": str(StoredFile.objects.get().pk)})
    assert "文书 1" not in text_of(left)
    assert not StoredFile.objects.exists()
    nothing = page.post(GUARD, {**half, "upload": "document_file"})
    assert nothing.status_code == 422
    assert "还没有选文件" in text_of(nothing)


def test_what_else_is_wrong_loses_no_document(
    page: Client, chen: Citizen, guarding_form: dict[str, object]
) -> None:
    answer = page.post(GUARD, {**guarding_form, "document_number": "", "document_file": paper()})
    assert answer.status_code == 422
    assert "文书 1" in text_of(answer)
    assert "文书 1" in text_of(page.get(GUARD)), "after a reload too"
    assert "申请已收到" in text_of(page.post(GUARD, guarding_form, follow=True))


def test_a_program_is_no_document_and_nobody_is_looked_up(
    page: Client, guarding_form: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.citizen.forms.naming.named", None)
    answer = page.post(GUARD, {**guarding_form, "document_file": paper(b"MZ" + bytes(99))})
    assert answer.status_code == 422
    assert "这是一个程序" in text_of(answer)
    assert not Guardianship.objects.exists()


def test_the_script_sends_the_document_by_itself(page: Client, guarding_form: dict[str, object]) -> None:
    address = "/me/family/guard/document"
    assert f'data-uploads="{address}"' in page.get(GUARD).content.decode()
    good = page.post(address, {"document_file": paper()})
    assert (good.status_code, good.json()) == (200, {"question": "document_file", "saved": True})
    bad = page.post(address, {"document_file": paper(b"MZ" + bytes(99))})
    assert bad.status_code == 422
    assert "这是一个程序" in bad.json()["message"]
    assert page.post(address, {"photo": paper()}).status_code == 409
    assert page.post(address).status_code == 422
    assert StoredFile.objects.count() == 1


def test_who_uploaded_it_sees_it_and_no_other_citizen(
    page: Client, daughter: Citizen, browser: Callable[[Citizen], Client], guarding_form: dict[str, object]
) -> None:
    page.post(GUARD, {**guarding_form, "document_file": paper()})
    file_id = Guardianship.objects.get().document_file
    for path in (f"/files/{file_id}/small", f"/files/{file_id}/pages/1"):
        assert page.get(path)["Content-Type"] == "image/jpeg"
        assert browser(daughter).get(path).status_code == 404


def test_a_guardian_asks_and_takes_it_back(page: Client, chen: Citizen, city) -> None:
    child = district.citizen(city, name="陈小宝", born=date(2016, 5, 1))
    sent = {
        "name": "陈小宝",
        "number": child.person.id_number,
        "kind": "child",
        "document": "birth_certificate",
        "document_number": "O440000001",
    }
    uploads.document(chen.person)
    assert page.post(GUARD, {**sent, "name": "陈大宝"}).status_code == 422
    wrong = page.post(GUARD, {**sent, "kind": "without_capacity"})
    assert wrong.status_code == 422
    assert "对方未满 18 周岁" in text_of(wrong)
    assert "申请已收到" in text_of(page.post(GUARD, sent, follow=True))
    asked = Guardianship.objects.get()
    assert asked.valid_to == date(2034, 5, 1)
    assert "等待核实" in text_of(page.get("/me/family"))
    assert "O440000001" not in page.get("/me/family").content.decode()
    assert page.get(f"/me/family/{asked.pk}/end").status_code == 200
    page.post(f"/me/family/{asked.pk}/end")
    assert Guardianship.objects.get().state == "ended"


def test_the_head_names_an_agent_and_takes_it_back(city, browser: Callable[[Citizen], Client]) -> None:
    owner = district.business(city)
    agent = district.citizen(city, name="黄小玲", born=date(1986, 1, 1))
    assert owner.organisation is not None
    client = browser(owner)
    overview = f"/me/organisations/{owner.organisation.pk}"
    assert overview in client.get("/me/family").content.decode()
    sent = typed(agent, matters=[FILING], sees_certificates="on")
    asked = client.post(f"{overview}/authorise", sent)
    assert "可以查看、出示" in text_of(asked)
    done = client.post(f"{overview}/authorise", {**carried(asked), "act": "confirm"}, follow=True)
    assert "黄小玲现在是" in text_of(done)
    right = ActingRight.objects.get(role="agent")
    assert (right.matters, right.sees_certificates, right.given_by) == ([FILING], True, owner.person)
    assert "黄小玲" in text_of(client.get(overview))
    again = client.post(f"{overview}/authorise", {**carried(asked), "act": "confirm"})
    assert again.status_code == 422
    assert "已经可以代表这家单位办事" in text_of(again)
    assert client.get(f"/me/agents/{right.pk}/revoke").status_code == 200
    client.post(f"/me/agents/{right.pk}/revoke")
    assert ActingRight.objects.get(role="agent").revoked_at is not None


def test_an_agent_gives_up_the_mandate(city, browser: Callable[[Citizen], Client]) -> None:
    owner, agent = district.business(city), district.citizen(city, name="黄小玲", born=date(1986, 1, 1))
    assert owner.organisation is not None
    right = naming.authorise(
        owner.person, organisation=owner.organisation, agent=agent.person, mandate=naming.Mandate(TODAY)
    )
    client = browser(agent)
    assert f"/me/agents/{right.pk}/revoke" in client.get("/me/family").content.decode()
    assert client.post(f"/me/agents/{right.pk}/revoke").headers["Location"] == "/me/family"
    assert ActingRight.objects.get(role="agent").revoked_at is not None
