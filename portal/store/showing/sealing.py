"""Seals as their keeper sees them: the drawn seal, days, custodian, the X.509 certificate, the log of uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.core.paginator import Page, Paginator
from django.utils.safestring import SafeString

from accounts.models import Department, User
from certificates.errors import SealRefused
from certificates.models import Seal, SealRequest, SealUse
from certificates.sealing import seals, statement
from certificates.states import SealStatus
from common import clock
from portal.web.components.parts import Row
from portal.web.components.seal import DEMO, image

ON_A_PAGE = 20
ALGORITHMS = {statement.ECDSA: "ECDSA P-256（SHA-256）", statement.SM2: "SM2（SM3）"}
SYSTEM = "系统"


class NoSuchSeal(SealRefused):
    """It does not exist, or belongs to another department: the answer is the same."""

    status = 404
    message = "没有找到这枚印章，或者它不属于您的单位。请从“电子印章”里重新进入。"


@dataclass(frozen=True, slots=True)
class Shown:
    """A seal and how it stands now."""

    seal: Seal
    pill: str
    words: str
    ends_soon: bool
    days_left: int

    @property
    def picture(self) -> SafeString:
        """Return the drawn seal."""
        return image(self.seal.department.name, DEMO if self.seal.is_demo else self.seal.name)

    @property
    def may(self) -> tuple[tuple[str, str, str], ...]:
        """Return what may be done with it: address name, word, kind of button."""
        if self.seal.status == SealStatus.DESTROYED:
            return ()
        back = ("store:seal_resume", "恢复使用", "second")
        first = back if self.seal.status == SealStatus.SUSPENDED else ("store:seal_suspend", "停用", "second")
        return (first, ("store:seal_destroy", "注销", "warn"))


@dataclass(frozen=True, slots=True)
class Used:
    """One line of the log."""

    use: SealUse
    who: str


def seals_of(department: Department) -> list[Shown]:
    """Return a department's seals, the one in use first, then the newest."""
    rows = Seal.objects.filter(department=department).select_related("department", "custodian")
    found = sorted(rows.order_by("-created_at", "pk"), key=lambda seal: seal.status != SealStatus.ACTIVE)
    return [_shown(seal) for seal in found]


def seal_of(department: Department, seal_id: UUID) -> Shown:
    """Return one seal of the department, or raise NoSuchSeal."""
    rows = Seal.objects.filter(department=department).select_related("department", "custodian")
    seal = rows.filter(pk=seal_id).first()
    if seal is None:
        raise NoSuchSeal
    return _shown(seal)


def open_request(department: Department) -> SealRequest | None:
    """Return the request that waits for the authority's answer."""
    waiting = SealRequest.objects.filter(department=department, seal=None, dropped_at=None)
    return waiting.select_related("department", "custodian").first()


def request_of(department: Department, asked_id: UUID) -> SealRequest:
    """Return one request of the department, or raise NoSuchSeal."""
    rows = SealRequest.objects.filter(department=department).select_related("department", "custodian")
    found = rows.filter(pk=asked_id).first()
    if found is None:
        raise NoSuchSeal
    return found


def facts(shown: Shown) -> list[Row]:
    """Return what is known of a seal and its certificate."""
    seal, leaf = shown.seal, x509.load_pem_x509_certificate(shown.seal.certificate_pem.encode())
    print_ = leaf.fingerprint(hashes.SHA256()).hex()
    return [
        Row("印章用途", seal.name),
        Row("保管人", seal.custodian.display_name),
        Row("有效期", f"{_day(seal.valid_from)} 至 {_day(seal.valid_until)}"),
        Row("签名算法", ALGORITHMS.get(seal.algorithm, seal.algorithm)),
        Row("密钥保管", "本系统（加密存放）" if seal.provider == "file" else seal.provider),
        Row("数字证书", _named(leaf.subject)),
        Row("颁发机构", _named(leaf.issuer)),
        Row("证书序列号", f"{leaf.serial_number:X}"),
        Row("证书指纹", " ".join(print_[at : at + 8] for at in range(0, len(print_), 8))),
        *([Row("停用或者注销的理由", seal.status_reason)] if seal.status_reason else []),
    ]


def uses(shown: Shown, *, page: str | None) -> Page[SealUse]:
    """Return a page of the log, the newest first."""
    rows = SealUse.objects.filter(seal=shown.seal).order_by("-at", "-pk")
    return Paginator(rows, ON_A_PAGE).get_page(page)


def used(rows: Page[SealUse]) -> list[Used]:
    """Return the lines of a page with who had the seal used."""
    ids = {row.actor.removeprefix("user:") for row in rows if row.actor.startswith("user:")}
    names = {f"user:{user.pk}": user.display_name for user in User.objects.filter(pk__in=ids)}
    return [Used(row, names.get(row.actor, SYSTEM)) for row in rows]


def _shown(seal: Seal) -> Shown:
    now = clock.now()
    left = (seal.valid_until - now).days
    soon = seal.status != SealStatus.DESTROYED and seal.valid_until <= now + seals.SOON
    if seal.status != SealStatus.ACTIVE:
        return Shown(seal, "neutral", str(SealStatus(seal.status).label), soon, left)
    if now >= seal.valid_until:
        return Shown(seal, "fail", "已到期", soon, left)
    return Shown(seal, "unknown" if soon else "pass", "即将到期" if soon else "启用", soon, left)


def _day(at: datetime) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d}"


def _named(name: x509.Name) -> str:
    found = [str(part.value) for part in name if part.oid != x509.NameOID.COUNTRY_NAME]
    return "，".join(dict.fromkeys(found))
