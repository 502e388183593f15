"""The guide: what need not be brought and why, the situation, the limits, and what the apply box says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.acting.principals import Principal
from approvals.states import ApplicationState
from matters.models import Edition, Matter
from portal.public.showing.figures import Count90
from portal.public.showing.guiding import apply_url, guide_page
from portal.public.visitor import Visitor
from tests.portal.public import making
from tests.portal.public.making import TODAY

GUEST = Visitor()
STAFF = Visitor(signed_in=True, staff=True)


def signed(person, organisation=None) -> Visitor:
    return Visitor(Principal(person, organisation), signed_in=True)


def page(
    visitor: Visitor = GUEST, *, code: str = making.ALLOWANCE, figure: Count90 | None = None, **chosen: str
):
    figure = figure or Count90()
    return guide_page(making.matter(code), visitor=visitor, chosen=chosen, figure=figure, on=TODAY)


def holding_all(person) -> None:
    for slug in making.VALUES:
        making.certificate(person, slug)


@pytest.mark.usefixtures("district")
def test_a_guest_sees_what_replaces_each_material_and_no_ones_store() -> None:
    shown = page()
    assert [line.state for line in shown.lines] == ["confirm", "free", "free", "free"]
    assert (shown.brought, shown.free, shown.care) == (0, 4, 0)
    assert shown.box.kind == "guest"


def test_what_the_store_does_not_cover_is_told_and_does_not_stop_anyone(chen) -> None:
    making.certificate(chen, "resident_id", until=TODAY - timedelta(days=7))
    making.certificate(chen, "household_register")
    shown = page(signed(chen))
    assert [line.state for line in shown.lines] == ["confirm", "care", "free", "care"]
    assert "已过期" in shown.lines[1].why
    assert "照样可以申请" in shown.lines[3].why
    assert (shown.box.kind, shown.box.wanting, shown.brought) == ("care", 2, 0)
    assert apply_url(shown) == f"/matters/{making.ALLOWANCE}/start"


def test_with_all_held_the_box_is_ready(chen) -> None:
    holding_all(chen)
    shown = page(signed(chen))
    assert shown.box.kind == "ready"
    assert all(tick.cover.usable for tick in shown.box.ticks)
    assert len(shown.box.ticks) == 3  # a type of which only the existence counts is not asked for


@pytest.mark.parametrize(
    ("lives", "kind", "ticks"),
    [("household", "ready", ["居民身份证", "居民户口簿"]), ("permit", "care", ["居民身份证", "居住证"])],
)
def test_what_another_situation_needs_is_no_want(chen, lives: str, kind: str, ticks: list[str]) -> None:
    holding_all(chen)
    shown = page(signed(chen), code="11440507MB2X00012R4442011002000", residence=lives)
    assert (shown.box.kind, [tick.name for tick in shown.box.ticks]) == (kind, ticks)


def test_an_open_case_and_a_draft_lead_back_to_themselves(chen) -> None:
    cases = making.Cases(making.matter())
    draft = cases.draft(chen)
    assert page(signed(chen)).box.kind == "draft"
    assert draft.reference in apply_url(page(signed(chen)))
    draft.delete()
    case = cases.case(chen, ApplicationState.IN_REVIEW)
    assert page(signed(chen)).box.kind == "open"
    assert apply_url(page(signed(chen))) == f"/applications/{case.reference}"


def test_the_wrong_kind_of_applicant_is_told_to_switch(chen, signed_in) -> None:
    shop = making.business(chen)
    assert page(signed(chen, shop)).box.kind == "switch"
    code = Matter.objects.filter(applicant="organisation").order_by("code")[0].code
    assert page(signed(chen), code=code).box.kind == "switch"
    shown = signed_in(chen).get(f"/matters/{code}/").content.decode()
    assert f'value="organisation:{shop.pk}"' in shown
    assert "/start" not in shown


def test_staff_cannot_apply(officer, signed_in) -> None:
    assert page(STAFF).box.kind == "staff"
    assert "/start" not in signed_in(officer).get(f"/matters/{making.ALLOWANCE}/").content.decode()


@pytest.mark.usefixtures("district")
class TestSituation:
    def question(self):
        (choice,) = page().choices
        return choice

    def test_the_default_is_chosen(self) -> None:
        assert [chosen for _, _, chosen in self.question().options].count(True) == 1

    def test_another_answer_changes_the_materials(self) -> None:
        choice = self.question()
        (other,) = [value for value, _, chosen in choice.options if not chosen]
        usual, changed = page(), page(**{choice.name: other})
        assert [line.name for line in usual.lines] != [line.name for line in changed.lines]

    @pytest.mark.parametrize("value", ["", "nonsense", "<script>"])
    def test_an_unknown_answer_counts_as_not_chosen(self, value) -> None:
        assert page(**{self.question().name: value}).lines == page().lines


@pytest.mark.usefixtures("district")
class TestTimeBars:
    def test_no_cases_no_median(self) -> None:
        assert [bar.label for bar in page().bars] == ["法定时限", "承诺时限", "转人工承诺"]

    def test_one_scale_for_all(self) -> None:
        figure = Count90(direct=5, median=0.4, nine_of_ten=0.9)
        statutory, at_once, by_hand, real = page(figure=figure).bars
        assert (statutory.share, at_once.share, real.share) == (1, 0, 0)
        assert by_hand.share == pytest.approx(5 / 30)
        assert real.value == "0.4 秒"

    @pytest.mark.parametrize("code", ["any"])
    def test_every_matter_has_its_bars(self, code) -> None:
        for matter in Matter.objects.order_by("code"):
            assert page(code=matter.code).bars


def test_a_matter_without_an_edition_has_no_guide(district, client) -> None:
    matter = making.matter()
    Matter.objects.filter(pk=matter.pk).update(current_edition=None)
    with pytest.raises(Edition.DoesNotExist):
        page()
    assert client.get(f"/matters/{matter.code}/").status_code == 404


@pytest.mark.parametrize("status", [Matter.Status.SUSPENDED, Matter.Status.CANCELLED])
def test_a_matter_that_takes_no_applications_says_so_and_offers_none(status, chen, signed_in) -> None:
    Matter.objects.filter(code=making.ALLOWANCE).update(status=status)
    shown = signed_in(chen).get(f"/matters/{making.ALLOWANCE}/").content.decode()
    assert "现在不接受申请" in shown
    assert "/start" not in shown
