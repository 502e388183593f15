"""Outcome tables: the first row whose condition holds gives amount, validity, document variant."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from rules.judging.lookups import NO_ITEM
from rules.judging.steps import Record
from rules.judging.tracing import derivations_for, prepare_step, with_derived
from rules.language.comparing import WrongValue, constant
from rules.language.invalid import read_strictly
from rules.language.tree import Condition, facts_named
from rules.language.values import Facts, Outcome, Scalar, Truth
from rules.language.vocabulary import FactType, FieldSpec, Vocabulary
from rules.wording.showing import shower

MAX_ROWS = 200


class Row(BaseModel):
    """Values that hold when the condition does; without a condition, always."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    when: Condition | None = None
    values: dict[str, bool | int | str]


class OutcomeTable(BaseModel):
    """Typed columns and rows in order; each row fills every column."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    columns: Annotated[dict[str, FieldSpec], Field(min_length=1, max_length=50)]
    rows: Annotated[tuple[Row, ...], Field(strict=False, min_length=1, max_length=MAX_ROWS)]

    @model_validator(mode="after")
    def _rows_fill_columns(self) -> "OutcomeTable":
        for index, row in enumerate(self.rows):
            for name, message in _misfits(self.columns, row):
                raise PydanticCustomError("rules_row", message, {"at": f"rows[{index}].values.{name}"})
        return self

    def typed(self, row: int) -> dict[str, Scalar]:
        """Return the values of a row in the types of their columns."""
        values = self.rows[row].values
        return {name: constant(values[name], spec=spec) for name, spec in self.columns.items()}


def _misfits(columns: dict[str, FieldSpec], row: Row) -> list[tuple[str, str]]:
    found = [(name, "没有这一列") for name in row.values if name not in columns]
    for name, spec in columns.items():
        if spec.type is FactType.LIST:
            found.append((name, "结果表的列不能是列表"))
        elif name not in row.values:
            found.append((name, "缺少这一列的值"))
        else:
            found += _misfit(name, spec, row.values[name])
    return found


def _misfit(name: str, spec: FieldSpec, raw: object) -> list[tuple[str, str]]:
    try:
        constant(raw, spec=spec)
    except WrongValue as wrong:
        return [(name, wrong.message.replace("{", "（").replace("}", "）"))]
    return []


def parse_outcome_table(document: object) -> OutcomeTable:
    """Return the table a JSON document says; raises InvalidTree."""
    return read_strictly(OutcomeTable.model_validate, document)


def dump_outcome_table(table: OutcomeTable) -> dict[str, Any]:
    """Return the JSON form of a table."""
    return table.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)


class PreparedTable:
    """A table whose conditions, values and texts are worked out once."""

    def __init__(self, table: OutcomeTable, *, vocabulary: Vocabulary) -> None:
        """Prepare each row."""
        conditions = [row.when for row in table.rows]
        self.steps = [
            None if when is None else prepare_step(when, vocabulary=vocabulary) for when in conditions
        ]
        self.outcomes = [_outcome(table, index, vocabulary) for index in range(len(table.rows))]
        named = frozenset[str]().union(*(facts_named(when) for when in conditions if when is not None))
        self._derivations = derivations_for(named, vocabulary=vocabulary)

    def choose(self, facts: Facts, *, on: date) -> tuple[Outcome | None, list[Record]]:
        """Return the first row that holds, with the trace; None when none does or an earlier is unknown."""
        complete = with_derived(facts, derivations=self._derivations, on=on)
        records: list[Record] = []
        for step, outcome in zip(self.steps, self.outcomes, strict=True):
            truth = Truth.PASS if step is None else step.trace(complete, records)
            if truth is Truth.PASS:
                return outcome, records
            if truth is Truth.UNKNOWN:
                return None, records
        return None, records

    def possible(self, facts: Facts, *, on: date) -> tuple[int, ...]:
        """Return the rows that these facts leave open: none that is known not to hold, none after one that does."""
        complete = with_derived(facts, derivations=self._derivations, on=on)
        rows: list[int] = []
        for index, step in enumerate(self.steps):
            truth = Truth.PASS if step is None else step.weigh(complete, NO_ITEM)[0]
            if truth is not Truth.FAIL:
                rows.append(index)
            if truth is Truth.PASS:
                break
        return tuple(rows)


def _outcome(table: OutcomeTable, row: int, vocabulary: Vocabulary) -> Outcome:
    values = table.typed(row)
    columns = table.columns.items()
    lines = tuple((spec.label, shower(spec, vocabulary=vocabulary)(values[name])) for name, spec in columns)
    return Outcome(row, values, lines)
