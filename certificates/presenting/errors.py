"""What showing and scanning may refuse, in words that say what to do at the window or on the phone."""

from __future__ import annotations

from accounts.signing.braking import Braked
from common.errors import DomainError


class MayNotShow(DomainError):
    """Who acts for another may not see that one's certificates, so may not show them either."""

    status = 403
    message = "您的授权不包括使用对方的证照，不能替对方亮证。请对方本人亮证，或者重新给您授权。"


class NotProven(DomainError):
    """The name of who shows was never compared with their number."""

    status = 403
    message = "您还没有实名认证，不能亮证。请先完成实名认证，或者在窗口出示实体证件。"


class BeganTooOften(Braked):
    """Too many codes asked for in a short time."""

    words = "短时间内换码的次数太多，先停一停。请 {minutes} 分钟后再试，或者在窗口出示实体证件。"


class NotOurCode(DomainError):
    """What was scanned is no presentation code at all."""

    status = 422
    message = "这不是亮证码。请群众在手机上打开“亮码”，再扫屏幕上的二维码。"


class NotHeard(NotOurCode):
    """Digits nobody shows this minute: misheard, mistyped, or their minute is over."""

    message = "没有对上这串数字：可能听错、输错，或者已经换码。请群众再读一遍手机上现在显示的 10 位数字。"


class PublicCheckCode(NotOurCode):
    """The code printed on a certificate: it says whether that is genuine, and opens nothing."""

    message = (
        "这是印在证照上的验证码，只能查真伪，不能用来看证照。请群众在手机上打开“亮码”，再扫屏幕上的二维码。"
    )


class ForgedCode(DomainError):
    """It looks like one of ours, but was not made from the secret it names."""

    status = 422
    message = "这个码不是从本系统发出的，不能用。请群众当面重新打开“亮码”再扫；还是这样的，请核对实体证件。"


class ExpiredCode(DomainError):
    """Its minute has passed: a photograph, a screenshot, a phone that lay still."""

    message = "这个码已经过期：一个码只显示 60 秒，拍下来、截屏的都不能用。请扫手机上现在显示的码。"


class ReplacedCode(DomainError):
    """A newer code was begun, or the showing ended."""

    message = "这个码已经换掉或者结束了。请扫手机上现在显示的码；没有码的，请群众重新打开“亮码”。"


class UsedCode(DomainError):
    """It was scanned before: a code opens one window, once."""

    def __init__(self, window: str) -> None:
        super().__init__(f"这个码已经在 {window}扫过，一个码只能用一次。请群众按“换码”，再扫新的码。")


class OwnCode(DomainError):
    """Nobody serves themselves."""

    status = 403
    message = "这是您自己的证照，或者是您替别人亮的，不能自己扫。请到别的窗口办理。"


class NoLongerActs(DomainError):
    """Who shows another one's certificates has no right to any more: the window is told, in its own words."""

    status = 403
    message = "亮证的人已经没有代办的权利，不能用对方的证照。请对方本人亮码，或者出示实体证件。"


class ScanBraked(Braked):
    """Too many codes scanned: nobody finds one by trying."""

    words = "短时间内扫码的次数太多，先停一停。请 {minutes} 分钟后再扫；着急的请核对实体证件。"


class NotAtWindow(DomainError):
    """Not acting as a clerk, or not at a window."""

    status = 403
    message = "只有在窗口上班的窗口人员能扫亮证码。请先切换岗位，填好窗口号。"


class NoSuchScan(DomainError):
    """Unknown, or somebody else's affair: the answer is the same."""

    status = 404
    message = "没有找到这次扫码，可能已经结束。请群众重新打开“亮码”再扫。"


class OtherWindow(DomainError):
    """A scan belongs to the clerk, the post and the window that made it."""

    status = 403

    def __init__(self, window: str) -> None:
        super().__init__(
            f"这次扫码是 {window}的，只有当时扫码的人在 {window}能看。请群众重新亮码，在您的窗口再扫一次。"
        )


class CannotAskNow(DomainError):
    """Asked before, answered, or too long after the scan."""

    message = "这次扫码已经问过，或者等得太久了。请群众换一个码，再扫一次。"


class CannotAskThat(DomainError):
    """Nothing to ask for, what the holder did not choose to show, or a purpose too long or missing."""

    status = 422


class AnsweredTooLate(DomainError):
    """The question has lapsed, or the window took it back."""

    message = "窗口的请求已经结束，这次没有给出任何证照。还要办的，请换一个新码给窗口再扫。"


class AlreadyAnswered(DomainError):
    """The other answer stands."""

    def __init__(self, said: str) -> None:
        super().__init__(f"您已经回答过：{said}。要改的，请换一个新码给窗口再扫。")


class LookRefused(DomainError):
    """The window may not look now; what it may do instead."""

    status = 403
