from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory

from common.errors import DomainError
from portal.web import errors
from portal.web.middleware import DisplayModes, EdgeErrors


class TooOften(DomainError):
    status = 429
    message = "试了太多次，请 10 分钟后再来。"


class Teapot(DomainError):
    status = 422
    message = "这一项填得不对。"


@pytest.fixture
def request_(rf: RequestFactory):
    made = rf.get("/somewhere?x=1")
    made.user = AnonymousUser()
    return made


def edge(request, exception: Exception):
    return EdgeErrors(lambda _: pytest.fail("not called")).process_exception(request, exception)


@pytest.mark.parametrize(
    ("exception", "status"),
    [(DomainError("请先签收。"), 409), (TooOften(), 429), (Teapot(), 422), (DomainError(), 409)],
)
def test_a_domain_error_becomes_its_page(request_, exception: DomainError, status: int) -> None:
    answer = edge(request_, exception)
    assert answer.status_code == status
    assert exception.message in answer.content.decode()


def test_the_sentence_is_escaped(request_) -> None:
    assert "<script>alert" not in edge(request_, DomainError("<script>alert(1)</script>")).content.decode()


@pytest.mark.parametrize("exception", [OperationalError("gone"), InterfaceError("gone")])
def test_a_lost_database_is_503_without_asking_it(request_, exception: Exception) -> None:
    del request_.user
    answer = edge(request_, exception)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "gone" not in answer.content.decode()


@pytest.mark.parametrize("exception", [ValueError("x"), PermissionDenied(), Http404()])
def test_anything_else_goes_on(request_, exception: Exception) -> None:
    assert edge(request_, exception) is None


@pytest.mark.parametrize(("exception", "status"), [(SuspiciousOperation(), 400), (RequestDataTooBig(), 413)])
def test_bad_request(request_, exception: Exception, status: int) -> None:
    del request_.user
    assert errors.bad_request(request_, exception).status_code == status


def test_a_fault_tells_a_code_that_stands_in_the_log(request_, caplog: pytest.LogCaptureFixture) -> None:
    del request_.user
    answer = errors.server_error(request_)
    code = re.search(r'class="ref">([2-9A-Z]{4})<', answer.content.decode())
    assert answer.status_code == 500
    assert code
    assert f"fault {code[1]}" in caplog.text
    assert "x=1" not in caplog.text


def test_a_database_lost_before_the_view_is_503(request_) -> None:
    try:
        raise OperationalError
    except OperationalError:
        assert errors.server_error(request_).status_code == 503


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (lambda r: errors.forbidden(r, PermissionDenied()), 403, "这一页您不能看"),
        (lambda r: errors.not_found(r, Http404("secret path")), 404, "没有找到这一页"),
        (lambda r: errors.csrf_failure(r, "no cookie"), 403, "请再提交一次"),
    ],
)
def test_pages_say_what_to_do(request_, view, status: int, words: str) -> None:
    answer = view(request_)
    text = answer.content.decode()
    assert answer.status_code == status
    assert words in text
    assert "12345" in text
    assert "secret path" not in text
    assert "no cookie" not in text


@pytest.mark.parametrize("status", sorted(errors.PAGES))
def test_every_status_has_its_page(request_, status: int) -> None:
    answer = errors.page(request_, errors.Trouble(status, message="请看这里。"))
    assert answer.status_code == status
    assert answer.content.decode().count("<h1>") == 1


@pytest.mark.django_db
def test_a_wrong_address_through_the_whole_site() -> None:
    answer = Client().get("/no-such-page")
    assert answer.status_code in {302, 404}


def test_pages_vary_by_cookie(request_) -> None:
    answer = DisplayModes(lambda r: errors.not_found(r, Http404()))(request_)
    assert "Cookie" in answer["Vary"]
    assert request_.display.mode == "normal"
