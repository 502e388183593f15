"""Files in the forms of drafts and supplements: taking what was posted, showing what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from accounts.acting.principals import Principal
from approvals.applying import attached, attaching
from approvals.errors import NotAllowed, TooManyFiles
from approvals.models import Application, Draft
from matters.editions import Compiled
from matters.forms import AnswerForm
from matters.forms.fields import UploadsField, dress
from portal.web.components import uploads
from portal.web.components.uploads import Upload
from records.files.errors import FileRefused, NoSuchFile
from records.files.keeping import Incoming

CONTROLS = ("upload", "remove", "turn")  # buttons beside the files, each posts the whole page
NOTHING_CHOSEN = "还没有选文件。请先选择文件，再按“上传”。"


class Shelf(Protocol):
    """Where the files of a page are kept; each act returns the question they answer."""

    def attach(self, name: str, incoming: Incoming) -> str:
        """Keep a file for the question. Raises FileRefused, TooManyFiles, NotAllowed."""

    def remove(self, file_id: UUID) -> str:
        """Throw a file away. Raises NoSuchFile."""

    def turn(self, file_id: UUID) -> str:
        """Turn a picture. Raises NoSuchFile, FileRefused."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A draft, or a case that asks for more."""

    principal: Principal
    reference: str

    def attach(self, name: str, incoming: Incoming) -> str:
        """Keep a file for the question."""
        return attaching.attach(
            self.principal, reference=self.reference, question=name, incoming=incoming
        ).question

    def remove(self, file_id: UUID) -> str:
        """Throw a file away."""
        return attaching.remove(self.principal, reference=self.reference, file_id=file_id).question

    def turn(self, file_id: UUID) -> str:
        """Turn a picture."""
        return attaching.turn(self.principal, reference=self.reference, file_id=file_id).question


@dataclass(slots=True)
class Tried:
    """What came of the files of one post: errors by question, and at which question a button was pressed."""

    changed: bool = False
    at: str = ""
    status: int = 0
    errors: dict[str, str] = field(default_factory=dict)

    def refuse(self, name: str, error: FileRefused | TooManyFiles | NotAllowed) -> None:
        """Remember why a file was not taken."""
        self.errors[name], self.status = error.message, error.status


def tried(request: HttpRequest, principal: Principal, *, reference: str) -> Tried:
    """Attach the files that were posted to a draft or case, remove or turn the one whose button was pressed."""
    return tried_on(Filed(principal, reference), request)


def tried_on(shelf: Shelf, request: HttpRequest) -> Tried:
    """Do the same on any shelf."""
    done = Tried(at=request.POST.get("upload", ""))
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            _attach(done, shelf, name=name, file=file)
    if done.at and done.at not in request.FILES:
        done.errors[done.at], done.status = NOTHING_CHOSEN, 422
    for button, act in (("remove", shelf.remove), ("turn", shelf.turn)):
        if chosen := request.POST.get(button):
            _act(done, act, file_id=chosen)
    return done


def _attach(done: Tried, shelf: Shelf, *, name: str, file: object) -> None:
    try:
        shelf.attach(name, file.incoming)  # type: ignore[attr-defined]  # portal.web.uploading.SealedUpload
        done.changed = True
    except (FileRefused, TooManyFiles, NotAllowed) as error:
        done.refuse(name, error)


def _act(done: Tried, act: Callable[[UUID], str], *, file_id: str) -> None:
    """Do what a button says; a file that is gone already (a second click) is no error."""
    try:
        done.at = act(UUID(file_id))
        done.changed = True
    except (NoSuchFile, ValueError):
        done.at = done.at or "-"


def told(done: Tried, name: str) -> JsonResponse:
    """Answer a page's script what came of the files it sent for a question."""
    if done.errors:
        return JsonResponse({"message": next(iter(done.errors.values()))}, status=done.status)
    return JsonResponse({"question": name, "saved": done.changed}, status=200 if done.changed else 422)


def tell(form: AnswerForm, done: Tried) -> None:
    """Put what was refused at its question."""
    form.is_valid()
    for name, words in done.errors.items():
        form.add_error(name if name in form.fields else None, words)


def show(
    form: AnswerForm, filed: Draft | Application, *, room: str = "citizen", place: object = None
) -> AnswerForm:
    """Give each question for files what the field's template draws; pages without one cost nothing.

    `room`: whose addresses serve them; `place`: what names the draft there, if not its reference.
    """
    asked = {name: one for name, one in form.fields.items() if isinstance(one, UploadsField)}
    there = attached.waiting(filed) if asked else []
    for name, one in asked.items():
        mine = [attachment for attachment in there if attachment.question == name]
        dress(
            one,
            uploads=uploads.shown(mine, room=room, label=str(one.label)),
            upload_url=reverse(f"{room}:upload", args=[place or filed.reference, name]),
            room_left=max(0, one.most - len(mine)),
        )
    return form


def grouped(compiled: Compiled, filed: Draft | Application) -> tuple[tuple[str, tuple[Upload, ...]], ...]:
    """Return what was uploaded, by question; a matter that asks for no file costs nothing."""
    if not (asked := compiled.file_questions):
        return ()
    there = attached.waiting(filed) if isinstance(filed, Draft) else attached.handed_in(filed)
    groups = [(one.label, [file for file in there if file.question == one.name]) for one in asked]
    return tuple(
        (label, uploads.shown(files, room="citizen", label=label)) for label, files in groups if files
    )
