"""Question pages, materials with what replaces them, and what a matter looks up."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from matters.format.base import FactName, FieldName, Many, Part, Sentence, Slug, Some, Words
from rules.language.tree import Condition


class QuestionType(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    BUSINESS_NAME = "business_name"
    MOBILE = "mobile"
    RESIDENT_ID = "resident_id"
    BANK_ACCOUNT = "bank_account"
    DATE = "date"
    INTEGER = "integer"
    MONEY = "money"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    DIVISION = "division"
    FILE = "file"


_OF_FILES = {"max_files", "accept"}
_NOT_OF_FILES = {"prefill", "correctable", "default", "max_length", "unit", "personal"}


class Option(Part):
    """One choice; its hint may name prefilled facts: “{cert.<type>.<field>}”."""

    value: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    label: Words
    hint: str = ""


class AskedQuestion(Part):
    """One question; `prefill` names the fact that answers it, `correctable` lets the applicant change that."""

    name: FieldName
    type: QuestionType = Field(strict=False)
    label: Words
    called: str = ""  # what conditions and sheets call the answer, where the label is a question: 收款账户
    hint: str = ""
    why: str = ""
    required: bool = True
    options: Many[Option] = ()
    default: str | None = None
    prefill: FactName | None = None
    correctable: bool = False
    visible_when: Condition | None = None
    personal: bool = False
    max_length: Annotated[int, Field(ge=1, le=2000)] | None = None
    unit: str = ""
    within: Annotated[str, Field(pattern=r"^\d{2,12}$")] | None = None
    not_in_future: bool = False
    yes: str = ""
    no: str = ""
    begins_with: Many[Words] = ()  # business_name: the divisions a name may begin with
    ends_with: Many[Words] = ()  # business_name: the forms of organisation it may end with
    max_files: Annotated[int, Field(ge=1, le=10)] = 1  # file: how many may be uploaded
    accept: Many[Literal["picture", "pdf"]] = ()  # file: which kinds; none named: both

    @model_validator(mode="after")
    def _whole(self) -> AskedQuestion:
        if (self.type is QuestionType.CHOICE) != bool(self.options):
            raise PydanticCustomError("rules_question", "choice 要写 options，其他类型不写 options")
        if self.options and self.default not in {None, *(option.value for option in self.options)}:
            raise PydanticCustomError("rules_question", "default 不在 options 里")
        if self.type is QuestionType.DIVISION and self.within is None:
            raise PydanticCustomError("rules_question", "division 要写 within：在哪个区划以内选")
        if self.model_fields_set & (_OF_FILES if self.type is not QuestionType.FILE else _NOT_OF_FILES):
            message = "max_files、accept 只用于 file；file 不能预填，也没有 default、max_length、unit"
            raise PydanticCustomError("rules_question", message)
        return self

    @property
    def fact(self) -> str:
        """Return the fact this question fills."""
        return f"form.{self.name}"

    @property
    def is_file(self) -> bool:
        """Return whether it is answered by uploading: its fact is the number of files."""
        return self.type is QuestionType.FILE


class Page(Part):
    """Questions asked together."""

    title: Words
    hint: str = ""
    questions: Some[AskedQuestion]


class Form(Part):
    """All question pages in order."""

    pages: Some[Page]


class Replacement(Part):
    """What makes one material needless: a certificate, a register, the form itself, or a commitment.

    A commitment counts once the yes-or-no question named by `given` is answered with yes.
    """

    certificate: Slug | None = None
    register_: Slug | None = Field(default=None, alias="register")
    form: Literal[True] | None = None
    commitment: str | None = None
    given: FactName | None = None

    @model_validator(mode="after")
    def _one(self) -> Replacement:
        if len(self.model_fields_set - {"given"}) != 1:
            message = "certificate、register、form、commitment 要写一个，并且只能写一个"
            raise PydanticCustomError("rules_replacement", message)
        if (self.commitment is None) != (self.given is None):
            raise PydanticCustomError(
                "rules_replacement", "commitment 要写 given：哪一个问题作出承诺，其他的不写"
            )
        return self


class Material(Part):
    """One material of the list (申请材料) and what replaces it; only materials of the list may be asked for.

    `certificate_wanted` names the type that would make it needless, were it issued and used (应签未签).
    """

    code: FieldName
    name: Words
    form: Literal["electronic", "paper", "either"] = "electronic"
    necessity: Literal["required", "optional", "deferrable"] = "required"
    basis: Words
    replaced_by: Many[Replacement] = ()
    upload: FactName | None = None  # the file question that meets it where nothing replaces it
    certificate_wanted: Slug | None = None
    when: Condition | None = None


class Situation(Part):
    """A question whose answer changes materials or handling (情形)."""

    question: Words
    form: Annotated[str, Field(pattern=r"^form\.[a-z][a-z0-9_]{0,39}$")]


class CertificateUse(Part):
    """Which fields of a certificate type are read, and why; no fields: only whether one is held."""

    type: Slug
    fields: Many[FieldName] = ()
    why: Sentence


class RegisterUse(Part):
    """Which register is asked, which facts fill its key, and why."""

    register_: Slug = Field(alias="register")
    key: dict[str, FactName]
    why: Sentence


class Uses(Part):
    """Everything looked up for one application."""

    certificates: Many[CertificateUse] = ()
    registers: Many[RegisterUse] = ()
