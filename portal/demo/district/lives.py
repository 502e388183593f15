"""The demo's people as data: lives.json, strictly read. Who they are, what they hold, and what each matter decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accounts.models import Organisation, Post
from certificates.states import ENDED, CertificateStatus

FILE = Path(__file__).with_name("lives.json")
Words = Annotated[str, Field(min_length=1, max_length=200)]
Username = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,30}$")]
Expected = Literal["grant", "supplement", "refer", "wrong_applicant"]
VERDICTS = {"grant": "当场办结", "supplement": "一次补正", "refer": "转人工"}
Group = Literal["citizen", "business", "staff"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ended(_Strict):
    """How a certificate ended before its time."""

    status: CertificateStatus
    reason: Words

    @model_validator(mode="after")
    def _is_an_end(self) -> Ended:
        if self.status not in ENDED | {CertificateStatus.SUSPENDED}:
            raise ValueError(f"{self.status} is no end")
        return self


class Holding(_Strict):
    """A certificate somebody holds: days count from the day of loading; text may name `{name}`, `{day:-400}`, …"""

    fields: Mapping[str, Any] = {}
    from_days: Annotated[int, Field(le=0)] = -700
    until_days: int | None = None
    number: str | None = None
    ended: Ended | None = None


Holdings = Mapping[str, Mapping[str, Any] | None]


class Business(_Strict):
    """The business of a life: its operator is the life itself."""

    name: Words
    credit_code: str
    kind: Organisation.Kind = Organisation.Kind.INDIVIDUAL_BUSINESS
    certificates: Holdings = {}


class Delegated(_Strict):
    """To whom a life delegates, from the day of loading on; matters by the names of this file, none: all."""

    to: Username
    matters: tuple[str, ...] = ()


class Employed(_Strict):
    """Whose organisation a life is an agent of, for which matters, and whether with its certificates."""

    head: Username
    matters: tuple[str, ...] = ()
    certificates: bool = False


class Appointment(_Strict):
    """A post; `department` is a credit code, absent for the whole district; `hall` is where a clerk sits."""

    role: Post.Role
    department: str | None = None
    hall: str | None = None


class Somebody(_Strict):
    """Who can be signed in as; title and story are what the sign-in page says."""

    username: Username
    name: Words
    title: Words
    story: Words


class Life(Somebody):
    """One named person of the demo. Certificates say only what differs from the usual ones; null: does not hold it.

    `tries` are the matters this life is there to show; `expects` says what they decide, and what others would.
    """

    born: date
    sex: Literal["female", "male"]
    sequence: Annotated[int, Field(ge=0, le=4)] = 0
    division: str = "440507003"
    address: str = ""
    household: str = ""  # 户号: who shares it lives together
    certificates: Holdings = {}
    registers: Mapping[str, Mapping[str, Any] | None] = {}
    mobile: bool = True
    business: Business | None = None
    delegates: Delegated | None = None
    guardian: Username | None = None
    guardian_asks: Username | None = None  # who waits to be confirmed
    agent_of: Employed | None = None
    post: Appointment | None = None
    consent: bool = True
    answers: Mapping[str, Mapping[str, Any]] = {}
    tries: Annotated[tuple[str, ...], Field(min_length=1)]
    expects: Mapping[str, Expected]

    @property
    def group(self) -> Group:
        """Return under which heading the sign-in page shows this life."""
        if self.post is not None:
            return "staff"
        return "business" if self.business or self.agent_of else "citizen"


class Colleague(Somebody):
    """A member of staff who appears as nothing else."""

    post: Appointment


class TriedMatter(_Strict):
    """A matter lives apply for: its answers, unless a life gives others."""

    code: str
    short: Words
    answers: Mapping[str, Any] = {}


class RegisterPages(_Strict):
    """What a stand-in register holds for everybody, unless a life says otherwise; null: no record."""

    of: Literal["person", "business"]
    key: Mapping[str, str]
    usual: Mapping[str, Any] | None = None


class Usual(_Strict):
    """What everybody holds; `other_businesses` are those that only fill the district."""

    person: Holdings
    business: Holdings
    other_businesses: Holdings


class District(_Strict):
    """The whole file; `more_people` and `more_businesses` are invented beside the lives."""

    password: Words
    more_people: int
    more_businesses: int
    matters: Mapping[str, TriedMatter]
    registers: Mapping[str, RegisterPages]
    usual: Usual
    lives: tuple[Life, ...]
    staff: tuple[Colleague, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> District:
        names = [one.username for one in (*self.lives, *self.staff)]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"user names used twice: {sorted(doubled)}")
        for life in self.lives:
            if unknown := {*life.answers, *life.tries, *life.expects} - set(self.matters):
                raise ValueError(f"{life.username}: unknown matters {sorted(unknown)}")
            if any(life.expects.get(name) not in VERDICTS for name in life.tries):
                raise ValueError(f"{life.username}: tries what is not for it")
            if unknown := set(life.registers) - set(self.registers):
                raise ValueError(f"{life.username}: unknown registers {sorted(unknown)}")
            if unknown := _named(life) - set(names):
                raise ValueError(f"{life.username}: unknown people {sorted(unknown)}")
        return self


def _named(life: Life) -> set[str]:
    """Return the people a life's mandates name."""
    told = (
        life.delegates.to if life.delegates else None,
        life.guardian,
        life.guardian_asks,
        life.agent_of.head if life.agent_of else None,
    )
    return {name for name in told if name is not None}


@cache
def district() -> District:
    """Return the demo's people; the file is part of the product and read once."""
    return District.model_validate_json(FILE.read_bytes())


def merged(usual: Holdings, own: Holdings) -> dict[str, Holding]:
    """Return what somebody holds: the usual certificates with their own differences."""
    held: dict[str, Holding] = {}
    for slug in {**usual, **own}:
        if slug in own and own[slug] is None:
            continue
        base, other = usual.get(slug) or {}, own.get(slug) or {}
        fields = {**base.get("fields", {}), **other.get("fields", {})}
        held[slug] = Holding.model_validate({**base, **other, "fields": fields})
    return held
