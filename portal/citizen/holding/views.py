"""谁用过我的证照 and 授权管理: use records with their reports, consents given, withdrawn and new ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.acting.principals import Principal
from approvals import selectors
from certificates import selectors as store
from certificates.errors import CannotConsent, NotYoursToGive, WordsRequired
from certificates.holding import authorising, reporting
from certificates.models import Authorisation, Certificate, UseRecord
from certificates.states import AuthorisationKind, CertificateStatus
from common import clock
from portal.citizen import finding
from portal.citizen.holding import rows
from portal.citizen.holding.forms import GiveForm, ReportForm
from portal.citizen.showing import lists
from portal.citizen.showing.consent import held_by
from portal.web import unsaved
from portal.web.components.uses import details
from portal.web.principals import principal_of
from registers.selectors import calls_for

ON_A_PAGE = 20
FORM_METHODS = ["GET", "HEAD", "POST"]
WITHDRAWN = {
    AuthorisationKind.CASE: "授权已撤回，从现在起不再读取这些证照。正在办的事会转给工作人员核对。",
    AuthorisationKind.PURPOSE: "授权已撤回，对方从现在起不能再看。以前看过的，都在用证记录里。",
}


@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    """Show who looked at one's certificates, by day; `?certificate=` and `?ground=` narrow it."""
    principal, wanted = principal_of(request), request.GET.get("ground", "")
    found, only = uses_of(principal), None
    if request.GET.get("certificate"):
        only = held(principal).filter(pk__in=_ids(request.GET["certificate"])).first()
        found = found.filter(certificate=only) if only else found
    narrowed = {key: narrow for key, _, narrow in rows.GROUNDS}.get(wanted, Q())
    page = Paginator(found.filter(narrowed), ON_A_PAGE).get_page(request.GET.get("page"))
    known = {
        "principal": principal,
        "page": page,
        "days": rows.by_day(rows.use_rows(page)),
        "only": only,
        "wanted": wanted,
        "grounds": [(key, words) for key, words, _ in rows.GROUNDS],
        "certificates": used(found),
        "calls": None,
    }
    if only is None and not wanted:
        calls = Paginator(calls_for(selectors.references_of(principal)), ON_A_PAGE)
        known["asked"] = asked = calls.get_page(request.GET.get("asked"))
        known["calls"] = lists.call_rows(asked)
    return render(request, "citizen/uses.html", known)


def used(found: QuerySet[UseRecord]) -> list[tuple[UUID, str, str]]:
    """Return the certificates the records are about, with name and number, to narrow the list by."""
    names = found.filter(certificate__isnull=False).order_by("certificate__type__name", "certificate")
    told = ("certificate", "certificate__type__name", "certificate__number")
    return list(names.values_list(*told).distinct())


@require_http_methods(FORM_METHODS)
def use(request: HttpRequest, use_id: UUID) -> HttpResponse:
    """Show one look in full; a post reports it to the supervisor."""
    posted = request.method == "POST"
    principal = finding.as_drawn(request) if posted else principal_of(request)
    record = reporting.own_use(principal, use_id=use_id)
    form = ReportForm(request.POST if posted else None)
    if posted and form.is_valid():
        try:
            reporting.report(principal, use_id=use_id, text=form.cleaned_data["text"], at=clock.now())
        except WordsRequired as error:
            form.add_error("text", error.message)
        else:
            messages.success(request, "报告已交给监督人员。查清以后会发消息告诉您，这里也能看到答复。")
            return redirect("citizen:use", use_id)
    known = {
        "record": record,
        "rows": details(record),
        "form": form,
        "report": getattr(record, "report", None),
        "workdays": reporting.ANSWER_WORKDAYS,
        "row": rows.use_rows([record])[0],
    }
    return render(request, "citizen/use.html", known, status=422 if form.is_bound else 200)


@require_safe
def authorisations(request: HttpRequest) -> HttpResponse:
    """Show what one allowed and refused: what stands, what is used up, ended or withdrawn."""
    principal, at = principal_of(request), clock.now()
    wanted, stands = request.GET.get("state", ""), rows.standing(at=at)
    narrowed = {"standing": stands, "over": ~stands}.get(wanted, Q())
    found = authorisations_of(principal).filter(narrowed)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    known = {
        "principal": principal,
        "page": page,
        "rows": rows.authorisation_rows(page, at=at),
        "states": rows.STATES,
        "wanted": wanted,
        "may_give": authorising.may_give(principal),
    }
    return render(request, "citizen/authorisations.html", known)


@unsaved.given_back()
@require_http_methods(FORM_METHODS)
def give(request: HttpRequest) -> HttpResponse:
    """Consent for a purpose: choose a certificate of one's own, then body, fields, purpose and time."""
    posted = request.method == "POST"
    principal = finding.as_drawn(request) if posted else principal_of(request)
    if not authorising.may_give(principal):
        raise NotYoursToGive
    usable = held(principal).filter(status=CertificateStatus.VALID)
    data = request.POST if posted else unsaved.take(request)
    chosen = usable.filter(pk__in=_ids((data or request.GET).get("certificate", ""))).first()
    if chosen is None:
        shown = [one for one in usable if not one.expired_on(clock.today())]
        return render(request, "citizen/give.html", {"principal": principal, "usable": shown})
    form = GiveForm(data, certificate=chosen)
    if posted and form.is_valid() and _given(principal, chosen, form):
        messages.success(request, "授权已给出，马上生效。对方每看一次都留下记录，您随时可以在这里撤回。")
        return redirect("citizen:authorisations")
    known = {"principal": principal, "certificate": chosen, "form": form}
    return render(request, "citizen/give_form.html", known, status=422 if posted else 200)


def _given(principal: Principal, chosen: Certificate, form: GiveForm) -> bool:
    """Give the consent, or say at the purpose why it is none."""
    try:
        authorising.grant_purpose(
            principal,
            department=form.cleaned_data["department"],
            purpose=form.cleaned_data["purpose"],
            scope={chosen.type.slug: form.cleaned_data["fields_seen"]},
            until=form.last_day,
            at=clock.now(),
        )
    except CannotConsent as error:
        form.add_error("purpose", error.message)
        return False
    return True


@require_POST
def revoke(request: HttpRequest, authorisation_id: UUID) -> HttpResponse:
    """Take a consent back, at once."""
    principal, at = finding.as_drawn(request), clock.now()
    taken = authorising.revoke(principal, authorisation_id=authorisation_id, at=at)
    messages.success(request, WITHDRAWN[AuthorisationKind(taken.kind)])
    return redirect("citizen:authorisations")


def uses_of(principal: Principal) -> QuerySet[UseRecord]:
    """Return the use records of whom the principal stands for, as far as the mandate of who acts goes."""
    return store.uses_of(**_holder(principal)).filter(_within(principal))


def authorisations_of(principal: Principal) -> QuerySet[Authorisation]:
    """Return the consents of whom the principal stands for, as far as the mandate of who acts goes."""
    return store.authorisations_of(**_holder(principal)).filter(_within(principal))


def held(principal: Principal) -> QuerySet[Certificate]:
    """Return the certificates a principal may open: a mandate without them shows what its own cases issued."""
    found = held_by(principal)
    if principal.limits.sees_certificates:
        return found
    return found.filter(source__in=selectors.issued_for(principal))


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _holder(principal: Principal) -> dict[str, Any]:
    organisation = principal.organisation
    return {"organisation": organisation} if organisation else {"person": principal.person}


def _within(principal: Principal) -> Q:
    if not principal.limits.sees_certificates:
        return Q(case_reference__in=selectors.references_of(principal))
    return Q(matter_code__in=principal.limits.matters) if principal.limits.matters else Q()
