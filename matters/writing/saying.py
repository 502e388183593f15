"""Any value of a package as words an admin reads: labels instead of fact names, sentences instead of conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as given
from typing import Any

from matters.format.wording import VALUE_WORDS
from rules import FactType, InvalidTree, Vocabulary, parse_condition, sentence

NOTHING = "（无）"
HALF_WRITTEN = "（条件还没写全，读不成一句话）"
_FIRST = {"cert": "held", "register": "found"}  # the fact every source has: it knows the source's name
_HOLE = re.compile(r"\{([a-z][a-z0-9_.-]*)(?::\d+)?\}")
_CONDITION = {"all", "any", "not", "op", "some", "every", "none", "count"}
_ALONE = {  # keys that say something by being there
    "today": "批准当天",
    "first_of_next_month": "次月 1 日",
    "number": "证照编号",
    "year": "年份",
    "month": "月份",
    "day": "日",
    "serial": "流水号",
    "random": "随机字符",
    "valid_until": "有效期止",
    "valid_as_held": "有效期同原证照",
    "form": "申请表里填写",
    "correctable": "可以更正",
    "personal": "个人信息",
    "not_in_future": "不能晚于当天",
    "label": "",
    "demo": "",
}
_WORDS = VALUE_WORDS | {"GRANT": "自动通过", "SUPPLEMENT": "补正", "REFER": "转人工"}


@dataclass(frozen=True, slots=True)
class Words:
    """Says the values of one package; without a vocabulary fact names stay as they are."""

    vocabulary: Vocabulary | None
    types: Mapping[str, str] = given(default_factory=dict)

    def condition(self, raw: Any) -> str:
        """Return a condition as one sentence; what is half written is said to be."""
        if raw is None:
            return NOTHING
        try:
            return sentence(parse_condition(raw), vocabulary=self.vocabulary or Vocabulary())
        except (InvalidTree, ValueError, TypeError, KeyError):
            return HALF_WRITTEN

    def fact(self, name: Any) -> str:
        """Return a fact's label with its source."""
        spec = self.vocabulary.get(str(name)) if self.vocabulary else None
        kind, _, rest = str(name).partition(".")
        if kind in _FIRST and rest.endswith(".*"):
            return f"{self.source(kind, rest.removesuffix('.*'))} · 全部内容"
        if spec is None:
            return str(name)
        source = getattr(spec, "source_label", "")
        return f"{source} · {spec.label}" if source else spec.label

    def value(self, name: Any, value: Any) -> str:
        """Return a fact's value: the words of a code, the name of a place."""
        if isinstance(value, Mapping) and "unknown" in value:
            return "核不实"
        spec = self.vocabulary.get(str(name)) if self.vocabulary else None
        known = dict(spec.codes or {}) if spec else {}
        if spec is not None and spec.type is FactType.DIVISION and self.vocabulary:
            known = dict(self.vocabulary.divisions)
        return known.get(str(value)) or self.say(value)

    def source(self, prefix: str, slug: Any) -> str:
        """Return the name of a certificate type or register the package uses."""
        spec = self.vocabulary.get(f"{prefix}.{slug}.{_FIRST[prefix]}") if self.vocabulary else None
        return str(getattr(spec, "source_label", "") or slug)

    def kind(self, slug: Any) -> str:
        """Return the name of any certificate type, also of one the package does not use."""
        return self.types.get(str(slug)) or "别的证照"

    def field(self, prefix: str, slug: Any, name: Any) -> str:
        """Return the label of one field of a certificate type or register."""
        spec = self.vocabulary.get(f"{prefix}.{slug}.{name}") if self.vocabulary else None
        return spec.label if spec else str(name)

    def say(self, value: Any) -> str:
        """Return any value: lists joined, parts in order, conditions as sentences."""
        match value:
            case None | "" | [] | {}:
                return NOTHING
            case bool():
                return "是" if value else "否"
            case str():
                return self._text(value)
            case list() | tuple():
                return "；".join(self.say(one) for one in value)
            case Mapping():
                return self._record(value)
        return str(value)

    def _text(self, value: str) -> str:
        known = "." in value and self.vocabulary is not None and self.vocabulary.get(value) is not None
        if known:
            return self.fact(value)
        return _WORDS.get(value) or _HOLE.sub(lambda hole: f"〔{self._filled(hole[1])}〕", value)

    def _filled(self, name: str) -> str:
        """Return what a text's hole is filled with, as a label."""
        if name.startswith("outcome."):
            return "结果表里的值"
        return _ALONE.get(name) or self.fact(name)

    def _record(self, value: Mapping[Any, Any]) -> str:
        if _CONDITION & value.keys():
            return self.condition(dict(value))
        return "，".join(text for key, one in value.items() if (text := self._part(key, one)))

    def _part(self, key: Any, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return ""
        if value is True and key in _ALONE:
            return _ALONE[key]
        if key == "certificate" and isinstance(value, str):
            return self.source("cert", value)
        if key == "register" and isinstance(value, str):
            return self.source("register", value)
        return self.say(value)
