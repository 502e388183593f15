"""What the window filled in lies before the holder, who alone confirms, promises, or says that it is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from approvals import deciding
from approvals.applying import submission, taking
from approvals.applying.drafting import Window
from approvals.errors import NotAsShown
from approvals.models import Application, Draft
from certificates.models import Certificate, Scan
from common import clock
from records.models import JournalEntry
from tests.factories import district
from tests.factories.district import BUSINESS
from tests.factories.standin import Standin
from tests.portal.counter.test_scanning import CODE, Pair, after
from tests.portal.counter.test_taking import agreed, confirm, fields_of, hand_in, show_filled, take

pytestmark = pytest.mark.django_db
SHOP = {
    "name": "示例市龙湖区阿杰食品店",
    "scope": "prepackaged_food",
    "street": "440507003",
    "address": "长平路 9 号首层",
}


@pytest.fixture
def pair(city: Standin) -> Pair:
    holder, clerk = district.citizen(city), district.clerk()
    phone, window = Client(), Client()
    phone.force_login(holder.user)
    window.force_login(clerk)
    window.post(reverse("counter:window"), {"number": "3"})
    return Pair(holder, phone, clerk, window)


def form_of(pair: Pair, scan: Scan) -> str:
    return str(pair.window.get(reverse("counter:form", args=[scan.pk])).content.decode())


def marks(pair: Pair, scan: Scan) -> tuple[str, str]:
    window = pair.window.get(reverse("counter:state", args=[scan.pk])).json()["mark"]
    return window, pair.phone.get(reverse("citizen:code_state")).json()["mark"]


def test_nothing_is_filed_before_the_holder_confirms_what_she_reads(pair: Pair) -> None:
    scan = agreed(pair)
    before = marks(pair, scan)
    shown = show_filled(pair, scan, take(pair, scan))
    assert not Application.objects.exists()
    for words in ("请核对，再提交", "津贴发到哪里", "社会保障卡银行账户", "申请人"):
        assert words in shown
    assert marks(pair, scan)[0] == "shown"
    assert before[1] != marks(pair, scan)[1]
    assert "等群众在手机上核对" in form_of(pair, scan)
    told = confirm(pair, scan, shown)
    filed = Application.objects.get()
    assert filed.reference == scan.case_reference
    assert (filed.channel, filed.taken_by) == (Application.Channel.COUNTER, pair.clerk)
    assert "正在核验" in told
    assert marks(pair, scan)[0] == "taken"


def test_afterwards_the_phone_says_what_came_of_it_and_leads_there(pair: Pair) -> None:
    scan = agreed(pair)
    hand_in(pair, scan, take(pair, scan))
    filed = Application.objects.get()
    undecided = marks(pair, scan)[1]
    assert f'data-mark="{undecided}"' in pair.phone.get(CODE).content.decode()
    deciding.decide_waiting()
    assert marks(pair, scan)[1] != undecided
    for minutes in (0, 12):  # the look is over, what was filed is still told
        after(minutes=minutes)
        told = pair.phone.get(CODE).content.decode()
        number = Certificate.objects.get(source__startswith="decision:").number
        for words in (
            "审批通过",
            number,
            filed.matter.name,
            reverse("citizen:application", args=[filed.reference]),
        ):
            assert words in told
    pair.window.post(reverse("counter:leave", args=[scan.pk]))
    assert "审批通过" in pair.phone.get(CODE).content.decode()


@pytest.mark.django_db(transaction=True)  # as served: no test's transaction around it
def test_who_says_that_it_is_wrong_files_nothing_and_the_clerk_is_told(pair: Pair) -> None:
    scan = agreed(pair)
    shown = show_filled(pair, scan, take(pair, scan))
    pair.phone.post(reverse("citizen:code_decline", args=[scan.pk]))
    assert marks(pair, scan)[0] == "open"
    page = form_of(pair, scan)
    assert "群众在手机上说不对" in page
    assert "没有提交" in confirm(pair, scan, shown)
    assert not Application.objects.exists()
    assert JournalEntry.objects.filter(act="declined_by_holder").count() == 1
    hand_in(pair, scan, page)
    assert Application.objects.exists()


@pytest.mark.parametrize("how", ["saved", "taken back", "later"])
def test_what_was_changed_since_it_was_shown_is_not_filed(pair: Pair, how: str) -> None:
    scan = agreed(pair)
    page = take(pair, scan)
    shown = show_filled(pair, scan, page)
    if how == "saved":
        typed = fields_of(page) | {"contact_mobile": "13900139000"}
        pair.window.post(reverse("counter:save", args=[scan.pk]), typed)
    elif how == "taken back":
        answer = pair.window.post(reverse("counter:form", args=[scan.pk]), {"act": "edit"}, follow=True)
        assert "填好了，请群众核对" in answer.content.decode()
    else:
        after(minutes=11)
    assert "没有提交" in confirm(pair, scan, shown)
    assert not Application.objects.exists()


def test_no_verb_files_at_a_window_what_nobody_confirmed(pair: Pair) -> None:
    scan = agreed(pair)
    take(pair, scan)
    place = taking.at_window(pair.clerk, scan_id=scan.pk, window="3 号窗口", at=clock.now())
    for window in (
        place.as_window,
        Window(pair.clerk, "3 号窗口", confirmed=clock.now() - timedelta(seconds=1)),
    ):
        with pytest.raises(NotAsShown):
            submission.submit(place.principal, reference=scan.case_reference, key="k", window=window)


def test_a_promise_is_given_on_the_phone_and_nowhere_else(pair: Pair) -> None:
    scan = agreed(pair, matter=BUSINESS)
    page = take(pair, scan)
    assert 'name="commitment"' not in page
    assert "只能由群众在手机上选" in page
    forged = pair.window.post(
        reverse("counter:form", args=[scan.pk]), {**fields_of(page), **SHOP, "commitment": "yes"}
    )
    assert forged.status_code == 422
    assert "commitment" not in Draft.objects.get().answers
    answer = pair.window.post(
        reverse("counter:form", args=[scan.pk]), {**fields_of(page), **SHOP}, follow=True
    )
    assert "等群众在手机上核对" in answer.content.decode()
    shown = pair.phone.get(CODE).content.decode()
    assert "我承诺：经营场所信息真实" in shown
    assert SHOP["name"] in shown
    assert "请先选好：经营场所承诺" in confirm(pair, scan, shown)
    assert not Application.objects.exists()
    confirm(pair, scan, shown, commitment="yes", name="no")
    filed = Application.objects.get()
    assert (filed.answers["commitment"], filed.answers["name"]) == (True, SHOP["name"])


def test_nobody_else_confirms(pair: Pair) -> None:
    scan = agreed(pair)
    show_filled(pair, scan, take(pair, scan))
    other = Client()
    other.force_login(district.citizen(name="别人").user)
    for what in ("confirm", "decline"):
        assert other.post(reverse(f"citizen:code_{what}", args=[scan.pk])).status_code == 404
    assert marks(pair, scan)[0] == "shown"
    assert not Application.objects.exists()


def test_a_second_click_files_it_once(pair: Pair) -> None:
    scan = agreed(pair)
    shown = show_filled(pair, scan, take(pair, scan))
    for _ in range(2):
        assert "正在核验" in confirm(pair, scan, shown)
    assert Application.objects.count() == 1


def test_the_desk_tells_what_was_filed_from_who_walked_away(pair: Pair) -> None:
    scan = agreed(pair)
    hand_in(pair, scan, take(pair, scan))
    deciding.decide_waiting()
    pair.window.post(reverse("counter:leave", args=[scan.pk]))
    after(seconds=30)
    away = agreed(pair, matter=BUSINESS)
    answer = pair.window.post(reverse("counter:leave", args=[away.pk]), follow=True).content.decode()
    assert answer.count("审批通过") == 1
    assert answer.count("没有提交，已结束") == 1
    result = reverse("counter:taken", args=[Application.objects.get().reference])
    assert (
        answer.count(f'href="{result}"') == 1
    )  # what was filed is opened where it stands, not where it began
    assert reverse("counter:look", args=[scan.pk]) not in answer
    assert f'href="{result}"' in pair.window.get(reverse("counter:look", args=[scan.pk])).content.decode()


def test_a_refused_scan_never_says_what_another_scan_filed(pair: Pair) -> None:
    """All three scans are about one number: the draft that the first one began."""
    begun = agreed(pair)
    take(pair, begun)
    pair.window.post(reverse("counter:leave", args=[begun.pk]))
    after(seconds=30)
    pair.show()
    pair.scan()
    pair.ask()
    pair.phone.post(reverse("citizen:code_refuse", args=[Scan.objects.latest("scanned_at").pk]))
    after(seconds=60)
    scan = agreed(pair)
    hand_in(pair, scan, take(pair, scan))
    deciding.decide_waiting()
    assert len(set(Scan.objects.values_list("case_reference", flat=True))) == 1
    desk = pair.window.get(reverse("counter:desk")).content.decode()
    assert (desk.count("群众没有同意"), desk.count("审批通过")) == (1, 2)


def test_the_window_reads_of_the_one_who_stands_there_and_takes_above_what_it_sees(pair: Pair) -> None:
    scan = agreed(pair)
    seen = pair.window.get(reverse("counter:look", args=[scan.pk])).content.decode()
    assert seen.index("受理申请<kbd>") < seen.index('class="card seen')
    page = take(pair, scan).partition("counter__main")[2]
    assert "联系不上群众时才用" in page
    assert "联系不上您" not in page
    filed = hand_in(pair, scan, page)
    assert "提交时间" in pair.window.get(filed["Location"]).content.decode()


def test_who_refuses_is_told_where_else_it_is_done(pair: Pair) -> None:
    pair.show()
    pair.scan()
    asked = pair.ask()
    assert asked
    assert "也不能在这里收您的申请" in pair.phone.get(CODE).content.decode()
    told = pair.answer("refuse")
    body = Scan.objects.get().deciding_body
    assert f"带证件和材料到{body}的窗口办" in told
    window = pair.look()
    assert f"带证件和材料到{body}的窗口办" in window
    assert "请群众出示实体证件或提交材料" not in window
