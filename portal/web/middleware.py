"""The edge of the request: display choices on the way in, domain errors on the way out."""

from __future__ import annotations

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from common.errors import DomainError
from portal.web import display, errors

Answer = Callable[[HttpRequest], HttpResponse]


class DisplayModes:
    """Puts `request.display` in place; pages differ by these cookies, so caches are told."""

    def __init__(self, get_response: Answer) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the cookies, answer, mark the answer as varying."""
        request.display = display.of(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        patch_vary_headers(response, ["Cookie"])
        return response


class EdgeErrors:
    """The one place where domain errors become pages; views never catch them."""

    def __init__(self, get_response: Answer) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; exceptions come by `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the designed page of a domain error or of a lost database; anything else goes on to 500."""
        if isinstance(exception, DomainError):
            return errors.domain_error(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            return errors.unavailable(request)
        return None
