"""What every part of a package shares: strict, frozen, nothing unknown accepted."""

from __future__ import annotations

from typing import Annotated, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Part(BaseModel):
    """A part of a package. Unknown keys are refused, so that a misspelt one is found and not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Many: TypeAlias = Annotated[tuple[T, ...], Field(strict=False)]
Some: TypeAlias = Annotated[tuple[T, ...], Field(strict=False, min_length=1)]
Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=120)]
Sentence: TypeAlias = Annotated[str, Field(min_length=1, max_length=400)]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=4000)]
Slug: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
FieldName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FactName: TypeAlias = Annotated[
    str, Field(pattern=r"^(applicant|form|cert|register|own|derived)\.[a-z0-9_.-]{1,120}$")
]
Phone: TypeAlias = Annotated[str, Field(pattern=r"^(0\d{2,3}-\d{7,8}|1\d{4})$")]
CreditCode: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]
Workdays: TypeAlias = Annotated[int, Field(ge=0, le=400)]
