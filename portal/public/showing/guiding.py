"""The guide page (办事指南): an edition's guide turned into rows, for a guest or for someone signed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.acting.principals import Principal
from approvals import selectors as applications
from approvals.models import Application, Draft
from matters import editions
from matters.editions import Compiled
from matters.format.questions import AskedQuestion, Material, QuestionType
from matters.forms.answers import form_facts
from matters.models import Edition, Matter
from portal.public.showing import bringing, free_lists
from portal.public.showing.bringing import Line, Told
from portal.public.showing.figures import Count90
from portal.public.visitor import Visitor
from portal.web.components import covers as store
from portal.web.components import wording
from portal.web.components.covers import MISSING, Cover
from portal.web.components.parts import TimeBar


@dataclass(frozen=True, slots=True)
class Choice:
    """One situation question with its answers: (value, label, chosen)."""

    name: str
    question: str
    options: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """One certificate the matter uses and what the store says about it."""

    name: str
    cover: Cover


@dataclass(frozen=True, slots=True)
class ApplyBox:
    """What the box says. `kind`: guest, staff, switch, beyond (the mandate), open, draft, ready, care."""

    kind: str
    ticks: tuple[Tick, ...] = ()
    application: Application | None = None
    draft: Draft | None = None
    result: Tick | None = None
    before: Application | None = None

    @property
    def wanting(self) -> int:
        """Return how many certificates the machine cannot use."""
        return sum(not tick.cover.usable for tick in self.ticks)


@dataclass(frozen=True, slots=True)
class GuidePage:
    """Everything the template shows besides the edition's own words."""

    matter: Matter
    edition: Edition
    compiled: Compiled
    lines: list[Line]
    choices: list[Choice]
    bars: list[TimeBar]
    figure: Count90
    box: ApplyBox

    @property
    def brought(self) -> int:
        """Return how many materials the applicant hands in."""
        return sum(line.state == "bring" for line in self.lines)

    @property
    def free(self) -> int:
        """Return how many need not be handed in."""
        return len(self.lines) - self.brought

    @property
    def whole(self) -> bool:
        """Return whether nothing has to be brought in any situation, whoever applies."""
        return self.matter.code in free_lists.whole()

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what the guide says of itself, but for what is worked out."""
        return free_lists.labelled(self.compiled.package.guide.labels)

    @property
    def soon(self) -> int:
        """Return how many rest on a certificate that runs out."""
        return sum(line.state == "soon" for line in self.lines)

    @property
    def barred(self) -> int:
        """Return how many would be covered, had the applicant agreed."""
        return sum(line.state == "ask" for line in self.lines)

    @property
    def barred_told(self) -> Told | None:
        """Return what to do about these: one answer is given for all of them."""
        return next((line.told for line in self.lines if line.state == "ask"), None)

    @property
    def care(self) -> int:
        """Return how many a person has to look at, because the store does not cover them."""
        return sum(line.state == "care" for line in self.lines)


def guide_page(
    matter: Matter, *, visitor: Visitor, chosen: Mapping[str, str], figure: Count90, on: date
) -> GuidePage:
    """Return the page; raises Edition.DoesNotExist where nothing is in force yet."""
    if (edition := matter.edition_on(on)) is None:
        raise Edition.DoesNotExist(matter.code)
    compiled = editions.compiled(edition)
    answers = situation(compiled, chosen)
    facts = form_facts(compiled, answers, facts={}, on=on)
    materials = compiled.materials(facts, on=on)
    begun = _begun(matter, visitor)
    covers = _covers(compiled, matter, visitor, on, begun=begun)
    return GuidePage(
        matter=matter,
        edition=edition,
        compiled=compiled,
        lines=bringing.lines(compiled, materials, covers=covers),
        choices=_choices(compiled, answers),
        bars=time_bars(compiled, figure, stopped=matter.instant_stop_id is not None),
        figure=figure,
        box=_box(
            compiled, matter, visitor, begun, ticks=_ticks(compiled, materials, covers), on=on, covers=covers
        ),
    )


def situation(compiled: Compiled, chosen: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers the visitor chose, else each question's default; anything unknown counts as not chosen."""
    answers: dict[str, Any] = {}
    for question in compiled.package.questions:
        known = dict(options_of(question))
        value = chosen.get(question.name, "")
        if value not in known:
            value = question.default or ""
        if value in known:
            answers[question.name] = value == "true" if question.type is QuestionType.BOOLEAN else value
    return answers


def options_of(question: AskedQuestion) -> list[tuple[str, str]]:
    """Return (value, label) of a question with few answers; none for a question that is typed."""
    if question.type is QuestionType.BOOLEAN:
        return [("true", question.yes or "是"), ("false", question.no or "否")]
    return [(option.value, option.label) for option in question.options]


def _choices(compiled: Compiled, answers: Mapping[str, Any]) -> list[Choice]:
    found = []
    for each in compiled.package.situations:
        question = compiled.questions[each.form.removeprefix("form.")]
        answer = answers.get(question.name)
        value = str(answer).lower() if isinstance(answer, bool) else answer
        options = tuple((known, label, known == value) for known, label in options_of(question))
        if options:
            found.append(Choice(question.name, each.question, options))
    return found


def _begun(matter: Matter, visitor: Visitor) -> Application | Draft | None:
    """Return the case the visitor has open in this matter, else their draft: it says what they agreed to."""
    principal = visitor.principal
    if principal is None or principal.kind != matter.applicant or not principal.limits.covers(matter.code):
        return None
    return applications.open_application(principal, matter=matter) or applications.draft_of(
        principal, matter=matter
    )


def _covers(
    compiled: Compiled, matter: Matter, visitor: Visitor, on: date, *, begun: Application | Draft | None
) -> Mapping[str, Cover] | None:
    if visitor.principal is None:
        return None
    slugs = {*compiled.certificates, compiled.package.result.certificate.type}
    consent = begun.authorisation if begun else None
    applying = store.applying_for(
        matter, compiled, on=on, consent=consent, open_=isinstance(begun, Application)
    )
    return store.covers(visitor.principal, slugs=slugs, on=on, applying=applying)


def _ticks(
    compiled: Compiled, materials: tuple[Material, ...], covers: Mapping[str, Cover] | None
) -> tuple[Tick, ...]:
    """Return what is held of the certificates this situation needs: what another one needs is no want here."""
    idle = _standing_in(compiled.package.materials) - _standing_in(materials)
    return tuple(
        Tick(compiled.specs[f"cert.{slug}.held"].source_label, (covers or {}).get(slug, MISSING))
        for slug, names in compiled.certificates.items()
        if names and slug not in idle  # without fields only its existence counts, and having none is no want
    )


def _standing_in(materials: Iterable[Material]) -> set[str]:
    """Return the certificates that stand in for these materials."""
    return {each.certificate for one in materials for each in one.replaced_by if each.certificate}


def _box(
    compiled: Compiled,
    matter: Matter,
    visitor: Visitor,
    begun: Application | Draft | None,
    *,
    ticks: tuple[Tick, ...],
    on: date,
    covers: Mapping[str, Cover] | None,
) -> ApplyBox:
    principal = visitor.principal
    if principal is None or covers is None:
        return ApplyBox("staff" if visitor.signed_in else "guest")
    if principal.kind != matter.applicant:
        return ApplyBox("switch")
    if not principal.limits.covers(matter.code):
        return ApplyBox("beyond")
    if isinstance(begun, Application):
        return ApplyBox("open", application=begun)
    kind = "draft" if begun else "ready" if all(tick.cover.usable for tick in ticks) else "care"
    result = _held_result(compiled, covers)
    return ApplyBox(
        kind, ticks=ticks, draft=begun, result=result, before=_before(compiled, matter, principal, on)
    )


def _before(compiled: Compiled, matter: Matter, principal: Principal, on: date) -> Application | None:
    """Return the case that was granted before and whose certificate is valid; a change may be asked for again."""
    if compiled.package.result.certificate.mode == "new_version":
        return None
    held = applications.still_held(principal, matter=matter, on=on)
    return held[0] if held else None


def _held_result(compiled: Compiled, covers: Mapping[str, Cover]) -> Tick | None:
    """Return the certificate this matter would issue, where the applicant holds a valid one already."""
    result = compiled.package.result.certificate
    cover = covers.get(result.type)
    if cover is None or not cover.usable or result.mode == "new_version":
        return None
    return Tick(compiled.package.guide.result.name, cover)


def time_bars(compiled: Compiled, figure: Count90, *, stopped: bool = False) -> list[TimeBar]:
    """Return statutory, committed and real time in one scale: the longest limit in working days.

    While deciding at once is `stopped`, only what a person promises is promised.
    """
    guide = compiled.package.guide
    statutory = guide.statutory.workdays
    longest = max(statutory or 0, guide.committed.workdays, 1)
    bars = [
        TimeBar("法定时限", f"{statutory} 个工作日", statutory / longest, "statutory")
        if statutory is not None
        else TimeBar("法定时限", "没有规定", 0, "statutory")
    ]
    by_hand = f"{guide.committed.workdays} 个工作日"
    share = guide.committed.workdays / longest
    if guide.committed.instant and not stopped:
        bars.append(TimeBar("承诺时限", "当场办结", 0, "committed"))
        bars.append(TimeBar("转人工承诺", by_hand, share, "committed"))
    else:
        bars.append(TimeBar("承诺时限", by_hand, share, "committed"))
    if figure.median is not None and not stopped:
        bars.append(TimeBar("实际中位数", wording.duration_cn(figure.median), 0, "real"))
    return bars


def apply_url(page: GuidePage) -> str:
    """Return where the one big button leads."""
    if page.box.application is not None:
        return reverse("citizen:application", args=[page.box.application.reference])
    if page.box.draft is not None:
        return reverse("citizen:draft", args=[page.box.draft.reference])
    return reverse("citizen:consent", args=[page.matter.code])
