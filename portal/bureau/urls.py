"""Addresses of the officers' pages, below /office/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.bureau.views import acts, files, guardianships, reading

app_name = "bureau"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", reading.queue, name="queue"),
    path("supplementing", reading.supplementing, name="supplementing"),
    path("done", reading.done, name="done"),
    path("guardianships", guardianships.guardianships, name="guardianships"),
    path("guardianships/<uuid:guardianship_id>", guardianships.guardianship, name="guardianship"),
    path("guardianships/<uuid:guardianship_id>/confirm", guardianships.confirm, name="confirm_guardianship"),
    path("files", files.unsafe, name="files"),
    path("files/<uuid:file_id>", files.original, name="file"),
    path("files/<uuid:file_id>/small", files.small, name="file_small"),
    path("files/<uuid:file_id>/pages/<int:number>", files.page, name="file_page"),
    path("applications/<str:reference>", reading.application, name="application"),
    path("applications/<str:reference>/grant", acts.grant, name="grant"),
    path("applications/<str:reference>/refuse", acts.refuse, name="refuse"),
    path("applications/<str:reference>/ask", acts.ask, name="ask"),
    path("applications/<str:reference>/again", acts.look_again, name="again"),
    path("applications/<str:reference>/reveal", acts.reveal, name="reveal"),
]
