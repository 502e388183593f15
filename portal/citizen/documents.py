"""The document in the form of a guardianship: what was uploaded waits for the request, whatever else is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from accounts.acting import documents
from accounts.models import Person
from approvals.errors import NotAllowed
from matters.forms.fields import dress
from portal.citizen.forms import DOCUMENT, GuardianshipForm
from portal.web.components import uploads
from portal.web.drafting import uploading
from portal.web.drafting.uploading import Tried
from records.files.keeping import Incoming

_TYPED = [name for name in GuardianshipForm.base_fields if name != DOCUMENT]


@dataclass(frozen=True, slots=True)
class _Document:
    """Where a guardian's document waits for the request."""

    guardian: Person

    def attach(self, name: str, incoming: Incoming) -> str:
        """Keep it, in place of the one before."""
        if name != DOCUMENT:
            raise NotAllowed
        documents.keep(self.guardian, incoming=incoming)
        return DOCUMENT

    def remove(self, file_id: UUID) -> str:
        """Throw it away."""
        documents.remove(self.guardian, file_id=file_id)
        return DOCUMENT

    def turn(self, file_id: UUID) -> str:
        """Turn a picture."""
        documents.turn(self.guardian, file_id=file_id)
        return DOCUMENT


def tried(request: HttpRequest, guardian: Person) -> Tried:
    """Keep the file that was posted, remove or turn it where its button was pressed."""
    return uploading.tried_on(_Document(guardian), request)


def form(data: Mapping[str, Any] | None, guardian: Person, *, done: Tried) -> GuardianshipForm:
    """Return the form with the document that waits; after a button of the document nothing else is checked."""
    if done.at and not done.errors and data is not None:
        typed = {name: data[name] for name in _TYPED if data.get(name)}
        shown = GuardianshipForm(None, asked_by=guardian, initial=typed)
    else:
        shown = GuardianshipForm(data, asked_by=guardian, refused=" ".join(done.errors.values()))
    there, field = documents.waiting(guardian), shown.fields[DOCUMENT]
    found = [there] if there else []
    dress(
        field,
        count=len(found),
        uploads=uploads.files(found, room="citizen", label="文书"),
        upload_url=reverse("citizen:guard_document"),
        room_left=1 - len(found),
    )
    return shown
