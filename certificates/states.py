"""The life of a certificate. `expired` is derived from the date and is no state."""

from __future__ import annotations

from django.db import models


class CertificateStatus(models.TextChoices):
    """The legal endings are kept apart (行政许可法 art. 69, 70, 79)."""

    VALID = "valid", "有效"
    SUSPENDED = "suspended", "暂停使用"
    SUPERSEDED = "superseded", "被替代"
    ANNULLED = "annulled", "撤销"
    WITHDRAWN = "withdrawn", "撤回"
    REVOKED = "revoked", "吊销"
    CANCELLED = "cancelled", "注销"


IN_HAND = (CertificateStatus.VALID, CertificateStatus.SUSPENDED)  # its holder has no second one meanwhile
ENDED = frozenset(
    {
        CertificateStatus.ANNULLED,
        CertificateStatus.WITHDRAWN,
        CertificateStatus.REVOKED,
        CertificateStatus.CANCELLED,
    }
)
TRANSITIONS: dict[CertificateStatus, frozenset[CertificateStatus]] = {
    CertificateStatus.VALID: ENDED | {CertificateStatus.SUSPENDED, CertificateStatus.SUPERSEDED},
    CertificateStatus.SUSPENDED: ENDED | {CertificateStatus.VALID},
    CertificateStatus.SUPERSEDED: frozenset(),
    **{ended: frozenset() for ended in ENDED},
}


class EndingStatus(models.TextChoices):
    """How far an ending has come that a keeper proposed."""

    OPEN = "open", "等待复核"
    CONFIRMED = "confirmed", "已确认"
    DROPPED = "dropped", "已取消"


class TypeKind(models.TextChoices):
    """What sort of paper a type stands for (DB44/T 2167.2, license_type)."""

    LICENCE = "licence", "证照执照"
    PROOF = "proof", "证明文件"
    APPROVAL = "approval", "批文批复"
    REPORT = "report", "鉴定报告"
    RESULT = "result", "办事结果"


class TrustLevel(models.TextChoices):
    """How far a type is to be trusted (elecLicenseLevel): A stands for the original, D is for reference only."""

    A = "A", "A 级：与实体证照同等效力"
    B = "B", "B 级：由发证机关数据生成"
    C = "C", "C 级：由实体证照扫描、核对后录入"
    D = "D", "D 级：仅供参考"


class SealStatus(models.TextChoices):
    """Whether an organ's seal may be used; running out is derived from its days and is no state."""

    ACTIVE = "active", "启用"
    SUSPENDED = "suspended", "停用"
    DESTROYED = "destroyed", "已注销"


class SealPurpose(models.TextChoices):
    """What a seal was put to."""

    CERTIFICATE = "certificate", "签发电子证照"
    COPY = "copy", "制作证照文件"
    DOCUMENT = "document", "制作文书"


class ImportState(models.TextChoices):
    """How far the import of a file has come."""

    CHECKING = "checking", "正在检查"
    REVIEW = "review", "等待复核"
    WAITING = "waiting", "等待导入"
    RUNNING = "running", "正在导入"
    DONE = "done", "已导入"
    FAILED = "failed", "没有完成"
    DROPPED = "dropped", "已停止"


IMPORTING = (ImportState.CHECKING, ImportState.WAITING, ImportState.RUNNING)  # a worker is at it, or will be


class FileOrigin(models.TextChoices):
    """Where a file of certificates lies."""

    UPLOAD = "upload", "网页上传"
    SERVER = "server", "服务器上的文件"
    COMMAND = "command", "命令行"


class AuthorisationKind(models.TextChoices):
    """What a consent was given for."""

    CASE = "case", "为一件事"
    PURPOSE = "purpose", "为一种用途"


class ScanStatus(models.TextChoices):
    """How far a presentation code that was scanned has come: only AGREED opens anything."""

    SCANNED = "scanned", "已扫码"
    ASKED = "asked", "等待同意"
    AGREED = "agreed", "已同意"
    REFUSED = "refused", "已拒绝"
    ENDED = "ended", "已结束"


class MisuseFinding(models.TextChoices):
    """What a supervisor found when a holder reported a use."""

    PROPER = "proper", "属于正常使用"
    IMPROPER = "improper", "属于不当使用，已处理"
    UNCLEAR = "unclear", "没有查清"


class AuthorisationStatus(models.TextChoices):
    """A refusal is kept too. ENDED: the case it was given for is closed. USED: it was given for one use."""

    GRANTED = "granted", "已授权"
    REFUSED = "refused", "不同意"
    REVOKED = "revoked", "已撤回"
    ENDED = "ended", "已结束"
    USED = "used", "已使用一次"


class UseOutcome(models.TextChoices):
    """What a look at a certificate found."""

    FOUND = "found", "已读取"
    NOT_HELD = "not_held", "未持有"
    EXPIRED = "expired", "已过期"
    REVOKED = "revoked", "已失效"
    AMBIGUOUS = "ambiguous", "有多个候选"
    UNREADABLE = "unreadable", "内容与签发时不一致"
    UNAUTHORISED = "unauthorised", "未授权"
    DECLINED = "declined", "持证人拒绝"
    NOT_ALLOWED = "not_allowed", "不允许查验"


class UseMode(models.TextChoices):
    """On what ground a certificate was looked at."""

    AUTHORISED = "authorised", "持证人授权"
    STATUTORY = "statutory", "依职能查验"
    PRESENTED = "presented", "亮证扫码"
    EXPORTED = "exported", "成批导出"
