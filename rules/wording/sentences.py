"""Every condition as one plain Chinese sentence: "户籍所在地在龙湖区，且年满80周岁"."""

from rules.language.comparing import FLIPPED, WrongValue, constant
from rules.language.tree import (
    ORDER_OPS,
    PERIOD_OPS,
    AllOf,
    AnyOf,
    Compare,
    Count,
    Every,
    Node,
    NoneOf,
    Not,
    Op,
    Some,
)
from rules.language.vocabulary import FactSpec, FactType, FieldSpec, Vocabulary
from rules.wording.numbers import counts_things, distance, there
from rules.wording.phrases import AGE, AGES, FACT_PHRASES, PHRASES, period_text
from rules.wording.showing import shower

LONGEST_BARE = 3  # the name of a code that reads well without quotes: 一级, 女, 正常


def sentence(condition: Node, *, vocabulary: Vocabulary) -> str:
    """Return what the condition asks, with labels, units, names; 且 and 或 are bracketed where they mix."""
    return _Words(vocabulary).say(condition, negated=False)


def settled(node: Compare, *, negated: bool) -> tuple[Op, bool]:
    """Return the operator that says `not`, where one exists, and whether a `not` remains to be said."""
    if negated and node.op in FLIPPED:
        return FLIPPED[node.op], False
    return node.op, negated


class _Words:
    """Says nodes of one vocabulary; a negation is carried down until an operator can say it."""

    def __init__(self, vocabulary: Vocabulary, within: FactSpec | None = None) -> None:
        self.vocabulary = vocabulary
        self.within = within
        self.phrases = PHRASES[vocabulary.language]

    def say(self, node: Node, *, negated: bool) -> str:
        if isinstance(node, Not):
            return self.say(node.part, negated=not negated)
        if isinstance(node, AllOf | AnyOf):
            return self._group(node, negated=negated)
        if isinstance(node, Compare):
            return self.compare(node, negated=negated)
        return self.records(node, negated=negated)

    def _group(self, node: AllOf | AnyOf, *, negated: bool) -> str:
        joint = _joint(node, negated=negated)
        if len(node.parts) == 1:
            return self.say(node.parts[0], negated=negated)
        return f"，{joint}".join(self._part(part, negated=negated, joint=joint) for part in node.parts)

    def _part(self, node: Node, *, negated: bool, joint: str) -> str:
        text = self.say(node, negated=negated)
        inner, turned = _core(node, negated=negated)
        mixed = isinstance(inner, AllOf | AnyOf) and _joint(inner, negated=turned) != joint
        return f"（{text}）" if mixed else text

    def compare(self, node: Compare, *, negated: bool) -> str:
        spec = self.spec(node.fact)
        op, _ = settled(node, negated=negated)
        label = self._label(node.fact)
        if op in {Op.PRESENT, Op.ABSENT}:
            return f"{self.presence(node.fact, op)}{label}"
        if spec and spec.type is FactType.BOOLEAN and isinstance(node.value, bool):
            return self._boolean(spec, name=node.fact, yes=node.value is (op is Op.EQ))
        if self._is_age(op, node, spec):
            label = label.removesuffix(AGE).removesuffix("的" if self.phrases.plain else AGE)
        if told := self._number(op, node, spec)[0]:
            return told
        subject = label if node.other is None else self._told_apart(node.fact, node.other)
        return f"{subject}{self.expected(node, negated=negated)}"

    def _number(self, op: Op, node: Compare, spec: FieldSpec | None) -> tuple[str, str]:
        """Return (sentence, expected) where a number of things or a distance is said in a way of its own."""
        if not self.phrases.plain or spec is None or type(node.value) is not int or node.other is not None:
            return "", ""
        if counts_things(node.fact, spec):
            words = there(op, node.value)
            return f"{words}{spec.label}" if words else "", words
        words = distance(node.fact, spec, op=op, number=node.value, vocabulary=self.vocabulary)
        return words, words

    def presence(self, name: str, op: Op) -> str:
        """Return 有/没有, for what people fill in 已填写/未填写."""
        if name.startswith("form."):
            return "已填写" if op is Op.PRESENT else "未填写"
        return "有" if op is Op.PRESENT else "没有"

    def _boolean(self, spec: FieldSpec, *, name: str, yes: bool) -> str:
        if spec.true_text and yes:
            return spec.true_text
        if spec.false_text and not yes:
            return spec.false_text
        answer = "是" if yes else "否"
        if not self.phrases.plain:
            return f"{spec.label}为{answer}"
        return f"“{spec.label}”{'选' if name.startswith('form.') else '为'}“{answer}”"

    def expected(self, node: Compare, *, negated: bool) -> str:
        """Return the sentence without its subject: "年满80周岁"."""
        spec = self.spec(node.fact)
        op, turned = settled(node, negated=negated)
        if op in {Op.PRESENT, Op.ABSENT}:
            return self.presence(node.fact, op)
        other = None if node.other is None else self._told_apart(node.other, node.fact)
        if op in PERIOD_OPS and isinstance(node.value, int):
            return period_text(op, node.value, before=other or "", turned=turned)
        if other is not None:
            return self._against(op, other, turned=turned, spec=spec)
        if spec and spec.type is FactType.BOOLEAN and isinstance(node.value, bool):
            text = self._boolean(spec, name=node.fact, yes=node.value is (op is Op.EQ))
            return text.removeprefix(f"“{spec.label}”").removeprefix(spec.label) or text
        return self._number(op, node, spec)[1] or self._constants(op, node, turned=turned, spec=spec)

    def _label(self, name: str) -> str:
        spec = self.spec(name)
        return spec.label if spec else name

    def _told_apart(self, name: str, other: str) -> str:
        """Return the label, with its source where the other fact has the same one: 身份证上的姓名, 社保卡上的姓名."""
        spec, label = self.spec(name), self._label(name)
        source = spec.source_label if isinstance(spec, FactSpec) else ""
        return f"{source}上的{label}" if source and label == self._label(other) else label

    def spec(self, name: str) -> FieldSpec | None:
        return self.vocabulary.get(name, within=self.within)

    def _against(self, op: Op, other: str, *, turned: bool, spec: FieldSpec | None) -> str:
        if op is Op.NE:
            op, turned = Op.EQ, not turned
        if phrase := FACT_PHRASES.get((op, turned)):
            return phrase.format(other)
        return f"{self.phrases.against_fact(spec)[op]}{other}"

    def _constants(self, op: Op, node: Compare, *, turned: bool, spec: FieldSpec | None) -> str:
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        texts = [self._constant(value, spec) for value in values]
        long = self.phrases.plain and any(len(text) > LONGEST_BARE for text in texts)
        quoted = (
            [f"“{text}”" for text in texts] if _quotes(op, spec, several=len(texts) > 1 or long) else texts
        )
        joined = _one_of(quoted)
        if self._is_age(op, node, spec):
            return f"{AGES[op]}{joined}"
        if op is Op.IN:
            return f"{self.phrases.is_}{joined}"
        if op is Op.NOT_IN:
            return f"{self.phrases.is_not}{joined}" if len(quoted) == 1 else f"不是{joined}中的任何一个"
        if op in ORDER_OPS:
            return f"{self.phrases.against_value(spec)[op]}{joined}"
        return FACT_PHRASES[op, turned].format(joined)

    def _constant(self, raw: object, spec: FieldSpec | None) -> str:
        if spec is None:
            return str(raw)
        try:
            return shower(spec, vocabulary=self.vocabulary, mask=False)(constant(raw, spec=spec))
        except WrongValue:
            return str(raw)

    def records(self, node: Some | Every | NoneOf | Count, *, negated: bool) -> str:
        spec = self.vocabulary.by_name.get(node.facts)
        label = spec.label if spec else node.facts
        inner = _Words(self.vocabulary, spec)
        if isinstance(node, Count):
            return self._count(node, label, inner, negated=negated)
        where = _enclosed(inner, node.where)
        if isinstance(node, Every):
            words = self.phrases.not_every if negated else self.phrases.every
            return words.format(label=label, where=inner.say(node.where, negated=False))
        found = isinstance(node, Some) is not negated
        return f"{label}中{'有' if found else '没有'}{where}的"

    def _count(self, node: Count, label: str, inner: "_Words", *, negated: bool) -> str:
        op = FLIPPED[node.op] if negated else node.op
        unit = (inner.within.unit if inner.within else "") or "条"
        amount = f"{self.phrases.counts[op]}{node.value}{unit}"
        which = "" if node.where is None else f"{_enclosed(inner, node.where)}的"
        if self.phrases.plain and (words := there(op, node.value)):
            return f"{label}中{words}{which}" if which else f"{words}{label}"
        return f"{label}中{which}{amount}" if which else f"{label}{amount}"

    def _is_age(self, op: Op, node: Compare, spec: FieldSpec | None) -> bool:
        """Return whether this holds an age in years against a number."""
        if spec is None or node.other is not None or op not in AGES:
            return False
        years = spec.type is FactType.INTEGER and spec.unit == "周岁"
        return years and (self.phrases.plain or spec.label.endswith(AGE))

    def labels(self, node: Compare) -> tuple[str, str]:
        """Return what stands before each of two compared values in a trace."""
        if not self.phrases.plain:
            return "", f"{self._label(node.other or '')}："
        name, other = node.fact, node.other or ""
        return f"{self._told_apart(name, other)}：", f"{self._told_apart(other, name)}："


def compare_texts(
    node: Compare, *, vocabulary: Vocabulary, within: FactSpec | None = None, negated: bool
) -> tuple[str, str]:
    """Return (sentence, expected) of one comparison for its trace."""
    words = _Words(vocabulary, within)
    return words.compare(node, negated=negated), words.expected(node, negated=negated)


def records_text(node: Some | Every | NoneOf | Count, *, vocabulary: Vocabulary, negated: bool) -> str:
    """Return the sentence of one list condition for its trace."""
    return _Words(vocabulary).records(node, negated=negated)


def pair_labels(node: Compare, *, vocabulary: Vocabulary, within: FactSpec | None = None) -> tuple[str, str]:
    """Return what stands before each of two compared values in a trace: 户名：陈**英；姓名：陈*英."""
    return _Words(vocabulary, within).labels(node)


def empty_text(spec: FactSpec, *, vocabulary: Vocabulary) -> str:
    """Return what is seen of a list known to be empty; nothing where it is counted like any other (共0人)."""
    return f"没有{spec.label}" if PHRASES[vocabulary.language].plain else ""


def _joint(node: AllOf | AnyOf, *, negated: bool) -> str:
    return "且" if isinstance(node, AllOf) is not negated else "或"


def _core(node: Node, *, negated: bool) -> tuple[Node, bool]:
    """Return the node that is said, behind `not` and groups of one."""
    while True:
        if isinstance(node, Not):
            node, negated = node.part, not negated
        elif isinstance(node, AllOf | AnyOf) and len(node.parts) == 1:
            node = node.parts[0]
        else:
            return node, negated


def _enclosed(words: _Words, where: Node) -> str:
    text = words.say(where, negated=False)
    inner, _ = _core(where, negated=False)
    return f"（{text}）" if isinstance(inner, AllOf | AnyOf) else text


def _quotes(op: Op, spec: FieldSpec | None, *, several: bool) -> bool:
    """Return whether values stand in quotes: texts do, and names of codes that are long or follow each other."""
    kind = spec.type if spec else None
    return op in {Op.CONTAINS, Op.STARTS_WITH} or kind is FactType.TEXT or (several and kind is FactType.CODE)


def _one_of(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{'、'.join(texts[:-1])}或{texts[-1]}"
