"""The rules: typed conditions in three values, judged with a trace, worded in Chinese. No Django."""

from rules.judging.outcomes import OutcomeTable, dump_outcome_table, parse_outcome_table
from rules.judging.tracing import PreparedCondition, holds
from rules.judging.verdicts import PreparedChecks, judge, prepare
from rules.language.checks import Check, Checks, OnTrouble, Told, dump_checks, parse_checks
from rules.language.derived import Derivation, DerivedKind, age_on
from rules.language.invalid import InvalidTree, json_document, problems_in
from rules.language.tree import Condition, Node, condition_schema, dump_condition, parse_condition
from rules.language.values import (
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
from rules.language.vocabulary import (
    FactSpec,
    FactType,
    FieldSpec,
    Vocabulary,
    dump_vocabulary,
    parse_vocabulary,
)
from rules.linting.problems import Problem, Severity, check_problems, problems
from rules.linting.reading import certificates_needed, facts_needed, registers_needed
from rules.wording.sentences import sentence
from rules.wording.showing import reason_text

__all__ = [
    "LANGUAGE_VERSION",
    "Action",
    "Basis",
    "Check",
    "Checks",
    "Condition",
    "Derivation",
    "DerivedKind",
    "Fact",
    "FactSpec",
    "FactType",
    "Facts",
    "FieldSpec",
    "Finding",
    "InvalidTree",
    "Leaf",
    "Node",
    "OnTrouble",
    "Outcome",
    "OutcomeTable",
    "PreparedChecks",
    "PreparedCondition",
    "Problem",
    "Severity",
    "Source",
    "SourceKind",
    "Told",
    "Truth",
    "UnknownReason",
    "Verdict",
    "VerdictKind",
    "Vocabulary",
    "age_on",
    "certificates_needed",
    "check_problems",
    "condition_schema",
    "dump_checks",
    "dump_condition",
    "dump_outcome_table",
    "dump_vocabulary",
    "facts_from_json",
    "facts_needed",
    "facts_to_json",
    "holds",
    "json_document",
    "judge",
    "parse_checks",
    "parse_condition",
    "parse_outcome_table",
    "parse_vocabulary",
    "prepare",
    "problems",
    "problems_in",
    "reason_text",
    "registers_needed",
    "sentence",
    "verdict_from_json",
    "verdict_to_json",
]
