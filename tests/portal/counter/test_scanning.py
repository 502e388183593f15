"""A phone and a window through their pages: shown, scanned, asked, answered, seen, ended; every refusal with words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import agents
from accounts.models import User
from approvals.applying import drafting
from approvals.models import Draft
from certificates.models import Authorisation, Presentation, Scan, UseRecord
from certificates.presenting import codes
from common import clock
from tests.factories import district
from tests.factories.district import ALLOWANCE, FILING, Citizen

pytestmark = pytest.mark.django_db
CODE = "/certificates/code"


@dataclass
class Pair:
    """A holder's phone and a clerk's window."""

    holder: Citizen
    phone: Client
    clerk: User
    window: Client

    def show(self, **sent: Any) -> str:
        """Begin, and return the page with the code."""
        return self.phone.post(CODE, sent, follow=True).content.decode()

    def code(self) -> str:
        """Return the text in the code on the screen."""
        shown = Presentation.objects.order_by("-begun_at").first()
        assert shown is not None
        return codes.current(shown, at=clock.now()).text

    def scan(self, code: str = "") -> Any:
        """Scan what is shown."""
        return self.window.post(reverse("counter:scan"), {"code": code or self.code()}, follow=True)

    def ask(self, **sent: Any) -> str:
        """Ask for the allowance, or what is told."""
        scan = Scan.objects.latest("scanned_at")
        told = sent or {"matter": ALLOWANCE}
        answer = self.window.post(reverse("counter:ask", args=[scan.pk]), told, follow=True)
        return answer.content.decode()

    def look(self) -> str:
        """Return what the window shows now."""
        return self.window.get(reverse("counter:look", args=[Scan.objects.get().pk])).content.decode()

    def answer(self, what: str) -> str:
        """Answer on the phone."""
        address = reverse(f"citizen:code_{what}", args=[Scan.objects.get().pk])
        return self.phone.post(address, follow=True).content.decode()


@pytest.fixture
def pair(city: datetime) -> Pair:
    holder, clerk = district.citizen(), district.clerk()
    phone, window = Client(), Client()
    phone.force_login(holder.user)
    window.force_login(clerk)
    window.post(reverse("counter:window"), {"number": "3"})
    return Pair(holder, phone, clerk, window)


def after(**delta: float) -> None:
    moment = clock.now() + timedelta(**delta)
    clock.set_source(lambda: moment)


def test_from_the_code_to_the_fields(pair: Pair) -> None:
    shown = pair.show()
    assert "陈*英" in shown
    assert pair.holder.person.id_number not in shown
    assert pair.holder.person.name not in shown
    scanned = pair.scan().content.decode()
    assert "陈*英" in scanned
    assert "姓名和证件号码一致" in scanned
    assert "3 号窗口已扫码" in pair.phone.get(CODE).content.decode()
    preview = pair.window.get(reverse("counter:look", args=[Scan.objects.get().pk]), {"matter": ALLOWANCE})
    assert "请求用证" in preview.content.decode()
    waiting = pair.ask()
    assert "等群众在手机上回答" in waiting
    assert '<noscript><meta http-equiv="refresh" content="3">' in waiting
    question = pair.phone.get(CODE).content.decode()
    for words in (
        "3 号窗口请求使用",
        "居民身份证",
        "居民户口簿",
        "高龄老人津贴申领",
        "示例市龙湖区民政局",
        "敏感个人信息",
    ):
        assert words in question, words
    assert '<noscript><meta http-equiv="refresh"' in question
    assert pair.holder.person.id_number not in pair.look()
    assert not UseRecord.objects.filter(mode="presented").exists()
    assert "已同意 3 号窗口查看" in pair.answer("agree")
    seen = pair.look()
    assert pair.holder.person.name in seen
    assert "群众已同意" in seen
    assert set(UseRecord.objects.filter(mode="presented").values_list("outcome", "post")) == {
        ("found", "3 号窗口 窗口人员")
    }


def test_no_is_no(pair: Pair) -> None:
    pair.show()
    pair.scan()
    pair.ask()
    assert "您没有同意" in pair.answer("refuse")
    assert "群众没有同意" in pair.look()
    assert pair.holder.person.name not in pair.look()
    assert set(UseRecord.objects.filter(mode="presented").values_list("outcome", flat=True)) == {"declined"}
    assert "拒绝" in pair.phone.get(reverse("citizen:uses")).content.decode()


def test_taking_it_back_ends_the_look(pair: Pair) -> None:
    pair.show()
    pair.scan()
    pair.ask()
    pair.answer("agree")
    assert pair.holder.person.name in pair.look()
    assert "已撤回" in pair.answer("withdraw")
    assert "群众已撤回授权" in pair.look()
    assert pair.holder.person.name not in pair.look()


def test_ten_minutes_and_then_nothing(pair: Pair) -> None:
    pair.show()
    pair.scan()
    pair.ask()
    pair.answer("agree")
    after(minutes=10)
    shown = pair.look()
    assert "10 分钟已到" in shown
    assert pair.holder.person.name not in shown
    assert "这次出示已经结束" in pair.phone.get(CODE).content.decode()


def test_a_late_answer_is_told_on_the_phone(pair: Pair) -> None:
    pair.show()
    pair.scan()
    pair.ask()
    after(minutes=6)
    assert "窗口的请求已经结束" in pair.answer("agree")
    assert not Authorisation.objects.exists()
    assert "等得太久" in pair.look()


def test_a_draft_begun_before_goes_on_under_the_newer_answer(pair: Pair) -> None:
    begun = drafting.start(pair.holder.principal, matter=district.matter(), consent=True)
    pair.show()
    pair.scan()
    pair.ask()
    pair.answer("agree")
    earlier, draft = begun.authorisation, Draft.objects.get()
    given = Scan.objects.get().authorisation
    assert earlier is not None
    assert given is not None
    earlier.refresh_from_db()
    assert (earlier.status, draft.authorisation) == ("ended", given)
    pair.window.post(reverse("counter:leave", args=[Scan.objects.get().pk]))
    given.refresh_from_db()
    assert given.status == "granted"  # the draft is still there
    pair.answer("withdraw")
    given.refresh_from_db()
    assert given.status == "revoked"


def test_for_a_purpose(pair: Pair) -> None:
    pair.show()
    pair.scan()
    page = pair.window.get(reverse("counter:look", args=[Scan.objects.get().pk]), {"purpose": ""})
    assert "只为一种用途看证照" in page.content.decode()
    told: dict[str, Any] = {"purpose": "办理公共服务卡", "types": ["resident_id"]}
    which = pair.ask(**told)
    assert re.search(r'value="resident_id.name" checked', which)
    assert re.search(r'value="resident_id.id_number">', which)  # what identifies is not ticked beforehand
    told |= {"chosen": "1"}
    fields = ["resident_id.name", "resident_id.id_number", "resident_id.salary", "social_card.bank"]
    assert "4 到 200 个字" in pair.ask(**told | {"purpose": "开", "fields": fields})
    assert "没有要看的证照" in pair.ask(**told)
    assert "请至少选一种证照" in pair.ask(purpose="办理公共服务卡")
    assert "等群众在手机上回答" in pair.ask(**told, fields=fields)
    assert Scan.objects.get().scope == {"resident_id": ["name", "id_number"]}
    assert "办理公共服务卡" in pair.phone.get(CODE).content.decode()
    pair.answer("agree")
    assert pair.holder.person.id_number in pair.look()
    given = Authorisation.objects.get()
    assert (given.kind, given.body) == ("purpose", "示例区政务服务中心 3 号窗口")


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        ({"purpose": ""}, {"purpose": "4 到 200 个字", "types": "请至少选一种证照"}),
        ({"purpose": "办理公共服务卡"}, {"types": "请至少选一种证照"}),
        ({"purpose": "开", "types": ["resident_id"]}, {"purpose": "4 到 200 个字"}),
    ],
)
def test_all_that_a_purpose_lacks_is_said_at_once_and_at_its_box(
    pair: Pair, sent: dict[str, Any], faults: dict[str, str]
) -> None:
    pair.show()
    pair.scan()
    page = pair.ask(**sent)
    assert f"有 {len(faults)} 处要改" in page
    for box, words in faults.items():
        assert f'<li><a href="#{box}">' in page
        assert page.count(words) >= 2, "above, and at the box"
        assert f'id="{box}-error"' in page
    assert 'value="resident_id" checked' in page or "types" not in sent
    assert Scan.objects.get().scope == {}


def test_what_was_chosen_is_all_that_is_asked(pair: Pair) -> None:
    assert "只出示：居民身份证" in pair.show(types=["resident_id"])
    pair.scan()
    preview = pair.window.get(reverse("counter:look", args=[Scan.objects.get().pk]), {"matter": ALLOWANCE})
    assert "群众没有选这一本" in preview.content.decode()
    pair.ask()
    assert set(Scan.objects.get().scope) == {"resident_id"}


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("nothing", 422, "不是亮证码"),
        ("public", 422, "验证码"),
        ("old", 409, "60 秒"),
        ("used", 409, "已经在 3 号窗口扫过"),
        ("changed", 409, "换掉"),
        ("forged", 422, "不是从本系统发出的"),
    ],
)
def test_a_code_that_is_not_taken_says_what_to_do(pair: Pair, how: str, status: int, words: str) -> None:
    pair.show()
    code = pair.code()
    if how == "nothing":
        code = "69012345678"
    if how == "public":
        code = "https://localhost/check/abc"
    if how == "old":
        after(seconds=70)
    if how == "used":
        pair.scan(code)
        after(seconds=3)
    if how == "changed":
        pair.show()
    if how == "forged":
        code = code[:-1] + ("A" if code[-1] != "A" else "B")
    answer = pair.scan(code)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "autofocus" in answer.content.decode()


def test_the_clock_of_the_code(pair: Pair) -> None:
    pair.show()
    after(seconds=22)
    page = pair.phone.get(CODE).content.decode()
    assert "<span data-seconds>38</span> 秒" in page
    assert '<noscript><meta http-equiv="refresh" content="10">' in page
    assert len(page.encode()) < 60_000
    mark = pair.phone.get(reverse("citizen:code_state")).json()["mark"]
    assert f'data-mark="{mark}"' in page
    after(seconds=38)
    assert pair.phone.get(reverse("citizen:code_state")).json()["mark"] != mark
    after(minutes=10)
    assert "出示亮证码" in pair.phone.get(CODE).content.decode()


def test_opening_it_again_from_the_list_is_told_to_the_holder(pair: Pair) -> None:
    pair.show()
    pair.scan()
    pair.ask()
    pair.answer("agree")
    looks = UseRecord.objects.filter(mode="presented")
    pair.look()
    once = looks.count()
    pair.look()
    assert looks.count() == once > 0
    after(minutes=2)
    assert "一分钟内刷新算同一次" in pair.look()
    assert looks.count() == 2 * once


def test_looking_begins_nothing(pair: Pair) -> None:
    for address in (CODE, reverse("citizen:code_state"), reverse("citizen:code_pick")):
        assert pair.phone.get(address).status_code == 200
    assert not Presentation.objects.exists()


def test_another_window_is_refused_with_the_reason_and_it_is_recorded(pair: Pair) -> None:
    pair.show()
    pair.scan()
    pair.ask()
    pair.answer("agree")
    colleague = Client()
    colleague.force_login(district.clerk())
    colleague.post(reverse("counter:window"), {"number": "5"})
    answer = colleague.get(reverse("counter:look", args=[Scan.objects.get().pk]))
    assert answer.status_code == 403
    assert "只有当时扫码的人在 3 号窗口能看" in answer.content.decode()
    assert pair.holder.person.name not in answer.content.decode()
    assert set(UseRecord.objects.filter(mode="presented").values_list("outcome", "post")) == {
        ("not_allowed", "5 号窗口 窗口人员")
    }


def test_moving_to_another_window_closes_the_look(pair: Pair) -> None:
    pair.show()
    pair.scan()
    pair.ask()
    pair.answer("agree")
    pair.window.post(reverse("counter:window"), {"number": "4"})
    assert pair.window.get(reverse("counter:look", args=[Scan.objects.get().pk])).status_code == 403


def test_nobody_but_the_holder_answers(pair: Pair) -> None:
    pair.show()
    pair.scan()
    pair.ask()
    other = Client()
    other.force_login(district.citizen(name="别人").user)
    for what in ("agree", "refuse", "withdraw"):
        assert other.post(reverse(f"citizen:code_{what}", args=[Scan.objects.get().pk])).status_code == 404
    assert Scan.objects.get().status == "asked"


def test_a_shop_is_shown_by_its_owner(pair: Pair) -> None:
    owner = district.business(owner=pair.holder)
    assert owner.organisation is not None
    whom = f"organisation:{owner.organisation.pk}"
    pair.phone.post(reverse("public:act_for"), {"whom": whom})
    assert owner.organisation.name in pair.show(whom=whom)
    scanned = pair.scan().content.decode()
    assert owner.organisation.name in scanned
    assert re.search(r"出示人</dt><dd>陈\*英", scanned)


def test_a_page_drawn_for_another_begins_nothing(pair: Pair) -> None:
    owner = district.business(owner=pair.holder)
    assert owner.organisation is not None
    assert pair.phone.post(CODE, {"whom": f"organisation:{owner.organisation.pk}"}).status_code == 409
    assert not Presentation.objects.exists()


def test_the_next_one(pair: Pair) -> None:
    pair.show()
    pair.scan()
    answer = pair.window.post(reverse("counter:leave", args=[Scan.objects.get().pk]), follow=True)
    assert "刚才扫过的" in answer.content.decode()
    assert "这次扫码已经结束" in pair.phone.get(CODE).content.decode()


def test_without_a_window_nothing_is_scanned(pair: Pair) -> None:
    pair.show()
    fresh = Client()
    fresh.force_login(pair.clerk)
    assert fresh.post(reverse("counter:scan"), {"code": pair.code()})["Location"] == reverse("counter:desk")
    assert not Scan.objects.exists()


def test_a_right_that_ended_before_the_question_is_told_to_the_clerk(pair: Pair) -> None:
    owner = district.business()
    assert owner.organisation is not None
    mandate = agents.Mandate(clock.today(), sees_certificates=True)
    right = agents.authorise(
        owner.person, organisation=owner.organisation, agent=pair.holder.person, mandate=mandate
    )
    whom = f"organisation:{owner.organisation.pk}"
    pair.phone.post(reverse("public:act_for"), {"whom": whom})
    pair.show(whom=whom)
    pair.scan()
    agents.revoke(owner.person, right_id=right.pk)
    told = pair.ask(matter=FILING)
    assert "亮证的人已经没有代办的权利" in told
    assert "您现在不能替对方办事" not in told


def test_signing_out_ends_what_is_shown(pair: Pair) -> None:
    pair.show()
    shown = pair.code()
    pair.phone.post("/sign-out")
    assert Presentation.objects.get().ended_at == clock.now()
    assert "亮码" in pair.scan(shown).content.decode()
    assert not Scan.objects.exists()
