"""At a window: what will be filed is put before the holder on the phone, who confirms it or says that it is wrong.

Nothing a clerk typed is filed without that, and a promise (承诺) is given by the holder alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import actors
from accounts.models import Person
from approvals.applying import drafting, prefilling, submission
from approvals.applying.taking import AtWindow, draft_of
from approvals.errors import Incomplete, NotAsShown
from approvals.models import Application, Draft
from approvals.states import ApplicationState
from certificates.models import Scan
from certificates.presenting import codes, scanning
from certificates.presenting.errors import NoSuchScan
from certificates.presenting.stages import Stage, stage
from common import clock
from matters import editions
from matters.editions import Compiled
from matters.format.questions import AskedQuestion, QuestionType
from records import journal


def promises(compiled: Compiled) -> tuple[AskedQuestion, ...]:
    """Return the questions answered by promising: what takes a material's place, or a yes said in the first person."""
    replaced = (one for material in compiled.package.materials for one in material.replaced_by)
    given = {one.given for one in replaced if one.given}
    return tuple(
        one
        for one in compiled.package.questions
        if one.type is QuestionType.BOOLEAN and (one.fact in given or one.yes.startswith("我"))
    )


def show(place: AtWindow) -> Draft:
    """Put what is filled in before the holder; only promises may be missing. Raises Incomplete, NoSuchDraft.

    Not inside a transaction: what the look reads is recorded whatever follows.
    """
    draft = draft_of(place)
    later = {one.name for one in promises(editions.compiled(draft.edition))}
    if (page := prefilling.first_incomplete_page(draft, at=clock.now(), but=later)) is not None:
        raise Incomplete(page)
    with transaction.atomic():
        draft = drafting.own_locked(place.principal, reference=draft.reference)
        draft.shown_at = draft.saved_at = clock.now()  # what is saved later is not what was shown
        draft.declined_at, draft.taken_by = None, place.clerk
        draft.save(update_fields=["shown_at", "saved_at", "declined_at", "taken_by"])
        _note(draft, "shown_to_holder", actors.of_user(place.clerk))
    return draft


@transaction.atomic
def take_back(place: AtWindow) -> None:
    """Go on filling in: what was put before the holder is not asked any longer. Raises NoSuchDraft."""
    Draft.objects.filter(pk=draft_of(place).pk).update(shown_at=None)


def waiting(scan: Scan, *, at: datetime) -> Draft | None:
    """Return what lies before the holder now, None for nothing, or nothing of how it was shown."""
    if not scan.case_reference or stage(scan, at=at) != Stage.OPEN:
        return None
    rows = Draft.objects.select_related("matter__department", "authorisation", "person", "organisation")
    draft = rows.filter(reference=scan.case_reference, authorisation=scan.authorisation_id).first()
    if draft is None or draft.shown_at is None or draft.shown_at != draft.saved_at:
        return None
    draft.edition = editions.row(draft.edition_id)
    return draft


def filed(scan: Scan) -> Application | None:
    """Return what was filed under a scan, None for nothing."""
    if not scan.case_reference:
        return None
    rows = Application.objects.select_related("matter__department", "person", "organisation")
    return rows.filter(reference=scan.case_reference, taken_by=scan.clerk_id).first()


def filed_among(scans: Collection[Scan]) -> dict[str, ApplicationState]:
    """Return the state of what was filed under these scans, by reference."""
    references = {scan.case_reference for scan in scans if scan.case_reference}
    clerks = {scan.clerk_id for scan in scans}
    rows = Application.objects.filter(reference__in=references, taken_by__in=clerks)
    return {name: ApplicationState(state) for name, state in rows.values_list("reference", "state")}


def decline(person: Person, *, scan_id: UUID, at: datetime) -> None:
    """Say that what is shown is wrong: the clerk is told. Where nothing is shown nothing changes. Raises NoSuchScan."""
    scan = of_phone(person, scan_id=scan_id)
    if (draft := waiting(scan, at=at)) is not None:
        with transaction.atomic():
            _turn_down(draft)
            _note(draft, "declined_by_holder", actors.of_person(person))


def confirm(
    person: Person, *, scan_id: UUID, seen: str, promised: Mapping[str, bool], at: datetime
) -> Application:
    """File exactly what the phone showed (`seen`: its moment), with what was promised there; once, whatever is clicked.

    Raises NoSuchScan, NotAsShown, Incomplete (the clerk goes on), AlreadyOpen, MayNotAct, MayNotShow.
    """
    scan = of_phone(person, scan_id=scan_id)
    if (before := filed(scan)) is not None:
        return before
    draft = waiting(scan, at=at)
    if draft is None or draft.shown_at is None or draft.shown_at.isoformat() != seen:
        raise NotAsShown
    principal = codes.principal_of(scan.presentation, at=at)
    names = {one.name for one in promises(editions.compiled(draft.edition))}
    answers = {name: said for name, said in promised.items() if name in names}
    with transaction.atomic():
        if not drafting.lock_as_read(principal, draft):
            raise NotAsShown
        kept = drafting.save(principal, reference=draft.reference, answers=answers, clerk=scan.clerk)
    window = drafting.Window(scan.clerk, scan.place, confirmed=kept.saved_at)
    try:
        return submission.submit(principal, reference=draft.reference, key=draft.reference, window=window)
    except Incomplete:
        _turn_down(kept)  # a promise that was not given brings up more to fill in
        raise


def of_phone(person: Person, *, scan_id: UUID) -> Scan:
    """Return a scan to whose phone it was scanned from. Raises NoSuchScan."""
    rows = Scan.objects.select_related(*scanning.WITH)
    found = rows.filter(pk=scan_id, presentation__shown_by=person).first()
    if found is None:
        raise NoSuchScan
    return found


def _turn_down(draft: Draft) -> None:
    Draft.objects.filter(pk=draft.pk).update(shown_at=None, declined_at=clock.now())


def _note(draft: Draft, act: str, actor: str) -> None:
    journal.note(stream=f"case:{draft.reference}", act=act, actor=actor, subject=str(draft.pk))
