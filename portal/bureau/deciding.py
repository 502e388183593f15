"""What an officer has to know before an act: rows to choose from, remedies to state, fields that may be opened."""

from __future__ import annotations

from datetime import date

from approvals import reviewing
from approvals.models import Application
from approvals.selectors import Sheet, latest_sheet
from certificates import selectors as store
from certificates.states import IN_HAND
from common import workdays
from matters import editions
from matters.editions import Compiled
from matters.format.questions import AskedQuestion
from rules import sentence
from rules.language.values import Truth
from rules.wording.showing import shower


def rows_to_choose(application: Application, sheet: Sheet | None) -> list[tuple[str, str, str]]:
    """Return (value, label, when it applies) of the rows still possible; empty when the machine chose, or none is."""
    compiled = editions.compiled(application.edition)
    table = compiled.package.outcome
    if table is None or (sheet is not None and sheet.verdict.outcome is not None):
        return []
    return [
        (str(index), _row_words(compiled, index), _when(compiled, table.rows[index].when))
        for index in reviewing.possible_rows(application, sheet)
    ]


def failed_checks(sheet: Sheet | None) -> list[str]:
    """Return the names of the checks that failed: who grants over them says so."""
    return [finding.name for finding in sheet.failed] if sheet else []


def ending(application: Application) -> tuple[list[str], str]:
    """Return what a grant puts an end to: the certificates that are in hand, and the name of who ends with them."""
    ends = editions.compiled(application.edition).package.result.ends
    if ends is None:
        return [], ""
    body = application.organisation
    held = store.held_by(person=None if body else application.person, organisation=body)
    in_hand = held.filter(type__slug__in=ends.types, status__in=IN_HAND)
    closed = body.name if body and ends.organisation else ""
    return [f"{one.type.name}（{one.number}）" for one in in_hand], closed


def _row_words(compiled: Compiled, row: int) -> str:
    table = compiled.package.outcome
    if table is None:
        return ""
    values = table.typed(row)
    shown = [
        f"{spec.label}：{shower(spec, vocabulary=compiled.vocabulary)(values[name])}"
        for name, spec in table.columns.items()
    ]
    return "；".join(shown)


def _when(compiled: Compiled, condition: object) -> str:
    if condition is None:
        return "其他情形"
    return f"适用：{sentence(condition, vocabulary=compiled.vocabulary)}"  # type: ignore[arg-type]


def questions_to_open(application: Application) -> list[AskedQuestion]:
    """Return the questions an applicant can answer differently; what only a certificate says is left out."""
    questions = editions.compiled(application.edition).package.questions
    return [question for question in questions if question.prefill is None or question.correctable]


def advice(application: Application) -> dict[str, str]:
    """Return what the machine found, by the question a failed check would open."""
    sheet = latest_sheet(application)
    if sheet is None:
        return {}
    return {
        name.removeprefix("form."): f"系统核验“{finding.name}”：{finding.told}"
        for finding in sheet.verdict.findings
        if finding.outcome != Truth.PASS
        for name in finding.opens
    }


def notice_due(application: Application, *, on: date) -> tuple[int, date]:
    """Return the working days an applicant gets to answer a notice, and the day that makes."""
    days = editions.compiled(application.edition).package.supplement_workdays
    return days, workdays.add_workdays(on, days)
