"""The guide tells the same choice among certificates that the machine would make, and opens none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.acting.principals import Principal
from certificates.models import Certificate, UseRecord
from certificates.states import CertificateStatus
from common import clock
from portal.public.showing.covering import covers
from tests.portal.public import making
from tests.portal.public.making import TODAY

SLUG = "resident_id"


def told(person, slug: str = SLUG):
    return covers(Principal(person), slugs=[slug], on=TODAY).get(slug)


def test_nothing_held_is_left_out(chen) -> None:
    assert told(chen) is None


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
    assert told(chen) is None


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
