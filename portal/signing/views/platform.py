"""To the identity platform of the province and back, and out of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import SignIn
from accounts.signing import claiming, linking, platform
from portal.web.session import arriving


@login_not_required
@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponseBase:
    """Lead to the platform. Raises PlatformAway."""
    if not platform.is_configured():
        raise Http404
    onward = arriving.safe(request, request.GET.get("next", "")) or reverse("public:home")
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    return platform.begin(request, return_to=_return_to(request), onward=onward)


@login_not_required
@never_cache
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Let in whom the platform has sent. A GET, because the platform redirects; what it may do hangs on the state."""
    if not platform.is_configured():
        raise Http404
    identity, wanted = platform.finish(request, return_to=_return_to(request))
    user = linking.come_in(identity)
    if request.user.is_authenticated:
        arriving.depart(request)
    onward = HttpResponseRedirect(arriving.safe(request, wanted) or reverse("public:home"))
    response = arriving.arrive(request, user, way=SignIn.Way.PLATFORM, response=onward)
    request.session[arriving.PLATFORM_END] = platform.end_address(request, return_to=_return_to(request))
    return response


@login_not_required
@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Say that one is still signed in at the platform, and how to leave there too."""
    end = request.session.get(arriving.PLATFORM_END, "")
    if not end:
        return redirect("public:home")
    return render(request, "signing/left.html", {"end": end, "platform": claiming.platform().name})


def _return_to(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("signing:platform_return"))
