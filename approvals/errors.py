"""What can go wrong in a case, in words that say what to do. Caught once, at the edge."""

from __future__ import annotations

from collections.abc import Collection

from common.errors import DomainError


class NoSuchApplication(DomainError):
    """Unknown, or somebody else's: the answer is the same, so that references cannot be probed."""

    status = 404
    message = "没有找到这件办件。请从“我的办件”里打开，或核对件号。"


class NoSuchDraft(DomainError):
    """The draft was submitted, discarded, or is somebody else's."""

    status = 404
    message = "没有找到这份草稿，可能已经提交。请到“我的办件”里查看。"


class WrongApplicant(DomainError):
    """A matter for organisations opened as a person, or the other way round."""

    status = 403
    message = "这个事项不是以您现在的身份申请的。请在页面右上角切换办事身份后再办理。"


class NotVerified(DomainError):
    """Who acts has not shown who they are (行政许可法 art. 31: true materials; a real name is the first of them)."""

    status = 403
    message = (
        "您还没有实名认证，不能网上申请。请退出后从“省统一身份认证平台”登录，在平台上完成实名认证；"
        "也可以带身份证到政务服务中心窗口办。"
    )


class NotInMandate(DomainError):
    """The mandate of who acts names other matters (民法典 art. 171: beyond it the act does not bind the principal)."""

    status = 403
    message = "授权里没有这个事项，您不能替对方办。需要办的，请对方在“我的”里重新授权。"


class NotAcceptingApplications(DomainError):
    """The matter has no edition in force."""

    status = 409
    message = "这个事项现在暂停受理。请查看办事指南，或拨打 12345 咨询。"


class StillOpen(DomainError):
    """An organisation ends only when none of its cases waits any more."""

    status = 409

    def __init__(self, name: str, reference: str) -> None:
        super().__init__(
            f"这家单位的“{name}”（{reference}）还没有办完，现在不能注销。请等它办结，或者请单位先撤回。"
        )


class AlreadyOpen(DomainError):
    """One open application a principal and matter."""

    status = 409

    def __init__(self, reference: str) -> None:
        super().__init__("您已有一件同样的申请正在办理，不用再交一次。请到“我的办件”里查看进度。")
        self.reference = reference


class Incomplete(DomainError):
    """Answers are missing or no longer fit the form; nothing was submitted and nothing was lost."""

    status = 422

    def __init__(self, page: int) -> None:
        super().__init__("还有问题没有填完，已填的内容都保留着。请补完再提交。")
        self.page = page


class TooManyFiles(DomainError):
    """A question takes only so many files."""

    status = 422

    def __init__(self, limit: int) -> None:
        super().__init__(f"这里最多传 {limit} 个文件。请先删除一个，再上传新的。")


class Unchanged(DomainError):
    """A notice was answered with what stood there before: the machine would only find the same again."""

    status = 422

    def __init__(self, fields: Collection[str]) -> None:
        super().__init__("要补正的内容和原来一样，没有改动。请改正；确认没有错的，可以请工作人员核实。")
        self.fields = fields


class NotAllowed(DomainError):
    """The state of the case does not allow the act."""

    status = 409
    message = "这件办件的状态已经变化，不能再做这一步。请刷新页面查看最新情况。"


class NotYours(DomainError):
    """The post does not cover the act, or it is the officer's own case."""

    status = 403
    message = "您的岗位不能办理这件办件，或这是您本人的申请。请转给同事办理。"


class ReasonRequired(DomainError):
    """Every decision needs reasons; whether a law on licences says so depends on the matter."""

    status = 422
    message = "请写明理由：作出决定必须说明理由。"


class PurposeRequired(DomainError):
    """Looking at what identifies an applicant needs a purpose, which the applicant reads (个人信息保护法 art. 6)."""

    status = 422
    message = "请写明为什么要查看，至少 5 个字，让申请人看得明白。"


class PurposeNamesPerson(PurposeRequired):
    """The purpose stands in the applicant's record in clear: no names, no numbers."""

    message = "理由里不要写姓名和号码：申请人会在办理过程里看到这句话，只写为什么要查看。"


class FieldsRequired(DomainError):
    """The certificate would lack fields that could not be read; the officer who grants supplies them."""

    status = 422
    message = "证照上有内容系统没有取得，请先核实并填写，再作出准予决定。"


class OutcomeRequired(DomainError):
    """The machine could not choose a row of the outcome table; the officer must."""

    status = 422
    message = "系统没能确定批准内容，请先选择适用的标准。"


class OutcomeContradicted(DomainError):
    """What is known rules the row out, or every row: an officer judges what is unknown, not against what is known."""

    status = 422

    def __init__(self, possible: Collection[int]) -> None:
        other = "请从还可能适用的标准里选择。" if possible else "没有一行标准适用，不能准予。"
        super().__init__(f"这一行标准和已查明的情况不符。{other}查到的情况有误的，请先更正来源，再重新核验。")


class FailedChecksOverridden(DomainError):
    """A grant over checks that failed is said out loud, with a full sentence of reasons."""

    status = 422

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(
            f"{'、'.join(names)}核验不通过。仍要准予的，请确认已另行核实，并用一句完整的话写明依据。"
        )


class NotAsShown(DomainError):
    """What the holder confirms on the phone is not what would be filed: it was changed, or is not asked any longer."""

    message = "窗口改过内容，或者时间已经到了，没有提交。请按手机上现在显示的再核对一遍。"


class NoLetter(DomainError):
    """There is no decision, or nothing is asked for, that a letter could say."""

    status = 404
    message = "这件事现在没有可以下载的文书。请在“我的办件”里查看办理情况。"
