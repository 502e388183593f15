"""What goes into judging and what comes out: frozen values with an exact JSON form, so that all replays."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, Self, TypeAlias, TypeVar, overload

from pydantic import BaseModel, ConfigDict

LANGUAGE_VERSION = 2


class Truth(StrEnum):
    """Kleene's three values; FAIL < UNKNOWN < PASS."""

    PASS = "PASS"  # noqa: S105 -- an outcome, no password
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


class UnknownReason(StrEnum):
    """Why a fact has no value that may be relied on."""

    NOT_HELD = "NOT_HELD"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    UNAUTHORISED = "UNAUTHORISED"
    UNREACHABLE = "UNREACHABLE"
    AMBIGUOUS = "AMBIGUOUS"
    NOT_ASKED = "NOT_ASKED"
    UNREADABLE = "UNREADABLE"


class VerdictKind(StrEnum):
    """The machine grants, asks for a supplement, or refers to a person; it never refuses."""

    GRANT = "GRANT"
    SUPPLEMENT = "SUPPLEMENT"
    REFER = "REFER"


class Action(StrEnum):
    """What a finding that is not PASS leads to; NONE for a PASS."""

    NONE = "none"
    REFER = "refer"
    SUPPLEMENT = "supplement"


class SourceKind(StrEnum):
    """Where a fact comes from."""

    CERTIFICATE = "certificate"
    REGISTER = "register"
    FORM = "form"
    OWN = "own"
    DERIVED = "derived"
    APPLICANT = "applicant"


Scalar: TypeAlias = str | int | Decimal | date | bool
# A field of a list record may itself be unknown (a reason) or known to be empty (None).
Record: TypeAlias = Mapping[str, Scalar | UnknownReason | None]
Value: TypeAlias = Scalar | tuple[Record, ...]
Json: TypeAlias = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read: a certificate (number, version, field), a register (field, time), a form."""

    kind: SourceKind
    name: str
    label: str
    number: str = ""
    version: int = 0
    field: str = ""
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value read at one moment, or `missing` with the reason; neither means: known to be empty."""

    value: Value | None
    source: Source | None = None
    missing: UnknownReason | None = None

    @classmethod
    def known(cls, value: Value | None, source: Source | None = None) -> Self:
        """Return a fact that was read; None or "" says that the source answered and the field is empty."""
        return cls(value, source, None)

    @classmethod
    def unknown(cls, reason: UnknownReason, source: Source | None = None) -> Self:
        """Return a fact that could not be read."""
        return cls(None, source, reason)


Facts: TypeAlias = Mapping[str, Fact]


class Basis(BaseModel):
    """One article of law a check stands on."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    law: str
    article: str = ""
    text: str = ""

    @property
    def cited(self) -> str:
        """Return the citation: the article beside its law."""
        return f"{self.law}{self.article}"


def bases_to_json(bases: tuple[Basis, ...]) -> Any:
    """Return a single basis as an object, several as a list: the form single ones were always stored in."""
    told = [{"law": basis.law, "article": basis.article, "text": basis.text} for basis in bases]
    return told[0] if len(told) == 1 else told


def bases_from_json(data: Any) -> tuple[Basis, ...]:
    """Undo `bases_to_json`."""
    return tuple(Basis.model_validate(one) for one in (data if isinstance(data, list) else [data]))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One compared fact (or list) of a trace; texts are Chinese, what is personal is masked in `seen`."""

    path: str
    sentence: str
    expected: str
    seen: str
    source: Source | None
    outcome: Truth
    reason: UnknownReason | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: `told` is what the citizen reads, `opens` what a supplement may change."""

    check_code: str
    name: str
    sentence: str
    outcome: Truth
    leaves: tuple[Leaf, ...]
    basis: tuple[Basis, ...]
    told: str
    action: Action
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The chosen row of the outcome table (counted from 0): typed values and (label, text) lines to show."""

    row: int
    values: Mapping[str, Scalar]
    lines: tuple[tuple[str, str], ...] = ()


class Read(Sequence[T], Generic[T]):
    """A tuple made when it is first read: most traces are judged, stored by nobody, and thrown away."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], tuple[T, ...]]) -> None:
        """Keep how it is made."""
        self._make: Callable[[], tuple[T, ...]] | None = make
        self._made: tuple[T, ...] = ()

    @property
    def all(self) -> tuple[T, ...]:
        """Return the tuple itself."""
        if self._make is not None:
            self._made = self._make()
            self._make = None
        return self._made

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[T]:
        return iter(self.all)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        return self.all[at]

    def __eq__(self, other: object) -> bool:
        return self.all == (other.all if isinstance(other, Read) else other)

    def __hash__(self) -> int:
        return hash(self.all)

    def __repr__(self) -> str:
        return repr(self.all)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings together; `outcome` is None without a table or a certain row (see `outcome_leaves`).

    `language` is the version it was judged by.
    """

    kind: VerdictKind
    findings: Sequence[Finding]
    outcome: Outcome | None = None
    opens: tuple[str, ...] = ()
    outcome_leaves: Sequence[Leaf] = field(default=())
    language: int = LANGUAGE_VERSION


def scalar_to_json(value: object) -> object:
    """Return text, whole numbers, booleans and None as they are; money, dates, reasons, lists under a tag."""
    if isinstance(value, UnknownReason):
        return {"missing": str(value)}
    if isinstance(value, Decimal):
        return {"money": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, (list, tuple)):
        return {"list": [{name: scalar_to_json(part) for name, part in record.items()} for record in value]}
    return value


_TAGGED: Mapping[str, Callable[[Any], Any]] = {
    "missing": UnknownReason,
    "money": Decimal,
    "date": date.fromisoformat,
}


def scalar_from_json(data: Any) -> Any:
    """Undo `scalar_to_json`."""
    if not isinstance(data, dict):
        return data
    ((tag, inner),) = data.items()
    if tag == "list":
        return tuple({name: scalar_from_json(part) for name, part in record.items()} for record in inner)
    return _TAGGED[tag](inner)


def source_to_json(source: Source | None) -> Json | None:
    """Return the source as plain JSON, without what is empty."""
    if source is None:
        return None
    told: Json = {"kind": source.kind.value, "name": source.name, "label": source.label}
    if source.number:
        told["number"] = source.number
    if source.version:
        told["version"] = source.version
    if source.field:
        told["field"] = source.field
    if source.at:
        told["at"] = source.at.isoformat()
    if source.detail:
        told["detail"] = source.detail
    return told


def source_from_json(data: Json | None) -> Source | None:
    """Undo `source_to_json`."""
    if data is None:
        return None
    at = data.get("at")
    read = {"kind": SourceKind(data["kind"]), "at": datetime.fromisoformat(at) if at else None}
    return Source(**(data | read))


def facts_to_json(facts: Facts) -> Json:
    """Return the facts in a self-contained form; holds clear values, so it is stored encrypted only."""
    return {
        name: {
            "value": scalar_to_json(fact.value),
            "source": source_to_json(fact.source),
            "missing": str(fact.missing) if fact.missing else None,
        }
        for name, fact in facts.items()
    }


def facts_from_json(data: Json) -> dict[str, Fact]:
    """Undo `facts_to_json` exactly."""
    return {
        name: Fact(
            scalar_from_json(entry["value"]),
            source_from_json(entry["source"]),
            UnknownReason(entry["missing"]) if entry["missing"] else None,
        )
        for name, entry in data.items()
    }


def leaf_to_json(leaf: Leaf) -> Json:
    """Return one trace line as JSON."""
    return {
        "path": leaf.path,
        "sentence": leaf.sentence,
        "expected": leaf.expected,
        "seen": leaf.seen,
        "source": source_to_json(leaf.source),
        "outcome": leaf.outcome.value,
        "reason": leaf.reason.value if leaf.reason else None,
    }


def leaf_from_json(data: Json) -> Leaf:
    """Undo `leaf_to_json`."""
    reason = UnknownReason(data["reason"]) if data["reason"] else None
    read = {"source": source_from_json(data["source"]), "outcome": Truth(data["outcome"]), "reason": reason}
    return Leaf(**(data | read))


def finding_to_json(finding: Finding) -> Json:
    """Return one finding with its trace as JSON."""
    return {
        "check_code": finding.check_code,
        "name": finding.name,
        "sentence": finding.sentence,
        "outcome": finding.outcome.value,
        "leaves": [leaf_to_json(leaf) for leaf in finding.leaves],
        "basis": bases_to_json(finding.basis),
        "told": finding.told,
        "action": finding.action.value,
        "opens": list(finding.opens),
    }


def finding_from_json(data: Json) -> Finding:
    """Undo `finding_to_json`."""
    read = {
        "outcome": Truth(data["outcome"]),
        "leaves": tuple(map(leaf_from_json, data["leaves"])),
        "basis": bases_from_json(data["basis"]),
        "action": Action(data["action"]),
        "opens": tuple(data["opens"]),
    }
    return Finding(**(data | read))


def outcome_to_json(outcome: Outcome | None) -> Json | None:
    """Return the chosen row as JSON."""
    if outcome is None:
        return None
    values = {name: scalar_to_json(value) for name, value in outcome.values.items()}
    return {"row": outcome.row, "values": values, "lines": [list(line) for line in outcome.lines]}


def outcome_from_json(data: Json | None) -> Outcome | None:
    """Undo `outcome_to_json`."""
    if data is None:
        return None
    values = {name: scalar_from_json(value) for name, value in data["values"].items()}
    return Outcome(data["row"], values, tuple((label, text) for label, text in data["lines"]))


def verdict_to_json(verdict: Verdict) -> Json:
    """Return the verdict as a Judgement stores it."""
    return {
        "language": verdict.language,
        "kind": str(verdict.kind),
        "findings": [finding_to_json(finding) for finding in verdict.findings],
        "outcome": outcome_to_json(verdict.outcome),
        "opens": list(verdict.opens),
        "outcome_leaves": [leaf_to_json(leaf) for leaf in verdict.outcome_leaves],
    }


def verdict_from_json(data: Json) -> Verdict:
    """Undo `verdict_to_json` exactly."""
    return Verdict(
        VerdictKind(data["kind"]),
        tuple(map(finding_from_json, data["findings"])),
        outcome_from_json(data["outcome"]),
        tuple(data["opens"]),
        tuple(map(leaf_from_json, data["outcome_leaves"])),
        data["language"],
    )
