"""What issuing, consent and looking up certificates may refuse, in words a citizen or clerk can act on."""

from __future__ import annotations

from accounts.signing.braking import Braked
from common.errors import DomainError


class AlreadyHeld(DomainError):
    """An exclusive type is held already: one valid certificate a holder."""

    def __init__(self, type_name: str) -> None:
        super().__init__(
            f"名下已有有效的{type_name}，不能再发一张。需要更改内容的，请申请变更；已暂停使用的，请先申请恢复。"
        )


class AlreadyIssued(DomainError):
    """The decision has issued its certificate before."""

    message = "这项决定已经签发过证照，不会重复签发。请刷新页面查看。"


class NumberTaken(DomainError):
    """Another certificate of the type has this number and version."""

    message = "证照编号已被使用，请核对编号后重试。"


class NothingToRenew(DomainError):
    """A new version needs exactly one valid certificate of the type."""

    def __init__(self, type_name: str) -> None:
        super().__init__(f"没有找到可以变更的{type_name}，或者名下有多张。请联系发证机关核对。")


class NothingToEnd(DomainError):
    """An ending needs exactly one certificate of the type in its holder's hand."""

    def __init__(self, type_name: str) -> None:
        super().__init__(f"没有找到可以注销的{type_name}，或者名下有多张。请联系发证机关核对。")


class UnknownType(DomainError):
    """No certificate type has this slug."""

    status = 404

    def __init__(self, slug: str) -> None:
        super().__init__(f"没有登记过证照类型“{slug}”。请先导入证照类型。")


class InvalidFields(DomainError):
    """Values that the type's schema does not allow; `fields` names them."""

    status = 400

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        told = "；".join(f"{name}：{message}" for name, message in fields.items())
        super().__init__(f"证照内容不符合规定。{told}")


class InvalidMove(DomainError):
    """The status does not lead there."""

    def __init__(self, *, was: str, to: str) -> None:
        super().__init__(f"证照现在是“{was}”，不能改为“{to}”。")


class AlreadyAuthorised(DomainError):
    """A case has one granted authorisation."""

    message = "这件事已经授权过，不用再次授权。请刷新页面。"


class NotYours(DomainError):
    """It does not exist, or belongs to someone else: the answer is the same."""

    status = 404
    message = "没有找到，或者不是您名下的。请从“我的证照”里重新进入。"


class NotYoursToGive(DomainError):
    """A mandate for named matters, or without the certificates, does not reach as far as a consent for a purpose."""

    status = 403
    message = "这项授权要由持证人本人，或者能看全部证照的经办人来给。您的代办授权不包括这一项。"


class CannotConsent(DomainError):
    """What was to be consented to is not clear enough to be a consent (PIPL art. 14: informed, voluntary, explicit)."""

    status = 422


class ReasonRequired(DomainError):
    """A look by duty says why, in words the holder will read, and names nobody."""

    status = 422

    def __init__(self, *, shortest: int, longest: int) -> None:
        super().__init__(
            f"请写明为什么查看，{shortest} 到 {longest} 个字。持证人会看到这句话，所以不要写姓名和号码。"
        )


class CaseOrMatterRequired(DomainError):
    """Without a case or a matter there is no duty to look (国务院令第716号 art. 7)."""

    status = 422
    message = "请写明为哪一件办件或者哪一个事项查看。"


class NotAtWork(DomainError):
    """No post of a body is held: nobody looks at another's certificates as a private person."""

    status = 403
    message = "您现在的岗位没有所属单位，不能查验证照。请先切换到单位的岗位。"


class LookBraked(Braked):
    """Too many holders looked for from one account: nobody leafs through a district's people."""

    words = "短时间内查验的次数太多，先停一停。请 {minutes} 分钟后再查。"


class NothingToReport(DomainError):
    """The record was reported before, or the report has been answered."""

    message = "这一条已经报告过，不用再报告。处理到哪一步，可以在用证记录里看。"


class NotYoursToAnswer(DomainError):
    """No report, or none of this supervisor's: the same answer."""

    status = 404
    message = "没有找到这份报告，或者它不归您处理。请从列表里打开。"


class WordsRequired(DomainError):
    """A report, and the answer to it, is said in words."""

    status = 422

    def __init__(self, *, shortest: int, longest: int) -> None:
        super().__init__(f"请写清楚，{shortest} 到 {longest} 个字。")


class NoUsableSeal(DomainError):
    """The issuing organ has no seal that may sign now: none, out of use, run out, or its key cannot be reached."""

    def __init__(self, issuer_name: str) -> None:
        super().__init__(
            f"{issuer_name}现在没有可以使用的电子印章，证照还不能签发，办件原样保留。"
            "请本单位的证照管理员到“证照库—电子印章”启用或者更换印章，再来办理。"
        )


class NotTheKeeper(DomainError):
    """Seals are in the hands of the keeper of their own department."""

    status = 403
    message = "只有本单位的证照管理员能管理这枚电子印章。"


class SealRefused(DomainError):
    """The state of a seal does not allow this."""


class SealCertificateRefused(DomainError):
    """A certificate for a seal that is not what was asked for, or not from a trusted authority."""

    status = 400


class NotYourStore(DomainError):
    """No certificate or proposal, or another department's: the same answer."""

    status = 404
    message = "没有找到，或者不是本部门签发的证照。请核对后从“查找证照”进入。"


class OwnCertificate(DomainError):
    """Nobody changes their own certificate, their household's, or that of an organisation they act for."""

    status = 403
    message = "这张证照是您本人、家人或者您代办单位的，请由同事办理。"


class AlreadyProposed(DomainError):
    """One open proposal a certificate."""

    message = "这张证照已经有一项等待复核的处理，请先确认或者取消那一项。"


class NotSettledByYou(DomainError):
    """Who proposes an ending does not confirm it (四眼)."""

    status = 403
    message = "您提出的处理要由本部门另一位证照管理员复核确认。"


class Settled(DomainError):
    """A colleague was quicker."""

    message = "这项处理已经有结果了，请刷新页面查看。"


class WordsOfEnding(DomainError):
    """An ending names its decision and the law."""

    status = 400
    message = "请写明决定文号和法律依据。"


class MoveReasonRequired(DomainError):
    """A change of a certificate says why, in words the holder will read, and names nobody."""

    status = 400

    def __init__(self, *, shortest: int, longest: int) -> None:
        super().__init__(
            f"请写明理由，{shortest} 到 {longest} 个字。持证人会看到这句话，所以不要写姓名和号码。"
        )


class NoPaper(DomainError):
    """Only a certificate that stands is handed out as a paper."""

    def __init__(self, label: str) -> None:
        super().__init__(f"证照现在是“{label}”，不能下载证照文件。")


class NotSealedNow(DomainError):
    """The organ has no seal that can be used now, so its paper cannot be made."""

    status = 503

    def __init__(self, organ: str) -> None:
        super().__init__(f"{organ}的电子印章暂时不能使用，现在做不出文件。请过一会儿再下载，或拨打 12345。")


class NothingToChange(DomainError):
    """A new version differs from the old one."""

    status = 400
    message = "没有填写要更改的内容。只延长有效期的，请选“延续”。"
