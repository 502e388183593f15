"""Who may write in the catalogue, and who may be the second person. Asked by verbs and pages."""

from __future__ import annotations

from accounts import identifying
from accounts.models import Department, Post, User
from accounts.permissions import acting_as
from matters.models import EditionDraft


def may_write(user: User, department: Department) -> bool:
    """Return whether the user acts as an admin of the department, or of the whole district."""
    post = acting_as(user, Post.Role.ADMIN)
    return post is not None and post.speaks_for(department.pk)


def may_stop(user: User, department: Department) -> bool:
    """Return whether the user may stop deciding at once: an admin or supervisor of the department or the district."""
    post = acting_as(user, Post.Role.ADMIN, Post.Role.SUPERVISOR)
    return post is not None and post.speaks_for(department.pk)


def may_publish(user: User, draft: EditionDraft) -> bool:
    """Return whether the user may be the second person: an admin, known by name, who wrote nothing in it (职责分离)."""
    known = identifying.hash_of(user) is not None
    return known and may_write(user, draft.department) and not wrote(user, draft)


def wrote(user: User, draft: EditionDraft) -> bool:
    """Return whether the user began, changed or handed in the draft, with this account or another of theirs."""
    if str(user.pk) in draft.editors:
        return True
    editors = User.objects.filter(pk__in=draft.editors).select_related("person")
    own = identifying.hash_of(user)
    return own is not None and any(identifying.hash_of(one) == own for one in editors)


def may_publish_list(user: User) -> bool:
    """Return whether the user may publish the list of what nobody brings, which speaks for all departments.

    So it is for an admin or a supervisor of the whole district, not of one department.
    """
    post = acting_as(user, Post.Role.ADMIN, Post.Role.SUPERVISOR)
    return post is not None and post.whole_district
