"""授权用证: one question before a matter is applied for. Yes or no, both lead on."""

from __future__ import annotations

from typing import TypeAlias

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.acting.principals import Principal, choices
from approvals import selectors
from approvals.applying import drafting, prefilling
from approvals.errors import AlreadyOpen
from approvals.models import Application, Draft
from approvals.permissions import may_apply
from certificates.models import Certificate
from common import clock
from matters import editions
from matters.models import Matter
from portal.citizen import finding
from portal.citizen.showing.consent import Asking, asking
from portal.citizen.showing.steps import STEPS

Held: TypeAlias = tuple[Application, Certificate]


class ConsentForm(forms.Form):
    """The tick is never preset and belongs to the yes alone."""

    agree = forms.BooleanField()

    def __init__(self, *args: object, matter: Matter, told: Asking, **kwargs: object) -> None:
        """Say in the tick itself what is agreed to."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, handed on
        sensitive = f"，其中{told.sensitive}是敏感个人信息" if told.sensitive else ""
        body = matter.department.short_name
        agree = self.fields["agree"]
        agree.label = f"我看清楚了，同意{body}为这次申请看这 {len(told.asks)} 本证照{sensitive}。"
        agree.error_messages["required"] = "还没有打勾。同意的请先打勾；不同意的，请按“不同意，继续办”"


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, code: str) -> HttpResponse:
    """Ask, and on the answer open the draft (or keep the one that is there)."""
    matter = get_object_or_404(Matter.objects.select_related("department", "current_edition"), code=code)
    principal = finding.as_drawn(request)
    drafting.require_verified(principal)
    if not may_apply(principal, matter):
        return _other_identity(request, principal, matter)
    draft = selectors.draft_of(principal, matter=matter)
    told = _told(principal, matter, draft)
    if draft is None and "again" not in request.GET and (held := _held(principal, matter)) is not None:
        return _once_more(request, principal, matter, held)
    form = ConsentForm(request.POST or None, matter=matter, told=told)
    answer = request.POST.get("consent", "")
    if answer == "no" or (answer == "yes" and (not told.asks or form.is_valid())):
        return onward(drafting.start(principal, matter=matter, consent=answer == "yes"))
    known = {
        "matter": matter,
        "principal": principal,
        "told": told,
        "form": form,
        "draft": draft,
        "steps": STEPS,
    }
    return render(request, "citizen/consent.html", known, status=422 if answer else 200)


def _told(principal: Principal, matter: Matter, draft: Draft | None) -> Asking:
    """Return what to ask; say at once when there is nothing to apply for, not after the answer."""
    edition = drafting.in_force(matter)
    if (existing := selectors.open_application(principal, matter=matter)) is not None:
        raise AlreadyOpen(existing.reference)
    begun = draft.edition if draft is not None else edition  # what was begun is applied for as it was begun
    return asking(matter, editions.compiled(begun), principal=principal, on=clock.today())


def _held(principal: Principal, matter: Matter) -> Held | None:
    """Return the granted case whose certificate is valid; a change is asked for again and again, and never held up."""
    package = editions.compiled(drafting.in_force(matter)).package
    if package.result.certificate.mode == "new_version":
        return None
    return selectors.still_held(principal, matter=matter, on=clock.today())


def _once_more(request: HttpRequest, principal: Principal, matter: Matter, held: Held) -> HttpResponse:
    """Say that there is one already; who wants another presses a button of its own. The checks decide as ever."""
    application, certificate = held
    known = {
        "matter": matter,
        "principal": principal,
        "application": application,
        "certificate": certificate,
    }
    return render(request, "citizen/once_more.html", known, status=409 if request.method == "POST" else 200)


def _other_identity(request: HttpRequest, principal: Principal, matter: Matter) -> HttpResponse:
    """Offer whom one may apply for: another kind of applicant, or one whose mandate covers the matter."""
    person = principal.acting
    others = [Principal(person), *choices(person, on=clock.today())]
    offered = [one for one in others if one.whom != principal.whom and may_apply(one, matter)]
    known = {
        "matter": matter,
        "principal": principal,
        "offered": offered,
        "beyond": matter.applicant == principal.kind,
    }
    return render(request, "citizen/other_identity.html", known, status=403)


def onward(draft: Draft) -> HttpResponse:
    """Lead to the first page with something to fill in, or straight to the check: nothing typed is possible."""
    page = prefilling.first_incomplete_page(draft, at=clock.now())
    if page is None:
        return redirect("citizen:review", draft.reference)
    return redirect("citizen:questions", draft.reference, page + 1)
