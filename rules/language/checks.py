"""A check: one condition with its law, what the citizen is told, and what failing or not knowing does."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    TypeAdapter,
    model_validator,
)
from pydantic_core import PydanticCustomError

from rules.language.invalid import InvalidTree, read_strictly
from rules.language.tree import Condition
from rules.language.values import Action, Basis, Truth, bases_to_json

MAX_CHECKS = 100
MAX_BASES = 10

Words = Annotated[str, Field(min_length=1, max_length=500)]
Opened = Annotated[str, Field(pattern=r"^(form|material)\.[a-z][a-z0-9_-]{0,60}$")]


def _how_many(raw: object) -> str:
    return "@many" if isinstance(raw, list | tuple) else "@one"


def _as_several(given: Basis | tuple[Basis, ...]) -> tuple[Basis, ...]:
    return (given,) if isinstance(given, Basis) else given


_Several = Annotated[tuple[Basis, ...], Field(strict=False, min_length=1, max_length=MAX_BASES)]
if TYPE_CHECKING:
    Bases = tuple[Basis, ...]
else:  # one article is written as an object, several as a list; either way they are held as several
    Bases = Annotated[
        Annotated[Basis, Tag("@one")] | Annotated[_Several, Tag("@many")],
        Discriminator(_how_many),
        AfterValidator(_as_several),
        PlainSerializer(bases_to_json),
    ]


class OnTrouble(StrEnum):
    """What a check that does not pass leads to."""

    REFER = "refer"
    SUPPLEMENT = "supplement"


class Told(BaseModel):
    """What the citizen reads for each outcome."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    passed: Annotated[str, Field(max_length=500, alias="pass")] = ""
    fail: Words
    unknown: Words

    def text(self, outcome: Truth) -> str:
        """Return the words for one outcome."""
        return {Truth.PASS: self.passed, Truth.FAIL: self.fail, Truth.UNKNOWN: self.unknown}[outcome]


class Check(BaseModel):
    """One 核验项 of an edition."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,60}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    condition: Condition
    basis: Bases
    told: Told
    on_fail: OnTrouble = Field(default=OnTrouble.REFER, strict=False)
    on_unknown: OnTrouble = Field(default=OnTrouble.REFER, strict=False)
    opens: Annotated[tuple[Opened, ...], Field(strict=False, max_length=50)] = ()

    @model_validator(mode="after")
    def _opens_something(self) -> "Check":
        if OnTrouble.SUPPLEMENT in {self.on_fail, self.on_unknown} and not self.opens:
            raise PydanticCustomError("rules_opens", "选择补正的核验项要写明可以补正哪些内容（opens）")
        return self

    def action(self, outcome: Truth) -> Action:
        """Return what an outcome of this check leads to."""
        if outcome is Truth.PASS:
            return Action.NONE
        return Action((self.on_fail if outcome is Truth.FAIL else self.on_unknown).value)


Checks = Annotated[tuple[Check, ...], Field(strict=False, max_length=MAX_CHECKS)]
_CHECKS: TypeAdapter[tuple[Check, ...]] = TypeAdapter(Checks)


def parse_checks(document: object) -> tuple[Check, ...]:
    """Return the checks a JSON list says; raises InvalidTree with every fault and its path."""
    checks = read_strictly(_CHECKS.validate_python, document)
    codes = [check.code for check in checks]
    doubled = [(f"[{at}].code", "核验项编码重复") for at, code in enumerate(codes) if code in codes[:at]]
    if doubled:
        raise InvalidTree(doubled)
    return checks


def dump_checks(checks: tuple[Check, ...]) -> list[dict[str, Any]]:
    """Return the JSON form of checks."""
    return [check.model_dump(mode="json", by_alias=True, exclude_none=True) for check in checks]
