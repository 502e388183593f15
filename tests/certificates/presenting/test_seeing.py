"""The window's look: that clerk, that post, that window, ten minutes, what was agreed; refusals are recorded too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.acting.principals import Principal, principal
from accounts.models import ActingRight
from certificates.issuance import lifecycle
from certificates.models import Certificate, UseRecord
from certificates.presenting import answering, scanning, seeing
from certificates.presenting.errors import LookRefused, NoSuchScan, OtherWindow
from certificates.states import CertificateStatus
from tests.certificates.presenting.making import SECOND, Meeting, clerk
from tests.factories import people
from tests.factories.certificates import AT, card_type, certificate

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> Meeting:
    card_type()
    who = people.principal()
    certificate(who.person, number="C1")
    return Meeting(who, clerk())


def see(meeting: Meeting, scan, **changed):
    told = {"scan_id": scan.pk, "window": meeting.window, "at": meeting.at, **changed}
    return seeing.see(told.pop("user", meeting.user), **told)


def test_what_was_agreed_is_seen_and_no_more(meeting):
    (seen,) = see(meeting, meeting.agree())
    assert seen.values == {"name": "陈桂英", "born": "1940-03-15"}
    record = UseRecord.objects.get()
    card = Certificate.objects.get()
    assert (record.mode, record.outcome, record.fields) == ("presented", "found", ["name", "born"])
    assert (record.certificate, record.version, record.digest) == (card, 1, card.digest)
    assert (record.actor, record.post, record.body) == (
        f"user:{meeting.user.pk}",
        "3 号窗口 窗口人员",
        "测试大厅",
    )
    assert record.scan is not None
    assert (record.authorisation, record.agent) == (record.scan.authorisation, None)


@pytest.mark.parametrize(
    ("opened", "looks"),
    [((0, 5, 59), 1), ((0, 60), 2), ((0, 40, 80), 2), ((0, 200, 500), 3), ((0, 0.001), 1)],
)
def test_every_look_is_recorded_and_a_page_loaded_again_within_a_minute_is_the_same(meeting, opened, looks):
    found = meeting.agree()
    for seconds in opened:
        assert see(meeting.later(seconds=seconds), found)
    assert UseRecord.objects.count() == looks
    assert set(UseRecord.objects.values_list("outcome", flat=True)) == {"found"}


def test_a_refused_look_is_recorded_each_time_too(meeting):
    found, colleague = meeting.agree(), clerk()
    for minutes in (0, 2, 4):
        with pytest.raises(OtherWindow):
            see(meeting, found, user=colleague, at=AT + timedelta(minutes=minutes))
    assert UseRecord.objects.filter(outcome="not_allowed").count() == 3


def test_the_record_is_written_before_anything_is_handed_out(meeting, monkeypatch):
    found = meeting.agree()
    monkeypatch.setattr(
        UseRecord.objects, "bulk_create", lambda *_args: (_ for _ in ()).throw(OSError("disk"))
    )
    with pytest.raises(OSError, match="disk"):
        see(meeting, found)


@pytest.mark.parametrize(("after", "may"), [(599, True), (600, False), (86_400, False)])
def test_ten_minutes(meeting, after, may):
    found = meeting.agree()
    if may:
        assert see(meeting, found, at=AT + after * SECOND)
        return
    with pytest.raises(LookRefused, match="已经结束"):
        see(meeting, found, at=AT + after * SECOND)
    assert UseRecord.objects.get().outcome == "not_allowed"


def test_another_window_or_clerk_or_scan_sees_nothing(meeting):
    found = meeting.agree()
    colleague = clerk()
    with pytest.raises(OtherWindow, match="3 号窗口"):
        see(meeting, found, user=colleague)
    with pytest.raises(OtherWindow):
        see(meeting, found, window="4 号窗口")
    with pytest.raises(NoSuchScan):
        see(meeting, found.presentation)
    rows = list(UseRecord.objects.order_by("at", "post").values_list("outcome", "actor", "post", "fields"))
    assert sorted(rows) == sorted(
        [
            ("not_allowed", f"user:{colleague.pk}", "3 号窗口 窗口人员", []),
            ("not_allowed", f"user:{meeting.user.pk}", "4 号窗口 窗口人员", []),
        ]
    )


@pytest.mark.parametrize("moment", ["scanned", "asked", "refused", "lapsed", "left", "withdrawn"])
def test_only_an_agreed_scan_opens_anything(meeting, moment):
    found = meeting.scan()
    if moment != "scanned":
        found = meeting.ask(found)
    if moment == "refused":
        answering.refuse(meeting.shower.person, scan_id=found.pk, at=AT)
    if moment == "left":
        scanning.leave(meeting.user, scan_id=found.pk, window=meeting.window, taken=False, at=AT)
    if moment == "withdrawn":
        answering.withdraw(meeting.shower.person, scan_id=meeting.agree(found).pk, at=AT)
    at = AT + timedelta(minutes=6 if moment == "lapsed" else 0)
    with pytest.raises(LookRefused) as refused:
        see(meeting, found, at=at)
    assert "请" in refused.value.message
    kept = set(UseRecord.objects.values_list("outcome", flat=True))
    expected = {"scanned": set(), "refused": {"declined", "not_allowed"}}
    assert kept == expected.get(moment, {"not_allowed"})


def test_what_is_not_there_or_not_valid_is_said_and_recorded(meeting):
    card = Certificate.objects.get()
    lifecycle.change_status(card, CertificateStatus.REVOKED, reason="违法", actor="system", at=AT)
    (seen,) = see(meeting, meeting.agree())
    assert (seen.outcome, seen.values) == ("revoked", {})
    nobody = Meeting(people.principal(), meeting.user)
    (seen,) = see(nobody, nobody.agree())
    assert (seen.outcome, seen.certificate, seen.values) == ("not_held", None, {})
    assert sorted(UseRecord.objects.values_list("outcome", flat=True)) == ["not_held", "revoked"]


def test_what_was_tampered_with_is_not_handed_out(meeting):
    card = Certificate.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE certificates_certificate DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE certificates_certificate SET digest = %s WHERE id = %s", ["0" * 64, str(card.pk)]
        )
        cursor.execute("ALTER TABLE certificates_certificate ENABLE TRIGGER USER")
    (seen,) = see(meeting, meeting.agree())
    assert (seen.outcome, seen.values) == ("unreadable", {})


def test_both_names_stand_where_an_agent_shows_an_organisations(meeting):
    card_type(slug="firm_card", code="11440507MB2X00012R902", holder_kind="organisation")
    head, agent = people.person(), people.person(name="王经办")
    shop = people.business(operator=head)
    certificate(shop, type="firm_card", number="F1")
    right = ActingRight.objects.create(
        person=agent,
        organisation=shop,
        role="agent",
        given_by=head,
        valid_from=date(2020, 1, 1),
        sees_certificates=True,
    )
    acting = Meeting(principal(agent, whom=f"organisation:{shop.pk}", on=AT.date()), meeting.user)
    found = acting.agree(acting.ask(scope={"firm_card": ["name"]}))
    (seen,) = see(acting, found)
    assert seen.values == {"name": "陈桂英"}
    record = UseRecord.objects.get()
    assert (record.holder_organisation, record.agent) == (shop, agent)
    ActingRight.objects.filter(pk=right.pk).update(revoked_at=AT)
    with pytest.raises(LookRefused, match="代办的权利"):
        see(acting, found)


def test_a_head_shows_by_law(meeting):
    head = people.person()
    shop = people.business(operator=head)
    acting = Meeting(Principal(head, shop), meeting.user)
    (seen,) = see(acting, acting.agree())
    assert seen.outcome == "not_held"
    assert UseRecord.objects.get().agent == head
