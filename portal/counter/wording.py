"""What an application may be refused for, in words for the clerk: elsewhere the same is said to the holder."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.organising import OrganisationClosed
from approvals.applying.taking import AgreementOver
from approvals.errors import (
    AlreadyOpen,
    NoSuchDraft,
    NotAcceptingApplications,
    NotInMandate,
    NotVerified,
    WrongApplicant,
)
from certificates.presenting.errors import NoLongerActs
from common.errors import DomainError

WORDS: Mapping[type[DomainError], str] = {
    AlreadyOpen: "群众已有一件同样的申请正在办理，不能再收一件。请群众在手机“我的办件”里看进度。",
    NoSuchDraft: (
        "这份申请已经不在了，可能群众在手机上提交了，或者删除了。"
        "请群众在手机“我的办件”里看；还要办的，请群众重新亮码再扫。"
    ),
    NotAcceptingApplications: "这个事项现在暂停受理。请告诉群众在办事指南里看什么时候恢复。",
    NotInMandate: "亮证的人得到的授权里没有这个事项，不能替对方办。请对方本人来，或者请对方在手机上重新授权。",
    NotVerified: "亮证的人还没有实名认证，不能用亮证码申请。请群众先实名认证，或者出示实体证件在窗口办。",
    OrganisationClosed: "这家单位已经注销，不能再办事。群众还可以在手机上查看它的办件和证照。",
    WrongApplicant: "这个事项不是这类申请人办的。请选别的事项，或者请群众换一个身份亮码。",
}
REFUSALS: tuple[type[DomainError], ...] = (
    AgreementOver,
    NoLongerActs,
    *WORDS,
)  # the first two speak to the clerk by themselves


def for_clerk(refusal: DomainError) -> str:
    """Return what the clerk reads: what is the matter with the application of who stands there, and what to do."""
    return WORDS.get(type(refusal), refusal.message)
