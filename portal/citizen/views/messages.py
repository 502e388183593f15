"""消息和通知设置: what a citizen is told, and how they want to hear of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from accounts.telling import addresses, preferring
from accounts.telling import inbox as messages_of
from accounts.telling.addresses import WrongCode
from portal.citizen.noticing import CodeForm, EmailForm, NoticesForm
from portal.citizen.showing import messages as showing
from portal.web.principals import person_of

ON_A_PAGE = 20
FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List messages, the newest first; of one topic if one is chosen."""
    person, topic = person_of(request), request.GET.get("topic", "")
    page = Paginator(showing.own_messages(person, topic=topic), ON_A_PAGE).get_page(request.GET.get("page"))
    known = {"page": page, "rows": showing.rows(list(page)), "filters": showing.filters(topic)}
    return render(request, "citizen/inbox.html", known)


@require_http_methods(FORM_METHODS)
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show a message; posting (the list does) remembers that it was read, so that opening a link changes nothing."""
    person = person_of(request)
    found = get_object_or_404(showing.own_messages(person), pk=message_id)
    if request.method == "POST":
        messages_of.mark_read(person, message_id=found.pk)
        return redirect("citizen:message", found.pk)
    (row,) = showing.rows([found])
    return render(request, "citizen/message.html", {"message": found, "row": row})


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Remember that everything was seen."""
    messages_of.mark_all_read(person_of(request))
    notes.success(request, "已全部标为已读。")
    return redirect("citizen:inbox")


@require_http_methods(FORM_METHODS)
def notices(request: HttpRequest) -> HttpResponse:
    """Show how one is reached and what one hears of; POST keeps what was ticked."""
    person = person_of(request)
    form = _notices_form(request, person)
    if form.is_valid():
        kept = preferring.possible(without=form.fields) - preferring.opted_out(person)
        preferring.choose(person, wanted=form.wanted | kept)
        notes.success(request, "已保存。以后的通知按新的设置发送。")
        return redirect("citizen:notices")
    return _page(request, person, form=form)


@require_http_methods(FORM_METHODS)
def email(request: HttpRequest) -> HttpResponse:
    """Ask for an address; POST sends a code there."""
    person = person_of(request)
    form = EmailForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        addresses.ask_code(person, email=form.cleaned_data["email"])
        notes.success(request, "验证码已发出，10 分钟内有效。")
        return redirect("citizen:email_code")
    return render(request, "citizen/notices/email.html", {"form": form}, status=_status(form))


@require_http_methods(FORM_METHODS)
def email_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code that was sent; POST makes the address one's own."""
    person = person_of(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            addresses.confirm(person, code=form.cleaned_data["code"])
        except WrongCode as error:
            form.add_error("code", error.message)
        else:
            notes.success(request, "邮箱已登记。")
            return redirect("citizen:notices")
    known = {"form": form, "reached": showing.reached(person)}
    return render(request, "citizen/notices/code.html", known, status=_status(form))


@require_POST
def forget_email(request: HttpRequest) -> HttpResponse:
    """Take the address away."""
    addresses.remove(person_of(request))
    notes.success(request, "邮箱已删除，以后不再发送邮件。")
    return redirect("citizen:notices")


def _notices_form(request: HttpRequest, person: Person) -> NoticesForm:
    data = request.POST if request.method == "POST" else None
    return NoticesForm(data, channels=showing.reached(person).usable, out=preferring.opted_out(person))


def _page(request: HttpRequest, person: Person, *, form: NoticesForm) -> HttpResponse:
    known = {"form": form, "reached": showing.reached(person), "person": person}
    return render(request, "citizen/notices/settings.html", known, status=_status(form))


def _status(form: EmailForm | CodeForm | NoticesForm) -> int:
    return 422 if form.is_bound else 200
