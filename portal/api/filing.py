"""Applying in one request: consent, answers, submission, by the verbs the pages use, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.acting.principals import Principal
from approvals import selectors
from approvals.applying import drafting, prefilling, submission
from approvals.errors import Incomplete
from approvals.models import Application, Draft
from common import clock
from common.errors import DomainError
from matters import editions, forms
from matters.forms import AnswerForm
from matters.models import Matter
from portal.api.problems import Invalid


class DraftThere(DomainError):
    """A draft begun on the pages is not overwritten."""

    status = 409

    def __init__(self, reference: str) -> None:
        super().__init__("这个事项您有一份没交的草稿。请到网页上交掉或者删除，再从这里申请。")
        self.reference = reference


def apply(
    principal: Principal, *, matter: Matter, consent: bool, answers: Mapping[str, Any], key: str
) -> str:
    """Return the reference of the application. Raises what the verbs raise; Invalid names the answers to mend.

    Looking leaves use records that are kept whatever follows, so this is no single transaction: what is refused
    half-way is discarded as an applicant would.
    """
    if (before := _submitted(principal, key)) is not None:
        return before.reference
    if (there := selectors.draft_of(principal, matter=matter)) is not None:
        raise DraftThere(there.reference)
    started = drafting.start(principal, matter=matter, consent=consent)
    try:
        draft = selectors.own_draft(principal, reference=started.reference)
        form = _form(draft, answers)
        drafting.save(principal, reference=draft.reference, answers=form.answers_json())
        return submission.submit(principal, reference=draft.reference, key=key).reference
    except Incomplete as error:
        drafting.discard(principal, reference=started.reference)
        raise Invalid({"/answers": "还有必填的问题没有回答。"}) from error
    except Exception:
        drafting.discard(principal, reference=started.reference)
        raise


def supplement(principal: Principal, *, reference: str, answers: Mapping[str, Any]) -> Application:
    """Answer the open notice: exactly the fields it opens."""
    application = selectors.own_application(principal, reference=reference)
    notice = selectors.open_notice(application)
    only = submission.opened_fields(notice) if notice is not None else set()
    form = _form(application, answers, only=only) if only else None
    return submission.answer_supplement(
        principal, reference=reference, answers=form.cleaned_data if form else {}
    )


def _submitted(principal: Principal, key: str) -> Application | None:
    """Return what an earlier request under this key came to before it died."""
    mine = selectors.own_applications(principal)
    return mine.filter(person=principal.person, idempotency_key=key).first()


def _form(
    filed: Draft | Application, answers: Mapping[str, Any], *, only: set[str] | None = None
) -> AnswerForm:
    """Return the valid form of these answers, or raise Invalid with a sentence for each that is wrong."""
    at = clock.now()
    given = prefilling.known(filed, at=at)
    form = forms.build(
        editions.compiled(filed.edition),
        prefilled=prefilling.prefills(filed, given=given),
        answers=filed.answers,
        data=_posted(filed.answers if only is None else {}) | _posted(answers),
        correcting=tuple(answers),
        only=only,
        facts=given,
        on=at.date(),
    )
    if not form.is_valid():
        raise Invalid(
            {
                "/answers" if name == "__all__" else f"/answers/{name}": "".join(map(str, errors))
                for name, errors in form.errors.items()
            }
        )
    return form


def _posted(answers: Mapping[str, Any]) -> dict[str, str]:
    """Return answers as a page would post them; a new draft already answers what has a usual answer."""
    return {name: _typed(name, value) for name, value in answers.items()}


def _typed(name: str, value: Any) -> str:
    """Return an answer as a page would post it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case str() | int() | float():
            return str(value)
        case None:
            return ""
    raise Invalid({f"/answers/{name}": "答案应是文字、数字、true 或 false。"})
