"""Receiving files: sealed chunk by chunk as they come, only where a page takes files, only from who is signed in.

The check page takes them from anyone, looks, and keeps none.
Django's own handlers would keep them in memory or, larger ones, on disk in clear.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import resolve

from records.files.errors import Empty, FileRefused, TooLarge
from records.files.keeping import Incoming

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])


def takes_files(view: _View) -> _View:
    """Mark a view that takes files; every other page throws away what is sent to it."""
    view.takes_files = True  # type: ignore[attr-defined]  # read by SealedUploadHandler
    return view


def files_were_skipped(request: HttpRequest) -> bool:
    """Return whether files came with the request and were thrown away: nobody is signed in any more."""
    return bool(getattr(request, "files_skipped", False))


def takes_files_of_anyone(view: _View) -> _View:
    """Mark a view that takes files without signing in: it looks at them and keeps none."""
    view.takes_files_of_anyone = True  # type: ignore[attr-defined]  # read by SealedUploadHandler
    return view


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs only
    """A file as it was received; `incoming` hands it on to records.files, or raises why it cannot be taken."""

    def __init__(self, received: Incoming | None, *, size: int, field_name: str) -> None:
        """Keep what was received; None where it was too large to go on."""
        super().__init__(file=None, name="file", size=size)
        self.field_name = field_name
        self._received = received

    @property
    def incoming(self) -> Incoming:
        """Return what was received. Raises TooLarge, Empty."""
        if self._received is None:
            raise TooLarge(self.size or 0, limit=settings.FILES["bytes"])
        if not self._received.size:
            raise Empty
        return self._received

    @property
    def refusal(self) -> FileRefused | None:
        """Return why it cannot be taken, if that is known already."""
        try:
            self.incoming  # noqa: B018 -- asked for what it raises
        except FileRefused as refused:
            return refused
        return None

    def close(self) -> None:
        """End of the request: what was not kept is gone."""
        if self._received is not None:
            self._received.drop()


class SealedUploadHandler(FileUploadHandler):
    """Django's way in for files (FILE_UPLOAD_HANDLERS)."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        """Receive nothing yet."""
        super().__init__(request)
        self._received: Incoming | None = None
        self._size = 0

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 -- Django's own signature
        META: dict[str, str],  # noqa: ARG002, N803 -- Django's own signature
        content_length: int,
        boundary: str,  # noqa: ARG002 -- Django's own signature
        encoding: str | None = None,  # noqa: ARG002 -- Django's own signature
    ) -> None:
        """Refuse at once what no page could take; what is too large for one file is read, and refused on its page."""
        if content_length > settings.REQUEST_LARGEST:
            raise RequestDataTooBig("The request is larger than REQUEST_LARGEST.")

    def new_file(self, *args: Any, **named: Any) -> None:
        """Begin a file, or skip it."""
        super().new_file(*args, **named)
        self._size = 0
        if not self._wanted():
            self.request.files_skipped = True  # type: ignore[union-attr]  # read by files_were_skipped
            raise SkipFile
        self._received = self.file = Incoming()  # Django closes `file` when the connection breaks off

    def _wanted(self) -> bool:
        request = self.request
        if request is None:
            return False
        try:
            view = resolve(request.path_info).func
        except Http404:
            return False
        known = bool(request.user.is_authenticated) and getattr(view, "takes_files", False)
        return bool(known or getattr(view, "takes_files_of_anyone", False))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 -- Django counts too
        """Seal what came; beyond the limit only count, so that the page can say how large it was."""
        self._size += len(raw_data)
        if self._received is not None and self._size > settings.FILES["bytes"]:
            self._received.drop()
            self._received = None
        if self._received is not None:
            self._received.write(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload:  # noqa: ARG002 -- what Django counted
        """Hand over what was received."""
        received, self._received = self._received, None
        if received is not None:
            received.finish()
        return SealedUpload(received, size=self._size, field_name=self.field_name or "")

    def upload_interrupted(self) -> None:
        """The connection broke off: half a file is no file."""
        if self._received is not None:
            self._received.drop()
            self._received = None
