"""A matter package (事项包): one JSON document that says everything about a matter, and its JSON Schema."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from matters.format.base import CreditCode, FactName, FieldName, Many, Part, Some, Words
from matters.format.guide import Guide
from matters.format.questions import AskedQuestion, Form, Material, Situation, Uses
from matters.format.results import Result
from matters.format.wording import WORDS
from rules.judging.outcomes import OutcomeTable
from rules.language.checks import Checks
from rules.language.derived import Derivation
from rules.language.invalid import InvalidTree, read_strictly

FORMAT = 1
LICENCE = "01"  # the kind of act (事项类型) that is a licence: 行政许可

RawFact = str | int | bool | None | dict[str, str] | list[dict[str, Any]]


class Expected(Part):
    """What an example must give."""

    verdict: Literal["grant", "supplement", "refer"]
    findings: dict[str, Literal["pass", "fail", "unknown"]] = Field(default_factory=dict)
    outcome: dict[str, str | int | bool] = Field(default_factory=dict)


class Example(Part):
    """Given facts and what they lead to (样例). `based_on` takes over another example's facts.

    A fact is a plain value or {"unknown": reason}; "cert.<type>.*" and "register.<name>.*" set all of a source.
    """

    name: Words
    based_on: Words | None = None
    on: Annotated[date, Field(strict=False)]
    facts: dict[str, RawFact] = Field(default_factory=dict)
    expect: Expected


class Package(Part):
    """One matter as data. Nothing about a matter stands anywhere else."""

    format: Literal[1]
    code: Annotated[str, Field(pattern=r"^[0-9A-Z]{31}$")]
    base_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{12}$")]
    name: Words
    summary: Annotated[str, Field(min_length=1, max_length=200)]
    everyday_words: Some[Words]
    type: Annotated[str, Field(pattern=r"^\d{2}$")]
    department: CreditCode
    applicant: Literal["person", "organisation"]
    mode: Literal["instant_approval", "instant_filing"]
    life_events: Many[Words] = ()
    themes: Many[Words] = ()
    guide: Guide
    certificate_types: Many[dict[str, Any]] = ()
    registers: Many[dict[str, Any]] = ()
    uses: Uses
    form: Form
    materials: Some[Material]
    situations: Many[Situation] = ()
    derived: Many[Derivation] = ()
    checks: Checks
    outcome: OutcomeTable | None = None
    supplement_workdays: Annotated[int, Field(ge=1, le=60)] = 5
    result: Result
    examples: Many[Example] = ()

    @property
    def is_licence(self) -> bool:
        """Return whether the law on licences (行政许可法) speaks of it; an allowance is paid, not licensed."""
        return self.type == LICENCE

    @property
    def questions(self) -> tuple[AskedQuestion, ...]:
        """Return every question in the order asked."""
        return tuple(question for page in self.form.pages for question in page.questions)


def parse_package(document: object) -> Package:
    """Return the package a JSON document says; raises InvalidTree with every fault, its path and a Chinese message."""
    package = read_strictly(Package.model_validate, document)
    doubled = [*_doubled_questions(package), *_doubled_codes(package)]
    if doubled:
        raise InvalidTree(doubled)
    return package


def package_schema() -> dict[str, Any]:
    """Return the JSON Schema of a package."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_titled(Package.model_json_schema(by_alias=True)),
    }


def _titled(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with each key called as people call it."""
    for model, part in [("Package", schema), *schema["$defs"].items()]:
        for key, (title, hint) in WORDS.get(model, {}).items():
            if key in part.get("properties", {}):
                part["properties"][key] |= {"title": title} | ({"description": hint} if hint else {})
    return schema


def _doubled_questions(package: Package) -> list[tuple[str, str]]:
    seen: set[str] = set()
    found = []
    for at, page in enumerate(package.form.pages):
        for index, question in enumerate(page.questions):
            if question.name in seen:
                found.append((f"form.pages[{at}].questions[{index}].name", "问题名称重复"))
            seen.add(question.name)
    return found


def _doubled_codes(package: Package) -> list[tuple[str, str]]:
    named = {
        "checks": ("code", [check.code for check in package.checks]),
        "materials": ("code", [material.code for material in package.materials]),
        "examples": ("name", [example.name for example in package.examples]),
        "uses.certificates": ("type", [use.type for use in package.uses.certificates]),
        "uses.registers": ("register", [use.register_ for use in package.uses.registers]),
    }
    return [
        (f"{where}[{at}].{key}", "重复")
        for where, (key, names) in named.items()
        for at, name in enumerate(names)
        if name in names[:at]
    ]


__all__ = [
    "FORMAT",
    "Example",
    "Expected",
    "FactName",
    "FieldName",
    "Package",
    "package_schema",
    "parse_package",
]
