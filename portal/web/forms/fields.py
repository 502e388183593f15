"""What a form field looks like. Plain Django fields carry extra attributes, all optional, read here and nowhere else.

`hint` and `why` (text), `optional` (show 选填), `source_tag` and `source_icon` (where a prefilled value comes from),
`read_only` (text shown in a box instead of a control), `correct_url` or `correctable` (the way to 更正),
`question` (the label is a heading), `columns` (1 to 3, for options), `option_notes` (value to second line),
`short` (narrow box).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField

from matters.forms.fields import UploadsField
from portal.web.forms.messages import messages
from portal.web.forms.widgets import DateBoxes

# What a question for files may take: its name, what the browser offers, its formats in words.
_KINDS = {
    "picture": ("照片", "image/jpeg,image/png,image/heic,image/heif,.heic", "JPG、PNG、HEIC 图片"),
    "pdf": ("PDF", "application/pdf,.pdf", "PDF"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button or check box of a group."""

    control: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class FilesView:
    """What a question answered by uploading shows: what is there, what may be sent, where a script sends it."""

    there: tuple[object, ...] = ()  # portal.web.components.uploads.Upload
    url: str = ""
    room: int = 0
    most: int = 1
    accept: str = ""
    kinds: str = ""
    limits: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """Everything the field template needs; nothing in it is undefined."""

    kind: str
    id: str
    name: str
    anchor: str
    label_for: str
    label: str
    hint: str
    why: str
    source_tag: str
    source_icon: str
    optional: bool
    question: bool
    columns: int
    read_only: str
    correct_url: str
    correctable: bool
    errors: tuple[str, ...]
    control: str
    options: tuple[Option, ...]
    describedby: str
    files: FilesView


def kind_of(bound: BoundField) -> str:
    """Return which of the field layouts fits the widget."""
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if getattr(bound.field, "read_only", ""):
        return "box"
    if isinstance(bound.field, UploadsField):
        return "files"
    kinds: tuple[tuple[type[forms.Widget], str], ...] = (
        (forms.CheckboxSelectMultiple, "checks"),  # before its parent RadioSelect
        (forms.RadioSelect, "radio"),
        (forms.CheckboxInput, "tick"),
        (DateBoxes, "dates"),
    )
    return next((kind for cls, kind in kinds if isinstance(widget, cls)), "text")


def describedby(bound: BoundField) -> str:
    """Return the ids a screen reader reads after the label: hint, then why, then error."""
    parts = {
        "hint": getattr(bound.field, "hint", "") or bound.help_text,
        "why": getattr(bound.field, "why", ""),
        "error": bound.errors,
    }
    return " ".join(f"{bound.auto_id}_{name}" for name, there in parts.items() if there)


def control(bound: BoundField, kind: str) -> str:
    """Return the control itself, with our classes and the ARIA state."""
    if kind in {"box", "radio", "checks", "files"}:
        return ""
    attrs: dict[str, Any] = {}
    if kind == "text":
        attrs["class"] = "input input--short" if getattr(bound.field, "short", False) else "input"
    if isinstance(bound.field.widget, forms.Textarea):
        attrs["rows"] = 4
    if kind in {"text", "tick"} and (ids := describedby(bound)):
        attrs["aria-describedby"] = ids
    return str(bound.as_widget(attrs=attrs))


def options(bound: BoundField) -> tuple[Option, ...]:
    """Return the choices of a radio or check box group."""
    notes: Mapping[str, str] = getattr(bound.field, "option_notes", {})
    return tuple(
        Option(str(each.tag()), str(each.choice_label), notes.get(str(each.data["value"]), ""))
        for each in bound.subwidgets
        if str(each.data["value"]) != ""
    )


def anchor(bound: BoundField, kind: str) -> str:
    """Return the id an error jumps to: the control, or the first one of a group."""
    if kind in {"radio", "checks"}:
        ids = [str(each.data["attrs"]["id"]) for each in bound.subwidgets if str(each.data["value"]) != ""]
        return ids[0] if ids else str(bound.auto_id)
    return f"{bound.auto_id}_0" if kind == "dates" else str(bound.auto_id)


def files(field: forms.Field) -> FilesView:
    """Return what a question for files shows; nothing for any other."""
    if not isinstance(field, UploadsField):
        return FilesView()
    wanted = [_KINDS[name] for name in field.accept or _KINDS]
    most = settings.FILES["bytes"] // 1_000_000
    pages = f"，PDF 最多 {settings.FILES['pages']} 页" if "pdf" in (field.accept or _KINDS) else ""
    return FilesView(
        there=getattr(field, "uploads", ()),
        url=getattr(field, "upload_url", ""),
        room=getattr(field, "room_left", field.most),
        most=field.most,
        accept=",".join(types for _, types, _ in wanted),
        kinds="或".join(name for name, _, _ in wanted),
        limits=f"可以传{'、'.join(formats for _, _, formats in wanted)}，每个不超过 {most} MB{pages}。传好的马上保存。",
    )


def view(bound: BoundField) -> FieldView:
    """Return what the template draws."""
    field, kind = bound.field, kind_of(bound)
    optional = getattr(field, "optional", not field.required and kind not in {"tick", "checks", "box"})
    return FieldView(
        kind=kind,
        id=str(bound.auto_id),
        name=bound.html_name,
        anchor=anchor(bound, kind),
        label_for=bound.id_for_label or str(bound.auto_id),
        label=str(bound.label),
        hint=str(getattr(field, "hint", "") or bound.help_text),
        why=str(getattr(field, "why", "")),
        source_tag=str(getattr(field, "source_tag", "")),
        source_icon=str(getattr(field, "source_icon", "id")),
        optional=bool(optional),
        question=bool(getattr(field, "question", False)),
        columns=int(getattr(field, "columns", 1)),
        read_only=str(getattr(field, "read_only", "")),
        correct_url=str(getattr(field, "correct_url", "")),
        correctable=bool(getattr(field, "correctable", False)),
        errors=messages(bound),
        control=control(bound, kind),
        options=options(bound) if kind in {"radio", "checks"} else (),
        describedby=describedby(bound),
        files=files(field),
    )


@dataclass(frozen=True, slots=True)
class SummaryError:
    """One line of the error summary: the same words as at the field, and where to jump."""

    message: str
    anchor: str


def summary(form: forms.BaseForm) -> list[SummaryError]:
    """Return every error of a form, whole-form errors first, then in the order of the fields."""
    whole = [SummaryError(str(message), "") for message in form.non_field_errors()]
    return whole + [
        SummaryError(message, view(bound).anchor)
        for bound in form.visible_fields()
        for message in messages(bound)
    ]
