"""证照类型, public; and what a keeper's program does with the certificates of its department."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from certificates import schemas
from certificates.keeping import finding, moving
from certificates.keeping.moving import Decision
from certificates.models import Certificate, CertificateType
from certificates.states import CertificateStatus
from common import clock
from portal.api.serializers import (
    KeptCertificateSerializer,
    MoveSerializer,
    TypeDetailSerializer,
    TypeSerializer,
)
from portal.api.views.base import Pages, described


@extend_schema_view(get=described("列出证照类型", TypeSerializer(many=True), auth=[]))
class Types(ListAPIView[CertificateType]):
    """Every type of certificate, by code."""

    serializer_class = TypeSerializer
    permission_classes = (AllowAny,)
    pagination_class = Pages
    filter_backends = ()
    queryset = CertificateType.objects.order_by("code")


class OneType(GenericAPIView[CertificateType]):
    """One type with its rules."""

    serializer_class = TypeDetailSerializer
    permission_classes = (AllowAny,)

    @described("读取一种证照类型：规则和内容的各个版本", TypeDetailSerializer, auth=[])
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 -- DRF hands it
        """Return it, or 404."""
        found = CertificateType.objects.filter(code=code).prefetch_related("schemas").first()
        if found is None:
            raise Http404
        return Response(TypeDetailSerializer(found).data)


class TypeSchemaOf(GenericAPIView[CertificateType]):
    """The JSON Schema of one version of a type's fields."""

    serializer_class = TypeSerializer
    permission_classes = (AllowAny,)

    @described("读取一版证照内容的 JSON Schema（2020-12）", OpenApiTypes.OBJECT, auth=[])
    def get(self, request: Request, code: str, version: str) -> Response:  # noqa: ARG002 -- DRF hands it
        """Return it, or 404."""
        number = int(version) if version.isascii() and version.isdecimal() and len(version) < 6 else 0
        found = CertificateType.objects.filter(code=code, schemas__version=number).first()
        if found is None:
            raise Http404
        told = schemas.json_schema(found, version=number)
        return Response(told, content_type="application/schema+json")


class OneCertificate(GenericAPIView[Certificate]):
    """The state of a certificate of the keeper's department, by its identifier."""

    serializer_class = KeptCertificateSerializer
    queryset = Certificate.objects.none()

    @described("读取本部门一张证照的状态（不含内容）", KeptCertificateSerializer)
    def get(self, request: Request, identifier: str) -> Response:
        """Return its state; what it says of its holder is not there."""
        return Response(_shown(_one(request, identifier)))


class Moves(GenericAPIView[Certificate]):
    """Suspending, resuming, and proposing an ending."""

    serializer_class = MoveSerializer
    queryset = Certificate.objects.none()

    @described(
        "暂停、恢复，或者提出结束（由另一位证照管理员在网页上确认）", KeptCertificateSerializer, 409, 422
    )
    def post(self, request: Request, identifier: str) -> Response:
        """Make the move; an ending waits for a second keeper and answers 202."""
        asked = MoveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found, told = _one(request, identifier), asked.validated_data
        waits = _moved(_user(request), found, told)
        return Response(_shown(_one(request, identifier)), status=202 if waits else 200)


def _moved(user: User, found: Certificate, told: dict[str, Any]) -> bool:
    """Make the move; return whether it waits for a second keeper."""
    to, now = CertificateStatus(told["to"]), clock.now()
    if to in {CertificateStatus.SUSPENDED, CertificateStatus.VALID}:
        move = moving.suspend if to == CertificateStatus.SUSPENDED else moving.resume
        move(user, certificate_id=found.pk, reason=told["reason"], at=now)
        return False
    decision = Decision(to, told["reason"], told["document"], told["basis"])
    moving.propose(user, certificate_id=found.pk, decision=decision, at=now)
    return True


def _user(request: Request) -> User:
    assert isinstance(request.user, User)  # nobody else comes past the permission
    return request.user


def _one(request: Request, identifier: str) -> Certificate:
    return finding.by_identifier(_user(request), identifier=identifier)


def _shown(found: Certificate) -> Any:
    return KeptCertificateSerializer(found).data
