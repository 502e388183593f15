"""Imports of whole stores and comparisons as the store's pages show them, and the form that begins one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from accounts import actors
from accounts.models import User
from certificates.issuance import terms
from certificates.models import CertificateType, ImportBatch, Reconciliation
from certificates.states import IMPORTING, ImportState
from certificates.stocking.course import releasing
from certificates.stocking.files import shelving
from certificates.stocking.reconciling import KINDS
from common import clock
from portal.store.access import Keeper
from portal.store.showing.typing import TypeChoice
from portal.web.components.wording import duration_cn

IMPORT, COMPARE = "import", "compare"
PILLS = {
    ImportState.CHECKING: "waiting",
    ImportState.REVIEW: "unknown",
    ImportState.WAITING: "waiting",
    ImportState.RUNNING: "waiting",
    ImportState.DONE: "pass",
    ImportState.FAILED: "fail",
    ImportState.DROPPED: "neutral",
}
BEFORE = (ImportState.CHECKING, ImportState.REVIEW)
CHECKED, TAKEN = ("可以入库", "库里已有", "不能导入"), ("新入库", "已有", "没有导入")
GIVING_WAY, GAVE_WAY = "将被替代", "已被替代"
COMPARING = {
    ImportState.CHECKING: "等待对账",
    ImportState.REVIEW: "等待对账",
    ImportState.WAITING: "等待对账",
    ImportState.RUNNING: "正在对账",
    ImportState.DONE: "已对账",
    ImportState.FAILED: "没有完成",
    ImportState.DROPPED: "已停止",
}


class FileForm(forms.Form):
    """Which file of which type, and what is to be done with it. The uploaded file itself is read by the view."""

    type = TypeChoice(
        label="哪种证照",
        queryset=CertificateType.objects.none(),
        to_field_name="slug",
        empty_label="请选择证照",
        error_messages={"required": "请选择证照。", "invalid_choice": "请从列出的证照里选。"},
    )
    act = forms.ChoiceField(
        label="做什么",
        choices=((IMPORT, "导入到证照库"), (COMPARE, "只与证照库对账，不导入")),
        widget=forms.RadioSelect,
        initial=IMPORT,
        error_messages={"required": "请选择做什么。", "invalid_choice": "请从列出的里面选。"},
    )
    name = forms.ChoiceField(
        label="或者选服务器上的文件",
        required=False,
        error_messages={"invalid_choice": "服务器上已经没有这个文件，请重新选。"},
    )

    def __init__(self, data: Any, *, keeper: Keeper) -> None:
        """Offer the types the keeper's department may issue, and the files laid down for imports."""
        super().__init__(data)
        types: Any = self.fields["type"]
        types.offer(terms.types_of(keeper.department.credit_code), first=keeper.department)
        names = shelving.names_on_server(keeper.department.credit_code)
        self.fields["name"].choices = [("", "不选"), *((name, name) for name in names)]  # type: ignore[attr-defined]
        self.fields["name"].hint = "大文件请运维人员放到服务器上本部门的导入文件夹"  # type: ignore[attr-defined]  # the renderer's
        if not names:
            del self.fields["name"]


@dataclass(frozen=True, slots=True)
class Line:
    """One import or comparison in the list."""

    one: ImportBatch | Reconciliation
    address: str
    words: str
    pill: str
    told: str


def import_line(one: ImportBatch) -> Line:
    """Return an import as the list shows it."""
    state = ImportState(one.state)
    words = CHECKED if state in BEFORE else TAKEN
    told = f"{words[0]} {one.accepted} 行，{words[1]} {one.known} 行，{words[2]} {one.rejected} 行"
    if one.superseded:
        told += f"，{GIVING_WAY if state in BEFORE else GAVE_WAY} {one.superseded} 张"
    return Line(one, "store:import", *_state(one), told)


def _state(one: ImportBatch) -> tuple[str, str]:
    """Return the state of an import and its mark: green only where every row came in or was there."""
    state = ImportState(one.state)
    if nothing_to_release(one):
        return "没有可以入库的", "fail"
    if state is not ImportState.DONE or not one.rejected:
        return str(state.label), PILLS[state]
    return ("部分导入", "unknown") if one.accepted or one.known else ("一行也没有导入", "fail")


def nothing_to_release(one: ImportBatch) -> bool:
    """Return whether a file was looked through and holds no row that could come in: nobody has to look at it."""
    return one.state == ImportState.REVIEW and not one.accepted


def comparison_line(one: Reconciliation) -> Line:
    """Return a comparison as the list shows it."""
    state = ImportState(one.state)
    counts = one.report.get("counts", {})
    differing = sum(counts.values()) - counts.get("same", 0)
    told = f"一致 {counts['same']} 张，不一致 {differing} 张" if counts else ""
    return Line(one, "store:comparison", COMPARING[state], PILLS[state], told)


@dataclass(frozen=True, slots=True)
class Shown:
    """How far an import has come, in words."""

    state: str
    pill: str
    under_way: bool
    forsaken: bool
    percent: int
    left: str
    before: bool
    nothing: bool
    may_release: bool
    sample: list[list[str]]
    began: str
    released: str


def shown(one: ImportBatch, *, user: User) -> Shown:
    """Return how far an import has come; the time left follows from this run's rate and the length of rows so far."""
    state = ImportState(one.state)
    percent = 100 if state is ImportState.DONE else min(99, 100 * one.position // max(one.size, 1))
    left = ""
    if state is ImportState.RUNNING and one.rows_per_second and one.position and one.line:
        bytes_a_row = one.position / one.line
        left = duration_cn((one.size - one.position) / bytes_a_row / one.rows_per_second)
    last = one.seen_at or one.created_at
    forsaken = state in IMPORTING and (clock.now() - last).total_seconds() > 120
    review = state is ImportState.REVIEW
    return Shown(
        *_state(one),
        state in IMPORTING,
        forsaken,
        percent,
        left,
        before=state in BEFORE,
        nothing=nothing_to_release(one),
        may_release=review and one.accepted > 0 and one.started_by != actors.of_user(user),
        sample=releasing.sample(one.pk) if review else [],
        began=actor_name(one.started_by),
        released=actor_name(one.released_by),
    )


def actor_name(actor: str) -> str:
    """Return the name of a colleague, or that an operator did it at the command line."""
    kind, _, key = actor.partition(":")
    if kind == "user":
        return User.objects.filter(pk=key).values_list("display_name", flat=True).first() or "—"
    return "运维人员（命令行）" if actor else ""


def differences(one: Reconciliation) -> list[dict[str, Any]]:
    """Return what is listed, with the kinds in words, faults first."""
    listed = one.report.get("listed", [])
    order = list(KINDS)
    return [
        {**found, "words": KINDS[found["kind"]]}
        for found in sorted(listed, key=lambda found: order.index(found["kind"]))
    ]


def counts(one: Reconciliation) -> list[tuple[str, int]]:
    """Return how many there are of each kind, in words."""
    return [(label, one.report.get("counts", {}).get(kind, 0)) for kind, label in KINDS.items()]
