"""One case as the officer reads it: why it came, what was found, what was applied for, what happened. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import User
from approvals import reviewing, selectors
from approvals.applying import attached
from approvals.deciding.carrying import STOPPED, UNSEALED
from approvals.models import Application, Decision, Evidence, Judgement, SupplementNotice
from approvals.permissions import may_decide
from approvals.reviewing import REVEALING, Revealed
from approvals.selectors import Agent, Sheet
from approvals.states import ApplicationState, DecisionKind, EvidenceKind
from certificates.models import Certificate
from common import clock
from common.identifiers import mask_id
from matters import editions
from matters.editions import Compiled
from matters.format.questions import AskedQuestion
from matters.forms.answers import form_facts, is_visible
from matters.models import InstantStop
from matters.writing import stopping
from portal.bureau import noticing, queueing
from portal.bureau.due import Due, due
from portal.bureau.noticing import Told
from portal.bureau.queueing import Beside
from portal.web.components import sheets, uploads
from portal.web.components.parts import Row, SheetRow, Step
from portal.web.components.sheets import Unproven
from portal.web.components.uploads import Upload
from portal.web.components.wording import short_dt
from records import journal
from rules.language.values import Fact, Facts, Leaf, Source, SourceKind, Truth, VerdictKind
from rules.wording.showing import reason_text, shower

EARLIER = 5  # earlier cases of the same applicant and matter that are shown
VERDICTS = {"grant": "全部通过", "supplement": "需要补正", "refer": "转人工"}


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one question page."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class OpenedApplication:
    """Everything the case page shows."""

    application: Application
    compiled: Compiled
    name: str
    number: str
    agent: Agent | None
    due: Due
    rows: tuple[SheetRow, ...]
    counted: str
    unproven: tuple[Unproven, ...]
    undetermined: tuple[str, ...]
    ruled_out: bool
    recommended: bool
    stop: InstantStop | None
    outcome: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    evidence: tuple[Row, ...]
    files: tuple[tuple[str, tuple[Upload, ...]], ...]
    events: tuple[Step, ...]
    judgements: tuple[tuple[Judgement, str], ...]
    notices: tuple[SupplementNotice, ...]
    told: tuple[Told, ...]
    decision: Decision | None
    certificate: Certificate | None
    earlier: tuple[Application, ...]
    may_decide: bool
    may_reveal: bool
    revealed: Revealed | None
    beside: Beside

    @property
    def headline(self) -> str:
        """Return in a few words what the officer has before them."""
        if self.unproven:
            return "系统转人工：" + sheets.told(self.unproven)
        return "系统建议准予" if self.recommended else "系统转人工"

    @property
    def unsealed(self) -> bool:
        """Return whether only the want of a usable seal kept the machine from granting."""
        return self.application.referral_reason == UNSEALED

    @property
    def revealed_rows(self) -> tuple[Row, ...]:
        """Return the person's name and numbers in clear; empty unless they were revealed for this one page."""
        if self.revealed is None:
            return ()
        seen = self.revealed
        return (
            Row("姓名", seen.name),
            Row("公民身份号码", seen.id_number),
            Row("手机号码", seen.mobile or "没有登记"),
        )

    @property
    def asked_before(self) -> bool:
        """Return whether the applicant was asked before: a second notice needs a good reason."""
        return bool(self.notices)

    @property
    def refused(self) -> bool:
        """Return whether the decision in force is a refusal."""
        return self.decision is not None and self.decision.kind == DecisionKind.REFUSED


def opened(user: User, application: Application, *, revealed: Revealed | None = None) -> OpenedApplication:
    """Return the case with all that belongs to it; the answers unmasked only with what `reviewing.reveal` returned."""
    today = clock.today()
    compiled = editions.compiled(application.edition)
    sheet = selectors.latest_sheet(application)
    stop = _stop(application, sheet)
    decision = selectors.decision_of(application)
    return OpenedApplication(
        application=application,
        compiled=compiled,
        name=application.organisation.name if application.organisation else application.person.name,
        number=_number(application),
        agent=selectors.agent_of(application),
        due=due(application.due_on, on=today),
        rows=tuple(sheets.rows(sheet)) if sheet else (),
        counted=sheets.counted(sheet) if sheet else "",
        unproven=tuple(sheets.unproven(sheet)) if sheet else (),
        undetermined=_undetermined(sheet, compiled),
        ruled_out=reviewing.ruled_out(application, sheet),
        recommended=sheet is not None and sheet.verdict.kind == VerdictKind.GRANT and stop is None,
        stop=stop,
        outcome=sheet.verdict.outcome.lines if sheet and sheet.verdict.outcome else (),
        sections=tuple(_sections(application, compiled, sheet, on=today, mask=revealed is None)),
        evidence=tuple(_evidence(row, compiled) for row in application.evidence.order_by("material")),
        files=tuple(_files(application, compiled)),
        events=tuple(
            Step(event.text, short_dt(event.at), "done") for event in journal.events_of(application.stream)
        ),
        judgements=tuple(_judgements(application)),
        notices=tuple(application.notices.order_by("issued_at", "pk")),
        told=noticing.told(application),
        decision=decision,
        certificate=selectors.certificate_of(decision),
        earlier=tuple(_earlier(application)),
        may_decide=application.state == ApplicationState.IN_REVIEW and may_decide(user, application),
        may_reveal=application.state in REVEALING and may_decide(user, application),
        revealed=revealed,
        beside=queueing.beside(user, reference=application.reference, on=today),
    )


def _stop(application: Application, sheet: Sheet | None) -> InstantStop | None:
    """Return by which stop of deciding at once the case came here, if it was one."""
    if sheet is None or application.referral_reason != STOPPED:
        return None
    return stopping.seen_at(application.matter, sheet.judgement.judged_at)


def _number(application: Application) -> str:
    """Return the masked ID number of a person, or the public credit code of an organisation."""
    if application.organisation is None:
        return mask_id(application.person.id_number)
    return application.organisation.credit_code


def _judgements(application: Application) -> list[tuple[Judgement, str]]:
    """Return every run of the machine with its result; their records stay closed."""
    runs = application.judgements.defer("record").order_by("number")
    return [(run, VERDICTS.get(run.verdict, run.verdict)) for run in runs]


def _undetermined(sheet: Sheet | None, compiled: Compiled) -> tuple[str, ...]:
    """Return why no row of the outcome table could be chosen; empty where one was or nothing has to be."""
    if sheet is None or compiled.package.outcome is None or sheet.verdict.outcome is not None:
        return ()
    unknown = [leaf for leaf in sheet.verdict.outcome_leaves if leaf.outcome == Truth.UNKNOWN]
    return tuple(dict.fromkeys(_leaf_words(leaf) for leaf in unknown)) or ("没有一行标准的条件成立",)


def _leaf_words(leaf: Leaf) -> str:
    return f"{leaf.source.label}：{leaf.seen}" if leaf.source else f"{leaf.sentence}：{leaf.seen}"


def _sections(
    application: Application, compiled: Compiled, sheet: Sheet | None, *, on: date, mask: bool
) -> list[Section]:
    """Return the answers page by page, as they stood when they were judged."""
    facts: Facts = sheet.facts if sheet else form_facts(compiled, application.answers, facts={}, on=on)
    judged_on = sheet.judgement.on if sheet else timezone.localdate(application.submitted_at)
    return [
        Section(page.title, tuple(_answer(compiled, question, facts, mask=mask) for question in asked))
        for page in compiled.pages
        if (asked := [one for one in page.questions if is_visible(compiled, one, facts=facts, on=judged_on)])
    ]


def _answer(compiled: Compiled, question: AskedQuestion, facts: Facts, *, mask: bool) -> Row:
    fact = facts.get(question.fact)
    if fact is None:
        return Row(question.label, "未填写")
    source = "" if fact.source is None else _source_words(fact.source)
    if fact.missing is not None:
        kind = fact.source.kind if fact.source else SourceKind.FORM
        return Row(question.label, reason_text(fact.missing, kind), source)
    return Row(
        question.label,
        _shown(compiled, question.fact, fact, mask=mask),
        _corrected(compiled, question, facts, mask=mask) or source,
    )


def _shown(compiled: Compiled, name: str, fact: Fact, *, mask: bool) -> str:
    """Return a value for an officer: what identifies a person stays masked until it is revealed."""
    if fact.value in {None, ""}:
        return "没有填（选填）"
    return shower(compiled.specs[name], vocabulary=compiled.vocabulary, mask=mask)(fact.value)


def _corrected(compiled: Compiled, question: AskedQuestion, facts: Facts, *, mask: bool) -> str:
    """Return what the certificate says where the applicant wrote something else: the officer has to compare."""
    known, fact = facts.get(question.prefill or ""), facts[question.fact]
    corrected = fact.source is not None and fact.source.kind == SourceKind.FORM
    if known is None or not corrected or known.missing is not None or known.source is None:
        return ""
    return f"申请人更正过；{known.source.label}上是：{_shown(compiled, question.prefill or '', known, mask=mask)}"


def _source_words(source: Source) -> str:
    if source.kind == SourceKind.FORM:
        return "申请人填写"
    version = f"，第 {source.version} 版" if source.version else ""
    return f"来自{source.label}{version}"


def _evidence(row: Evidence, compiled: Compiled) -> Row:
    names = {material.code: material.name for material in compiled.package.materials}
    detail = ""
    if row.kind == EvidenceKind.CERTIFICATE:
        detail = f"标识 {row.certificate_identifier}，第 {row.certificate_version} 版"
    elif row.kind == EvidenceKind.REGISTER:
        detail = compiled.specs[f"register.{row.register_name}.found"].source_label
    return Row(names.get(row.material, row.material), row.get_kind_display(), detail)


def _files(application: Application, compiled: Compiled) -> list[tuple[str, tuple[Upload, ...]]]:
    """Return what was uploaded, by question; no look where the matter asks for no file."""
    asked = compiled.file_questions
    there = attached.handed_in(application) if asked else []
    groups = [(one, [file for file in there if file.question == one.name]) for one in asked]
    return [
        (one.label, uploads.shown(files, room="bureau", label=one.label)) for one, files in groups if files
    ]


def _earlier(application: Application) -> list[Application]:
    """Return the same applicant's other cases of this matter, the newest first."""
    whose: dict[str, object] = {"organisation": application.organisation}
    if application.organisation is None:
        whose["person"] = application.person
    same = Application.objects.filter(matter=application.matter, **whose)
    others = same.exclude(pk=application.pk).defer("answers").order_by("-submitted_at", "-pk")
    return list(others[:EARLIER])
