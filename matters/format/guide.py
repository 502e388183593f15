"""The guide (办事指南) of a matter: what the citizen reads before applying (GB/T 39554.2, domain 2.1)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matters.format.base import Many, Part, Phone, Sentence, Some, Text, Words, Workdays


class Fee(Part):
    """收费标准."""

    charged: bool
    text: Sentence


class Limit(Part):
    """法定办结时限 in working days; `workdays` absent: no law sets one."""

    workdays: Workdays | None = None
    text: Sentence


class Promise(Part):
    """承诺办结时限: at once, or in working days once a person has to look."""

    instant: bool
    workdays: Annotated[int, Field(ge=1, le=400)]
    text: Sentence


class LegalBasis(Part):
    """One article a matter stands on, with its words."""

    law: Words
    number: str = ""
    article: Words
    text: Text
    demo: bool = False


class Step(Part):
    """One step of handling (办理流程)."""

    name: Words
    text: Sentence


class ResultOf(Part):
    """审批结果."""

    name: Words
    text: Sentence


class NextStep(Part):
    """What happens after a grant (接下来)."""

    title: Words
    text: Sentence


class Place(Part):
    """Where it can be done in person (办理地点)."""

    name: Words
    address: Words
    hours: Words
    phone: Phone


class Question(Part):
    """常见问题."""

    q: Words
    a: Text


class Remedies(Part):
    """Who reviews the decision and which court hears the suit (行政许可法 art. 38)."""

    review_body: Words
    court: Words


class Line(Part):
    """One answer of the short version with a smaller note below."""

    text: Words
    note: str = ""


class InShort(Part):
    """一分钟看懂: five answers."""

    who: Line
    bring: Line
    time: Line
    cost: Line
    where: Line


class Guide(Part):
    """Everything the guide page says."""

    in_short: InShort
    conditions: Some[Sentence]
    fee: Fee
    statutory: Limit
    committed: Promise
    legal_basis: Some[LegalBasis]
    steps: Some[Step]
    result: ResultOf
    next_steps: Some[NextStep]
    visits: Annotated[int, Field(ge=0, le=9)] = 0
    visit_reason: str = ""
    online_depth: Some[Words]
    places: Some[Place]
    consult_phone: Phone
    complaint_phone: Phone
    faq: Many[Question]
    delivery: Words
    remedies: Remedies
    labels: Many[Words] = ()
