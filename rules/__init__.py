"""The rules: typed conditions in three values, judged with a trace, worded in Chinese. No Django, no input, no clock."""

from rules.checks import Check, Checks, OnTrouble, Told, dump_checks, parse_checks
from rules.derived import Derivation, DerivedKind, age_on
from rules.invalid import InvalidTree, json_document, problems_in
from rules.judging import PreparedChecks, judge, prepare
from rules.outcomes import OutcomeTable, dump_outcome_table, parse_outcome_table
from rules.reading import certificates_needed, facts_needed, registers_needed
from rules.showing import reason_text
from rules.tracing import PreparedCondition, holds
from rules.tree import Condition, Node, condition_schema, dump_condition, parse_condition
from rules.values import (
    LANGUAGE_VERSION,
    Action,
    Basis,
    Fact,
    Facts,
    Finding,
    Leaf,
    Outcome,
    Source,
    SourceKind,
    Truth,
    UnknownReason,
    Verdict,
    VerdictKind,
    facts_from_json,
    facts_to_json,
    verdict_from_json,
    verdict_to_json,
)
from rules.vocabulary import FactSpec, FactType, FieldSpec, Vocabulary, dump_vocabulary, parse_vocabulary
from rules.wording import sentence
