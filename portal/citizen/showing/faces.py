"""Certificates as cards: the face of one its holder opens, the short form of the wallet. States in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.http import HttpRequest
from django.urls import reverse

from accounts.acting.principals import Principal
from certificates import selectors as store
from certificates.models import Certificate
from certificates.sealing import seals
from certificates.states import CertificateStatus
from common import clock
from matters.covering.reading import issuing
from portal.web.components.icons import known_icons
from portal.web.components.parts import Act, CertificateFace
from portal.web.components.seal import DEMO

SOON = 60  # days before the end from which a certificate is called 即将到期
STATES = {
    CertificateStatus.SUSPENDED: "suspended",
    CertificateStatus.SUPERSEDED: "superseded",
    CertificateStatus.ANNULLED: "annulled",
    CertificateStatus.WITHDRAWN: "withdrawn",
    CertificateStatus.REVOKED: "revoked",
    CertificateStatus.CANCELLED: "cancelled",
}
RUNNING_OUT = frozenset({"expired", "soon"})
NOTES = {
    "superseded": "不能再用于办事，保留供您查看。",
    "expired": "已经过期，不能再用于办事。",
}
GROUPS = (("", "全部"), ("valid", "有效"), ("soon", "即将到期"), ("ended", "已失效"))


def state(certificate: Certificate, *, on: date) -> str:
    """Return the state as the card draws it."""
    status = CertificateStatus(certificate.status)
    if status != CertificateStatus.VALID:
        return STATES[status]
    if certificate.expired_on(on):
        return "expired"
    left = (certificate.valid_until - on).days if certificate.valid_until else SOON + 1
    return "soon" if left <= SOON else "valid"


def group(face_state: str) -> str:
    """Return the filter of the wallet a state belongs to."""
    return face_state if face_state in {"valid", "soon"} else "ended"


def validity(certificate: Certificate) -> str:
    """Return until when it is valid."""
    return f"{certificate.valid_until:%Y-%m-%d} 止" if certificate.valid_until else "长期"


def renewals(certificates: Iterable[Certificate], *, applicant: str, on: date) -> dict[str, str]:
    """Return the guides of the matters that renew what has run out or soon will, by type; one statement at most."""
    wanting = {one.type.slug for one in certificates if state(one, on=on) in RUNNING_OUT}
    found = issuing(wanting, applicant=applicant, on=on)
    ways = {slug: way.renewal or way.first for slug, way in found.items()}
    return {slug: reverse("public:guide", args=[one.code]) for slug, one in ways.items() if one is not None}


def short(
    certificate: Certificate,
    *,
    on: date,
    may_give: bool = False,
    shows: bool = True,
    renewals: Mapping[str, str] | None = None,
) -> CertificateFace:
    """Return the wallet's card: what stands outside the certificate, nothing is opened.

    `may_give`: who looks may let a body see it. `renewals`: where what runs out is renewed, by type.
    """
    face_state = state(certificate, on=on)
    address = reverse("citizen:certificate", args=[certificate.pk])
    show, give = _uses(certificate, face_state, may_give=may_give, shows=shows)
    where = (renewals or {}).get(certificate.type.slug, "") if face_state in RUNNING_OUT else ""
    version = f"，第 {certificate.version} 版" if certificate.version > 1 else ""
    return CertificateFace(
        title=certificate.type.name,
        state=face_state,
        rows=(("编号", certificate.number), ("有效期", f"{validity(certificate)}{version}")),
        number=certificate.number,
        issuer=certificate.issuer_name,
        icon=type_icon(certificate.type.icon),
        note=note(certificate, face_state, on=on),
        url=address,
        acts=(
            *(show or (Act("打开", address),)),
            *([Act("续办", where)] if where else []),
            *give,
            Act("记录", f"{reverse('citizen:uses')}?certificate={certificate.pk}"),
        ),
    )


def _uses(
    certificate: Certificate, face_state: str, *, may_give: bool, shows: bool
) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """Return the ways to show it at a window and to let a body see it, each none or one; what has ended has none."""
    if group(face_state) == "ended":
        return (), ()
    pick = f"{reverse('citizen:code_pick')}?types={certificate.type.slug}"
    give = f"{reverse('citizen:give_authorisation')}?certificate={certificate.pk}"
    show = (Act("亮证", pick, "qrcode"),) if shows else ()
    return show, (Act("授权", give, "shield-check"),) if may_give else ()


def note(certificate: Certificate, face_state: str, *, on: date) -> str:
    """Return what its holder should know about a certificate that is not simply valid."""
    if face_state == "soon" and certificate.valid_until:
        return f"还有 {(certificate.valid_until - on).days} 天到期。"
    if face_state == "expired" and certificate.valid_until and certificate.valid_until < on:
        return f"{NOTES['expired']}续办请找{certificate.issuer_name}。"
    if face_state in NOTES or face_state == "valid":
        return NOTES.get(face_state, "")
    at, ask = certificate.status_changed_at, f"如有疑问，请问{certificate.issuer_name}。"
    since = f"{cn_day(clock.day_of(at))}起" if at else ""
    said = certificate.status_reason.rstrip("。；;. ")
    reason = f"：{said}" if said else ""
    if face_state == "suspended":
        return f"{since}暂停使用{reason}。暂停期间不能用于办事；恢复后会发消息告诉您。{ask}"
    return f"{since}不能再用于办事{reason}。{ask}"


def face(
    request: HttpRequest,
    certificate: Certificate,
    *,
    viewer: Principal,
    on: date,
    opened: bool,
    may_give: bool = False,
) -> CertificateFace:
    """Return the full card of a certificate of the viewer's own; `opened`: it stands on its own page.

    `may_give`: who looks may let a body see it.
    """
    card = store.card(certificate, viewer=viewer)
    lines = [(line.label, line.text) for line in card.lines]
    face_state, shows = state(certificate, on=on), viewer.limits.sees_certificates
    show, give = _uses(certificate, face_state, may_give=may_give, shows=shows)
    own = (Act("打开证照", reverse("citizen:certificate", args=[certificate.pk]), "qrcode"),)
    records = (Act("用证记录", f"{reverse('citizen:uses')}?certificate={certificate.pk}", "history"),)
    return CertificateFace(
        title=card.type_name,
        state=face_state,
        rows=(
            *lines,
            ("颁发机构", certificate.issuer_name),
            ("颁发日期", cn_day(certificate.issued_on)),
            ("有效期", validity(certificate)),
        ),
        number=certificate.number,
        identifier=certificate.identifier,
        check_url=check_url(request, certificate),
        code_url=reverse("public:code", args=[certificate.check_token]),
        issuer=certificate.issuer_name,
        seal_text=certificate.issuer_name if certificate.seal_id else "",  # an imported one bears none
        seal_purpose=DEMO if certificate.is_demo else seals.NAME,
        icon=type_icon(certificate.type.icon),
        acts=show + give + records if opened else own + records,
    )


def check_url(request: HttpRequest, certificate: Certificate) -> str:
    """Return the public address that says whether the certificate is genuine and valid."""
    return request.build_absolute_uri(reverse("public:check_token", args=[certificate.check_token]))


def cn_day(day: date) -> str:
    """Return `2026 年 11 月 20 日`."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def type_icon(name: str) -> str:
    """Return the icon a certificate type asks for, or the common one: types are data, icons come with the look."""
    return name if name in known_icons() else "certificate"
