"""What is attached to a draft or an application: counting, handing in, throwing away. Callers hold the row's lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from approvals.models import Application, Attachment, Draft, Evidence
from approvals.states import EvidenceKind
from matters import editions
from records.files import storing
from records.models import StoredFile


def waiting(filed: Draft | Application) -> list[Attachment]:
    """Return what is uploaded and not handed in yet, with its files, in the order it came."""
    rows = filed.attachments.filter(handed_in_at__isnull=True).select_related("file")
    return list(rows.order_by("attached_at", "pk"))


def handed_in(application: Application) -> list[Attachment]:
    """Return what was handed in and not replaced, with its files, in the order it came."""
    rows = application.attachments.filter(handed_in_at__isnull=False, replaced_at__isnull=True)
    return list(rows.select_related("file").order_by("attached_at", "pk"))


def counts(filed: Draft | Application, *, among: Collection[str]) -> dict[str, int | None]:
    """Return file question → how many files wait, None for none; other questions and other matters cost nothing."""
    asked = [one.name for one in editions.compiled(filed.edition).file_questions if one.name in among]
    if not asked:
        return {}
    found = Counter(one.question for one in waiting(filed))
    return {name: found[name] or None for name in asked}


def discard(draft: Draft) -> None:
    """Throw the files of a draft away with it."""
    if editions.compiled(draft.edition).file_questions:
        throw_away(waiting(draft))


def throw_away(attachments: Iterable[Attachment]) -> None:
    """Delete what was never handed in, and its files."""
    gone = list(attachments)
    Attachment.objects.filter(pk__in=[one.pk for one in gone]).delete()
    storing.delete([one.file_id for one in gone])


def infected(attachments: Iterable[Attachment]) -> list[str]:
    """Return the questions whose files the scan has found to be infected."""
    return [one.question for one in attachments if one.file.scan == StoredFile.Scan.INFECTED]


def carry(draft: Draft, application: Application, *, at: datetime) -> None:
    """Hand a draft's files in with the application. What is not asked in the end is not handed in, but thrown away."""
    if not editions.compiled(draft.edition).file_questions:
        return
    wanted = {name for name, count in application.answers.items() if count}
    uploaded = waiting(draft)
    throw_away(one for one in uploaded if one.question not in wanted)
    for one in uploaded:
        if one.question in wanted:
            one.draft, one.application, one.handed_in_at = None, application, at
    kept = [one for one in uploaded if one.handed_in_at is not None]
    Attachment.objects.bulk_update(kept, ["draft", "application", "handed_in_at"])


def hand_in_anew(application: Application, *, opened: Collection[str], at: datetime) -> dict[str, int | None]:
    """Hand in what answers a notice, in place of what was there; return the counts of the questions opened."""
    counted = counts(application, among=opened)
    given = [one for one in waiting(application) if one.question in counted] if counted else []
    if not given:
        return {}
    questions = {one.question for one in given}
    before = application.attachments.filter(
        question__in=questions, handed_in_at__isnull=False, replaced_at__isnull=True
    )
    before.update(replaced_at=at)
    Attachment.objects.filter(pk__in=[one.pk for one in given]).update(handed_in_at=at)
    _mark_met(application, questions)
    return {name: count for name, count in counted.items() if name in questions}


def _mark_met(application: Application, questions: Collection[str]) -> None:
    """Say of materials that were owed that they are met by files now."""
    materials = editions.compiled(application.edition).package.materials
    met = [one.code for one in materials if one.upload and one.upload.removeprefix("form.") in questions]
    Evidence.objects.filter(application=application, material__in=met, kind=EvidenceKind.OWED).update(
        kind=EvidenceKind.UPLOAD
    )
