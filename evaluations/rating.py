"""Rating a decided case, once. Who rated stays sealed; the department learns what was said, not by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts import actors
from accounts.acting.principals import Principal
from approvals.models import Application
from approvals.states import Maker
from common import clock
from common.errors import DomainError
from evaluations.models import RatedCase, Rating
from evaluations.permissions import may_rate
from evaluations.tags import tags as known_tags
from records import journal

POOR = 2  # this level and below must say why
LONGEST = 200


class MayNotRate(DomainError):
    """Not decided yet, not the applicant, or rated before."""

    status = 409
    message = "这件办件现在不能评价：可能还没有办结，或者您已经评价过了。每件只评一次。"


class InvalidRating(DomainError):
    """The level, a tag or the text does not fit."""

    status = 422
    message = "请先选择满意程度，再提交评价。"


class ReasonMissing(InvalidRating):
    """A poor rating without tag or text helps nobody mend anything."""

    message = "选择“不满意”或“非常不满意”时，请至少选一条原因，或写一句话，方便我们整改。"


@dataclass(frozen=True, slots=True)
class Given:
    """What the applicant says: level 5 (very good) to 1, tags of that level, free text."""

    level: int
    tags: Sequence[str] = ()
    text: str = ""
    anonymous: bool = False


def rate(principal: Principal, *, application: Application, given: Given) -> Rating:
    """Rate the case. Raises MayNotRate, InvalidRating, ReasonMissing."""
    check(given)
    if not may_rate(principal, application):
        raise MayNotRate
    try:
        return _rate(principal, application, given)
    except IntegrityError as error:
        raise MayNotRate from error


def check(given: Given) -> None:
    """Refuse an unknown level or tag, a tag of another level, too long a text, a poor rating without a reason."""
    text = given.text.strip()
    if given.level not in Rating.Level.values:
        raise InvalidRating
    if any(tag not in known_tags()[given.level] for tag in given.tags):
        raise InvalidRating("选择的标签和满意程度不一致，请重新选择。")
    if len(text) > LONGEST:
        raise InvalidRating(f"补充说明最多 {LONGEST} 个字，现在是 {len(text)} 个字。")
    if given.level <= POOR and not given.tags and not text:
        raise ReasonMissing


@transaction.atomic
def _rate(principal: Principal, application: Application, given: Given) -> Rating:
    original = application.decisions.filter(corrects__isnull=True).first()
    rating = Rating.objects.create(
        matter_code=application.matter.code,
        edition_number=application.edition.number,
        department_code=application.matter.department.credit_code,
        level=given.level,
        tags=list(given.tags),
        text=given.text.strip(),
        anonymous=given.anonymous,
        instant=original is not None and original.maker == Maker.SYSTEM,
        rated_on=clock.today(),
        is_demo=application.is_demo,
    )
    RatedCase.objects.create(application=application, sealed_rating=str(rating.pk))
    # The journal says that the case was rated, and nothing that leads to the rating. No Event: officers read those,
    # and the minute of an event beside the day of a rating would name the rater.
    journal.note(
        stream=application.stream,
        act="rated",
        actor=actors.of_person(principal.acting),
        subject=str(application.pk),
    )
    return rating
