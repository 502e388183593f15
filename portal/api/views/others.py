"""消息, and the public check of certificates."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema_view
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Message
from accounts.signing import braking
from accounts.telling import inbox
from certificates import checking
from common import clock
from portal.api.authentication import principal_of
from portal.api.serializers import AskedCertificateSerializer, CheckedSerializer, MessageSerializer
from portal.api.views.base import Pages, described
from portal.web.visitors import address_of


@extend_schema_view(get=described("列出我的消息", MessageSerializer(many=True)))
class Messages(ListAPIView[Message]):
    """The acting person's own messages, the newest first."""

    serializer_class = MessageSerializer
    pagination_class = Pages
    filter_backends = ()
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        """Return those of the token's person, whoever they act for."""
        return _own(self.request).order_by("-created_at", "-pk")


class ReadMessage(GenericAPIView[Message]):
    """Marking a message as read."""

    serializer_class = MessageSerializer

    @described("标记消息为已读", MessageSerializer, request=None)
    def post(self, request: Request, message_id: UUID) -> Response:
        """Remember that it was read, once."""
        inbox.mark_read(principal_of(request).acting, message_id=message_id)
        found = _own(request).filter(pk=message_id).first()
        if found is None:
            raise Http404
        return Response(MessageSerializer(found).data)


class CertificateCheck(GenericAPIView[Message]):
    """The public check of a certificate; needs no token."""

    serializer_class = AskedCertificateSerializer
    permission_classes = (AllowAny,)

    @described("查验证照真伪", CheckedSerializer, 422, auth=[])
    def post(self, request: Request) -> Response:
        """Say whether it is genuine and valid now. What was not found is no valid certificate."""
        asked = AskedCertificateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        braking.try_check(address=address_of(request._request))
        answer = checking.check(asked.validated_data["identifier"], on=clock.today())
        return Response(CheckedSerializer(answer).data)


def _own(request: Request) -> QuerySet[Message]:
    return Message.objects.filter(person=principal_of(request).acting)
