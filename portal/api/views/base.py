"""What every operation shares: its problems, its pages of rows, how it is described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.pagination import PageNumberPagination

from portal.api.serializers import ProblemSerializer

F = TypeVar("F", bound=Callable[..., Any])
PROBLEM = {(status, "application/problem+json"): ProblemSerializer for status in (400, 401, 403, 404, 429)}
ACTING_FOR = OpenApiParameter(
    "Acting-For",
    str,
    OpenApiParameter.HEADER,
    description="为谁办事：person:<id> 或 organisation:<id>；不写为本人",
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="读取办件时得到的 ETag"
)
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="同一次提交重发时用同一个"
)


class Pages(PageNumberPagination):
    """Twenty rows a page, a hundred at most."""

    page_size = 20
    page_size_query_param = "size"
    max_page_size = 100


def described(summary: str, answer: Any, *more: int, **told: Any) -> Callable[[F], F]:
    """Describe an operation in the schema: its answer, and the problems it can end in."""
    ok = told.pop("status", 200)
    problems = PROBLEM | {(status, "application/problem+json"): ProblemSerializer for status in more}
    parameters = [ACTING_FOR, *told.pop("parameters", [])]
    decorator: Callable[[F], F] = extend_schema(
        summary=summary, responses={ok: answer} | problems, parameters=parameters, **told
    )
    return decorator
