"""单位与经办人: who acts for an organisation; its head names agents and takes their mandates back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.acting import agents as naming
from accounts.acting import overview
from accounts.acting.agents import CannotName, Mandate
from accounts.models import ActingRight
from common import clock
from matters.models import Matter
from portal.citizen.forms import AgentForm
from portal.citizen.views.family import mandate_form
from portal.web import unsaved
from portal.web.principals import person_of

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def agents(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Show who may act for an organisation, to its head."""
    today = clock.today()
    organisation = overview.headed(person_of(request), organisation_id=organisation_id, on=today)
    rights = list(naming.rights_in(organisation, on=today))
    codes = {code for right in rights for code in right.matters}
    names = dict(Matter.objects.filter(code__in=codes).values_list("code", "name"))
    known = {"organisation": organisation, "rights": rights, "names": names, "agent": ActingRight.Role.AGENT}
    return render(request, "citizen/agents/list.html", known)


@unsaved.given_back()
@require_http_methods(FORM_METHODS)
def authorise(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Name an agent: a form, a page that says what they will be able to do, then the act."""
    person = person_of(request)
    organisation = overview.headed(person, organisation_id=organisation_id, on=clock.today())
    form, act = mandate_form(request, AgentForm)
    known: dict[str, object] = {"form": form, "organisation": organisation, "q": request.POST.get("q", "")}
    if act in {"next", "confirm"} and form.is_valid() and form.found is not None:
        given = form.cleaned_data
        if act == "next":
            return render(request, "citizen/agents/confirm.html", known | {"whole": given["scope"] == "all"})
        mandate = Mandate(given["until"], form.codes, given["sees_certificates"], form.names)
        try:
            naming.authorise(person, organisation=organisation, agent=form.found, mandate=mandate)
        except CannotName as error:
            form.add_error("name", error.message)
        else:
            messages.success(request, f"{form.found.name}现在是{organisation.name}的经办人，马上生效。")
            return redirect("citizen:agents", organisation.pk)
    return render(request, "citizen/agents/authorise.html", known, status=422 if form.is_bound else 200)


@require_http_methods(FORM_METHODS)
def revoke(request: HttpRequest, right_id: int) -> HttpResponse:
    """Ask once, then end an agent's mandate at once, by the organisation's head or by the agent."""
    person = person_of(request)
    found = overview.own_right(person, right_id=right_id, on=clock.today())
    if request.method != "POST":
        return render(
            request, "citizen/agents/revoke.html", {"found": found, "own": found.person_id == person.pk}
        )
    naming.revoke(person, right_id=right_id)
    messages.success(request, f"{found.person.name}的经办人授权已结束，马上生效。")
    if found.person_id == person.pk:
        return redirect("citizen:family")
    return redirect("citizen:agents", found.organisation_id)
