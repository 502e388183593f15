"""事项: the catalogue."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema_view
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from matters import selectors
from matters.models import Matter
from portal.api.serializers import (
    MatterDetailSerializer,
    MatterFilter,
    MatterSerializer,
    matter_in_full,
)
from portal.api.views.base import Pages, described


@extend_schema_view(get=described("列出在用的事项", MatterSerializer(many=True)))
class Matters(ListAPIView[Matter]):
    """Matters that can be applied for, by name."""

    serializer_class = MatterSerializer
    pagination_class = Pages
    filterset_class = MatterFilter

    def get_queryset(self) -> QuerySet[Matter]:
        """Return those in force."""
        return selectors.in_force()


class OneMatter(GenericAPIView[Matter]):
    """A matter with its questions, materials and the certificates it reads."""

    serializer_class = MatterDetailSerializer

    @described("读取一个事项：要回答的问题、材料、会读取的证照", MatterDetailSerializer)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 -- DRF hands it
        """Return it, or 404."""
        found = Matter.objects.filter(selectors.has_edition(), code=code, status=Matter.Status.IN_FORCE)
        matter = found.select_related("department", "current_edition").first()
        if matter is None:
            raise Http404
        return Response(matter_in_full(selectors.guide(matter)))
