"""The guide tells the same choice among certificates that the machine would make, and opens none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.acting.principals import Principal
from approvals.applying import drafting
from approvals.states import ApplicationState
from certificates.holding import authorising
from certificates.issuance.issuing import issue
from certificates.models import Certificate, UseRecord
from certificates.states import CertificateStatus
from common import clock
from matters import editions
from portal.web.components.covers import MISSING, applying_for, covers
from tests.factories import district
from tests.factories.district import issuer_of
from tests.portal.public import making
from tests.portal.public.making import TODAY

SLUG = "resident_id"


def told(person, slug: str = SLUG):
    return covers(Principal(person), slugs=[slug], on=TODAY).get(slug)


def test_nothing_held_is_missing(chen) -> None:
    assert told(chen) == MISSING


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (None, "held", "有效，长期"),
        (31, "held", "有效期至 2026-12-21"),
        (30, "soon", "有效，12 月 20 日（星期日）到期"),
        (0, "soon", "有效，11 月 20 日（星期五）到期"),
        (-1, "wanting", "有效期至 2026-11-19，已过期"),
    ],
)
def test_the_last_valid_day(chen, days, state, words) -> None:
    making.certificate(chen, SLUG, until=TODAY + timedelta(days=days) if days is not None else None)
    cover = told(chen)
    assert (cover.state, cover.words) == (state, words)
    assert cover.usable == (state != "wanting")


@pytest.mark.parametrize(
    "status", sorted(set(CertificateStatus) - {CertificateStatus.VALID, CertificateStatus.SUPERSEDED})
)
def test_what_ended_or_rests_is_not_usable_and_says_how(chen, status) -> None:
    made = making.certificate(chen, SLUG)
    Certificate.objects.filter(pk=made.pk).update(
        status=status, status_changed_at=clock.now(), status_reason="依法"
    )
    cover = told(chen)
    assert not cover.usable
    assert status.label in cover.words


def test_a_superseded_one_counts_as_none(chen) -> None:
    made = making.certificate(chen, SLUG)
    Certificate.objects.filter(pk=made.pk).update(status=CertificateStatus.SUPERSEDED)
    assert told(chen).words == "证照库里没有"


def test_another_persons_are_not_seen(chen) -> None:
    making.certificate(making.citizen("lin", name="林国辉"), SLUG)
    assert told(chen) == MISSING


def test_acting_for_a_business_one_keeps_ones_own(chen) -> None:
    making.certificate(chen, SLUG)
    shop = making.business(chen)
    assert covers(Principal(chen, shop), slugs=[SLUG], on=TODAY)[SLUG].usable


def test_looking_leaves_no_use_and_reads_no_field(chen, signed_in, monkeypatch) -> None:
    making.certificate(chen, SLUG)
    field = Certificate._meta.get_field("fields")
    monkeypatch.setattr(field, "from_db_value", lambda *_: pytest.fail("a field was read"), raising=False)
    page = signed_in(chen).get(f"/matters/{making.ALLOWANCE}/").content.decode()
    assert "有效，长期" in page
    assert not UseRecord.objects.exists()


# --- before applying: what to do ----------------------------------------------------------------------------------
CHANGE = "11440507MB2X0005574440123001001"  # of a licence's name
RENEWAL = "11440507MB2X0005574440123001002"
CARD = "11440507MB2X00012R4442011002000"


def before(
    principal: Principal, *, code: str = making.ALLOWANCE, slug: str = SLUG, draft=None, open_: bool = False
):
    matter = making.matter(code)
    assert matter.current_edition is not None
    compiled = editions.compiled(matter.current_edition)
    consent = draft.authorisation if draft else None
    applying = applying_for(matter, compiled, on=TODAY, consent=consent, open_=open_)
    return covers(principal, slugs=compiled.certificates, on=TODAY, applying=applying)[slug]


def licence(holder, until: date):
    since = until - timedelta(days=1400)  # it runs for four years
    told = district.certificate(
        "public_place_licence",
        holder,
        {"name": holder.name},
        issued_on=since,
        valid_from=since,
        valid_until=until,
    )
    return issue(told, at=making.NOW)


def test_what_is_held_long_enough_asks_for_nothing(chen) -> None:
    making.certificate(chen, SLUG)
    cover = before(Principal(chen))
    assert (cover.state, cover.advice, cover.act, cover.url) == ("held", "", "", "")


@pytest.mark.parametrize(
    ("days", "state", "said"),
    [
        (2, "soon", "承诺办结以前就会到期"),
        (20, "soon", "现在可以用"),
        (31, "held", ""),
        (-3, "wanting", "续办后就能用"),
    ],
)
def test_what_runs_out_is_renewed_where_the_catalogue_renews_it(
    chen, days: int, state: str, said: str
) -> None:
    shop = making.business(chen)
    licence(shop, TODAY + timedelta(days=days))
    cover = before(Principal(chen, shop), code=CHANGE, slug="public_place_licence")
    assert cover.state == state
    assert said in cover.advice
    if state != "held":
        assert cover.act == "去续办：公共场所卫生许可证延续"
        assert cover.url == f"/matters/{RENEWAL}/"


def test_a_matter_never_sends_to_itself(chen) -> None:
    shop = making.business(chen)
    licence(shop, TODAY + timedelta(days=5))
    cover = before(Principal(chen, shop), code=RENEWAL, slug="public_place_licence")
    assert (cover.state, cover.url) == ("soon", "")
    assert issuer_of("public_place_licence")["issuer_name"] in cover.advice


def test_what_no_matter_gives_names_the_body_that_does(chen) -> None:
    cover = before(Principal(chen))
    assert (cover.state, cover.chip[1], cover.url) == ("wanting", "库里没有", "")
    assert cover.advice == "办好后就能用，请找示例市公安局"


def test_what_rests_or_ended_says_whom_to_ask(chen) -> None:
    made = making.certificate(chen, SLUG)
    Certificate.objects.filter(pk=made.pk).update(
        status=CertificateStatus.SUSPENDED, status_changed_at=clock.now(), status_reason="核查"
    )
    cover = before(Principal(chen))
    assert cover.chip == ("soon", "暂停使用")
    assert f"要恢复或者重办的，请找{made.issuer_name}" in cover.advice


@pytest.mark.parametrize("how", ["refused", "withdrawn", "over"])
def test_a_use_that_was_not_agreed_to_is_said_with_the_way_to_allow_it(chen, how: str) -> None:
    making.certificate(chen, SLUG)
    who = Principal(chen)
    draft = drafting.start(who, matter=making.matter(), consent=how != "refused")
    if how == "withdrawn":
        authorising.revoke(who, authorisation_id=draft.authorisation_id, at=clock.now())
    if how == "over":
        draft.authorisation.until = TODAY - timedelta(days=1)
    else:
        draft.authorisation.refresh_from_db()
    cover = before(who, draft=draft)
    assert (cover.state, cover.usable, cover.chip[1]) == ("barred", False, "没有授权")
    assert {"refused": "没有同意", "withdrawn": "撤回", "over": "到期"}[how] in cover.words
    assert cover.url == f"/matters/{making.ALLOWANCE}/start"
    assert before(who, draft=draft, slug="senior_allowance").state == "wanting"  # only its existence counts
    assert before(who, draft=draft, open_=True).url == ""
    again = drafting.start(who, matter=making.matter(), consent=True)
    assert before(who, draft=again).state == "held"


def test_the_page_follows_a_suspension_an_ending_and_a_withdrawal_at_once(chen, signed_in) -> None:
    made = making.certificate(chen, SLUG)
    browser = signed_in(chen)

    def page() -> str:
        return str(browser.get(f"/matters/{making.ALLOWANCE}/").content.decode())

    assert "电子证照“居民身份证”，有效，长期" in page()
    rows = Certificate.objects.filter(pk=made.pk)
    rows.update(status=CertificateStatus.SUSPENDED, status_changed_at=clock.now(), status_reason="核查")
    assert "电子证照“居民身份证”：暂停使用" in page()
    rows.update(status=CertificateStatus.VALID, status_changed_at=None, status_reason="")
    draft = drafting.start(Principal(chen), matter=making.matter(), consent=True)
    assert "有效，长期" in page()
    authorising.revoke(Principal(chen), authorisation_id=draft.authorisation_id, at=clock.now())
    assert "但您撤回了授权" in page()
    assert "重新选择是否同意" in page()
    rows.update(status=CertificateStatus.REVOKED, status_changed_at=clock.now(), status_reason="依法")
    assert "吊销" in page()
    assert not UseRecord.objects.exists()


def test_the_consent_page_says_the_same_and_opens_nothing(chen, signed_in, monkeypatch) -> None:
    making.certificate(chen, SLUG, until=TODAY + timedelta(days=3))
    field = Certificate._meta.get_field("fields")
    monkeypatch.setattr(field, "from_db_value", lambda *_: pytest.fail("a field was read"), raising=False)
    page = signed_in(chen).get(f"/matters/{making.ALLOWANCE}/start").content.decode()
    assert "快到期" in page
    assert "承诺办结以前就会到期，请先续办" in page
    assert "库里没有" in page
    assert not UseRecord.objects.exists()


def test_an_open_case_without_consent_says_that_a_person_checks(chen, signed_in) -> None:
    making.certificate(chen, SLUG)
    making.Cases(making.matter()).case(chen, ApplicationState.IN_REVIEW)
    page = signed_in(chen).get(f"/matters/{making.ALLOWANCE}/").content.decode()
    assert "正在办的这件，由工作人员核对，您不用补交" in page
    assert "重新选择是否同意" not in page
