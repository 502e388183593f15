"""How registers are, as supervisors and admins see it: true numbers, few statements, nobody's name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import registering
from accounts.models import Department, Post, User
from approvals import deciding
from approvals.models import Application, Judgement
from approvals.states import ApplicationState
from registers import defining, selectors
from registers.models import Register, RegisterCall
from registers.standin.desk import FaultKind
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
DOWN = "civil_status"
LIST = "/supervision/registers"
PAGE = f"{LIST}/{DOWN}"
ADDRESSES = [LIST, PAGE]


def staff(role: Post.Role, user: User | None = None) -> User:
    """Appoint somebody in the department of the first matter."""
    account = user or registering.account("staff", display_name="周敏", password="a long test password")
    department = Department.objects.get(credit_code=district.DEPARTMENTS[0]["credit_code"])
    district.known(account)
    registering.appoint(account, role=role, department=department, on=date(2020, 1, 1))
    return account


@pytest.fixture
def browser(city: Standin, client: Client) -> Client:
    """A supervisor's browser."""
    client.force_login(staff(Post.Role.SUPERVISOR))
    return client


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def call(register: str = DOWN, *, ago: timedelta = timedelta(minutes=5), **told: Any) -> RegisterCall:
    given = {"outcome": "hit", "attempts": 1, "latency_ms": 10, "matter_code": district.ALLOWANCE} | told
    return RegisterCall.objects.create(
        register=Register.objects.get(name=register),
        case_reference="44050720261120000001",
        purpose="p",
        asked_at=NOON - ago,
        **given,
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_guest_is_led_to_the_sign_in_of_staff(city: Standin, client: Client, address: str) -> None:
    assert client.get(address)["Location"] == f"{reverse('public:staff_sign_in')}?next={address}"


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Post.Role.SUPERVISOR, 200),
        (Post.Role.ADMIN, 200),
        (Post.Role.OFFICER, 403),
        (Post.Role.CLERK, 403),
        (None, 403),
    ],
)
def test_who_may_look(
    city: Standin, client: Client, role: Post.Role | None, status: int, address: str
) -> None:
    client.force_login(staff(role) if role else district.citizen().user)
    assert client.get(address).status_code == status


def test_who_holds_the_right_post_but_acts_in_another_is_told_to_change(
    city: Standin, client: Client
) -> None:
    user = staff(Post.Role.OFFICER)
    staff(Post.Role.ADMIN, user)
    user.active_post = Post.objects.get(user=user, role=Post.Role.OFFICER)
    user.save()
    client.force_login(user)
    assert "请先切换到您的监督人员或事项管理员岗位" in client.get(LIST).content.decode()


def test_the_bar_leads_a_supervisor_here(browser: Client) -> None:
    assert f'href="{LIST}" aria-current="page"' in text(browser.get(LIST))


def test_an_unknown_register_is_not_found(browser: Client) -> None:
    assert browser.get(f"{LIST}/nothing").status_code == 404


def test_numbers_are_of_the_hour_and_the_day(city: Standin) -> None:
    for ms in (10, 20, 30, 1000):
        call(latency_ms=ms)
    call(outcome="no_hit", latency_ms=40)
    call(outcome="failed", latency_ms=1500, attempts=2, error="超时")
    call(outcome="failed", latency_ms=0, attempts=0, error="没有配置访问凭据")
    call(outcome="unsent", latency_ms=None, attempts=0)
    call(latency_ms=None, attempts=0, answer_of=NOON)
    call(ago=timedelta(hours=2), latency_ms=50)
    call(ago=timedelta(hours=25), latency_ms=50)
    call("other_grants")
    found = {one.register.name: one for one in selectors.health(at=NOON)}
    hour, day = found[DOWN].hour, found[DOWN].day
    assert (hour.sent, hour.answered, hour.failed, hour.unsent, hour.kept) == (6, 5, 2, 1, 1)
    assert (hour.median, hour.last_answer) == (30, NOON - timedelta(minutes=5))
    assert hour.p95 == pytest.approx(808)
    assert (day.sent, day.answered) == (7, 6)
    assert found["other_grants"].hour.sent == 1
    assert (found["name_approval"].day.sent, found["name_approval"].day.median) == (0, None)


@pytest.mark.parametrize(
    ("calls", "word"),
    [
        ([], "没有查询"),
        ([{}], "正常"),
        ([{}, {"outcome": "failed", "ago": timedelta(hours=3)}], "正常"),
        ([{}, {"outcome": "failed"}], "时好时坏"),
        ([{"outcome": "failed"}], "没有回答"),
    ],
)
def test_how_it_is_in_a_word(browser: Client, calls: list[dict[str, Any]], word: str) -> None:
    for told in calls:
        call(**told)
    page = text(browser.get(PAGE))
    assert f"{word}</span>" in page


def test_a_register_that_is_down_and_the_cases_it_holds_back(city: Standin, browser: Client) -> None:
    city.fail(DOWN, FaultKind.ERROR)
    row = Register.objects.get(name=DOWN)
    known = {field: getattr(row, field) for field in defining.RegisterDefinition.model_fields}
    defining.save({**known, "breaker_failures": 2})
    cases = [making.submitted(district.citizen(city)) for _ in range(3)]
    deciding.decide_waiting()
    assert Application.objects.filter(state=ApplicationState.IN_REVIEW).count() == 3
    page = text(browser.get(PAGE))
    for words in ("暂停查询</span>", "返回 500", "<b>3</b> 件", "高龄老人津贴申领", "示例市民政局"):
        assert words in page
    assert "切换岗位去办" not in page
    assert text(browser.get(LIST)).index("人口死亡登记信息") < text(browser.get(LIST)).index(
        "严重违法失信名单"
    )
    assert "<b>3</b> 件" in text(browser.get(LIST))
    for case in cases:
        for secret in (case.reference, case.person.name, case.person.id_number):
            assert secret not in page
    Judgement.objects.filter(application=cases[0]).update(silent_registers=[])
    Application.objects.filter(pk=cases[1].pk).update(state=ApplicationState.SUBMITTED)
    assert "<b>1</b> 件" in text(browser.get(PAGE))


def test_who_decides_there_too_is_led_on(city: Standin, client: Client) -> None:
    user = staff(Post.Role.ADMIN)
    staff(Post.Role.OFFICER, user)
    user.active_post = Post.objects.get(user=user, role=Post.Role.ADMIN)
    user.save()
    client.force_login(user)
    city.fail(DOWN, FaultKind.ERROR)
    case = making.referred(district.citizen(city))
    page = text(client.get(PAGE))
    assert "切换岗位去办" in page
    post = Post.objects.get(user=user, role=Post.Role.OFFICER)
    queue = client.post(reverse("bureau:choose_post"), {"post": post.pk}, follow=True)
    assert case.reference in text(queue)


def test_a_case_that_fails_another_check_is_not_held_back(city: Standin, browser: Client) -> None:
    making.referred(district.citizen(city, born=date(1970, 1, 1)))
    assert "件</span>" not in text(browser.get(PAGE)).partition("用到它的事项")[2].partition("最近的失败")[0]


def test_pages_cost_few_statements(browser: Client, django_assert_max_num_queries: Any) -> None:
    for at in range(30):
        call(latency_ms=at, outcome="failed" if at % 2 else "hit")
    browser.get(PAGE)
    with django_assert_max_num_queries(12):
        browser.get(LIST)
    with django_assert_max_num_queries(16):
        browser.get(PAGE)


def test_the_last_answer_is_told_however_long_ago(browser: Client) -> None:
    call(ago=timedelta(days=40), latency_ms=50)
    call(ago=timedelta(hours=1), outcome="failed", latency_ms=1500, attempts=2, error="超时")
    found = {one.register.name: one for one in selectors.health(at=NOON)}
    assert found[DOWN].last_answer == NOON - timedelta(days=40)
    assert found["name_approval"].last_answer is None
    assert "10-11 12:00" in text(browser.get(LIST))
    page = text(browser.get(f"{LIST}/{DOWN}"))
    assert "最近一次回答：2026-10-11 12:00:00" in page
    assert "近 24 小时的失败" in page
    assert "最近 20 次" not in page
