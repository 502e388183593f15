"""Problems (RFC 9457): what went wrong, in Chinese, as application/problem+json."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import DomainError
from portal.web.errors import PROBLEM_JSON, PROBLEMS, fault_code

log = logging.getLogger("portal.api")
TITLES = {status: title for status, (title, _) in PROBLEMS.items()} | {
    401: "没有登录",
    403: "没有权限",
    405: "不支持这个方法",
    406: "不支持要求的格式",
    409: "现在不能这样做",
    412: "内容已经变化",
    415: "不支持这种内容格式",
    422: "内容不符合要求",
    428: "缺少前提条件",
    429: "请求太多",
}
DETAILS = {status: detail for status, (_, detail) in PROBLEMS.items() if status != 500} | {
    401: "请在 Authorization 里带上有效的令牌：Bearer 令牌。",
    403: "您没有做这件事的权限。",
    405: "这个地址不支持这种方法。",
    406: "这里只返回 JSON。",
    415: "请用 application/json。",
    422: "有的内容不符合要求，见 errors。",
    429: "请求太多，请稍后再试。",
}
# What the framework says badly, by its code; and an object that was none, which it tells as a fault of no field.
SAID = {
    "required": "这一项必须有。",
    "null": "这一项不能是 null。",
    "blank": "这一项不能是空的。",
    "null_characters_not_allowed": "不能含有空字符（NUL）。",
    "not_a_list": "这里要一个数组（JSON array）。",
    "not_a_dict": "这里要一个对象（JSON object）。",
}
NOT_AN_OBJECT = "请发送一个对象（JSON object）。"

_OTHERS: tuple[tuple[tuple[type[Exception], ...], tuple[int, int]], ...] = (
    ((Http404,), (404, 0)),
    ((RecursionError,), (400, 0)),  # JSON nested deeper than anything we ask for
    ((RequestDataTooBig,), (413, 0)),
    ((OperationalError, InterfaceError), (503, 30)),
)


class Invalid(DomainError):
    """What was sent does not fit; `errors` say where (JSON pointer → sentence)."""

    status = 422
    message = DETAILS[422]

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__()
        self.errors = errors


class PreconditionFailed(DomainError):
    """The page the caller acts on is stale (RFC 9110, 13.1.1)."""

    status = 412
    message = "这件办件已经变化，没有办这一步。请重新读取后再试。"


class PreconditionRequired(DomainError):
    """An act without If-Match or key (RFC 6585, 3)."""

    status = 428


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """settings.REST_FRAMEWORK EXCEPTION_HANDLER: every error of an operation becomes a problem."""
    set_rollback()
    response = _response(error)
    if response.status_code == 500:
        request = context.get("request")
        code = fault_code()
        log.error("fault %s at %s", code, getattr(request, "method", "-"), exc_info=error)
        response.data["detail"] = f"系统出错了，已记录，故障编号 {code}。请稍后再试，或拨打 12345。"
    return response


def _response(error: Exception) -> Response:
    match error:
        case DomainError():
            return _of_domain(error)
        case exceptions.ValidationError():
            return _problem(422, DETAILS[422], dict(_pointers(error.detail)))
        case exceptions.APIException():
            return _of_framework(error)
    status, seconds = next((known for kinds, known in _OTHERS if isinstance(error, kinds)), (500, 0))
    return _problem(status, headers=_retry(seconds))


def _of_domain(error: DomainError) -> Response:
    return _problem(
        error.status,
        error.message,
        getattr(error, "errors", {}),
        _retry(getattr(error, "retry_after", 0)),
        reference=getattr(error, "reference", ""),
    )


def _of_framework(error: exceptions.APIException) -> Response:
    wanted = getattr(error, "auth_header", None)
    ours = isinstance(error, exceptions.AuthenticationFailed)
    headers = {"WWW-Authenticate": wanted} if wanted else {}
    return _problem(error.status_code, str(error.detail) if ours else "", headers=headers)


def _problem(
    status: int,
    detail: str = "",
    errors: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> Response:
    response = Response(body(status, detail, errors, **more), status=status, content_type=PROBLEM_JSON)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def body(
    status: int, detail: str = "", errors: Mapping[str, str] | None = None, **more: str
) -> dict[str, Any]:
    """Return the members of a problem; `errors` only where there are some."""
    known: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, TITLES[409]),
        "status": status,
        "detail": detail or DETAILS.get(status, ""),
    }
    known |= {name: value for name, value in more.items() if value}
    if errors:
        known["errors"] = [{"pointer": pointer, "detail": said} for pointer, said in errors.items()]
    return known


def no_such_address(request: HttpRequest, rest: str = "") -> JsonResponse:
    """Answer below /api/ where nothing is."""
    return JsonResponse(body(404), status=404, content_type=PROBLEM_JSON)


def _retry(seconds: int) -> dict[str, str]:
    return {"Retry-After": str(seconds)} if seconds else {}


def _pointers(detail: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _pointers(inner, at if name == "non_field_errors" else f"{at}/{name}")
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for number, inner in enumerate(detail):
            yield from _pointers(inner, at if isinstance(inner, str) else f"{at}/{number}")
    else:
        yield at, _said(detail, whole=not at)


def _said(detail: Any, *, whole: bool) -> str:
    """Return a fault in words; `whole` is one of the whole body: only what is no object at all has that."""
    code = getattr(detail, "code", "")
    return NOT_AN_OBJECT if whole and code in {"invalid", "null"} else SAID.get(code, str(detail))
