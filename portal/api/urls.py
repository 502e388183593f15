"""Addresses of the API, below /api/v1/."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from portal.api import problems
from portal.api.views import applications, certificates, matters, others

app_name = "api"
_schema = SpectacularAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])
_public = login_not_required  # the login page is no answer to a program: tokens are asked for by the views
urlpatterns = [
    path("schema", _public(_schema), name="schema"),
    path("matters", _public(matters.Matters.as_view()), name="matters"),
    path("matters/<str:code>", _public(matters.OneMatter.as_view()), name="matter"),
    path("applications", _public(applications.Applications.as_view()), name="applications"),
    path("applications/<str:reference>", _public(applications.OneApplication.as_view()), name="application"),
    path(
        "applications/<str:reference>/evidence", _public(applications.EvidenceOf.as_view()), name="evidence"
    ),
    path(
        "applications/<str:reference>/withdraw", _public(applications.Withdrawal.as_view()), name="withdraw"
    ),
    path(
        "applications/<str:reference>/supplement",
        _public(applications.Supplement.as_view()),
        name="supplement",
    ),
    path("applications/<str:reference>/rating", _public(applications.OneRating.as_view()), name="rating"),
    path("messages", _public(others.Messages.as_view()), name="messages"),
    path("messages/<uuid:message_id>/read", _public(others.ReadMessage.as_view()), name="read_message"),
    path("certificates/check", _public(others.CertificateCheck.as_view()), name="check"),
    path("certificates/<str:identifier>", _public(certificates.OneCertificate.as_view()), name="certificate"),
    path("certificates/<str:identifier>/status", _public(certificates.Moves.as_view()), name="status"),
    path("certificate-types", _public(certificates.Types.as_view()), name="types"),
    path("certificate-types/<str:code>", _public(certificates.OneType.as_view()), name="type"),
    path(
        "certificate-types/<str:code>/schemas/<str:version>",
        _public(certificates.TypeSchemaOf.as_view()),
        name="type_schema",
    ),
    re_path(r"^(?P<rest>.*)$", _public(problems.no_such_address), name="nothing"),
]
