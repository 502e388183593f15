"""What a clerk scans for an application: kept with its draft, and shown while the holder's agreement stands."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals.applying import taking
from approvals.applying.taking import AtWindow
from common import clock
from portal.counter import access, wording
from portal.counter.access import office_page, seated
from portal.web import serving
from portal.web.drafting import uploading
from portal.web.drafting.uploading import Tried
from portal.web.uploading import takes_files
from records.files.keeping import Incoming
from records.models import StoredFile


@dataclass(frozen=True, slots=True)
class OnTheDesk:
    """The shelf of a page at a window: the draft the clerk is taking (uploading.Shelf)."""

    place: AtWindow

    def attach(self, name: str, incoming: Incoming) -> str:
        """Keep a file for the question."""
        return taking.attach(self.place, question=name, incoming=incoming).question

    def remove(self, file_id: UUID) -> str:
        """Throw a file away."""
        return taking.remove(self.place, file_id=file_id).question

    def turn(self, file_id: UUID) -> str:
        """Turn a picture."""
        return taking.turn(self.place, file_id=file_id).question


def tried(request: HttpRequest, place: AtWindow) -> Tried:
    """Attach the files that were posted, remove or turn the one whose button was pressed."""
    return uploading.tried_on(OnTheDesk(place), request)


@takes_files
@office_page
@never_cache
@require_POST
@seated
def upload(request: HttpRequest, scan_id: UUID, name: str) -> HttpResponse:
    """Take files for one question as the page's script sends them; says in JSON what came of it."""
    clerk = access.clerk_of(request)
    try:
        place = taking.at_window(clerk.user, scan_id=scan_id, window=clerk.window, at=clock.now())
        done = tried(request, place)
    except wording.REFUSALS as refusal:
        return JsonResponse({"message": wording.for_clerk(refusal)}, status=refusal.status)
    return uploading.told(done, name)


@office_page
@require_safe
@seated
def original(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Hand out a file of the draft that is being taken, once it is scanned."""
    return serving.original(_looked_at(request, file_id))


@office_page
@require_safe
@seated
def page(request: HttpRequest, file_id: UUID, number: int) -> HttpResponse:
    """Show a page of such a file."""
    return serving.page(_looked_at(request, file_id), number=number)


@office_page
@require_safe
@seated
def small(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Show the small picture of such a file."""
    return serving.small(_looked_at(request, file_id))


def _looked_at(request: HttpRequest, file_id: UUID) -> StoredFile:
    clerk = access.clerk_of(request)
    return taking.look_at_file(clerk.user, file_id=file_id, window=clerk.window, at=clock.now())
