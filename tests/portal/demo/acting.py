"""What a life of the demo does: apply with consent or without, type its answers into the real forms, submit."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.forms import Field

from accounts.acting.principals import Principal, choices_of_organisations
from accounts.models import User
from approvals import deciding, selectors
from approvals.applying import attaching, drafting, submission
from approvals.models import Application, Draft
from common import clock
from matters.forms import AnswerForm
from matters.forms.fields import UploadsField
from matters.models import Matter
from portal.demo.district.lives import Life, district
from portal.demo.district.residents import Day, filled
from portal.web.drafting import filling
from tests.factories import uploads


def life(username: str) -> Life:
    """Return a life by its user name."""
    return next(one for one in district().lives if one.username == username)


def principal(one: Life, *, matter: Matter) -> Principal:
    """Return the life as the applicant it can be: for a matter of organisations its business, if it has one."""
    person = User.objects.select_related("person").get(username=one.username).person
    own = choices_of_organisations(person, on=clock.today()) if matter.applicant == "organisation" else []
    return own[0] if own else Principal(person)


def matter_called(name: str) -> Matter:
    """Return a matter by the name lives.json gives it."""
    return Matter.objects.select_related("department", "current_edition").get(
        code=district().matters[name].code
    )


def apply(one: Life, name: str, *, who: Principal | None = None) -> Application:
    """Start, type, submit; raises what the verbs raise."""
    matter = matter_called(name)
    who = who or principal(one, matter=matter)
    draft = drafting.start(who, matter=matter, consent=one.consent)
    answers = {**district().matters[name].answers, **one.answers.get(name, {})}
    draft = fill_in(who, draft, filled(answers, {"name": one.name, "day": Day(clock.today())}))
    return submission.submit(who, reference=draft.reference, key=str(uuid.uuid4()))


def decided(application: Application) -> Application:
    """Decide what waits and return the application as it stands then."""
    deciding.decide_waiting()
    return Application.objects.select_related("edition", "matter__department").get(pk=application.pk)


def fill_in(who: Principal, draft: Draft, answers: Mapping[str, Any]) -> Draft:
    """Post every page of the form as a browser would, only the questions that are asked and open."""
    unused = set(answers)
    done: set[int] = set()
    while pages := [one for one in filling.known(draft, at=clock.now()).asked_pages if one not in done]:
        page = pages[0]  # an answer may bring a whole page
        done.add(page)
        posted: dict[str, str] = {}
        while fresh := _open(draft, page, posted):  # an answer may open another question
            draft = _with_photos(who, draft, fresh)
            posted |= {name: _typed(answers.get(name, one.initial)) for name, one in fresh.items()}
        form = _form(draft, page, posted)
        assert form.is_valid(), form.errors.as_text()
        draft = drafting.save(who, reference=draft.reference, answers=form.answers_json())
        unused -= set(posted)
    assert not unused, f"no question asks for {sorted(unused)}"
    return draft


def _form(draft: Draft, page: int, posted: Mapping[str, str] | None) -> AnswerForm:
    return filling.page_form(draft, filling.known(draft, at=clock.now()), page=page, data=posted or None)


def _open(draft: Draft, page: int, posted: Mapping[str, str]) -> dict[str, Field]:
    """Return the controls of the page that were not posted yet."""
    controls = _form(draft, page, posted).fields
    return {name: one for name, one in controls.items() if not one.disabled and name not in posted}


def _with_photos(who: Principal, draft: Draft, fresh: Mapping[str, Field]) -> Draft:
    """Upload a photo wherever one must be, and return the draft as it is then."""
    for name, one in fresh.items():
        if isinstance(one, UploadsField) and one.required:
            incoming = uploads.received(uploads.photo())
            attaching.attach(who, reference=draft.reference, question=name, incoming=incoming)
            draft = selectors.own_draft(who, reference=draft.reference)
    return draft


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
