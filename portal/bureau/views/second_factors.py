"""A colleague has lost the phone their codes come from: an admin resets, the colleague binds a new one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.signing import second_factor
from portal.bureau import access
from portal.bureau.access import office_page
from portal.bureau.posting import posts_under


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_of(request: HttpRequest, post_id: int) -> HttpResponse:
    """Say what a reset does, and do it by POST. Raises NotYourColleague."""
    admin = access.admin_of(request)
    post = posts_under(admin).filter(pk=post_id).first()
    if post is None:
        raise Http404
    if request.method == "POST":
        second_factor.reset(admin.user, post=post)
        words = f"{post.user.display_name}的动态口令已重置，登录也已退出。请本人重新登录，绑定新手机。"
        messages.success(request, words)
        return redirect("bureau:posts")
    known = {
        "post": post,
        "officer": admin,
        "bound": second_factor.is_enrolled(post.user),
        "own": post.user_id == admin.user.pk,
    }
    return render(request, "bureau/second_factor.html", known)
