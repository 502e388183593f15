"""Every address of the office and every role: what each of them gets, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ActingRight, Post, User
from approvals.models import Application, Decision
from approvals.states import ApplicationState
from records.models import Event
from tests.factories import district
from tests.factories.district import FILING, Citizen
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
MARKET = "11440507MB2X00020L"
LISTS = ["bureau:queue", "bureau:done"]
CASES = ["bureau:application", "bureau:grant", "bureau:refuse", "bureau:ask", "bureau:reveal"]
ACTS = {
    "bureau:grant": {"reasons": "已查清，符合条件。", "outcome_row": "0"},
    "bureau:refuse": {"reasons": "户籍不在本区。", "step": "confirm"},
    "bureau:ask": {"open_mobile": "on", "text_mobile": "请更正手机号码。"},
    "bureau:reveal": {"reason": "电话核对收款账户"},
}


def address(name: str, application: Application) -> str:
    return reverse(name) if name in LISTS else reverse(name, args=[application.reference])


def untouched(application: Application) -> bool:
    now = making.again(application)
    decided = Decision.objects.filter(application=now).exists()
    seen = Event.objects.filter(stream=now.stream, kind="revealed").exists()
    return now.state == ApplicationState.IN_REVIEW and not decided and not seen and not now.notices.exists()


@pytest.mark.parametrize("name", [*LISTS, *CASES])
def test_a_guest_is_led_to_the_sign_in_of_staff(client: Client, waiting: Application, name: str) -> None:
    url = address(name, waiting)
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('public:staff_sign_in')}?next={url}"


@pytest.mark.parametrize("name", [*LISTS, *CASES])
def test_a_citizen_gets_a_clear_page(signed_in: SignIn, waiting: Application, name: str) -> None:
    response = signed_in(district.citizen().user).get(address(name, waiting))
    assert response.status_code == 403
    assert "没有审批岗位" in response.content.decode()


@pytest.mark.parametrize("role", [Post.Role.CLERK, Post.Role.ADMIN, Post.Role.SUPERVISOR])
def test_other_posts_do_not_decide(
    signed_in: SignIn, officer: User, waiting: Application, role: Post.Role
) -> None:
    Post.objects.filter(user=officer).update(role=role)
    assert signed_in(officer).get(reverse("bureau:done")).status_code == 403


def test_a_post_that_has_ended_opens_nothing(signed_in: SignIn, officer: User, waiting: Application) -> None:
    Post.objects.filter(user=officer).update(valid_to=date(2026, 11, 19))
    assert signed_in(officer).get(reverse("bureau:queue")).status_code == 403


@pytest.mark.parametrize("name", [*LISTS, *CASES])
def test_an_officer_of_the_department_opens_every_page(desk: Client, waiting: Application, name: str) -> None:
    assert desk.get(address(name, waiting)).status_code == 200


@pytest.mark.parametrize("name", CASES)
def test_another_department_finds_no_such_case(signed_in: SignIn, waiting: Application, name: str) -> None:
    stranger = signed_in(district.officer(MARKET))
    response = stranger.get(address(name, waiting))
    assert response.status_code == 404
    assert "不归您现在的岗位办理" in response.content.decode()
    assert waiting.reference not in stranger.get(reverse("bureau:queue")).content.decode()


@pytest.mark.parametrize("reference", ["44050720261120999999", "%27", "件号"])
def test_an_unknown_reference_reads_the_same_as_another_departments(desk: Client, reference: str) -> None:
    response = desk.get(reverse("bureau:application", args=[reference]))
    assert response.status_code == 404
    assert "不归您现在的岗位办理" in response.content.decode()


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("who", ["guest", "citizen", "stranger", "applicant"])
def test_nobody_else_acts(client: Client, city: object, name: str, who: str) -> None:
    applicant = district.citizen()
    application = making.referred(applicant)
    users = {
        "citizen": lambda: district.citizen().user,
        "stranger": lambda: district.officer(MARKET),
        "applicant": lambda: district.officer(user=applicant.user),
    }
    if who != "guest":
        client.force_login(users[who]())
    response = client.post(address(name, application), ACTS[name])
    assert response.status_code == {"guest": 302, "citizen": 403, "stranger": 404, "applicant": 403}[who]
    assert untouched(application)


@pytest.mark.parametrize("name", CASES)
def test_an_officers_own_case_is_not_theirs(signed_in: SignIn, city: object, name: str) -> None:
    applicant = district.citizen()
    application = making.referred(applicant)
    own = signed_in(district.officer(user=applicant.user))
    assert application.reference not in own.get(reverse("bureau:queue")).content.decode()
    response = own.get(address(name, application))
    assert response.status_code == 403
    assert "请转给同事办理" in response.content.decode()


def test_a_case_of_the_organisation_the_officer_acts_for_is_not_theirs(
    signed_in: SignIn, city: object
) -> None:
    owner: Citizen = district.business()
    application = making.referred(owner, matter=FILING, commitment=True)
    partner = district.citizen(name="吴伟明")
    officer = district.officer(MARKET, user=partner.user)
    desk = signed_in(officer)
    assert (
        reverse("bureau:application", args=[application.reference])
        in desk.get(reverse("bureau:queue")).content.decode()
    )
    assert owner.organisation is not None
    ActingRight.objects.create(
        person=partner.person, organisation=owner.organisation, role="operator", valid_from=date(2020, 1, 1)
    )
    assert (
        reverse("bureau:application", args=[application.reference])
        not in desk.get(reverse("bureau:queue")).content.decode()
    )
    response = desk.post(address("bureau:refuse", application), ACTS["bureau:refuse"])
    assert response.status_code == 403
    assert untouched(application)


@pytest.mark.parametrize("name", [*LISTS, *CASES])
def test_pages_are_not_kept_by_browsers(desk: Client, waiting: Application, name: str) -> None:
    assert "no-store" in desk.get(address(name, waiting))["Cache-Control"]


@pytest.mark.parametrize("name", ["bureau:queue", "bureau:application"])
def test_pages_that_read_take_no_post(desk: Client, waiting: Application, name: str) -> None:
    assert desk.post(address(name, waiting)).status_code == 405


@pytest.mark.parametrize(
    ("path", "status"), [("/office/nowhere", 404), ("/office/posts", 403), ("/office/applications/x", 404)]
)
def test_an_error_in_the_office_keeps_its_frame_and_leads_to_the_desk(
    desk: Client, path: str, status: int
) -> None:
    response = desk.get(path)
    text = response.content.decode()
    assert response.status_code == status
    assert 'class="deskbar"' in text
    assert "区民政局</span>" in text
    assert f'href="{reverse("bureau:queue")}"' in text
    for words in ("查我的办件", "回首页", 'href="/"'):
        assert words not in text


def test_of_two_tabs_the_second_is_led_back_to_the_desk(desk: Client, waiting: Application) -> None:
    url = reverse("bureau:refuse", args=[waiting.reference])
    sent = {"reasons": "户籍已迁出本区，不符合第四条。", "step": "confirm"}
    assert desk.post(url, sent).status_code == 302
    second = desk.post(url, sent)
    assert second.status_code == 409
    assert "回待办" in second.content.decode()
    assert "回首页" not in second.content.decode()


def test_a_citizen_who_strayed_keeps_the_citizens_frame(signed_in: SignIn, waiting: Application) -> None:
    text = signed_in(district.citizen().user).get(reverse("bureau:done")).content.decode()
    assert 'class="deskbar"' not in text
