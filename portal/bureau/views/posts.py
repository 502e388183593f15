"""岗位: changing to another post of one's own; for admins: who holds which, appointing, ending, handing over."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import posting
from accounts.models import Post
from common import clock
from portal.bureau import access
from portal.bureau.access import Officer, office_page
from portal.bureau.posting import AppointForm, LeaveForm, places_of, posts_under
from portal.web.session.posts import post_words


@office_page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Act in another post of one's own; an address typed or kept leads to the desk."""
    if request.method != "POST":
        return redirect("bureau:queue")
    told = request.POST.get("post", "")
    post = posting.choose(access.user_of(request), post_id=int(told) if told.isdecimal() else 0)
    messages.success(request, f"现在的岗位：{post_words(post)}。")
    return redirect("bureau:queue")


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def posts(request: HttpRequest) -> HttpResponse:
    """Show who holds which post; posting appoints somebody."""
    admin = access.admin_of(request)
    sent = request.POST if request.method == "POST" else None
    form = AppointForm(sent, initial={"begins": clock.today()}, places=places_of(admin))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        post = posting.appoint(
            admin.user,
            user=told["user"],
            role=Post.Role(told["role"]),
            place=told["place"],
            on=told["begins"],
            until=told["last_day"],
        )
        messages.success(request, f"已任命：{told['user'].display_name}，{post_words(post)}。")
        return redirect("bureau:posts")
    known = {"appointed": posts_under(admin), "form": form, "officer": admin}
    return render(request, "bureau/posts.html", known, status=422 if form.is_bound else 200)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, post_id: int) -> HttpResponse:
    """End a post with its last day or at once, with or without a successor."""
    admin = access.admin_of(request)
    post = posts_under(admin).filter(pk=post_id).first()
    if post is None:
        raise Http404
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _leave(admin, post, form))
        return redirect("bureau:posts")
    known = {"post": post, "form": form, "officer": admin}
    return render(request, "bureau/leave_post.html", known, status=422 if form.is_bound else 200)


def _leave(admin: Officer, post: Post, form: LeaveForm) -> str:
    told = form.cleaned_data
    last_day = clock.today() - timedelta(days=1) if told["at_once"] else told["last_day"]
    if told["successor"] is None:
        posting.end(admin.user, post=post, last_day=last_day)
        return f"{post.user.display_name}的岗位已安排结束。"
    posting.hand_over(admin.user, post=post, successor=told["successor"], last_day=last_day)
    return f"{post.user.display_name}的岗位已交给{told['successor'].display_name}。"
