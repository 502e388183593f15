"""办件: applying, reading, and the applicant's acts, each by the verb the pages use."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import selectors
from approvals.applying import submission
from approvals.models import Application, Evidence
from evaluations import rating
from evaluations.rating import Given
from matters.models import Matter
from portal.api import filing, keeping, stale
from portal.api.authentication import principal_of
from portal.api.serializers import (
    ApplicationDetailSerializer,
    ApplicationFilter,
    ApplicationSerializer,
    EvidenceSerializer,
    NewApplicationSerializer,
    RatingSerializer,
    SupplementSerializer,
    application_in_full,
)
from portal.api.views.base import IF_MATCH, KEY, Pages, described


@extend_schema_view(get=described("列出我的办件", ApplicationSerializer(many=True)))
class Applications(ListAPIView[Application]):
    """The principal's applications, the newest first."""

    serializer_class = ApplicationSerializer
    pagination_class = Pages
    filterset_class = ApplicationFilter
    queryset = Application.objects.none()

    def get_queryset(self) -> QuerySet[Application]:
        """Return those of the principal, within the mandate of who acts."""
        return selectors.own_applications(principal_of(self.request))

    @described(
        "提交一件申请",
        ApplicationDetailSerializer,
        409,
        422,
        428,
        status=201,
        request=NewApplicationSerializer,
        parameters=[KEY],
    )
    def post(self, request: Request) -> Response:
        """Apply: the same request sent again answers 200 with the same application."""
        principal = principal_of(request)
        asked = NewApplicationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        matter = (
            Matter.objects.filter(code=told["matter"])
            .select_related("current_edition__matter__department")
            .first()
        )
        if matter is None:
            raise Http404

        def do(key: str) -> str:
            return filing.apply(
                principal, matter=matter, consent=told["consent"], answers=told["answers"], key=key
            )

        reference, new = keeping.once(request, do=do)
        answer = _shown(request, reference, status=201 if new else 200)
        answer["Location"] = reverse("api:application", args=[reference])
        return answer


class OneApplication(GenericAPIView[Application]):
    """One application, with the entity tag its acts need."""

    serializer_class = ApplicationDetailSerializer

    @described("读取一件办件", ApplicationDetailSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Return it with its ETag; 304 when it is as the caller knows it."""
        return _shown(request, reference)


class Withdrawal(GenericAPIView[Application]):
    """Taking an application back."""

    serializer_class = ApplicationDetailSerializer

    @described("撤回申请", ApplicationDetailSerializer, 409, 412, 428, request=None, parameters=[IF_MATCH])
    def post(self, request: Request, reference: str) -> Response:
        """Withdraw it."""
        principal = principal_of(request)
        with stale.as_seen(request, principal, reference=reference):
            submission.withdraw(principal, reference=reference)
        return _shown(request, reference)


class Supplement(GenericAPIView[Application]):
    """Answering a supplement notice."""

    serializer_class = SupplementSerializer

    @described("答复补正告知", ApplicationDetailSerializer, 409, 412, 422, 428, parameters=[IF_MATCH])
    def post(self, request: Request, reference: str) -> Response:
        """Answer it; the case is judged again."""
        principal = principal_of(request)
        asked = SupplementSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with stale.as_seen(request, principal, reference=reference):
            filing.supplement(principal, reference=reference, answers=asked.validated_data["answers"])
        return _shown(request, reference)


class OneRating(GenericAPIView[Application]):
    """Rating a decided application."""

    serializer_class = RatingSerializer

    @described("评价办件", None, 409, 412, 422, 428, status=204, parameters=[IF_MATCH])
    def post(self, request: Request, reference: str) -> Response:
        """Rate it, once."""
        principal = principal_of(request)
        asked = RatingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with stale.as_seen(request, principal, reference=reference):
            application = selectors.own_application(principal, reference=reference)
            rating.rate(principal, application=application, given=Given(**asked.validated_data))
        return Response(status=204)


@extend_schema_view(get=described("列出提交的材料", EvidenceSerializer(many=True)))
class EvidenceOf(ListAPIView[Evidence]):
    """How each material was met."""

    serializer_class = EvidenceSerializer
    pagination_class = Pages
    filter_backends = ()
    queryset = Evidence.objects.none()

    def get_queryset(self) -> QuerySet[Evidence]:
        """Return the evidence of an application of one's own."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        principal = principal_of(self.request)
        found = selectors.own_application(principal, reference=self.kwargs["reference"])
        return found.evidence.order_by("material")


def _shown(request: Request, reference: str, *, status: int = 200) -> Response:
    application = selectors.own_application(principal_of(request), reference=reference)
    seen = stale.tag(application)
    if status == 200 and request.method == "GET" and request.headers.get("If-None-Match") == seen:
        return Response(status=304, headers={"ETag": seen})
    return Response(application_in_full(application), status=status, headers={"ETag": seen})
