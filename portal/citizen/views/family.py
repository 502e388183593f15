"""家人与代办: delegations given and held, guardians. Always one's own, whomever one acts for at the moment."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.acting import delegating, guarding, overview
from accounts.acting.delegating import CannotDelegate
from accounts.acting.documents import DocumentRequired
from accounts.acting.guarding import CannotGuard
from accounts.models import Guardianship
from common import clock
from matters.models import Matter
from portal.citizen import documents
from portal.citizen.forms import DOCUMENT, MandateForm
from portal.web import unsaved
from portal.web.principals import person_of
from portal.web.uploading import takes_files

FORM_METHODS = ["GET", "HEAD", "POST"]
BACK = "citizen:family"


@require_safe
def family(request: HttpRequest) -> HttpResponse:
    """Show what one gave, what one holds, whom one guards, and whom one acts for."""
    shown = overview.of(person_of(request), on=clock.today())
    codes = {code for one in (*shown.given, *shown.held, *shown.ended) for code in one.matters}
    codes |= {code for right in shown.rights for code in right.matters}
    names = dict(Matter.objects.filter(code__in=codes).values_list("code", "name"))
    return render(
        request, "citizen/family/list.html", {"shown": shown, "names": names, "today": clock.today()}
    )


@unsaved.given_back()
@require_http_methods(FORM_METHODS)
def give(request: HttpRequest) -> HttpResponse:
    """Delegate: a form, a page that says what the agent will be able to do, then the act."""
    person = person_of(request)
    form, act = mandate_form(request, MandateForm)
    if act in {"next", "confirm"} and form.is_valid() and form.found is not None:
        if act == "next":
            known = {"form": form, "whole": form.cleaned_data["scope"] == "all"}
            return render(request, "citizen/family/confirm.html", known)
        try:
            until = form.cleaned_data["until"]
            delegating.give(person, agent=form.found, until=until, matters=form.codes, names=form.names)
        except CannotDelegate as error:
            form.add_error("name", error.message)
        else:
            messages.success(request, f"已授权{form.found.name}代您办事，马上生效。随时可以在这里撤回。")
            return redirect(BACK)
    known = {"form": form, "q": request.POST.get("q", "")}
    return render(request, "citizen/family/give.html", known, status=422 if form.is_bound else 200)


def mandate_form(request: HttpRequest, kind: type[MandateForm]) -> tuple[MandateForm, str]:
    """Return the form of a mandate and which button was pressed; searching and going back check nothing."""
    person = person_of(request)
    data = request.POST if request.method == "POST" else unsaved.take(request)
    act = data.get("act", "next") if data is not None and request.method == "POST" else ""
    q = data.get("q", "") if data is not None else ""
    if data is not None and act in {"next", "confirm"}:
        return kind(data, asked_by=person, q=q), act
    return kind(None, asked_by=person, q=q, initial=_typed(data)), act


def _typed(data: QueryDict | None) -> dict[str, object]:
    """Return what was typed so far, to be shown again without a word about what lacks."""
    if data is None:
        return {}
    typed: dict[str, object] = {
        name: value for name, value in data.items() if name in MandateForm.base_fields and value
    }
    typed["sees_certificates"] = "sees_certificates" in data
    return {**typed, "matters": data.getlist("matters")}


@require_http_methods(FORM_METHODS)
def revoke(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    """Ask once, then end a delegation at once, by who gave it or by its agent."""
    person = person_of(request)
    found = overview.own_delegation(person, delegation_id=delegation_id)
    if request.method != "POST":
        by_agent = found.agent_id == person.pk
        return render(request, "citizen/family/revoke.html", {"found": found, "by_agent": by_agent})
    delegating.revoke(person, delegation_id=delegation_id)
    messages.success(request, "代办授权已结束，马上生效。办过的事都还在申请人名下。")
    return redirect(BACK)


@takes_files
@unsaved.given_back()
@require_http_methods(FORM_METHODS)
def guard(request: HttpRequest) -> HttpResponse:
    """Ask to be confirmed as somebody's guardian, with the document that shows it."""
    person = person_of(request)
    files = documents.tried(request, person)
    data = request.POST if request.method == "POST" else unsaved.take(request)
    form = documents.form(data, person, done=files)
    if request.method == "POST" and form.is_valid() and form.found is not None:
        given = form.cleaned_data
        try:
            guarding.request(
                person,
                ward=form.found,
                kind=Guardianship.Ward(given["kind"]),
                document=Guardianship.Document(given["document"]),
                document_number=given["document_number"],
            )
        except CannotGuard as error:
            form.add_error("name", error.message)
        except DocumentRequired as error:
            form.add_error(DOCUMENT, error.message)
        else:
            messages.success(request, "申请已收到。工作人员核实文书后，会发消息告诉您。")
            return redirect(BACK)
    status = (files.status or 422) if form.is_bound else 200
    return render(request, "citizen/family/guard.html", {"form": form}, status=status)


@require_http_methods(FORM_METHODS)
def end_guardianship(request: HttpRequest, guardianship_id: UUID) -> HttpResponse:
    """Ask once, then take a request back, or report that the guardianship has ended."""
    person = person_of(request)
    found = overview.own_guardianship(person, guardianship_id=guardianship_id)
    if request.method != "POST":
        return render(request, "citizen/family/end.html", {"found": found})
    guarding.end(person, guardianship_id=guardianship_id)
    messages.success(request, f"与{found.ward.name}的监护登记已结束。")
    return redirect(reverse(BACK))
