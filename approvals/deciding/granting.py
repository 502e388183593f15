"""Making a grant real, for machine and officer alike: Decision → organisation → certificate → endings → message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts import actors, organising
from accounts.models import Organisation, Person, User
from approvals import clock, telling, workflow
from approvals.deciding import results
from approvals.deciding.plain import plain
from approvals.deciding.results import Granting
from approvals.errors import StillOpen
from approvals.models import Application, Decision, Judgement
from approvals.states import OPEN, ApplicationState, DecisionKind, Maker
from approvals.telling import News
from approvals.workflow import Move
from certificates.holding import authorising
from certificates.issuance import issuing, lifecycle
from certificates.issuance.issuing import Issue
from certificates.models import Certificate, Seal
from certificates.states import CertificateStatus
from common.statements.worded import Insert
from matters.editions import Compiled
from matters.format.results import Ending
from records.journal import Note
from rules.language.values import Facts, Value

_DECISIONS = Insert(Decision)


@dataclass(frozen=True, slots=True)
class Grant:
    """One locked application that is to be granted, by whom and on what."""

    application: Application
    compiled: Compiled
    facts: Facts
    outcome: Mapping[str, Value]
    judgement: Judgement | None
    reasons: str
    officer: User | None = None
    supplied: Mapping[str, object] = field(default_factory=dict)
    over_failed: tuple[str, ...] = ()  # codes of the failed checks over which an officer grants

    @property
    def ends(self) -> Ending | None:
        """Return what the grant puts an end to."""
        return self.compiled.package.result.ends

    @property
    def actor(self) -> str:
        """Return who decides, as the journal names them."""
        return actors.of_user(self.officer) if self.officer else actors.SYSTEM


def grant_many(
    grants: Sequence[Grant], *, at: datetime, seals: Mapping[str, Seal] | None = None
) -> list[Certificate]:
    """Grant locked applications in the caller's transaction, in a fixed number of statements.

    `seals`: those that sign, by credit code, where the transaction has locked them already.
    """
    if not grants:
        return []
    decisions = _DECISIONS.rows([_decision(grant, at) for grant in grants])
    holders = [_holder(grant, decision, at) for grant, decision in zip(grants, decisions, strict=True)]
    issues = [_issue(*parts, at) for parts in zip(grants, decisions, holders, strict=True)]
    notes: list[Note] = []
    certificates = issuing.issue_many(issues, at=at, locked=seals, notes=notes)
    ended = _end_held(list(zip(grants, decisions, strict=True)), at)
    clock.conclude_many([grant.application for grant in grants], at=at)
    # Consents before the journal: whoever revokes one locks it first and notes it afterwards.
    authorising.end_many([grant.application.reference for grant in grants], at=at)
    pairs = list(zip(grants, certificates, decisions, strict=True))
    workflow.advance_many([_move(*pair, ended) for pair in pairs], at=at, notes=notes)
    telling.tell([_news(*pair) for pair in pairs], at=at)
    return certificates


def _decision(grant: Grant, at: datetime) -> Decision:
    return Decision(
        application=grant.application,
        kind=DecisionKind.GRANTED,
        maker=Maker.OFFICER if grant.officer else Maker.SYSTEM,
        officer=grant.officer,
        judgement=grant.judgement,
        reasons=grant.reasons,
        outcome={name: plain(value) for name, value in grant.outcome.items()},
        decided_at=at,
    )


def _holder(grant: Grant, decision: Decision, at: datetime) -> Person | Organisation:
    """Return whom the certificate is for: the applicant, or the organisation this grant brings into being."""
    result = grant.compiled.package.result
    new, named = result.organisation, result.names
    name = named and Granting(grant.compiled, grant.facts, grant.outcome, at.date()).fact(named.fact)
    if new is None:
        return _applicant(grant, decision, str(name or ""))
    return organising.create(
        name=str(name),
        kind=new.kind,
        prefix=new.credit_code.prefix,
        division=new.credit_code.division,
        operator=grant.application.person,
        source=f"decision:{decision.pk}",
        actor=grant.actor,
        on=at.date(),
        is_demo=grant.application.is_demo,
    )


def _applicant(grant: Grant, decision: Decision, name: str) -> Person | Organisation:
    organisation = grant.application.organisation
    if organisation is not None:
        organising.require_active(organisation)
    if organisation is not None and name:
        organising.rename(organisation, name=name, source=f"decision:{decision.pk}", actor=grant.actor)
    return organisation or grant.application.person


def _end_held(granted: Sequence[tuple[Grant, Decision]], at: datetime) -> list[Certificate]:
    """End what the applicants hold, and the applicants themselves, where that is what was granted."""
    endings = [_ending(*pair) for pair in granted if pair[0].ends is not None]
    ended = lifecycle.end_many(endings, at=at)
    for grant, decision in granted:
        if grant.ends is not None and grant.ends.organisation and grant.application.organisation:
            _require_nothing_open(grant.application)
            organisation, source = grant.application.organisation, f"decision:{decision.pk}"
            organising.close(organisation, source=source, actor=grant.actor, on=at.date())
    return ended


def _ending(grant: Grant, decision: Decision) -> lifecycle.Ending:
    assert grant.ends is not None
    return lifecycle.Ending(
        type=grant.ends.certificate,
        with_it=grant.ends.with_it,
        holder=grant.application.organisation or grant.application.person,
        to=CertificateStatus.CANCELLED,
        reason=f"{grant.ends.reason}（件号 {grant.application.reference}）",
        source=f"decision:{decision.pk}",
        actor=grant.actor,
    )


def _require_nothing_open(application: Application) -> None:
    """Refuse to end an applicant while another of its cases waits: nobody could be given what it decides."""
    others = Application.objects.filter(organisation=application.organisation, state__in=sorted(OPEN))
    other = others.exclude(pk=application.pk).select_related("matter").order_by("submitted_at").first()
    if other is not None:
        raise StillOpen(other.matter.name, other.reference)


def _issue(grant: Grant, decision: Decision, holder: Person | Organisation, at: datetime) -> Issue:
    certificate = grant.compiled.package.result.certificate
    department = grant.application.matter.department
    named = holder if isinstance(holder, Organisation) else None
    granting = Granting(
        grant.compiled,
        grant.facts,
        grant.outcome,
        at.date(),
        organisation_name=named.name if named else "",
        credit_code=named.credit_code if named else "",
    )
    return Issue(
        type=certificate.type,
        holder=holder,
        values=results.values(granting) | dict(grant.supplied),
        number_fields=results.number_fields(grant.compiled),
        issued_on=at.date(),
        valid_from=at.date(),
        valid_until=results.valid_until(certificate, on=at.date()),
        issuer_code=department.credit_code,
        issuer_name=department.name,
        pattern=certificate.number,
        source=f"decision:{decision.pk}",
        new_version=certificate.renews,
        valid_as_held=bool(certificate.valid_as_held),
        is_demo=grant.application.is_demo,
    )


def _move(grant: Grant, certificate: Certificate, decision: Decision, ended: Sequence[Certificate]) -> Move:
    mine = [one for one in ended if one.ended_by == f"decision:{decision.pk}"]
    cancelled = f"，{'、'.join(one.type.name for one in mine)}同时注销" if mine else ""
    by = "工作人员审核" if grant.officer else "系统自动核验"
    return Move(
        application=grant.application,
        to=ApplicationState.GRANTED,
        actor=grant.actor,
        act="granted",
        event=f"{by}通过，已作出准予决定，并签发{certificate.type.name}{cancelled}。",
        details={
            "decision": str(decision.pk),
            "certificate": str(certificate.pk),
            "judgement": str(grant.judgement.pk) if grant.judgement else "",
        }
        | ({"ended": [str(one.pk) for one in mine]} if mine else {})
        | ({"over_failed": list(grant.over_failed)} if grant.over_failed else {}),
    )


def _news(grant: Grant, certificate: Certificate, decision: Decision) -> News:
    kept = "已放进“我的证照”"
    if certificate.holder_organisation is not None and grant.application.organisation is None:
        kept = f"已发给“{certificate.holder_organisation.name}”；在“我的”里选择代表它办事，就能看到"
    values = {"certificate": certificate.type.name, "number": certificate.number, "kept": kept}
    return News(grant.application, "granted", decision.pk, values)
