"""What the check page says for each state of a certificate: the state first, the least about the holder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from certificates import checking
from certificates.checking import Checked, CheckState
from certificates.papers import examining
from certificates.papers.examining import Examined
from common import clock
from common.identifiers import InvalidIdentifier, certificate_identifier
from portal.web.components import wording
from portal.web.components.parts import Row

# state → kind of mark, icon, sentence
SAYS = {
    CheckState.VALID: ("pass", "circle-check", "这份证照真实，现在有效。"),
    CheckState.NOT_YET_VALID: ("warn", "clock", "这份证照真实，还没有到生效日期，现在不能用。"),
    CheckState.EXPIRED: ("warn", "clock", "这份证照真实，有效期已过，现在不能用。"),
    CheckState.REVOKED: ("stop", "circle-x", "这份证照曾经真实，已经失效，不能用。"),
    CheckState.SUPERSEDED: ("warn", "versions", "这份证照已被新的版本替代，请让对方出示新证照。"),
    CheckState.SUSPENDED: ("warn", "player-pause", "这份证照已暂停使用，现在不能用。"),
    CheckState.BROKEN: (
        "stop",
        "circle-x",
        "证照库里这份证照的内容或签章和颁发时不一致，不能用。请联系颁发机构。",
    ),
    CheckState.UNKNOWN: (
        "none",
        "help-circle",
        "证照库里没有这个标识。请核对后再查；仍查不到的，不要当作有效证照。",
    ),
}


# Brought in from the papers or the system of before: the store vouches that it stands there, and for nothing else.
UNSEALED = (
    "warn",
    "certificate",
    "证照库里登记有这份证照，现在有效。它没有电子签章；要紧的事，请再向颁发机构核实。",
)
SINCE = {
    CheckState.REVOKED: "失效日期",
    CheckState.SUPERSEDED: "替代日期",
    CheckState.SUSPENDED: "暂停日期",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The page: `kind` is pass only for a valid certificate; none for what was not found or could not be checked."""

    kind: str
    icon: str
    title: str
    says: str
    rows: tuple[Row, ...]
    at: datetime
    status: int = 200
    is_demo: bool = False


def tidy(text: str) -> str:
    """Return an identifier as people copy it, without spaces and line breaks."""
    return "".join(text.split())[:160]


def fault(identifier: str) -> str:
    """Return why this cannot be an identifier (GB/T 36904), or an empty text."""
    if "." not in identifier:
        return "电子证照标识是用“.”分段的一长串字符，印在证照最下面一行。请照着完整输入，或扫证照上的二维码。"
    try:
        certificate_identifier(identifier)
    except InvalidIdentifier as error:
        return error.message
    return ""


def answer(identifier_or_token: str, *, digest: str = "") -> Answer:
    """Return what the store says now; `digest` is of the content somebody holds in a file."""
    checked = checking.check(identifier_or_token, on=clock.today(), digest=digest)
    bare = checked.state is CheckState.VALID and not checked.sealed
    kind, icon, says = UNSEALED if bare else SAYS[checked.state]
    return Answer(
        kind=kind,
        icon=icon,
        title=f"已{checked.label}" if checked.state is CheckState.REVOKED else checked.label,
        says=says,
        rows=_rows(checked),
        at=checked.checked_at,
        status=404 if checked.state is CheckState.UNKNOWN else 200,
        is_demo=checked.is_demo,
    )


def answer_for_file(content: Iterable[bytes]) -> Answer:
    """Return what a file proves, and for a certificate what the store says of it now; green needs both."""
    found = examining.examine(content, on=clock.today())
    if found.sealed:
        return _without_data(found)
    if not found.genuine:
        says = f"{'；'.join(found.reasons)}。不要当作有效证照，请让对方重新出示。"
        return Answer("stop", "circle-x", "这份文件不可信", says, (), clock.now(), status=422)
    told = answer(str(found.terms.get("identifier")), digest=found.digest)
    return replace(told, rows=(*told.rows, *_sealed(found)))


def _without_data(found: Examined) -> Answer:
    """Answer for a decision or a notice, which is green only where this portal made that very file."""
    if found.made_here:
        says = "这份文书由本网制作，盖章以后没有改动。现在是否还有效，请问盖章单位。"
        return Answer("pass", "circle-check", "文件真实", says, _sealed(found), clock.now())
    says = f"{'；'.join(found.reasons)}。本网没有制作过这份文件，不要当作有效证照。"
    return Answer("warn", "help-circle", "不是本网的文件", says, _sealed(found), clock.now(), status=404)


def _sealed(found: Examined) -> tuple[Row, ...]:
    at = wording.iso_dt(datetime.fromisoformat(found.signed_at)) if found.signed_at else ""
    return (Row("文件上的签章", f"有效，{found.organ}" + (f"，{at}" if at else "")),)


def unanswered() -> Answer:
    """Return that the check itself failed: it says nothing about the certificate."""
    says = "证照库暂时没有响应，没有核验。这不说明证照有问题，也不说明证照有效，请稍后再查。"
    return Answer("none", "cloud-x", "没有核验成", says, (), clock.now(), status=503)


def _rows(checked: Checked) -> tuple[Row, ...]:
    if checked.state is CheckState.UNKNOWN:
        return ()
    until = wording.iso_date(checked.valid_until) if checked.valid_until else "长期"
    rows = [
        Row("证照类型", checked.type_name),
        Row("持证主体", checked.masked_holder),
        Row("颁发机构", checked.issuer_name),
    ]
    if checked.state is not CheckState.REVOKED:
        rows.append(Row("有效期至", until))
    if checked.changed_on is not None and checked.state in SINCE:
        rows.append(Row(SINCE[checked.state], wording.iso_date(checked.changed_on)))
    if checked.signature:
        rows.append(Row("电子签章", checked.signature))
    if (newest := checked.newest) is not None:
        version = f"第 {newest.version} 版"
        usable = newest.state is CheckState.VALID
        rows.append(Row("现行版本", version if usable else f"没有（{version}：{newest.label}）"))
    return tuple(rows)
