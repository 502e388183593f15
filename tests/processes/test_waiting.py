"""Without a worker nothing is decided and the page says that it waits; a worker that starts needs no hand."""

from __future__ import annotations

import re
from collections.abc import Callable

from approvals.models import Application, Decision, Judgement
from approvals.states import ApplicationState as S
from bench import applying
from bench.visitor import Visitor
from certificates.models import Certificate
from tests.factories import district
from tests.factories.district import ALLOWANCE, Citizen
from tests.processes.running import Processes
from tests.processes.standing import FarStandin
from tests.processes.watching import issued, state_of, within

PASSWORD = "a long test password"


def applied(visitor: Visitor, citizen: Citizen) -> str:
    """Sign in, agree, submit with nothing typed; return the reference."""
    applying.sign_in(visitor, username=citizen.user.username, password=PASSWORD)
    return applying.reference(applying.apply(visitor, matter=ALLOWANCE))


def test_without_a_worker_it_waits_and_says_so(
    city: FarStandin, visit: Callable[[], Visitor], processes: Processes
) -> None:
    visitor = visit()
    case = applied(visitor, district.citizen(city))
    page = visitor.get(f"/applications/{case}")
    assert page.status == 200
    assert "申请已收到" in page.words
    assert "正在用证照和数据核验" in page.words
    assert "申请已经保存，可以离开本页" in page.words
    assert not re.search(r"LH\d{12}", page.text)
    assert (state_of(case), Decision.objects.count(), Judgement.objects.count()) == (S.SUBMITTED, 0, 0)
    processes.start_worker()
    assert within(15, lambda: state_of(case) == S.GRANTED)
    page = visitor.get(f"/applications/{case}")
    assert "审批通过" in page.words
    assert issued(case)[0].number in page.words


def test_the_waiting_page_polls_and_learns_of_the_end(
    city: FarStandin, visit: Callable[[], Visitor], begin_worker: Callable[..., None]
) -> None:
    visitor = visit()
    case = applied(visitor, district.citizen(city))
    page = visitor.get(f"/applications/{case}")
    assert f'data-poll="/applications/{case}/progress"' in page.text
    assert re.search(r'<noscript><meta http-equiv="refresh" content="\d+"></noscript>', page.text)
    begin_worker()
    assert within(15, lambda: state_of(case) == S.GRANTED)
    assert visitor.get(f"/applications/{case}/progress").url.endswith(f"/applications/{case}")


def test_a_case_of_another_matter_waits_no_less(
    city: FarStandin, visit: Callable[[], Visitor], worker: Processes
) -> None:
    """The redirect answers before anything is decided; the page behind it shows the number at once."""
    visitor = visit()
    applying.sign_in(visitor, username=(citizen := district.citizen(city)).user.username, password=PASSWORD)
    redirect = applying.apply(visitor, matter=ALLOWANCE)
    assert redirect.status == 302
    page = visitor.follow(redirect)
    certificate = Certificate.objects.get(holder_person=citizen.person, type__slug="senior_allowance")
    assert certificate.number in page.words
    assert Application.objects.get().attempts == 1


def test_with_the_register_process_stopped_it_is_referred_with_the_reason(
    city: FarStandin, visit: Callable[[], Visitor], worker: Processes
) -> None:
    visitor = visit()
    citizen = district.citizen(city)
    worker.stop("registers")
    try:
        case = applied(visitor, citizen)
        assert within(20, lambda: state_of(case) == S.IN_REVIEW)
        page = visitor.get(f"/applications/{case}")
    finally:
        worker.registers()
    assert "已转人工办理" in page.words
    assert "数据源未响应" in page.words
    assert not Decision.objects.exists()
    assert not issued(case)
