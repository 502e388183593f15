from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from matters.models import EditionDraft, InstantStop, Matter
from matters.writing import drafts, reviewing
from matters.writing.errors import DraftHasFaults
from tests.factories import district
from tests.factories.editions import TESTED, TOMORROW, changed
from tests.factories.fixtures import NOON

MATTER = f"/catalogue/matters/{district.ALLOWANCE}"


def page(browser: Client, address: str = MATTER, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def scheduled(writer: User, second: User) -> Matter:
    draft = changed(writer)
    drafts.note_impact(draft_id=draft.pk, revision=draft.revision, impact=TESTED)
    reviewing.hand_in(writer, draft_id=draft.pk, revision=draft.revision)
    reviewing.publish_draft(second, draft_id=draft.pk, revision=draft.revision, on=TOMORROW)
    return district.matter()


def test_an_admin_sees_their_departments_matters_alone(browser: Client) -> None:
    shown = page(browser, "/catalogue/")
    assert district.matter(district.ALLOWANCE).name in shown
    assert district.matter(district.BUSINESS).name not in shown
    assert browser.get(f"/catalogue/matters/{district.BUSINESS}").status_code == 404


def test_a_draft_is_begun_once(browser: Client) -> None:
    for _ in range(2):
        answer = browser.post(f"{MATTER}/begin")
        assert answer.status_code == 302
        assert str(EditionDraft.objects.get().pk) in answer["Location"]
    assert EditionDraft.objects.get().based_on == district.matter(district.ALLOWANCE).current_edition
    assert "起草中" in page(browser)
    assert "起草中" in page(browser, "/catalogue/")


def test_who_is_no_admin_is_told_what_to_do(client: Client, admin: User) -> None:
    client.force_login(district.officer())
    answer = client.get("/catalogue/")
    assert answer.status_code == 403
    assert "联系本部门的管理员" in answer.content.decode()


def test_what_waits_for_its_day_is_shown_and_called_off(browser: Client, admin: User, second: User) -> None:
    scheduled(admin, second)
    shown = page(browser)
    assert "待生效" in shown
    assert "2026-11-21 起生效" in shown
    assert f"{second.display_name} 2026-11-20 12:00:00 复核并发布" in shown
    assert "V2 将于 2026-11-21 生效" in page(browser, "/catalogue/")
    assert "2026-11-20 起生效，到 2026-11-20 为止" in shown
    assert "请写明原因" in browser.post(f"{MATTER}/call-off", {"reason": ""}).content.decode()
    assert browser.post(f"{MATTER}/call-off", {"reason": "文件推迟了"}).status_code == 302
    shown = page(browser)
    assert "在生效前撤回：文件推迟了" in shown
    assert "待生效" not in shown
    browser.post(f"{MATTER}/begin", {"edition": "2"})
    assert EditionDraft.objects.filter(state="writing").get().content["summary"] == "新的说明"


def test_on_its_day_the_lists_follow_before_anything_ran(
    browser: Client, client: Client, admin: User, second: User
) -> None:
    scheduled(admin, second)
    clock.set_source(lambda: NOON + timedelta(days=1))
    client.force_login(admin)
    assert "V2 <" in page(client)
    assert "V2，2026-11-21 起" in page(client, "/catalogue/")
    assert "事项第 2 版" in page(Client(), f"/matters/{district.ALLOWANCE}/")
    assert Matter.objects.get(code=district.ALLOWANCE).next_edition is not None


def test_two_editions_are_shown_beside_each_other(browser: Client, admin: User, second: User) -> None:
    scheduled(admin, second)
    shown = page(browser, f"{MATTER}/compare?from=1&to=2")
    assert "一共 1 处不同" in shown
    assert "新的说明" in shown
    for odd in ("?from=9&to=1", "?from=x", "?from=٣", "?to=99999999999999999999"):
        assert browser.get(f"{MATTER}/compare{odd}").status_code == 302
    assert "没有不同" in page(browser, f"{MATTER}/compare?from=2&to=2")


def test_deciding_at_once_is_stopped_and_released(browser: Client, admin: User) -> None:
    guest = Client()
    guide, listed = f"/matters/{district.ALLOWANCE}/", "/matters?mode=instant_approval"
    name = district.matter().name
    assert "秒批" in page(guest, guide)
    assert name in page(guest, listed)
    assert browser.post(f"{MATTER}/stop", {"reason": ""}).status_code == 422
    assert browser.post(f"{MATTER}/stop", {"reason": "金额疑似有误"}).status_code == 302
    shown = page(browser)
    assert "秒批已停用" in shown
    assert f"{admin.display_name} 2026-11-20 12:00:00 停用：金额疑似有误" in shown
    told = page(guest, guide)
    assert "现在由工作人员办理" in told
    assert "当场出结果" not in told
    assert "金额疑似有误" not in told
    assert name not in page(guest, listed)
    assert name not in page(guest, "/").partition("秒批专区")[2].partition("</section>")[0]
    assert browser.post(f"{MATTER}/stop", {"reason": "再停"}).status_code == 409
    assert browser.post(f"{MATTER}/release", {"reason": "已核对"}).status_code == 302
    assert InstantStop.objects.get().release_reason == "已核对"
    assert "恢复：已核对" in page(browser)
    assert "秒批" in page(guest, guide)


def test_a_supervisor_reads_and_stops_and_writes_nothing(client: Client, city: object) -> None:
    client.force_login(district.supervisor())
    shown = page(client)
    assert "停用秒批" in shown
    assert "起草新版本" not in shown
    assert client.post(f"{MATTER}/stop", {"reason": "抽查发现错批"}).status_code == 302
    assert "恢复秒批" not in page(client)
    for address in (f"{MATTER}/begin", f"{MATTER}/release", f"{MATTER}/like", f"{MATTER}/call-off"):
        assert client.post(address, {"reason": "x"}).status_code == 403, address
    assert client.get(f"/catalogue/matters/{district.BUSINESS}").status_code == 404


CODE = "11440507MB2X00012R4440599001000"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (CODE[:-1], "31 位"),
        (CODE.replace("R4", "R9"), "编码规则"),
        ("11440507MB2X00020L" + CODE[18:], "本部门"),
        (district.ALLOWANCE, "已经有事项了"),
        (CODE + "01", "31 位"),
    ],
)
def test_a_new_matter_needs_a_code_of_its_own(browser: Client, code: str, words: str) -> None:
    answer = browser.post(f"{MATTER}/like", {"code": code, "name": "临时救助"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not EditionDraft.objects.exists()


def test_a_new_matter_is_begun_like_another(browser: Client) -> None:
    answer = browser.post(f"{MATTER}/like", {"code": f" {CODE} ", "name": "临时救助"})
    draft = EditionDraft.objects.get()
    assert str(draft.pk) in answer["Location"]
    assert (draft.matter_code, draft.name, draft.based_on) == (CODE, "临时救助", None)
    assert (draft.content["base_code"], draft.content["type"]) == ("440599001000", "05")
    assert "临时救助" in page(browser, "/catalogue/")
    assert "这是新事项" in page(browser, f"/catalogue/drafts/{draft.pk}/review")
    assert "没有可以对比的版本" in page(browser, f"/catalogue/drafts/{draft.pk}/compare")


def test_two_matters_of_a_department_do_not_share_a_name(browser: Client, second: User) -> None:
    name = district.matter(district.ALLOWANCE).name
    shown = browser.post(f"{MATTER}/like", {"code": CODE, "name": name})
    assert shown.status_code == 422
    assert "本部门已经有叫这个名字的事项或草稿" in shown.content.decode()
    assert browser.post(f"{MATTER}/like", {"code": CODE, "name": "临时救助"}).status_code == 302
    draft = EditionDraft.objects.get(matter_code=CODE)
    drafts.save(second, draft_id=draft.pk, revision=1, change=lambda content: content | {"name": name})
    review = page(browser, f"/catalogue/drafts/{draft.pk}/review")
    assert f"本部门已经有叫“{name}”的事项或草稿" in review
    assert "还有 0 处待改" not in review
    with pytest.raises(DraftHasFaults):
        reviewing.hand_in(second, draft_id=draft.pk, revision=2)


def test_a_copy_that_was_left_as_it_was_is_named(browser: Client, admin: User) -> None:
    browser.post(f"{MATTER}/like", {"code": CODE, "name": "临时救助"})
    draft = EditionDraft.objects.get(matter_code=CODE)
    copied, numbered = "和“高龄老人津贴申领”完全相同", "编号规则和“高龄老人津贴申领”一样"
    review = page(browser, f"/catalogue/drafts/{draft.pk}/review")
    assert copied in review
    assert numbered in review

    def own(content: dict[str, Any]) -> dict[str, Any]:
        content["result"]["certificate"]["number"] = "LS{year}{serial:8}"
        return content

    drafts.save(admin, draft_id=draft.pk, revision=1, change=own)
    review = page(browser, f"/catalogue/drafts/{draft.pk}/review")
    assert copied not in review
    assert numbered not in review


def test_a_draft_of_the_same_code_is_not_opened_in_silence(browser: Client, second: User) -> None:
    assert browser.post(f"{MATTER}/like", {"code": CODE, "name": "临时救助"}).status_code == 302
    other = Client()
    other.force_login(second)
    answer = other.post(f"{MATTER}/like", {"code": CODE, "name": "另一个名字"})
    assert answer.status_code == 422
    assert "李文杰正在用这个编码写“临时救助”" in answer.content.decode()
