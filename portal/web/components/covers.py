"""What the store covers for an applicant before anything is applied for, in words, and what to do where it does not.

That a certificate exists, and until when, is no use of it: no field is read, no use recorded (architecture, 5).
Asked anew with every page, so that what ends or rests is seen at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse

from accounts.acting.principals import Principal
from certificates import selectors
from certificates.holding.choosing import Choice, choose
from certificates.models import Authorisation, Certificate, CertificateType
from certificates.states import AuthorisationStatus, CertificateStatus
from common import workdays
from matters.covering import reading
from matters.covering.reading import Issuing
from matters.editions import Compiled
from matters.models import Matter
from portal.web.components import wording
from rules import UnknownReason, reason_text

SOON = timedelta(days=30)
EXPIRED = "已过期"


@dataclass(frozen=True, slots=True)
class Cover:
    """The state of one type for one applicant, in words, with what to do.

    `state`: held, soon (runs out), barred (held, but its use was not agreed to) or wanting. `chip`: kind and words.
    """

    state: str
    words: str
    chip: tuple[str, str] = ("valid", "有效")
    advice: str = ""
    act: str = ""
    url: str = ""

    @property
    def usable(self) -> bool:
        """Return whether the machine can rely on it today."""
        return self.state in {"held", "soon"}


MISSING = Cover("wanting", "证照库里没有", ("old", "库里没有"))


@dataclass(frozen=True, slots=True)
class Applying:
    """The matter the applicant would apply for, the day an answer is promised for, and what was agreed to before.

    `asked` are the types whose fields are looked at: only of them is said what to do. `open`: handed in already.
    """

    matter: Matter
    promised: date
    asked: frozenset[str]
    consent: Authorisation | None = None
    open: bool = False

    def by(self, on: date) -> date:
        """Return until when a certificate should last: 30 days, or the day promised if that is later."""
        return max(on + SOON, self.promised)

    def barred(self, on: date) -> str:
        """Return in words why the use is not allowed; empty where it is, or was not asked about yet."""
        if self.consent is None:
            return ""
        if self.consent.status == AuthorisationStatus.REFUSED:
            return "您没有同意使用"
        if self.consent.status != AuthorisationStatus.GRANTED:
            return "您撤回了授权"
        return "授权已经到期" if on > self.consent.until else ""


def applying_for(
    matter: Matter, compiled: Compiled, *, on: date, consent: Authorisation | None = None, open_: bool = False
) -> Applying:
    """Return what the applicant would apply for, by the edition they would apply under."""
    package = compiled.package
    stand_in = {each.certificate for one in package.materials for each in one.replaced_by if each.certificate}
    asked = frozenset(slug for slug, fields in compiled.certificates.items() if fields or slug in stand_in)
    promised = workdays.add_workdays(on, package.guide.committed.workdays)
    return Applying(matter, promised, asked, consent, open_)


def covers(
    principal: Principal, *, slugs: Iterable[str], on: date, applying: Applying | None = None
) -> dict[str, Cover]:
    """Return slug → what the principal holds of it; a person's own types stay theirs when they act for a business.

    Two statements at most for what is held; two more where something lacks, for where to get it.
    """
    wanted = list(dict.fromkeys(slugs))
    rows = list(selectors.held_by(person=principal.person).filter(type__slug__in=wanted))
    if principal.organisation is not None:
        rows += selectors.held_by(organisation=principal.organisation).filter(type__slug__in=wanted)
    held: dict[str, list[Certificate]] = {slug: [] for slug in wanted}
    for certificate in rows:
        held[certificate.type.slug].append(certificate)
    chosen = {slug: choose(found, on=on) for slug, found in held.items()}
    by = applying.by(on) if applying else on + SOON
    found = {slug: _cover(choice, on, by) for slug, choice in chosen.items()}
    ways = _ways(found, chosen, principal=principal, on=on, applying=applying) if applying else {}
    advised = {slug: _advice(cover, ways.get(slug), applying) for slug, cover in found.items()}
    if applying is None or not (why := applying.barred(on)):
        return advised
    barred = applying.asked & advised.keys()
    return advised | {slug: _barred(advised[slug], applying, why) for slug in barred}


def _cover(choice: Choice, on: date, by: date) -> Cover:
    """Say the choice that the machine would make, in words."""
    if choice.reason is UnknownReason.NOT_HELD:
        return MISSING
    if choice.certificate is None or choice.reason is not None:
        return Cover("wanting", *_wanting(choice, on))
    until = choice.certificate.valid_until
    if until is None:
        return Cover("held", "有效，长期")
    if until <= by:
        return Cover("soon", f"有效，{wording.cn_date(until)}到期", ("soon", "快到期"))
    return Cover("held", f"有效期至 {wording.iso_date(until)}")


def _wanting(choice: Choice, on: date) -> tuple[str, tuple[str, str]]:
    held = choice.certificate
    run_out = held is not None and held.valid_until is not None and held.valid_until < on
    if choice.reason is UnknownReason.EXPIRED and run_out:
        return f"{choice.detail}，已过期", ("dead", EXPIRED)
    words = choice.detail or reason_text(choice.reason)
    if held is None:
        return words, ("soon", "要核对")
    status = CertificateStatus(held.status)
    if status == CertificateStatus.SUSPENDED:
        return words, ("soon", "暂停使用")
    return words, ("dead", f"已{status.label}") if status != CertificateStatus.VALID else ("old", "还没生效")


@dataclass(frozen=True, slots=True)
class _Way:
    """Where a certificate that lacks can be had: from a matter of this portal, or from the body that issues it."""

    giving: Issuing
    body: str
    until: date | None


def _ways(
    found: Mapping[str, Cover],
    chosen: Mapping[str, Choice],
    *,
    principal: Principal,
    on: date,
    applying: Applying,
) -> dict[str, _Way]:
    lacking = [slug for slug, cover in found.items() if cover.state != "held" and slug in applying.asked]
    if not lacking:
        return {}
    giving = reading.issuing(lacking, applicant=principal.kind, on=on, but=applying.matter.code)
    never = [slug for slug in lacking if chosen[slug].certificate is None]
    kinds = CertificateType.objects.filter(slug__in=never) if never else CertificateType.objects.none()
    bodies = dict(kinds.order_by("slug").values_list("slug", "definer_name"))
    ways = {}
    for slug in lacking:
        held = chosen[slug].certificate
        body = held.issuer_name if held else bodies.get(slug, "")
        ways[slug] = _Way(giving.get(slug, Issuing()), body, held.valid_until if held else None)
    return ways


def _advice(cover: Cover, way: _Way | None, applying: Applying | None) -> Cover:
    """Add to what lacks, or soon will, what to do."""
    if way is None:
        return cover
    renewal = way.giving.renewal or way.giving.first
    if cover.state == "soon":
        early = applying is not None and way.until is not None and way.until < applying.promised
        said = "承诺办结以前就会到期，请先续办" if early else "现在可以用，最好先续办"
        return _with(cover, said, renewal, act="去续办", body=way.body)
    if cover.chip[1] == EXPIRED:
        return _with(cover, "续办后就能用", renewal, act="去续办", body=way.body)
    if cover.chip == MISSING.chip:
        return _with(cover, "办好后就能用", way.giving.first, act="去办理", body=way.body)
    return replace(cover, advice=f"要恢复或者重办的，请找{way.body}" if way.body else "")


def _with(cover: Cover, said: str, matter: Matter | None, *, act: str, body: str) -> Cover:
    if matter is not None:
        address = reverse("public:guide", args=[matter.code])
        return replace(cover, advice=said, act=f"{act}：{matter.name}", url=address)
    return replace(cover, advice=f"{said}，请找{body}" if body else said)


def _barred(cover: Cover, applying: Applying, why: str) -> Cover:
    """Say of what is held that its use was refused or withdrawn, and where to allow it while that can be changed."""
    if not cover.usable:
        return cover
    barred = Cover("barred", f"{cover.words}，但{why}", ("soon", "没有授权"))
    if applying.open:
        return replace(barred, advice="正在办的这件，由工作人员核对，您不用补交")
    address = reverse("citizen:consent", args=[applying.matter.code])
    advice = "同意后就不用带；不同意也能办，由工作人员核对"
    return replace(barred, advice=advice, act="重新选择是否同意", url=address)
