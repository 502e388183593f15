"""What issuing, consent and looking up certificates may refuse, in words a citizen or clerk can act on."""

from __future__ import annotations

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
