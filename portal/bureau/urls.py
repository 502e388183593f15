"""Addresses of the officers' pages, below /office/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from portal.bureau.views import acts, files, guardianships, posts, reading, second_factors

app_name = "bureau"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", reading.queue, name="queue"),
    path("supplementing", reading.supplementing, name="supplementing"),
    path("done", reading.done, name="done"),
    path("guardianships", guardianships.guardianships, name="guardianships"),
    path("guardianships/<uuid:guardianship_id>", guardianships.guardianship, name="guardianship"),
    path("guardianships/<uuid:guardianship_id>/confirm", guardianships.confirm, name="confirm_guardianship"),
    path("post", posts.choose, name="choose_post"),
    path("posts", posts.posts, name="posts"),
    path("posts/<int:post_id>/leave", posts.leave, name="leave_post"),
    path("posts/<int:post_id>/second-factor", second_factors.second_factor_of, name="second_factor"),
    path("files", files.unsafe, name="files"),
    path("files/<uuid:file_id>", files.original, name="file"),
    path("files/<uuid:file_id>/small", files.small, name="file_small"),
    path("files/<uuid:file_id>/pages/<int:number>", files.page, name="file_page"),
    path("applications/<str:reference>", reading.application, name="application"),
    path("applications/<str:reference>/decision.pdf", reading.decision_paper, name="decision_paper"),
    path("applications/<str:reference>/grant", acts.grant, name="grant"),
    path("applications/<str:reference>/refuse", acts.refuse, name="refuse"),
    path("applications/<str:reference>/ask", acts.ask, name="ask"),
    path("applications/<str:reference>/again", acts.look_again, name="again"),
    path("applications/<str:reference>/reveal", acts.reveal, name="reveal"),
]
