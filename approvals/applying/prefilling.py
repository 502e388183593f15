"""What a draft already knows: certificates read under the applicant's authorisation, and their real-name identity."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from accounts import actors
from approvals.deciding import facts, sources
from approvals.models import Application, Draft
from certificates.holding import using
from certificates.models import Scan
from matters import editions
from matters.editions import Compiled
from matters.format.questions import AskedQuestion
from matters.forms.answers import Prefill, form_facts, is_visible, prefill
from rules.language.values import Fact, Facts


def known(draft: Draft | Application, *, at: datetime) -> dict[str, Fact]:
    """Return the facts the form shows, and no others. Reading them leaves a use record a certificate and consent."""
    compiled = editions.compiled(draft.edition)
    scope = shown(compiled)
    need = replace(facts.need(draft, scope, purpose="预填申请表"), scan=_window(draft, at=at))
    readings = using.prefill(need, on=at.date(), at=at, actor=_looker(draft))
    return sources.applicant_facts(draft) | sources.certificate_facts(compiled, readings, scope=scope, at=at)


def _window(draft: Draft | Application, *, at: datetime) -> Scan | None:
    """Return what the clerk who takes a draft scanned, while she may look; afterwards only its applicant sees it."""
    if not isinstance(draft, Draft) or draft.taken_by_id is None:
        return None
    scans = Scan.objects.filter(authorisation=draft.authorisation_id, clerk=draft.taken_by_id)
    return scans.filter(access_until__gt=at).select_related("post__department").first()


def _looker(draft: Draft | Application) -> str:
    """Return who sees what is read, but at a window: an agent; an applicant's own form is filled in by the system."""
    if not draft.mandate:
        return actors.SYSTEM
    return actors.of_person(draft.agent or draft.person)


def shown(compiled: Compiled) -> sources.Scope:
    """Return the certificate fields that fill the form in or decide what it asks: what is only checked is not read."""
    shown_facts = compiled.prefills | compiled.asks_after
    wanted = {
        slug: tuple(field for field in fields if f"cert.{slug}.{field}" in shown_facts)
        for slug, fields in compiled.certificates.items()
    }
    return {slug: fields for slug, fields in wanted.items() if fields or f"cert.{slug}.held" in shown_facts}


def prefills(draft: Draft | Application, *, given: Facts) -> dict[str, Prefill]:
    """Return fact name → value, words and source for what the form shows already filled in."""
    return prefill(editions.compiled(draft.edition), given)


def first_incomplete_page(draft: Draft, *, at: datetime, but: Collection[str] = ()) -> int | None:
    """Return the first page (from 0) with a question (none of `but`) asked and not answered, or None when all are."""
    compiled = editions.compiled(draft.edition)
    given = known(draft, at=at)
    answered = given | form_facts(compiled, draft.answers, facts=given, on=at.date())
    for number, page in enumerate(compiled.pages):
        for question in page.questions:
            asked = is_visible(compiled, question, facts=answered, on=at.date())
            if asked and question.name not in but and _is_unanswered(question, answered[question.fact]):
                return number
    return None


def files_asked(draft: Draft, *, at: datetime) -> set[str]:
    """Return the file questions that are asked in this situation; no look at the store where a matter has none."""
    compiled = editions.compiled(draft.edition)
    if not compiled.file_questions:
        return set()
    given = known(draft, at=at)
    answered = given | form_facts(compiled, draft.answers, facts=given, on=at.date())
    return {
        one.name for one in compiled.file_questions if is_visible(compiled, one, facts=answered, on=at.date())
    }


def _is_unanswered(question: AskedQuestion, fact: Fact) -> bool:
    """Tell whether the applicant still has to answer. A value only the government can supply is nobody's to type."""
    return (
        question.required and fact.missing is not None and (question.prefill is None or question.correctable)
    )
