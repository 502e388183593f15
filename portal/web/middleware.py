"""The edge of the request: display choices on the way in, domain errors on the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.utils.cache import patch_vary_headers

from common.errors import DomainError
from portal.web import display, errors

Answer = Callable[[HttpRequest], HttpResponse]
NUL = "\x00"


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


class Storable:
    """Refuses what PostgreSQL cannot store (NUL) before anything looks it up: no page has to think of it."""

    def __init__(self, get_response: Answer) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 for such a form, query or cookie, and for a form that breaks off; 404 for such an address."""
        try:
            dirty = any(NUL in text for text in _sent(request))
        except UnreadablePostError as error:  # the visitor's connection is gone
            return errors.bad_request(request, error)
        if dirty:
            return errors.bad_request(request, SuspiciousOperation("NUL"))
        if NUL in request.path_info:
            return errors.not_found(request, Http404("NUL"))
        return self.get_response(request)


def _sent(request: HttpRequest) -> Iterator[str]:
    yield from request.COOKIES.values()
    for name, values in [*request.GET.lists(), *request.POST.lists()]:
        yield name
        yield from map(str, values)


class EdgeErrors:
    """The one place where domain errors become pages; views never catch them."""

    def __init__(self, get_response: Answer) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a method the page does not know gets its page, exceptions come by `process_exception`."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return errors.not_allowed(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the designed page of a domain error or of a lost database; anything else goes on to 500."""
        if isinstance(exception, DomainError):
            return errors.domain_error(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            return errors.unavailable(request)
        return None
