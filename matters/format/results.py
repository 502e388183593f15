"""What a grant does (办理结果): a certificate, perhaps a new organisation or an ending, and what the page says."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from matters.format.base import FactName, FieldName, Many, Part, Sentence, Slug, Words


class FieldSource(Part):
    """Where one field of the issued certificate comes from; exactly one key, `label` turns a code into its words.

    `otherwise` names the fact that fills it where `fact`, or one of `text`, has no value: what was not asked stays.
    """

    fact: FactName | None = None
    label: bool = False
    otherwise: FactName | None = None
    outcome: FieldName | None = None
    value: str | int | bool | None = None
    text: Sentence | None = None
    today: Literal[True] | None = None
    first_of_next_month: Literal[True] | None = None
    valid_until: Literal[True] | None = None
    number: Literal[True] | None = None
    organisation: Literal["credit_code", "name"] | None = None

    @model_validator(mode="after")
    def _one(self) -> FieldSource:
        if len(self.model_fields_set - {"label", "otherwise"}) != 1:
            raise PydanticCustomError("rules_field", "每个字段要写一个来源，并且只能写一个")
        if self.label and self.fact is None:
            raise PydanticCustomError("rules_field", "label 只能和 fact 一起写")
        if self.otherwise and self.fact is None and self.text is None:
            raise PydanticCustomError("rules_field", "otherwise 只能和 fact 或 text 一起写")
        return self


class ResultCertificate(Part):
    """The certificate a grant issues; without a validity it is 长期.

    A new version takes the place of the one held: it keeps its number and, with `valid_as_held`, its last valid day.
    """

    type: Slug
    holder: Literal["applicant", "new_organisation"] = "applicant"
    mode: Literal["issue", "new_version"] = "issue"
    number: Words | None = None
    fields: dict[FieldName, FieldSource]
    valid_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    valid_years: Annotated[int, Field(ge=1, le=100)] | None = None
    valid_until: Annotated[date, Field(strict=False)] | None = None
    valid_as_held: Literal[True] | None = None

    @property
    def renews(self) -> bool:
        """Return whether a grant gives the next version of a certificate the holder has."""
        return self.mode == "new_version"

    @model_validator(mode="after")
    def _one_validity(self) -> ResultCertificate:
        validities = (self.valid_days, self.valid_years, self.valid_until, self.valid_as_held)
        if sum(given is not None for given in validities) > 1:
            message = "valid_days、valid_years、valid_until、valid_as_held 只能写一个"
            raise PydanticCustomError("rules_validity", message)
        return self

    @model_validator(mode="after")
    def _as_its_mode_says(self) -> ResultCertificate:
        if self.renews == (self.number is not None):
            message = "issue 要写 number；new_version 沿用原证编号，不写 number"
            raise PydanticCustomError("rules_renewal", message)
        if self.renews and self.holder != "applicant":
            raise PydanticCustomError("rules_renewal", "new_version 只能发给申请人，holder 写 applicant")
        if self.valid_as_held and not self.renews:
            raise PydanticCustomError("rules_renewal", "valid_as_held 只能和 new_version 一起写")
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


class Ending(Part):
    """What a grant puts an end to at the applicant's wish (注销, 行政许可法 art. 70): a certificate they hold.

    `with_it` are types that lapse with it where they are held; `organisation`: the applicant itself ends.
    """

    certificate: Slug
    with_it: Many[Slug] = ()
    reason: Words
    organisation: Literal[True] | None = None

    @property
    def types(self) -> tuple[str, ...]:
        """Return every type that ends."""
        return (self.certificate, *self.with_it)


class Result(Part):
    """Everything a grant does. `renames` gives the name its organisation bears from then on, if it has a value."""

    certificate: ResultCertificate
    organisation: NewOrganisation | None = None
    renames: FactRef | None = None
    ends: Ending | None = None
    sentence: Sentence

    @property
    def names(self) -> FactRef | None:
        """Return where an organisation's name comes from, new or changed: it has to be free."""
        return self.organisation.name if self.organisation else self.renames

    @model_validator(mode="after")
    def _holder_exists(self) -> Result:
        if self.organisation and self.renames:
            raise PydanticCustomError("rules_result", "organisation 和 renames 只能写一个")
        if self.ends and (self.organisation or self.renames or self.certificate.type in self.ends.types):
            message = "ends 不能和 organisation、renames 一起写，也不能注销刚签发的证照"
            raise PydanticCustomError("rules_result", message)
        if (self.certificate.holder == "new_organisation") != (self.organisation is not None):
            raise PydanticCustomError(
                "rules_result", "holder 为 new_organisation 时，并且只有这时，要写 organisation"
            )
        return self
