"""Addresses of the citizen pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.citizen.holding import views as holding
from portal.citizen.views import (
    agents,
    applications,
    certificates,
    changes,
    consenting,
    drafts,
    family,
    files,
    lists,
    messages,
)

app_name = "citizen"
urlpatterns: list[URLPattern | URLResolver] = [
    path("matters/<str:code>/start", consenting.consent, name="consent"),
    path("drafts/<str:reference>", drafts.draft, name="draft"),
    path("drafts/<str:reference>/<int:page>", drafts.questions, name="questions"),
    path("drafts/<str:reference>/save/<int:page>", drafts.save, name="save"),
    path("drafts/<str:reference>/check", drafts.review, name="review"),
    path("drafts/<str:reference>/discard", drafts.discard, name="discard"),
    path("uploads/<str:reference>/<str:name>", files.upload, name="upload"),
    path("files/<uuid:file_id>", files.original, name="file"),
    path("files/<uuid:file_id>/small", files.small, name="file_small"),
    path("files/<uuid:file_id>/pages/<int:number>", files.page, name="file_page"),
    path("applications", lists.applications, name="applications"),
    path("applications/<str:reference>", applications.application, name="application"),
    path("applications/<str:reference>/submit", drafts.submit, name="submit"),
    path("applications/<str:reference>/progress", applications.progress, name="progress"),
    path("applications/<str:reference>/print", applications.paper, name="print"),
    path("applications/<str:reference>/supplement", changes.supplement, name="supplement"),
    path("applications/<str:reference>/withdraw", changes.withdraw, name="withdraw"),
    path("applications/<str:reference>/rating", applications.rate, name="rate"),
    path("certificates", certificates.wallet, name="wallet"),
    path("certificates/uses", holding.uses, name="uses"),
    path("certificates/uses/<uuid:use_id>", holding.use, name="use"),
    path("certificates/<uuid:certificate_id>", certificates.certificate, name="certificate"),
    path("certificates/<uuid:certificate_id>/paper.pdf", certificates.paper, name="certificate_paper"),
    path("applications/<str:reference>/decision.pdf", applications.decision_paper, name="decision_paper"),
    path("applications/<str:reference>/notice.pdf", applications.notice_paper, name="notice_paper"),
    path("authorisations", holding.authorisations, name="authorisations"),
    path("authorisations/give", holding.give, name="give_authorisation"),
    path("authorisations/<uuid:authorisation_id>/revoke", holding.revoke, name="revoke"),
    path("messages", messages.inbox, name="inbox"),
    path("messages/read", messages.read_all, name="read_all"),
    path("messages/<uuid:message_id>", messages.message, name="message"),
    path("me", lists.me, name="me"),
    path("me/notices", messages.notices, name="notices"),
    path("me/email", messages.email, name="email"),
    path("me/email/code", messages.email_code, name="email_code"),
    path("me/email/forget", messages.forget_email, name="forget_email"),
    path("me/family", family.family, name="family"),
    path("me/family/give", family.give, name="give"),
    path("me/family/<uuid:delegation_id>/revoke", family.revoke, name="revoke_delegation"),
    path("me/family/guard", family.guard, name="guard"),
    path("me/family/guard/document", files.guardian_document, name="guard_document"),
    path("me/family/<uuid:guardianship_id>/end", family.end_guardianship, name="end_guardianship"),
    path("me/organisations/<uuid:organisation_id>", agents.agents, name="agents"),
    path("me/organisations/<uuid:organisation_id>/authorise", agents.authorise, name="authorise"),
    path("me/agents/<int:right_id>/revoke", agents.revoke, name="revoke_agent"),
]
