"""Cases that were judged: one through the product, the others like it but for what the facts say."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

from approvals.models import Application, Judgement
from matters import editions
from matters.models import EditionDraft
from matters.writing import drafts
from rules import facts_from_json, facts_to_json, verdict_to_json
from tests.factories import district
from tests.factories.standin import Standin
from tests.portal.bureau import making

BIRTH = "cert.resident_id.birth_date"
Facts = dict[str, Any]


def first(city: Standin) -> Judgement:
    """Return the judgement of a case that was granted at once."""
    case = making.referred(district.citizen(city))
    return Judgement.objects.select_related("application").get(application=case)


def like(
    judgement: Judgement, count: int, *, change: Callable[[int, Facts], None] = lambda *_: None
) -> list[Judgement]:
    """Store more cases, judged a minute apart before this one, their facts changed by number."""
    cases = making.copies(judgement.application, count=count)
    compiled = editions.compiled(editions.row(judgement.edition_id))
    return Judgement.objects.bulk_create(
        [_like(judgement, case, at, change, compiled) for at, case in enumerate(cases)]
    )


def _like(
    judgement: Judgement,
    case: Application,
    at: int,
    change: Callable[[int, Facts], None],
    compiled: editions.Compiled,
) -> Judgement:
    facts = deepcopy(judgement.record["facts"])
    change(at, facts)
    verdict = compiled.judge(facts_from_json(facts), on=judgement.on)
    return Judgement(
        id=uuid.uuid4(),
        application=case,
        number=1,
        edition_id=judgement.edition_id,
        verdict=verdict.kind.value.lower(),
        on=judgement.on,
        record={"facts": facts_to_json(facts_from_json(facts)), "verdict": verdict_to_json(verdict)},
        judged_at=judgement.judged_at - timedelta(minutes=at + 1),
    )


def born(year: int) -> Callable[[int, Facts], None]:
    def change(_at: int, facts: Facts) -> None:
        facts[BIRTH]["value"] = {"date": f"{year}-01-01"}

    return change


def draft(user: Any) -> EditionDraft:
    """Return a draft begun from the edition in force."""
    matter = district.matter()
    assert matter.current_edition is not None
    return drafts.begin(user, matter=matter, edition=matter.current_edition)


def age(user: Any, begun: EditionDraft, years: int) -> EditionDraft:
    """Save another age into the draft's check and table."""

    def change(content: Facts) -> Facts:
        check = next(one for one in content["checks"] if one["code"] == "age")
        check["condition"]["value"] = years
        content["outcome"]["rows"][-1]["when"]["value"] = years
        return content

    return drafts.save(user, draft_id=begun.pk, revision=begun.revision, change=change)
