"""A case's verification sheets as an auditor reads them: each run of the machine, and whether it still comes out so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User
from approvals.auditing import looking, purposes
from approvals.models import Judgement
from common import clock
from portal.web.components import sheets
from portal.web.components.parts import SheetRow

_LOOKED = "sheets_looked_at"  # session key
_LASTS = timedelta(minutes=10)
VERDICTS = {"grant": "全部通过", "supplement": "需要补正", "refer": "转人工"}


class AuditForm(forms.Form):
    """Which case, and why it is looked at."""

    reference = forms.CharField(label="件号", max_length=40, error_messages={"required": "请填写件号。"})
    reason = forms.CharField(
        label="为什么查看",
        min_length=purposes.SHORTEST,
        max_length=purposes.LONGEST,
        error_messages={
            "required": "请写明为什么查看。",
            "min_length": f"请写明为什么查看，至少 {purposes.SHORTEST} 个字。",
            "max_length": f"理由太长，请不超过 {purposes.LONGEST} 个字。",
        },
    )
    reason.hint = f"至少 {purposes.SHORTEST} 个字。申请人会在办理过程里看到这句话，不写姓名和号码。"  # type: ignore[attr-defined]  # read by portal.web.forms

    def clean_reference(self) -> str:
        """Return the number without the spaces it is read out with."""
        return "".join(str(self.cleaned_data["reference"]).split())


def remember(session: SessionBase, *, user: User, reference: str) -> None:
    """Keep which case this user has just looked at, and when."""
    session[_LOOKED] = {"whose": str(user.pk), "case": reference, "at": clock.now().isoformat()}


def looked(session: SessionBase, *, user: User, reference: str) -> bool:
    """Return whether this user looked at the case some minutes ago at most, with a reason."""
    kept = session.get(_LOOKED) or {}
    if (kept.get("whose"), kept.get("case")) != (str(user.pk), reference):
        return False
    return clock.now() - datetime.fromisoformat(kept["at"]) <= _LASTS


@dataclass(frozen=True, slots=True)
class RunShown:
    """One run: number, verdict in words, rows of its sheet, and whether judging again gives the same."""

    judgement: Judgement
    verdict: str
    counted: str
    rows: tuple[SheetRow, ...]
    differences: tuple[str, ...]


def shown(audit: looking.Audit) -> list[RunShown]:
    """Return the runs of a case, the newest first; of a record that cannot be opened, only that it cannot."""
    return [
        RunShown(
            run.judgement,
            VERDICTS.get(run.judgement.verdict, run.judgement.verdict),
            sheets.counted(run.sheet) if run.sheet else "",
            tuple(sheets.rows(run.sheet)) if run.sheet else (),
            run.differences,
        )
        for run in audit.runs
    ]
