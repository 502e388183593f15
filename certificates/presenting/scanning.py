"""The window's side: a code is scanned once, then what is wanted is asked of the holder, for a matter or a purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import actors
from accounts.acting.principals import MayNotAct, Principal
from accounts.identifying import is_themselves
from accounts.models import Post, User
from accounts.permissions import acting_as
from accounts.signing import braking
from certificates import schemas
from certificates.holding import authorising
from certificates.models import CertificateType, Presentation, Scan
from certificates.presenting import codes
from certificates.presenting.errors import (
    CannotAskNow,
    CannotAskThat,
    ExpiredCode,
    ForgedCode,
    MayNotShow,
    NoLongerActs,
    NoSuchScan,
    NotAtWindow,
    OtherWindow,
    OwnCode,
    ReplacedCode,
    ScanBraked,
    UsedCode,
)
from certificates.presenting.stages import GOING_ON, Stage, stage
from certificates.states import ScanStatus
from records.journal import note

ECHO = timedelta(seconds=2)
_PARTS = ("presentation__shown_by__user", "presentation__holder_person", "presentation__holder_organisation")
WITH = (*_PARTS, "post__hall", "post__department", "authorisation", "clerk")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a window wants to see: type slug → fields, for one matter (with its case) or for a purpose in words."""

    scope: Mapping[str, Sequence[str]]
    case_reference: str = ""
    matter_code: str = ""
    matter_name: str = ""
    deciding_body: str = ""
    purpose: str = ""


def scan(user: User, *, window: str, code: str, at: datetime) -> Scan:
    """Take a code at a window: exactly one scan of it counts, whoever else tries at the same moment.

    Raises NotAtWindow, ScanBraked, NotOurCode, ForgedCode, ExpiredCode, ReplacedCode, UsedCode, OwnCode,
    NoLongerActs, UnknownIdentity.
    """
    post = _post(user, window)
    if wait := braking.count("scan_code", str(user.pk)):
        raise ScanBraked(wait)
    scanned = _heard(post, window, code, at=at) if codes.is_spoken(code) else codes.read(code)
    with transaction.atomic():
        shown = _proven(scanned, at=at)
        acting_in(shown, at=at)
        if _is_own(user, shown):
            raise OwnCode
        try:
            with transaction.atomic():
                taken = _take(user, post, window, shown, scanned.slot, at=at)
        except IntegrityError as error:
            if "a_code_is_scanned_once" not in str(error):
                raise
            before = Scan.objects.select_related(*WITH).get(presentation=shown, slot=scanned.slot)
            if _is_echo(before, user, post, window, at=at):
                return before
            raise UsedCode(before.window) from error
        _note(taken, "code_scanned", actors.of_user(user), window=window, slot=scanned.slot)
    return taken


@transaction.atomic
def ask(user: User, *, scan_id: UUID, window: str, wanted: Wanted, at: datetime) -> Scan:
    """Ask the holder for what a matter or purpose needs; only types they chose to show are asked for.

    Raises NoSuchScan, OtherWindow, CannotAskNow, CannotAskThat, CannotConsent (the purpose), UnknownType,
    NoLongerActs.
    """
    found = locked(user, scan_id=scan_id, window=window)
    if stage(found, at=at) != Stage.SCANNED:
        raise CannotAskNow
    shown = found.presentation
    principal = acting_in(shown, at=at)
    _require_covered(principal, wanted)
    found.scope = _scope(shown, wanted)
    found.case_reference, found.matter_code = wanted.case_reference, wanted.matter_code
    found.matter_name, found.deciding_body = wanted.matter_name, wanted.deciding_body
    found.purpose = "" if wanted.matter_code else authorising.stated(wanted.purpose, about=principal)
    found.status, found.asked_at = ScanStatus.ASKED, at
    found.save()
    _note(found, "asked", actors.of_user(user), types=sorted(found.scope), matter=found.matter_code)
    return found


@transaction.atomic
def leave(user: User, *, scan_id: UUID, window: str, taken: bool, at: datetime) -> Scan:
    """End a scan at the window: the look ends at once, and the consent with it unless a case was `taken` under it.

    Idempotent. Raises NoSuchScan, OtherWindow.
    """
    found = locked(user, scan_id=scan_id, window=window)
    if found.authorisation_id is not None and not taken:
        authorising.end_unused(found.authorisation_id, at=at)
    if stage(found, at=at) in GOING_ON:
        found.status = ScanStatus.ENDED
        found.save(update_fields=["status"])
        _note(found, "left", actors.of_user(user))
    return found


def of_window(user: User, *, scan_id: UUID, window: str) -> Scan:
    """Return a scan to the clerk, post and window that made it. Raises NoSuchScan, OtherWindow."""
    found = Scan.objects.select_related(*WITH).filter(pk=scan_id).first()
    return _own(found, user, window)


def locked(user: User, *, scan_id: UUID, window: str) -> Scan:
    """Return a scan as `of_window` does, its row locked."""
    rows = Scan.objects.select_for_update(of=("self",)).select_related(*WITH)
    return _own(rows.filter(pk=scan_id).first(), user, window)


def acting_in(shown: Presentation, *, at: datetime) -> Principal:
    """Return for whom and by whom it is shown, to a window. Raises NoLongerActs."""
    try:
        return codes.principal_of(shown, at=at)
    except (MayNotAct, MayNotShow) as error:
        raise NoLongerActs from error


def lacking(presentation: Presentation, scope: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the types of a scope that the holder did not choose to show; empty when they chose none."""
    return [slug for slug in scope if presentation.types and slug not in presentation.types]


def _post(user: User, window: str) -> Post:
    post = acting_as(user, Post.Role.CLERK)
    if post is None or not window:
        raise NotAtWindow
    return post


def _own(found: Scan | None, user: User, window: str) -> Scan:
    if found is None:
        raise NoSuchScan
    post = _post(user, window)
    if (found.clerk_id, found.post_id, found.window) != (user.pk, post.pk, window):
        raise OtherWindow(found.window)
    return found


def _heard(post: Post, window: str, code: str, *, at: datetime) -> codes.Scanned:
    """Find digits that were read aloud: few tries a window, so that nobody is found by guessing."""
    if wait := braking.count("type_code", f"{post.pk}:{window}"):
        raise ScanBraked(wait)
    return codes.heard(code, at=at)


def _proven(scanned: codes.Scanned, *, at: datetime) -> Presentation:
    rows = Presentation.objects.select_for_update(of=("self",))
    rows = rows.select_related("shown_by__user", "holder_person", "holder_organisation")
    shown = rows.filter(pk=scanned.presentation_id).first()
    if shown is None:
        raise ForgedCode
    codes.prove(shown, scanned)
    if not codes.fresh(shown, scanned.slot, at=at):
        raise ExpiredCode
    if shown.ended_at is not None:
        raise ReplacedCode
    return shown


def _is_echo(before: Scan, user: User, post: Post, window: str, *, at: datetime) -> bool:
    """Return whether a scanner read the same code twice in one go."""
    same = (before.clerk_id, before.post_id, before.window) == (user.pk, post.pk, window)
    return same and at - before.scanned_at < ECHO


def _is_own(user: User, shown: Presentation) -> bool:
    people = (shown.shown_by, shown.holder_person)
    return any(is_themselves(user, one) for one in people if one is not None)


def _take(user: User, post: Post, window: str, shown: Presentation, slot: int, *, at: datetime) -> Scan:
    place = post.department or post.hall or post.town
    return Scan.objects.create(
        presentation=shown,
        slot=slot,
        scanned_at=at,
        clerk=user,
        post=post,
        body=place.name if place is not None else window,
        window=window,
    )


def _require_covered(principal: Principal, wanted: Wanted) -> None:
    """A mandate for named matters shows nothing for another one, nor for a purpose of the moment."""
    if not principal.limits.covers(wanted.matter_code):
        raise CannotAskThat(
            f"{principal.acting.name}替{principal.name}办事的授权不包括这件事，不能用对方的证照来办。"
            "请选授权里的事项，或者请对方本人来。"
        )


def _scope(shown: Presentation, wanted: Wanted) -> dict[str, list[str]]:
    """Return what is asked: fields that a type has, of types that were chosen to be shown."""
    out = set(lacking(shown, wanted.scope))
    types = schemas.kinds(wanted.scope)
    asked = {slug: list(fields) for slug, fields in wanted.scope.items() if fields and slug not in out}
    if not asked:
        names = "、".join(kind.name for kind in schemas.kinds(shown.types).values())
        raise CannotAskThat(
            f"群众这次只选了出示{names}，这件事用不上。请群众按“换码”，出示全部证照。"
            if shown.types
            else "没有要看的证照。请先选要用哪些证照。"
        )
    for slug, fields in asked.items():
        _require_known(types[slug], fields)
    return asked


def _require_known(kind: CertificateType, fields: Sequence[str]) -> None:
    if unknown := set(fields) - set(schemas.of_version(kind, kind.current_schema)):
        raise CannotAskThat(f"{kind.name}没有这一项：{'、'.join(sorted(unknown))}。请重新选择。")


def _note(found: Scan, act: str, actor: str, **details: str | int | list[str]) -> None:
    note(
        stream=f"presentation:{found.presentation_id}",
        act=act,
        actor=actor,
        subject=str(found.pk),
        details=details,
    )
