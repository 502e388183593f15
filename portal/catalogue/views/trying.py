"""试算与样例: a draft tried with an example, a made-up person or a past case; examples kept, renamed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from approvals.trying import asking, looking
from common import clock
from common.errors import DomainError
from matters import editions
from matters.editions import Compiled
from matters.forms import reading
from matters.models import Edition, EditionDraft, Matter
from matters.writing import examining, inventing, trials
from matters.writing.errors import DraftChanged, DraftClosed
from portal.catalogue import access, tabs
from portal.catalogue.access import Admin, office_page
from portal.catalogue.showing import entering, tryable
from portal.catalogue.showing import trials as shown
from portal.web.components.wording import ref4
from rules.language.derived import DerivedKind

HERE = "catalogue:try"
PAGE = "catalogue/try.html"


@dataclass(frozen=True, slots=True)
class Bench:
    """A draft that can be judged, beside the edition in force."""

    admin: Admin
    draft: EditionDraft
    compiled: Compiled
    edition: Edition | None

    @property
    def in_force(self) -> Compiled | None:
        """Return the edition in force, prepared."""
        return editions.compiled(self.edition) if self.edition else None

    @property
    def instant(self) -> bool:
        """Return whether the matter grants at once."""
        return str(self.compiled.package.mode) == Matter.Mode.INSTANT_APPROVAL


@dataclass(frozen=True, slots=True)
class Facts:
    """What is tried: facts as an example writes them, their day, whose they are, and what is wrong with them."""

    raw: dict[str, Any]
    on: date
    whose: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    told: str = ""
    typed: str = ""


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def try_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show whom the draft can be tried with, what came out, and keep it as an example."""
    admin = access.admin_of(request)
    draft = access.draft_of(admin, draft_id=draft_id)
    examined = examining.examine(draft.content)
    known: dict[str, Any] = {"admin": admin, "draft": draft}
    known["tabs_of_draft"] = tabs.tabs(draft, problems=examined.problems, here=HERE)
    if examined.compiled is None:
        return render(request, PAGE, known | {"unreadable": True})
    bench = Bench(admin, draft, examined.compiled, asking.in_force(draft))
    facts, status = Facts({}, clock.today()), 200
    try:
        if request.POST.get("act") == "save":
            _save(request, bench)
            return redirect(HERE, draft_id=draft_id)
        facts = _past(request, bench) if request.POST.get("act") == "case" else _facts(request, bench)
    except DomainError as error:
        facts, status = replace(_facts(request, bench), told=error.message), error.status
    return render(request, PAGE, known | _page(request, bench, facts), status=status)


@office_page
@require_POST
def rename_example(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Give an example another name."""
    user = access.admin_of(request).user
    old, new = request.POST.get("name", ""), request.POST.get("new", "")
    try:
        trials.rename_example(user, draft_id=draft_id, revision=_revision(request), old=old, new=new)
    except (DraftChanged, DraftClosed, trials.UnusableExample) as error:
        messages.warning(request, f"没有改名为“{new[:60]}”：{error.message}")
    return redirect(HERE, draft_id=draft_id)


@office_page
@require_POST
def remove_example(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Delete an example, after asking."""
    admin, name = access.admin_of(request), request.POST.get("name", "")
    if request.POST.get("sure") != "yes":
        draft = access.draft_of(admin, draft_id=draft_id)
        asked = {"admin": admin, "draft": draft, "name": name, "revision": request.POST.get("revision", "")}
        asked["tabs_of_draft"] = tabs.tabs(draft, here=HERE)
        return render(request, "catalogue/remove_example.html", asked)
    try:
        trials.remove_example(admin.user, draft_id=draft_id, revision=_revision(request), name=name)
    except (DraftChanged, DraftClosed) as error:
        messages.warning(request, f"没有删除“{name}”：{error.message}")
    return redirect(HERE, draft_id=draft_id)


def _facts(request: HttpRequest, bench: Bench) -> Facts:
    """Return the facts that were posted, or those of the example or person that was picked."""
    if request.POST.get("act") in {"judge", "save"}:
        specs = trials.asked(bench.compiled, bench.in_force)
        entered = entering.entered(specs, request.POST.dict())
        on, wrong = _day(request)
        late = {"on": wrong} if wrong else _born_later(bench, entered.raw, on)
        errors = late | dict(entered.errors)
        typed = request.POST.get("on", "")
        return Facts(dict(entered.raw), on, request.POST.get("whose", ""), errors, typed=typed)
    kind, _, key = request.GET.get("with", "").partition(":")
    if kind == "example":
        raw, on = trials.example_facts(bench.compiled, name=key)
        return Facts(raw, on, f"样例“{key}”")
    if kind == "life" and (people := tryable.people()) is not None:
        known = people.facts(key, compiled=bench.compiled, on=clock.today())
        return Facts(known or {}, clock.today(), dict(people.names(bench.compiled)).get(key, ""))
    return Facts({}, clock.today())


def _past(request: HttpRequest, bench: Bench) -> Facts:
    """Return a past case with made-up values in place of its own. The look is noted before anything is shown."""
    reference = "".join(request.POST.get("reference", "").split())  # as it is printed: in groups of four
    case = looking.look(bench.admin.user, draft_id=bench.draft.pk, reference=reference)
    sides = [side for side in (bench.compiled, bench.in_force) if side is not None]
    try:
        made = inventing.invent(case.facts, sides=sides, on=case.on)
    except inventing.NotInventable as error:
        told = f"这一件不能用来试算：“{error.label}”换成编造的值，核验结果就会变。系统没有显示它的任何内容。"
        return Facts({}, clock.today(), told=told)
    return Facts(trials.raw_of(made), case.on, f"办件 {ref4(reference)}（编造值）")


def _save(request: HttpRequest, bench: Bench) -> None:
    facts = _facts(request, bench)
    if facts.errors:
        raise trials.UnusableExample("有几项没有填对，没有存下样例。请改好标出的几处。")
    if request.POST.get("sure") != "yes":
        raise trials.UnusableExample("请先核对结果，勾选“结果是对的”，再存为样例。")
    trials.save_example(
        bench.admin.user,
        draft_id=bench.draft.pk,
        revision=_revision(request),
        name=request.POST.get("name", ""),
        on=facts.on,
        facts=facts.raw,
    )


def _page(request: HttpRequest, bench: Bench, facts: Facts) -> dict[str, Any]:
    people = tryable.people()
    specs = trials.asked(bench.compiled, bench.in_force)
    known: dict[str, Any] = {
        "edition": bench.edition,
        "facts": facts,
        "people": people.names(bench.compiled) if people else [],
        "examples": shown.examples(bench.compiled, instant=bench.instant),
        "picked": request.GET.get("with", ""),
        "case": request.POST.get("reference", request.GET.get("case", "")),
        "named": request.POST.get("name", ""),
    }
    if not facts.raw:
        return known
    known["groups"] = entering.lines(specs, facts.raw, compiled=bench.compiled, errors=facts.errors)
    return known if facts.errors else known | _came_out(bench, facts)


def _came_out(bench: Bench, facts: Facts) -> dict[str, Any]:
    tried = trials.judge(facts.raw, draft=bench.compiled, in_force=bench.in_force, on=facts.on)
    before = shown.ended(tried.in_force, instant=bench.instant) if tried.in_force else None
    return {
        "after": shown.ended(tried.draft, instant=bench.instant),
        "before": before,
        "rows": shown.compared(tried),
    }


def _day(request: HttpRequest) -> tuple[date, str]:
    """Return the day of a trial, and what is wrong with what was typed."""
    try:
        return reading.read_date(request.POST.get("on", ""), label="核验日期"), ""
    except reading.Unreadable as error:
        return clock.today(), str(error)


def _born_later(bench: Bench, raw: Mapping[str, Any], on: date) -> dict[str, str]:
    """Nobody is judged before they are born: an age is counted from a day up to the day of the trial."""
    derived = bench.compiled.vocabulary.derived
    births = {one.of for one in derived if one.kind is DerivedKind.AGE and one.at is None}
    late = [name for name in births if isinstance(raw.get(name), str) and raw[name] > on.isoformat()]
    return dict.fromkeys(late, "这一天在核验日期以后，算不出年龄，请改一改")


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
