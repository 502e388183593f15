"""Seals of departments: asked for, made, put out of use, ended, by the department's keeper (国务院令第716号 art. 9)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts import actors, permissions
from accounts.models import Department, Post, User
from certificates.errors import NotTheKeeper, SealRefused
from certificates.models import Seal, SealRequest
from certificates.sealing import authority, keys, statement
from certificates.sealing.keys import KeyUnavailable
from certificates.sealing.statement import ECDSA
from certificates.states import SealStatus
from common import clock
from common.statements.worded import Select
from records import journal

log = logging.getLogger(__name__)
NAME = "电子证照专用章"
RENEWED = "已换用新的电子印章"
SOON = timedelta(days=30)  # so long before it ends a seal is to be renewed
MIN_REASON = 5  # characters: less than that is no reason
# FOR SHARE: whoever puts a seal out of use waits for what is being signed with it, and nothing is signed afterwards.
_SEALS = Select(lambda: Seal.objects.select_related("department"))
_ACTIVE = """
WHERE credit_code = ANY(%s) AND status = 'active' AND valid_from <= %s AND %s < valid_until
ORDER BY certificates_seal.id FOR SHARE OF certificates_seal
"""


def active_for(codes: Collection[str], *, at: datetime | None = None) -> dict[str, Seal]:
    """Return by credit code the seals that may sign at a moment, locked until the caller commits."""
    moment = at or clock.now()
    found = _SEALS.rows(_ACTIVE, [list(codes), moment, moment]) if codes else ()
    return {seal.department.credit_code: seal for seal in found if key_is_there(seal)}


@transaction.atomic
def request(user: User, *, department: Department, custodian: User, name: str = NAME) -> SealRequest:
    """Make a new key and the request an authority is sent. Raises NotTheKeeper, SealRefused."""
    _require_keeper(user, department)
    return enter_request(department, custodian=custodian, name=name, actor=actors.of_user(user))


@transaction.atomic
def make(user: User, *, asked: SealRequest, certificate_pem: str) -> Seal:
    """Make the seal of what the authority answered; the department's active one ends. Raises SealCertificateRefused."""
    _require_keeper(user, asked.department)
    return enter(asked, certificate_pem=certificate_pem, actor=actors.of_user(user))


@transaction.atomic
def drop(user: User, *, asked: SealRequest) -> None:
    """Give a request up, and its key."""
    locked = _open_request(user, asked)
    locked.dropped_at = clock.now()
    locked.save(update_fields=["dropped_at"])
    _note(f"seal-request:{locked.pk}", "seal_request_dropped", actors.of_user(user))
    _destroy_key(locked)


def suspend(user: User, *, seal: Seal, reason: str) -> Seal:
    """Put a seal out of use: nothing is signed with it from now on."""
    return _move(user, seal, to=SealStatus.SUSPENDED, reason=reason)


def resume(user: User, *, seal: Seal, reason: str) -> Seal:
    """Put a seal back into use, unless it has run out or another has taken its place."""
    return _move(user, seal, to=SealStatus.ACTIVE, reason=reason)


def destroy(user: User, *, seal: Seal, reason: str) -> Seal:
    """End a seal for ever, and its key. What it signed stays signed: its certificate is kept."""
    return _move(user, seal, to=SealStatus.DESTROYED, reason=reason)


def may_keep(user: User, department: Department) -> bool:
    """Return whether the user acts as keeper of the department."""
    return permissions.post_in(user, role=Post.Role.KEEPER, department=department) is not None


def enter_request(department: Department, *, custodian: User, name: str, actor: str) -> SealRequest:
    """Make key and request for whoever sets up a district; keepers go through `request`."""
    Department.objects.select_for_update(of=("self",)).get(pk=department.pk)  # one after the other
    if SealRequest.objects.filter(department=department, seal=None, dropped_at=None).exists():
        raise SealRefused("已经有一份印章证书申请在等待认证机构答复。请先导入证书，或者放弃那份申请。")
    at, keeper = clock.now(), keys.provider(keys.FILE)
    key_name = f"{department.credit_code}-{at:%Y%m%d}-{secrets.token_hex(4)}"
    keeper.make(key_name, algorithm=ECDSA)
    asked = SealRequest.objects.create(
        department=department,
        name=name,
        custodian=custodian,
        provider=keys.FILE,
        key_name=key_name,
        algorithm=ECDSA,
        request_pem=keeper.request(key_name, subject=authority.subject(department, name=name)),
        requested_at=at,
    )
    _note(f"seal-request:{asked.pk}", "seal_requested", actor, key=key_name)
    return asked


def enter(asked: SealRequest, *, certificate_pem: str, actor: str) -> Seal:
    """Make the seal of an answered request, in the caller's transaction; keepers go through `make`."""
    locked = SealRequest.objects.select_for_update(of=("self",)).select_related("department").get(pk=asked.pk)
    if locked.seal_id is not None or locked.dropped_at is not None:
        raise SealRefused("这份印章证书申请已经办完。请刷新页面查看。")
    at = clock.now()
    issued = authority.accept(
        certificate_pem, request_pem=locked.request_pem, issuer=locked.department.credit_code, at=at
    )
    # All of them: one that is being resumed would be a second one.
    for old in Seal.objects.select_for_update().filter(department=locked.department).order_by("pk"):
        if old.status == SealStatus.ACTIVE:
            _moved(old, to=SealStatus.DESTROYED, reason=RENEWED, actor=actor)
    locked.seal = Seal.objects.create(
        department=locked.department,
        name=locked.name,
        custodian_id=locked.custodian_id,
        provider=locked.provider,
        key_name=locked.key_name,
        algorithm=locked.algorithm,
        certificate_pem=issued.certificate_pem,
        chain_pem=issued.chain_pem,
        valid_from=issued.valid_from,
        valid_until=issued.valid_until,
        created_at=at,
        is_demo=locked.department.is_demo,
    )
    locked.save(update_fields=["seal"])
    _note(f"seal:{locked.seal.pk}", "seal_made", actor, key=locked.key_name)
    return locked.seal


def key_is_there(seal: Seal, *, quiet: bool = False) -> bool:
    """Return whether the seal's key can be used now; one that cannot is logged, unless it ought to be gone."""
    try:
        there = keys.provider(seal).has(seal.key_name)
    except KeyUnavailable:
        there = False
    if not there and not quiet:
        log.error("the key of seal %s cannot be used; nothing is signed with it", seal.key_name)
    return there


def unbelieved(seal: Seal) -> str:
    """Return in words why nobody would believe what the seal signs now, or an empty text."""
    leaf, *_ = statement.certificates_in(seal.certificate_pem)
    chain, code = statement.certificates_in(seal.chain_pem), seal.department.credit_code
    faults = statement.check_seal(leaf, issuer=code, chain=chain, trusted=authority.trusted(), at=clock.now())
    return "，".join(statement.WORDS[fault] for fault in faults)


def _open_request(user: User, asked: SealRequest) -> SealRequest:
    locked = SealRequest.objects.select_for_update(of=("self",)).select_related("department").get(pk=asked.pk)
    _require_keeper(user, locked.department)
    if locked.seal_id is not None or locked.dropped_at is not None:
        raise SealRefused("这份印章证书申请已经办完。请刷新页面查看。")
    return locked


@transaction.atomic
def _move(user: User, seal: Seal, *, to: SealStatus, reason: str) -> Seal:
    locked = Seal.objects.select_for_update(of=("self",)).select_related("department").get(pk=seal.pk)
    _require_keeper(user, locked.department)
    if len(reason.strip()) < MIN_REASON:
        raise SealRefused(f"请写明理由，至少 {MIN_REASON} 个字。")
    if locked.status in {to, SealStatus.DESTROYED}:
        was = SealStatus(locked.status).label
        raise SealRefused(f"这枚印章现在是“{was}”，不能改为“{to.label}”。请刷新页面查看。")
    if to == SealStatus.ACTIVE and clock.now() >= locked.valid_until:
        raise SealRefused("这枚印章已经到期，不能恢复使用。请换用新的印章。")
    return _moved(locked, to=to, reason=reason.strip(), actor=actors.of_user(user))


def _moved(seal: Seal, *, to: SealStatus, reason: str, actor: str) -> Seal:
    was, seal.status = seal.status, to
    seal.status_reason, seal.status_changed_at = reason[:200], clock.now()
    try:
        with transaction.atomic():
            seal.save(update_fields=["status", "status_reason", "status_changed_at"])
    except IntegrityError as error:
        raise SealRefused("本单位已经有另一枚启用的印章，不能再启用这一枚。") from error
    _note(f"seal:{seal.pk}", "seal_status_changed", actor, was=str(was), to=str(to))
    if to == SealStatus.DESTROYED:
        _destroy_key(seal)
    return seal


def _destroy_key(kept: Seal | SealRequest) -> None:
    """Destroy the key once the database says so for good."""
    name, keeper = kept.key_name, kept.provider
    transaction.on_commit(lambda: keys.provider(keeper).destroy(name))


def _require_keeper(user: User, department: Department) -> None:
    if not may_keep(user, department):
        raise NotTheKeeper


def _note(stream: str, act: str, actor: str, **details: str) -> None:
    journal.note(stream=stream, act=act, actor=actor, details=details)
