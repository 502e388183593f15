"""Looking at a past case to try a draft with it: noted in the journal, and told to its applicant in their record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from accounts import actors
from accounts.models import User
from approvals import selectors, workflow
from approvals.backtesting.errors import NotYoursToTry
from approvals.models import Application
from approvals.permissions import is_involved
from matters.models import EditionDraft
from matters.permissions import may_write
from matters.writing.errors import NotYourCatalogue
from records import journal
from rules import Facts

LOOKED = "looked_at_to_try"


@dataclass(frozen=True, slots=True)
class PastCase:
    """What was stored of one judged case. Real values: whoever shows them puts made-up ones in their place first."""

    reference: str
    on: date
    facts: Facts


@transaction.atomic
def look(user: User, *, draft_id: UUID, reference: str) -> PastCase:
    """Return a judged case of the draft's matter; the applicant reads that and why it was looked at.

    Raises NotYourCatalogue, NotYoursToTry.
    """
    draft = EditionDraft.objects.select_related("department").filter(pk=draft_id).first()
    if draft is None or not may_write(user, draft.department):
        raise NotYourCatalogue
    found = Application.objects.filter(reference=reference, matter__code=draft.matter_code)
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NotYoursToTry
    application = workflow.lock(pk)
    sheet = selectors.latest_sheet(application)
    if sheet is None or is_involved(user, application):
        raise NotYoursToTry
    journal.note_once_a_day(
        stream=application.stream,
        act=LOOKED,
        actor=actors.of_user(user),
        subject=str(draft.pk),
        event="本部门修改这个事项的规则，工作人员用这件办过的件试算了一次。姓名、号码和日期已换成编造的值，不影响您的办理结果。",
        event_kind=LOOKED,
    )
    return PastCase(application.reference, sheet.judgement.on, sheet.facts)
