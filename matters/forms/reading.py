"""How people write dates, numbers and names, read into typed values. Each refusal says what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from common.identifiers import InvalidIdentifier, mobile, resident_id

_DATES = (
    re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_MOBILE_NOISE = re.compile(r"[\s-]")
_MONEY_NOISE = re.compile(r"[,，\s]|^[¥￥]|元$")
_BUSINESS_NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9·（）()]{2,60}")
_MOBILE_LENGTH = 11
LARGEST = 10**12
LEAST_HAN, LEAST_OWN = 2, 3
_HAN = re.compile(r"[\u3400-\u9fff]")
# Full-width signs as Chinese keyboards type them; NFKC would go further and read “5²” as 52.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


class Unreadable(ValueError):
    """What was written cannot be read; `message` is Chinese and says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def plain(text: str) -> str:
    """Return text with full-width letters, digits and signs as plain ones, trimmed."""
    return text.translate(_HALF_WIDTH).strip()


def read_date(text: str, *, label: str, not_after: date | None = None) -> date:
    """Read 2026-01-05, 2026.1.5, 2026/1/5, 2026年1月5日 or 20260105."""
    tidy = re.sub(r"\s", "", plain(text))
    for form in _DATES:
        if match := form.fullmatch(tidy):
            return _day(match.groups(), label=label, not_after=not_after)
    raise Unreadable(f"{label}请写成“年-月-日”，例如 2026-01-05")


def _day(parts: tuple[str, ...], *, label: str, not_after: date | None) -> date:
    year, month, day = (int(part) for part in parts)
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unreadable(f"{label}里没有 {year} 年 {month} 月 {day} 日这一天，请核对后重填") from None
    if not_after is not None and found > not_after:
        raise Unreadable(f"{label}不能晚于今天（{not_after.isoformat()}），请核对后重填")
    return found


def read_integer(text: str, *, label: str) -> int:
    """Read a whole number without sign, thousands separators allowed."""
    tidy = _MONEY_NOISE.sub("", plain(text))
    if not re.fullmatch(r"[0-9]+", tidy, re.ASCII):
        raise Unreadable(f"{label}请填整数，例如 12")
    if len(tidy) > len(str(LARGEST)) or int(tidy) > LARGEST:
        raise Unreadable(f"{label}的数字太大，请核对后重填")
    return int(tidy)


def read_money(text: str, *, label: str) -> Decimal:
    """Read an amount in yuan with at most two decimals; ￥, 元 and thousands separators are allowed."""
    tidy = _MONEY_NOISE.sub("", plain(text))
    if not re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", tidy, re.ASCII):
        raise Unreadable(f"{label}请填金额，最多两位小数，例如 100.00")
    amount = Decimal(tidy)
    if amount > LARGEST:
        raise Unreadable(f"{label}的金额太大，请核对后重填")
    return amount


def read_mobile(text: str, *, label: str) -> str:
    """Read a mobile number of 11 digits; spaces, dashes and +86 are dropped."""
    tidy = _MOBILE_NOISE.sub("", plain(text))
    bare = re.sub(r"^\+?86(?=1\d{10}$)", "", tidy)
    if re.fullmatch(r"\d+", bare, re.ASCII) and len(bare) != _MOBILE_LENGTH:
        raise Unreadable(f"{label}应为 11 位，现在是 {len(bare)} 位")
    try:
        return mobile(bare)
    except InvalidIdentifier as error:
        raise Unreadable(f"{label}：{error.message}") from None


def read_resident_id(text: str, *, label: str, on: date) -> str:
    """Read a 公民身份号码; a lower-case x is taken as X."""
    try:
        return resident_id(plain(text), on=on).number
    except InvalidIdentifier as error:
        raise Unreadable(f"{label}：{error.message}") from None


def read_bank_account(text: str, *, label: str) -> str:
    """Read a bank account or card number: 8 to 28 digits, printed in groups; spaces and dashes are dropped."""
    tidy = _MOBILE_NOISE.sub("", plain(text))
    if not re.fullmatch(r"[0-9]{8,28}", tidy, re.ASCII):
        raise Unreadable(f"{label}应为 8 至 28 位数字，请照银行卡正面的号码填写")
    return tidy


def read_business_name(
    text: str, *, label: str, begins_with: Sequence[str] = (), ends_with: Sequence[str] = ()
) -> str:
    """Read a business name: division, own name, trade and form (企业名称登记管理规定 art. 6), 2 to 60 characters."""
    tidy = text.strip()
    if not _BUSINESS_NAME.fullmatch(tidy) or len(_HAN.findall(tidy)) < LEAST_HAN:
        raise Unreadable(
            f"{label}应为 2 至 60 个字，只能用汉字、字母、数字、间隔号和括号，不能只写数字或字母"
        )
    start = next((area for area in begins_with if tidy.startswith(area)), "")
    if begins_with and not start:
        raise Unreadable(f"{label}要以行政区划开头，例如“{begins_with[0]}”")
    end = next((form for form in ends_with if tidy.endswith(form)), "")
    if ends_with and not end:
        raise Unreadable(f"{label}要以组织形式结尾，例如“{'”“'.join(ends_with[:4])}”")
    if (begins_with or ends_with) and len(tidy) - len(start) - len(end) < LEAST_OWN:
        raise Unreadable(f"{label}里还要有字号和行业，例如：{start}阿英食品{end}")
    return tidy
