"""Taken at a window: from the code on the phone to the certificate, typed by the clerk for the holder."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.urls import reverse

from approvals import deciding
from approvals.applying import drafting, prefilling, submission, taking
from approvals.errors import AlreadyOpen
from approvals.models import Application, Draft
from approvals.states import ApplicationState
from certificates.models import Certificate, Scan, UseRecord
from common import clock
from common.errors import DomainError
from portal.counter import wording
from records.journal import events_of
from records.models import JournalEntry
from tests.factories import district
from tests.factories.district import ALLOWANCE
from tests.factories.standin import Standin
from tests.portal.counter.test_scanning import CODE, Pair, after

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(city: Standin) -> Pair:
    """A holder whom the registers know, and a clerk at window 3."""
    holder, clerk = district.citizen(city), district.clerk()
    phone, window = Client(), Client()
    phone.force_login(holder.user)
    window.force_login(clerk)
    window.post(reverse("counter:window"), {"number": "3"})
    return Pair(holder, phone, clerk, window)


def agreed(pair: Pair, *, matter: str = ALLOWANCE) -> Scan:
    pair.show()
    pair.scan()
    scan = Scan.objects.order_by("-scanned_at")[0]
    pair.window.post(reverse("counter:ask", args=[scan.pk]), {"matter": matter})
    pair.phone.post(reverse("citizen:code_agree", args=[scan.pk]))
    return Scan.objects.order_by("-scanned_at")[0]


def fields_of(page: str) -> dict[str, str]:
    """Return what a browser would post of the page as it was drawn, by the button that submits."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page.partition('class="form card"')[2]):
        told = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if told.get("type") not in {"radio", "checkbox"} or " checked" in tag:
            found[told.get("name", "")] = told.get("value", "")
    found.pop("csrfmiddlewaretoken", None)
    return {**found, "act": "submit"}


def take(pair: Pair, scan: Scan) -> str:
    answer = pair.window.post(reverse("counter:take", args=[scan.pk]), follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def show_filled(pair: Pair, scan: Scan, page: str) -> str:
    """Put it before the holder, and return what the phone shows."""
    pair.window.post(reverse("counter:form", args=[scan.pk]), fields_of(page))
    return str(pair.phone.get(CODE).content.decode())


def confirm(pair: Pair, scan: Scan, shown: str, **said: str) -> str:
    """Confirm on the phone what it showed."""
    seen = re.search(r'name="seen" value="([^"]*)"', shown)
    told = {"seen": seen[1] if seen else "", **said}
    return str(
        pair.phone.post(reverse("citizen:code_confirm", args=[scan.pk]), told, follow=True).content.decode()
    )


def hand_in(pair: Pair, scan: Scan, page: str) -> Any:
    """Have the holder confirm what is filled in, and return where the window is led."""
    confirm(pair, scan, show_filled(pair, scan, page))
    return pair.window.get(reverse("counter:form", args=[scan.pk]))


def test_the_clerk_takes_it_with_nothing_typed_and_it_is_granted(pair: Pair) -> None:
    scan = agreed(pair)
    page = take(pair, scan)
    assert "填好了，请群众核对" in page
    assert "我的办件" not in page
    answer = hand_in(pair, scan, page)
    application = Application.objects.get()
    assert answer["Location"] == reverse("counter:taken", args=[application.reference])
    assert application.reference == scan.case_reference
    assert (application.channel, application.taken_by) == (Application.Channel.COUNTER, pair.clerk)
    assert application.person == pair.holder.principal.person
    assert application.authorisation == scan.authorisation
    deciding.decide_waiting()
    shown = pair.window.get(answer["Location"]).content.decode()
    issued = Certificate.objects.get(source__startswith="decision:")
    for words in ("审批通过", issued.number, "陈*英"):
        assert words in shown
    assert application.person.name not in shown
    assert issued.holder_person == application.person


def test_every_step_names_who_took_it(pair: Pair) -> None:
    scan = agreed(pair)
    page = take(pair, scan)
    hand_in(pair, scan, page)
    entries = JournalEntry.objects.filter(stream=f"case:{scan.case_reference}")
    acts = ["draft_started", "shown_to_holder", "submitted"]
    actors = dict(entries.filter(act__in=acts).values_list("act", "actor"))
    by_clerk = dict.fromkeys(acts[:2], f"user:{pair.clerk.pk}")
    assert actors == {**by_clerk, "submitted": f"person:{pair.holder.person.pk}"}
    assert Application.objects.get().taken_by == pair.clerk
    assert any("3 号窗口提交" in event.text for event in events_of(f"case:{scan.case_reference}"))


def test_the_form_at_a_window_is_read_by_the_window_and_recorded_once_a_certificate(pair: Pair) -> None:
    """A report of misuse goes by the body: the hall's, not the department's that decides."""
    scan = agreed(pair)
    page = take(pair, scan)
    pair.window.post(reverse("counter:form", args=[scan.pk]), {**fields_of(page), "act": "save"})
    looks = UseRecord.objects.filter(case_reference=scan.case_reference)
    told = {
        "mode": "presented",
        "body": scan.body,
        "post": "3 号窗口 窗口人员",
        "scan": scan.pk,
        "outcome": "found",
    }
    told |= {
        "actor": f"user:{pair.clerk.pk}",
        "authorisation": scan.authorisation_id,
        "body_code": scan.post.hall_id,
    }
    assert looks
    assert [one for one in looks.values(*told) if one != told] == []
    assert len(set(looks.values_list("certificate", "version"))) == looks.count()


def test_a_form_after_the_windows_look_is_the_same_look(pair: Pair) -> None:
    scan = agreed(pair)
    pair.window.get(reverse("counter:look", args=[scan.pk]))
    before = set(UseRecord.objects.filter(scan=scan).values_list("pk", flat=True))
    take(pair, scan)
    assert before
    assert before == set(
        UseRecord.objects.filter(case_reference=scan.case_reference).values_list("pk", flat=True)
    )


def test_at_home_the_applicants_own_form_is_no_look_of_the_windows(pair: Pair) -> None:
    scan = agreed(pair)
    pair.window.get(reverse("counter:look", args=[scan.pk]))
    take(pair, scan)
    after(minutes=11)
    prefilling.known(Draft.objects.get(taken_by=pair.clerk), at=clock.now())
    later = UseRecord.objects.filter(case_reference=scan.case_reference, purpose="预填")
    told = {(one.mode, one.actor, one.post, one.scan) for one in later}
    assert told == {("authorised", "system", "系统核验", None)}


def test_a_second_click_takes_it_once(pair: Pair) -> None:
    scan = agreed(pair)
    page = take(pair, scan)
    assert hand_in(pair, scan, page).status_code == 302
    where = reverse("counter:taken", args=[Application.objects.get().reference])
    for decided in (False, True):  # the consent ends with the decision
        if decided:
            deciding.decide_waiting()
        again = [
            pair.window.post(reverse("counter:form", args=[scan.pk]), fields_of(page)),
            pair.window.get(reverse("counter:form", args=[scan.pk])),
            pair.window.post(reverse("counter:take", args=[scan.pk])),
        ]
        assert [answer["Location"] for answer in again] == [where] * 3
    assert Application.objects.count() == 1


def test_what_was_typed_stays_when_the_minutes_are_over_and_another_scan_goes_on(pair: Pair) -> None:
    scan = agreed(pair)
    take(pair, scan)
    after(minutes=11)
    answer = pair.window.post(reverse("counter:form", args=[scan.pk]), {"act": "save"}, follow=True)
    assert "请群众重新亮码" in answer.content.decode()
    draft = Draft.objects.get()
    again = agreed(pair)
    assert again.case_reference == draft.reference
    page = take(pair, again)
    hand_in(pair, again, page)
    assert Application.objects.get().reference == draft.reference


def test_what_the_script_kept_is_there_again_and_what_it_did_not_is_not_said_to_be(pair: Pair) -> None:
    scan = agreed(pair)
    page = take(pair, scan)
    typed = fields_of(page) | {"contact_mobile": "13900139000"}
    kept = pair.window.post(reverse("counter:save", args=[scan.pk]), typed)
    said = f"{Draft.objects.get().saved_at.astimezone(clock.SHANGHAI):%H:%M:%S}"
    assert kept.json() == {"said": f"已保存 {said}"}
    assert f"已保存 {said}" in pair.window.get(reverse("counter:form", args=[scan.pk])).content.decode()
    after(minutes=11)
    late = typed | {"contact_mobile": "13900139001"}
    refused = pair.window.post(reverse("counter:save", args=[scan.pk]), late)
    posted = pair.window.post(reverse("counter:form", args=[scan.pk]), late, follow=True).content.decode()
    assert refused.status_code == 409
    for words in (refused.json()["said"], posted):
        assert f"{said} 以前填的已保存，以后填的没有保存" in words
    again = take(pair, agreed(pair))
    assert 'value="13900139000"' in again or "139****9000" in again
    assert "13900139001" not in again


def test_without_a_draft_nothing_is_said_to_be_kept(pair: Pair) -> None:
    scan = agreed(pair)
    after(minutes=11)
    refused = pair.window.post(reverse("counter:take", args=[scan.pk]), follow=True).content.decode()
    assert "还没有保存下什么" in refused
    assert "已保存" not in refused


def test_a_draft_begun_at_home_is_finished_at_the_window(pair: Pair) -> None:
    draft = drafting.start(pair.holder.principal, matter=district.matter(ALLOWANCE), consent=False)
    scan = agreed(pair)
    assert scan.case_reference == draft.reference
    page = take(pair, scan)
    hand_in(pair, scan, page)
    deciding.decide_waiting()
    assert Application.objects.get().state == ApplicationState.GRANTED


def test_what_is_open_already_is_not_taken_twice(pair: Pair) -> None:
    scan = agreed(pair)
    draft = drafting.start(pair.holder.principal, matter=district.matter(ALLOWANCE), consent=True)
    submission.submit(pair.holder.principal, reference=draft.reference, key="k")
    page = take(pair, scan)
    assert "群众已有一件同样的申请正在办理" in page
    assert "您已有" not in page
    assert Application.objects.count() == 1


@pytest.mark.parametrize("refusal", wording.WORDS, ids=lambda one: one.__name__)
def test_a_refusal_speaks_to_the_clerk(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, refusal: type[DomainError]
) -> None:
    scan = agreed(pair)
    raised = refusal("20000000000000000000") if refusal is AlreadyOpen else refusal()
    monkeypatch.setattr(taking, "begin", Mock(side_effect=raised))
    page = take(pair, scan)
    assert wording.WORDS[refusal] in page
    assert "您" not in wording.WORDS[refusal]
    assert "群众已同意" in page, "back at the scan"


def test_a_draft_thrown_away_on_the_phone_meanwhile_leads_back_to_the_scan(pair: Pair) -> None:
    scan = agreed(pair)
    page = take(pair, scan)
    drafting.discard(pair.holder.principal, reference=scan.case_reference)
    answer = pair.window.post(reverse("counter:form", args=[scan.pk]), fields_of(page), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("counter:look", args=[scan.pk])
    assert "请群众重新亮码" in answer.content.decode()


def test_a_scan_of_another_window_leads_back_to_the_desk(pair: Pair) -> None:
    scan = agreed(pair)
    pair.window.post(reverse("counter:window"), {"number": "5"})
    answer = pair.window.get(reverse("counter:form", args=[scan.pk]))
    assert answer.status_code == 403
    assert f'href="{reverse("counter:desk")}"' in answer.content.decode()


def consents(pair: Pair, state: str = "") -> str:
    return str(pair.phone.get("/authorisations", {"state": state}).content.decode())


def test_a_consent_nothing_was_begun_on_is_over_with_the_ten_minutes(pair: Pair) -> None:
    agreed(pair)
    assert "撤回授权" in consents(pair, "standing")
    after(minutes=9)
    assert "撤回授权" in consents(pair, "standing")
    after(minutes=2)
    assert "没有这样的授权" in consents(pair, "standing")
    over = consents(pair, "over")
    assert "没有接着办，已经结束" in over
    assert "撤回授权" not in over


def test_a_consent_for_a_purpose_is_over_with_the_ten_minutes(pair: Pair) -> None:
    pair.show()
    pair.scan()
    told = {"types": "resident_id", "fields": "resident_id.name", "chosen": "1", "purpose": "核对领取人"}
    pair.ask(**told)
    pair.answer("agree")
    assert "撤回授权" in consents(pair, "standing")
    after(minutes=11)
    assert "没有这样的授权" in consents(pair, "standing")
    assert "核对领取人" in consents(pair, "over")


def test_what_was_seen_says_that_its_consent_is_over(pair: Pair) -> None:
    scan = agreed(pair)
    pair.window.get(reverse("counter:look", args=[scan.pk]))
    looked = UseRecord.objects.filter(mode="presented").first()
    assert looked is not None
    for minutes, words in ((0, "；已授权"), (11, "；已结束")):
        after(minutes=minutes)
        assert words in pair.phone.get(f"/certificates/uses/{looked.pk}").content.decode()


@pytest.mark.parametrize("handed_in", [False, True])
def test_a_consent_an_application_was_begun_on_stands(pair: Pair, handed_in: bool) -> None:
    scan = agreed(pair)
    page = take(pair, scan)
    if handed_in:
        hand_in(pair, scan, page)
    after(minutes=11)
    assert "撤回授权" in consents(pair, "standing")


def test_the_consent_of_a_draft_begun_at_home_outlives_the_window(pair: Pair) -> None:
    drafting.start(pair.holder.principal, matter=district.matter(ALLOWANCE), consent=True)
    agreed(pair)
    after(minutes=11)
    assert "撤回授权" in consents(pair, "standing")


def test_another_clerk_window_or_nobody_touches_it(pair: Pair) -> None:
    scan = agreed(pair)
    take(pair, scan)
    form = reverse("counter:form", args=[scan.pk])
    other, other_window = district.clerk(), Client()
    other_window.force_login(other)
    other_window.post(reverse("counter:window"), {"number": "5"})
    assert other_window.get(form).status_code in {403, 404, 409}
    assert other_window.post(form, {"act": "submit"}).status_code in {403, 404, 409}
    pair.window.post(reverse("counter:window"), {"number": "5"})
    assert pair.window.get(form).status_code in {403, 404, 409}
    assert not Application.objects.exists()


def test_what_another_clerk_took_is_not_shown(pair: Pair) -> None:
    scan = agreed(pair)
    page = take(pair, scan)
    hand_in(pair, scan, page)
    address = reverse("counter:taken", args=[Application.objects.get().reference])
    other_window = Client()
    other_window.force_login(district.clerk())
    assert other_window.get(address).status_code in {302, 404}
    assert pair.window.get(address).status_code == 200


def test_a_consent_that_is_taken_back_stops_the_taking(pair: Pair) -> None:
    scan = agreed(pair)
    take(pair, scan)
    pair.answer("withdraw")
    answer = pair.window.post(reverse("counter:form", args=[scan.pk]), {"act": "submit"}, follow=True)
    assert "撤回" in answer.content.decode()
    assert not Application.objects.exists()


def test_time_alone_changes_no_draft(pair: Pair) -> None:
    scan = agreed(pair)
    take(pair, scan)
    assert clock.now() - scan.scanned_at < timedelta(minutes=1)
    assert Draft.objects.get().taken_by == pair.clerk
    drafting.save(pair.holder.principal, reference=scan.case_reference, answers={})
    assert Draft.objects.get().taken_by is None
