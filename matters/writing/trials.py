"""Trying a draft (试算): facts judged by the draft and by the edition in force; and the examples kept from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Person, User
from common.errors import DomainError
from common.identifiers import InvalidIdentifier, resident_id
from matters.counting import counted
from matters.editions import Compiled
from matters.lint import trying
from matters.lint.trying import UnusableFacts
from matters.models import EditionDraft
from matters.writing import drafts, examining
from records.hashing import HashKind, keyed
from rules import Fact, Facts, FactSpec, UnknownReason, Verdict

Raw = dict[str, Any]
LONGEST_NAME = 60


class NoSuchExample(DomainError):
    """The example was renamed or deleted meanwhile."""

    status = 404
    message = "没有找到这个样例，可能刚被改名或删除。请回到样例列表再试。"


class UnusableExample(DomainError):
    """The name is missing, too long or taken, or what came out was not confirmed."""

    status = 422


class RealPerson(DomainError):
    """Examples hold made-up people only."""

    status = 422
    message = "填的号码属于一位真实的用户。样例会长期保留，只能用编造的人，请换一个编造的号码。"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came out for the draft, and for the edition in force where there is one."""

    draft: Verdict
    in_force: Verdict | None


def asked(*sides: Compiled | None) -> dict[str, FactSpec]:
    """Return the facts these editions judge on, by name; the first one's words win."""
    found: dict[str, FactSpec] = {}
    for side in sides:
        if side is not None:
            wanted = side.needed - found.keys()
            found |= {name: spec for name, spec in side.specs.items() if name in wanted}
    return found


def judge(raw: Mapping[str, Any], *, draft: Compiled, in_force: Compiled | None, on: date) -> Tried:
    """Judge raw facts by both; what one of them cannot read is unknown to it."""
    return Tried(_verdict(draft, raw, on=on), _verdict(in_force, raw, on=on) if in_force else None)


def _verdict(compiled: Compiled, raw: Mapping[str, Any], *, on: date) -> Verdict:
    return compiled.judge(counted(typed(compiled, raw), vocabulary=compiled.vocabulary, on=on), on=on)


def typed(compiled: Compiled, raw: Mapping[str, Any]) -> dict[str, Fact]:
    """Return the facts an edition knows of, in its types."""
    found: dict[str, Fact] = {}
    for name in raw.keys() & compiled.specs.keys():
        try:
            found |= trying.given_facts(compiled, {name: raw[name]})
        except UnusableFacts:
            found[name] = Fact.unknown(UnknownReason.UNREADABLE)
    return found


def raw_of(facts: Facts) -> Raw:
    """Return typed facts as an example writes them."""
    return {
        name: {"unknown": fact.missing.value} if fact.missing else plain(fact.value)
        for name, fact in facts.items()
    }


def plain(value: Any) -> Any:
    """Return a value as an example writes it: dates and amounts as text."""
    if isinstance(value, tuple | list):
        return [{name: plain(part) for name, part in record.items()} for record in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UnknownReason):
        return None
    return str(value) if isinstance(value, Decimal) else value


def example_facts(compiled: Compiled, *, name: str) -> tuple[Raw, date]:
    """Return the facts of an example, with those it is based on, and its day.

    Raises NoSuchExample, UnusableExample.
    """
    example = next((one for one in compiled.package.examples if one.name == name), None)
    if example is None:
        raise NoSuchExample
    try:
        facts = trying.given_facts(compiled, trying.facts_of(compiled.package, example))
    except UnusableFacts as error:
        raise UnusableExample(f"这个样例现在读不出来：{error}。请先在样例里改好。") from error
    return raw_of(facts), example.on


def save_example(
    user: User, *, draft_id: UUID, revision: int, name: str, on: date, facts: Mapping[str, Any]
) -> EditionDraft:
    """Keep facts as an example that expects what the draft makes of them now.

    Raises UnusableExample, RealPerson and what saving a draft raises. The caller has had the outcome confirmed.
    """
    _refuse_real(facts)

    def change(content: Raw) -> Raw:
        compiled = examining.examine(content).compiled
        if compiled is None:
            raise UnusableExample("草稿的规则还有错误，没有存下样例。请先改好标出的错误。")
        _free(content, name)
        known = {key: value for key, value in facts.items() if key in compiled.needed}
        verdict = _verdict(compiled, known, on=on)
        example = {"name": name.strip(), "on": on.isoformat(), "facts": known, "expect": _expected(verdict)}
        return content | {"examples": [*content.get("examples", []), example]}

    return drafts.save(user, draft_id=draft_id, revision=revision, change=change)


def rename_example(user: User, *, draft_id: UUID, revision: int, old: str, new: str) -> EditionDraft:
    """Give an example another name, also where others are based on it. Raises NoSuchExample, UnusableExample."""

    def change(content: Raw) -> Raw:
        if old != new.strip():
            _free(content, new)
        for one in (_example(content, old), *_based_on(content, old)):
            key = "name" if one.get("name") == old else "based_on"
            one[key] = new.strip()
        return content

    return drafts.save(user, draft_id=draft_id, revision=revision, change=change)


def remove_example(user: User, *, draft_id: UUID, revision: int, name: str) -> EditionDraft:
    """Delete an example; those based on it keep its facts as their own. Raises NoSuchExample."""

    def change(content: Raw) -> Raw:
        gone = _example(content, name)
        for one in _based_on(content, name):
            one["facts"] = _over(gone.get("facts", {}), one.get("facts", {}))
            one.pop("based_on")
            if "based_on" in gone:
                one["based_on"] = gone["based_on"]
        content["examples"] = [one for one in content["examples"] if one is not gone]
        return content

    return drafts.save(user, draft_id=draft_id, revision=revision, change=change)


def _example(content: Raw, name: str) -> Raw:
    for one in content.get("examples", []):
        if one.get("name") == name:
            found: Raw = one
            return found
    raise NoSuchExample


def _based_on(content: Raw, name: str) -> list[Raw]:
    return [one for one in content.get("examples", []) if one.get("based_on") == name]


def _over(base: Raw, own: Raw) -> Raw:
    """Return the facts of an example over those it was based on: what it says of a whole source goes for its parts.

    Order says nothing here: a draft is kept without it.
    """
    whole = tuple(name.removesuffix("*") for name in own if name.endswith(trying.WHOLE_SOURCE))
    kept = {
        name: value
        for name, value in base.items()
        if not (whole and name.startswith(whole) and not name.endswith(trying.KEPT_APART))
    }
    return {**kept, **own}


def _free(content: Raw, name: str) -> None:
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise UnusableExample(f"请给样例起个名字，不超过 {LONGEST_NAME} 个字，例如“刚满 80 周岁当天”。")
    if any(one.get("name") == name.strip() for one in content.get("examples", [])):
        raise UnusableExample("已经有叫这个名字的样例，请换一个名字。")


def _expected(verdict: Verdict) -> Raw:
    expected: Raw = {
        "verdict": verdict.kind.lower(),
        "findings": {one.check_code: one.outcome.lower() for one in verdict.findings},
    }
    if verdict.outcome is not None:
        expected["outcome"] = {name: plain(value) for name, value in verdict.outcome.values.items()}
    return expected


def _refuse_real(facts: Mapping[str, Any]) -> None:
    """Refuse the number of a person this portal knows; the demo's people are made up."""
    hashes = [keyed(HashKind.RESIDENT_ID, number) for number in _numbers(facts.values())]
    if hashes and Person.objects.filter(id_number_hash__in=hashes, is_demo=False).exists():
        raise RealPerson


def _numbers(values: Any) -> Sequence[str]:
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found += [number for record in value for number in _numbers(record.values())]
        elif isinstance(value, str):
            try:
                found.append(resident_id("".join(value.split())).number)
            except InvalidIdentifier:
                continue
    return found
