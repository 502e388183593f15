"""Messages about a package as people read them on pages: the names of its keys said by their titles."""

from __future__ import annotations

import re
from typing import Final

from matters.format.wording import VALUE_WORDS, WORDS

# Where one key has several titles, or is a word of the language: what a message that names it means.
_ALSO: Final = {
    "form": "申请表",
    "upload": "上传的问题",
    "label": "换成名称",
    "text": "一段文字",
    "valid_until": "有效到哪一天",
    "organisation": "新设立的单位",
    "fields": "各项内容",
    "field": "哪一项",
    "where": "每条记录的条件",
    "value": "值",
    "other": "另一项数据",
    "certificate": "电子证照",
    "register": "共享数据",
    "applicant": "申请人",
    "in": "其中之一",
    "not_in": "不在其中",
    "within_days": "几天以内",
    "within_months": "几个月以内",
    "present": "有值",
    "absent": "为空",
    "sum": "合计",
    "null": "空的",
    "true": "是",
    "false": "否",
    "pass": "通过",
    "fail": "不通过",
    "unknown": "未能核实",
}
_TITLES: Final = (
    VALUE_WORDS | {key: title for words in WORDS.values() for key, (title, _) in words.items()} | _ALSO
)
_KEY: Final = re.compile(r"(?<![\w.{])[a-z][a-z_]+(?![\w.}:])")


def spoken(message: str) -> str:
    """Return a message with keys said by their titles, quoted once: “用到的数据”里没有…; names of data stay."""

    def title(found: re.Match[str]) -> str:
        words = _TITLES.get(found[0])
        if words is None:
            return found[0]
        before, after = message[: found.start()].rstrip(), message[found.end() :].lstrip()
        return words if before.endswith("“") and after.startswith("”") else f"“{words}”"

    said = _KEY.sub(title, message)
    return re.sub(r"\s*(“[^”]*”)\s*", r"\1", said)
