"""What a grant does (办理结果): a certificate, perhaps a new organisation, and what the result page says."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from matters.format.base import FactName, FieldName, Part, Sentence, Slug, Words


class FieldSource(Part):
    """Where one field of the issued certificate comes from; exactly one key, `label` turns a code into its words."""

    fact: FactName | None = None
    label: bool = False
    outcome: FieldName | None = None
    value: str | int | bool | None = None
    text: Sentence | None = None
    today: Literal[True] | None = None
    first_of_next_month: Literal[True] | None = None
    number: Literal[True] | None = None
    organisation: Literal["credit_code", "name"] | None = None

    @model_validator(mode="after")
    def _one(self) -> FieldSource:
        if len(self.model_fields_set - {"label"}) != 1:
            raise PydanticCustomError("rules_field", "每个字段要写一个来源，并且只能写一个")
        if self.label and self.fact is None:
            raise PydanticCustomError("rules_field", "label 只能和 fact 一起写")
        return self


class ResultCertificate(Part):
    """The certificate a grant issues; without a validity it is 长期."""

    type: Slug
    holder: Literal["applicant", "new_organisation"] = "applicant"
    mode: Literal["issue", "new_version"] = "issue"
    number: Words
    fields: dict[FieldName, FieldSource]
    valid_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    valid_years: Annotated[int, Field(ge=1, le=100)] | None = None
    valid_until: Annotated[date, Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _one_validity(self) -> ResultCertificate:
        if sum(given is not None for given in (self.valid_days, self.valid_years, self.valid_until)) > 1:
            raise PydanticCustomError("rules_validity", "valid_days、valid_years、valid_until 只能写一个")
        return self


class FactRef(Part):
    """A value taken from a fact."""

    fact: FactName


class NewCreditCode(Part):
    """How the credit code of a new organisation begins (GB 32100: registration authority and kind, then division)."""

    prefix: Annotated[str, Field(pattern=r"^[0-9A-Z]{2}$")]
    division: Annotated[str, Field(pattern=r"^\d{6}$")]


class NewOrganisation(Part):
    """The organisation a grant creates, and who may act for it."""

    name: FactRef
    kind: Literal["enterprise", "individual_business", "cooperative", "institution", "other"]
    credit_code: NewCreditCode
    operator: Literal["applicant"] = "applicant"


class Result(Part):
    """Everything a grant does."""

    certificate: ResultCertificate
    organisation: NewOrganisation | None = None
    sentence: Sentence

    @model_validator(mode="after")
    def _holder_exists(self) -> Result:
        if (self.certificate.holder == "new_organisation") != (self.organisation is not None):
            raise PydanticCustomError(
                "rules_result", "holder 为 new_organisation 时，并且只有这时，要写 organisation"
            )
        return self
