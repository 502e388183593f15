"""What importing, exporting and comparing whole stores may refuse, in words a keeper can act on."""

from __future__ import annotations

from accounts.signing.braking import Braked
from common.errors import DomainError


class NotTheirStore(DomainError):
    """No keeper of the issuing department, or not a type that department may issue: the same answer."""

    status = 403
    message = "您现在的岗位不能管理这类证照。请切换到颁发机构的证照管理员岗位，或者换一类证照。"


class UnknownIssuer(DomainError):
    """No department with this credit code, or none that may issue the type."""

    status = 422
    message = "没有登记过这个颁发机构，或者它不能颁发这类证照。请核对统一社会信用代码和证照类型。"


class OtherIssuer(DomainError):
    """The same file was begun as another issuer's."""

    status = 409
    message = "这个文件已经以另一个颁发机构导入过，不能再导入。请核对颁发机构。"


class NoSuchImport(DomainError):
    """Unknown, or another department's: the same answer."""

    status = 404
    message = "没有找到这次导入，或者它不归您现在的岗位管理。请从“存量导入”里打开。"


class NoSuchFile(DomainError):
    """Not among the files laid down for imports."""

    status = 404
    message = "服务器的导入文件夹里没有这个文件。请核对文件名，或者联系运维人员放好文件。"


class ReasonNeeded(DomainError):
    """Taking certificates out says why, in one sentence without anybody's number."""

    status = 422
    message = "请写明用途，不超过 200 个字，不要写任何人的身份证号码或手机号码。"


class Broken(DomainError):
    """A worker process ended in the middle; what is done is kept."""

    message = "导入中断了。已经入库的都在，请点“继续导入”；再次中断时请联系运维人员。"


class FilesBraked(Braked):
    """Too many files of one keeper: an import says of a name and a number whether they belong together."""

    words = "一天里导入和对账的文件太多，先停一停。请 {minutes} 分钟后再试，或者把这些行放进一个文件。"


class NothingToRelease(DomainError):
    """Not checked yet, released already, or stopped."""

    status = 409
    message = "这次导入现在不用复核。请刷新页面查看最新情况。"


class NotReleasedByYou(DomainError):
    """Who began it is not who releases it."""

    status = 403
    message = "导入要由本部门另一位证照管理员复核确认，不能由发起的人自己确认。"


class GivenUp(DomainError):
    """It failed again and again where it stands, for a reason that is ours to find."""

    message = (
        "在同一处多次出错，已经停下；做完的部分都在。"
        "请把文件名和时间告诉运维人员，修好以后再继续，不再需要的可以停止。"
    )


class Dropped(DomainError):
    """A keeper stopped it while a worker was at it."""

    status = 409
    message = "已经停止。需要的话请重新选择文件再开始。"


class FileChanged(DomainError):
    """Not the file any more whose first part is in: where it stopped means nothing in another file."""

    status = 409
    message = "文件在导入中途变了，不能接着导入。请把改好的文件另存为新文件，再重新导入；已经入库的不会重复。"
