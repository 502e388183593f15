"""统一社会信用代码 (GB 32100-2015) of bodies, with the organisation code inside it (GB 11714)."""

from __future__ import annotations

from stdnum.cn import uscc

from common.identifiers.base import InvalidIdentifier, Kind, tidy

CREDIT_CODE_CHARSET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, Z, S, V
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
_FIRST_TWO = {  # GB 32100-2015: registering department, then the kinds of body it registers
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "129",
    "7": "129",
    "8": "19",
    "9": "1239",
    "A": "19",
    "N": "1239",
    "Y": "1",
}
_BLOCKS = {"1": "MB", "5": "MJ"}  # first letters of new organisation codes, by department; the rest use MA


def credit_code(text: str) -> str:
    """Check a 统一社会信用代码 (GB 32100-2015), both check characters, and return it without spaces, in capitals."""
    code = tidy(text).upper()
    if len(code) != 18:
        raise _credit("length", "统一社会信用代码应为 18 位，请对照营业执照或登记证书填写")
    if set(code) - set(CREDIT_CODE_CHARSET):
        raise _credit(
            "characters", "统一社会信用代码由数字和大写字母组成，不含字母 I、O、Z、S、V，请核对后重新填写"
        )
    if code[1] not in _FIRST_TWO.get(code[0], "") or not code[2:8].isdigit():
        raise _credit("form", "统一社会信用代码前 8 位不符合编码规则，请核对后重新填写")
    if code[-1] != uscc.calc_check_digit(code) or code[16] != organisation_check(code[8:16]):
        raise _credit("check", "统一社会信用代码有误（校验位不符），请逐位核对后重新填写")
    return code


def _credit(reason: str, message: str) -> InvalidIdentifier:
    return InvalidIdentifier(Kind.CREDIT_CODE, reason, message)


def organisation_check(body: str) -> str:
    """Return the check character of an 8-character 组织机构代码 body (GB 11714, MOD 11)."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def make_credit_code(prefix: str, *, division: str, sequence: int) -> str:
    """Make the credit code of a new body: `prefix` is department and kind ("92"), `division` the 6-digit registrar.

    `sequence` (0 to 31^6 - 1) is counted by the caller, once for each pair of prefix and division.
    """
    if not 0 <= sequence < 31**6:
        raise ValueError(f"sequence {sequence} does not fit six characters")
    serial = ""
    for _ in range(6):
        sequence, digit = divmod(sequence, 31)
        serial = CREDIT_CODE_CHARSET[digit] + serial
    body = _BLOCKS.get(prefix[:1], "MA") + serial
    code = f"{prefix}{division}{body}{organisation_check(body)}"
    return credit_code(code + uscc.calc_check_digit(code))
