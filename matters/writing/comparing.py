"""What changes between two packages, in plain Chinese: by section, part by part, both sides beside each other. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from matters.writing.saying import NOTHING, Words
from rules import Vocabulary

Kind = Literal["same", "changed", "added", "removed", "moved"]
Raw = Mapping[str, Any]
VERBS = {"same": "没有变化", "changed": "改了", "added": "新增", "removed": "删去", "moved": "换了位置"}


@dataclass(frozen=True, slots=True)
class Side:
    """One package as JSON, perhaps half written, with the vocabulary to word it by."""

    title: str
    content: Raw
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a part says, on both sides; empty where that side has no such part."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Return whether the two sides say different things."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Item:
    """One part of a section: a check, a question, a row, or a single value."""

    title: str
    kind: Kind
    lines: tuple[Line, ...]

    @property
    def verb(self) -> str:
        """Return in a word what happened to it."""
        return VERBS[self.kind]

    @property
    def differing(self) -> tuple[Line, ...]:
        """Return the lines to show: of a changed part those that differ, of a new or dropped one all."""
        return self.lines if self.kind in {"added", "removed"} else tuple(x for x in self.lines if x.differs)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a package, with every part on either side."""

    title: str
    items: tuple[Item, ...]

    @property
    def changes(self) -> tuple[Item, ...]:
        """Return the parts that are not the same."""
        return tuple(item for item in self.items if item.kind != "same")

    @property
    def unchanged(self) -> int:
        """Return how many parts are the same."""
        return len(self.items) - len(self.changes)


Lines = Callable[[Raw, Words], dict[str, str]]
_Sides = tuple[Raw | None, Raw | None]

_NAMES = {
    "name": "事项名称",
    "summary": "一句话说明",
    "mode": "办理方式",
    "applicant": "服务对象",
    "everyday_words": "日常说法",
    "life_events": "人生阶段",
    "themes": "主题",
    "type": "事项类型",
    "supplement_workdays": "补正期限（工作日）",
}
_GUIDE = {
    "in_short": "一分钟看懂",
    "conditions": "申请条件",
    "fee": "收费",
    "statutory": "法定时限",
    "committed": "承诺时限",
    "legal_basis": "设定依据",
    "steps": "办理流程",
    "result": "审批结果",
    "next_steps": "接下来",
    "visits": "跑动次数",
    "visit_reason": "要到现场的原因",
    "online_depth": "网办程度",
    "places": "办理地点",
    "consult_phone": "咨询电话",
    "complaint_phone": "投诉电话",
    "faq": "常见问题",
    "delivery": "送达方式",
    "remedies": "救济途径",
    "labels": "标签",
}
_RESULT = {
    "certificate": "签发的证照",
    "organisation": "设立的单位",
    "renames": "更改的单位名称",
    "ends": "注销的证照",
    "sentence": "给申请人的话",
}


def compare(old: Side, new: Side, *, types: Mapping[str, str] | None = None) -> tuple[Section, ...]:
    """Return every section with its parts; `changes` of a section are what differs.

    `types` are the names of certificate types, for those a package names and does not use.
    """
    pair = _Pair(
        old.content,
        new.content,
        Words(old.vocabulary or new.vocabulary, types or {}),
        Words(new.vocabulary or old.vocabulary, types or {}),
    )
    sections = [
        Section("名称与办理方式", pair.values(_NAMES, within="")),
        Section("核验表", pair.parts("checks", "code", _check, named="name")),
        Section("结果表", (*pair.columns(), *pair.rows())),
        Section("推算出的数据", pair.parts("derived", "name", _derived, named="label")),
        Section("用到的电子证照", pair.parts("uses.certificates", "type", _certificate)),
        Section("用到的共享数据", pair.parts("uses.registers", "register", _register)),
        Section("填写的问题", pair.parts("form.pages", "name", _question, named="label", inner="questions")),
        Section("申请材料", pair.parts("materials", "code", _material, named="name")),
        Section("办事指南", pair.values(_GUIDE, within="guide")),
        Section("办理结果", pair.values(_RESULT, within="result")),
        Section("样例", pair.parts("examples", "name", _example)),
    ]
    return tuple(section for section in sections if section.items)


def counted(sections: Sequence[Section]) -> int:
    """Return in how many places the two differ."""
    return sum(len(section.changes) for section in sections)


@dataclass(frozen=True, slots=True)
class _Pair:
    old: Raw
    new: Raw
    said_old: Words
    said_new: Words

    def values(self, labels: Mapping[str, str], *, within: str) -> tuple[Item, ...]:
        """Return single values, by their Chinese names."""
        before, after = _at(self.old, within, {}), _at(self.new, within, {})
        found = []
        for key, label in labels.items():
            had, has = _of(before, key), _of(after, key)
            if had is None and has is None:
                continue
            line = Line("", self.said_old.say(had), self.said_new.say(has))
            found.append(Item(label, "changed" if had != has else "same", (line,)))
        return tuple(found)

    def parts(
        self, path: str, key: str, lines: Lines, *, named: str = "", inner: str = ""
    ) -> tuple[Item, ...]:
        """Return the parts of a list that are known by a key, the new order first, then what was dropped."""
        before = _keyed(_listed(self.old, path, inner), key)
        after = _keyed(_listed(self.new, path, inner), key)
        moved = _moved([name for name in before if name in after], [name for name in after if name in before])
        names = [*after, *(name for name in before if name not in after)]
        return tuple(
            self._item(name, (before.get(name), after.get(name)), lines, named=named, moved=name in moved)
            for name in names
        )

    def _item(self, name: str, sides: _Sides, lines: Lines, *, named: str = "", moved: bool = False) -> Item:
        had, has = sides
        said_before = lines(had, self.said_old) if had is not None else {}
        said_after = lines(has, self.said_new) if has is not None else {}
        labels = list(dict.fromkeys([*said_after, *said_before]))
        shown = tuple(Line(label, said_before.get(label, ""), said_after.get(label, "")) for label in labels)
        words = said_after or said_before
        names = [str(_of(side or {}, named) or "") for side in sides]
        if all(names) and names[0] != names[1]:
            shown = (Line("名称", *names), *shown)
        title = str(_of(has or had or {}, named) or "") or words.get("", "") or name
        return Item(title, _kind(had, has, moved=moved), tuple(line for line in shown if line.label))

    def columns(self) -> tuple[Item, ...]:
        """Return the columns of the outcome table."""
        before, after = _at(self.old, "outcome.columns", {}), _at(self.new, "outcome.columns", {})
        listed = [
            {"outcome": [{"key": name, **spec} for name, spec in table.items() if isinstance(spec, dict)]}
            for table in (before, after)
            if isinstance(table, Mapping)
        ]
        if len(listed) < len((before, after)):
            return ()
        pair = _Pair(listed[0], listed[1], self.said_old, self.said_new)
        return pair.parts("outcome", "key", _column, named="label")

    def rows(self) -> tuple[Item, ...]:
        """Return the rows of the outcome table, by their place: which one comes first decides."""
        before, after = _listed(self.old, "outcome.rows"), _listed(self.new, "outcome.rows")
        found = []
        for at in range(max(len(before), len(after))):
            had = before[at] if at < len(before) else None
            has = after[at] if at < len(after) else None
            found.append(self._item(f"第 {at + 1} 行", (had, has), _row))
        return tuple(found)


def _kind(had: Raw | None, has: Raw | None, *, moved: bool) -> Kind:
    if had is None:
        return "added"
    if has is None:
        return "removed"
    if had != has:
        return "changed"
    return "moved" if moved else "same"


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return those that stand in another order: as few as can be."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    kept = {name for block in blocks for name in before[block.a : block.a + block.size]}
    return set(before) - kept


def _at(content: Any, path: str, default: Any) -> Any:
    for step in path.split(".") if path else ():
        content = _of(content, step)
    return default if content is None else content


def _of(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) and key else None


def _listed(content: Raw, path: str, inner: str = "") -> list[Raw]:
    found = _at(content, path, [])
    found = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    return [part for one in found for part in _listed(one, inner)] if inner else found


def _keyed(parts: Sequence[Raw], key: str) -> dict[str, Raw]:
    return {str(_of(part, key) or f"第 {at + 1} 项"): part for at, part in enumerate(parts)}


def _check(raw: Raw, words: Words) -> dict[str, str]:
    told = raw.get("told")
    return {
        "条件": words.condition(raw.get("condition")),
        "依据": words.say(raw.get("basis")),
        "通过时告诉": words.say(_of(told, "pass")),
        "不通过时告诉": words.say(_of(told, "fail")),
        "未能核实时告诉": words.say(_of(told, "unknown")),
        "不通过时": words.say(raw.get("on_fail") or "refer"),
        "未能核实时": words.say(raw.get("on_unknown") or "refer"),
        "可以补正": words.say(raw.get("opens")),
    }


def _row(raw: Raw, words: Words) -> dict[str, str]:
    when = raw.get("when")
    return {
        "什么时候": words.condition(when) if when is not None else "其他情况",
        "结果": words.say(raw.get("values")),
    }


def _column(raw: Raw, words: Words) -> dict[str, str]:
    return {"类型": words.say(raw.get("type")), "单位": words.say(raw.get("unit"))}


def _derived(raw: Raw, words: Words) -> dict[str, str]:
    rest = {key: value for key, value in raw.items() if key not in {"name", "kind", "of", "label"}}
    return {
        "怎样推算": words.say(raw.get("kind")),
        "从什么推算": words.fact(raw.get("of")),
        "其他": words.say(rest),
    }


def _certificate(raw: Raw, words: Words) -> dict[str, str]:
    slug, fields = raw.get("type"), raw.get("fields") or []
    return {
        "": words.source("cert", slug),
        "读取的内容": "、".join(words.field("cert", slug, name) for name in fields) or "只看有没有",
        "用来做什么": words.say(raw.get("why")),
    }


def _register(raw: Raw, words: Words) -> dict[str, str]:
    key = raw.get("key")
    asked = [words.fact(name) for name in key.values()] if isinstance(key, Mapping) else []
    return {
        "": words.source("register", raw.get("register")),
        "用什么去查": "、".join(asked) or NOTHING,
        "用来做什么": words.say(raw.get("why")),
    }


def _question(raw: Raw, words: Words) -> dict[str, str]:
    shown = {"name", "type", "label", "hint", "why", "required", "options", "prefill", "visible_when"}
    prefill, when = raw.get("prefill"), raw.get("visible_when")
    return {
        "回答方式": words.say(raw.get("type")),
        "说明": words.say([text for text in (raw.get("hint"), raw.get("why")) if text]),
        "必填": words.say(raw.get("required", True)),
        "选项": words.say(
            [_of(option, "label") for option in raw.get("options") or [] if isinstance(option, Mapping)]
        ),
        "预填": words.fact(prefill) if prefill else NOTHING,
        "什么时候问": words.condition(when) if when is not None else "总是问",
        "其他": words.say({key: value for key, value in raw.items() if key not in shown}),
    }


def _material(raw: Raw, words: Words) -> dict[str, str]:
    shown = {"code", "name", "basis", "replaced_by", "when", "upload", "certificate_wanted"}
    when = raw.get("when")
    return {
        "依据": words.say(raw.get("basis")),
        "用什么代替": words.say(raw.get("replaced_by")),
        "什么时候要": words.condition(when) if when is not None else "总是要",
        "上传": words.fact(raw["upload"]) if raw.get("upload") else NOTHING,
        "最好由哪种证照代替": words.kind(wanted) if (wanted := raw.get("certificate_wanted")) else NOTHING,
        "其他": words.say({key: value for key, value in raw.items() if key not in shown}),
    }


def _example(raw: Raw, words: Words) -> dict[str, str]:
    facts, expect = raw.get("facts"), raw.get("expect")
    said = facts if isinstance(facts, Mapping) else {}
    return {
        "办理日期": words.say(raw.get("on")),
        "预期结论": words.say(_of(expect, "verdict")),
        "给定的数据": "；".join(
            f"{words.fact(name)}：{words.value(name, value)}" for name, value in said.items()
        )
        or NOTHING,
    }
