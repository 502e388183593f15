"""The acts of a citizen over HTTP: sign in, agree, go through the questions, submit, look."""

from __future__ import annotations

from bench.visitor import MOVED, Answer, Visitor


class NotAsExpected(AssertionError):
    """A page was not the one that should have come."""


def sign_in(visitor: Visitor, *, username: str, password: str) -> Answer:
    """Sign in by the form of the sign-in page; return the page it leads to."""
    page = visitor.get("/sign-in")
    answer = visitor.post(page, page.form(holding="password"), username=username, password=password)
    return visitor.follow(_moved(answer))


def consent(visitor: Visitor, *, matter: str, agree: bool = True) -> Answer:
    """Answer the one question; return the page it leads to: questions, or the check when nothing is missing."""
    page = visitor.get(f"/matters/{matter}/start")
    given = {"agree": "on", "consent": "yes"} if agree else {"consent": "no"}
    return visitor.follow(_moved(visitor.post(page, page.form(holding="consent"), **given)))


def answer(visitor: Visitor, page: Answer, /, **given: str) -> Answer:
    """Fill in question pages until the check page comes; what a page does not ask is left out."""
    for _ in range(10):
        if page.url.endswith("/check"):
            return page
        form = page.form(holding="act")
        known = {name: value for name, value in given.items() if name in form.names}
        page = visitor.follow(_moved(visitor.post(page, form, **known, act="next")))
    raise NotAsExpected(f"the questions never end at {page.url}")


def submit(visitor: Visitor, review: Answer) -> Answer:
    """Press 确认并提交申请; return the redirect itself, whose location is the result page."""
    return _moved(visitor.post(review, review.form(action="/submit")))


def apply(visitor: Visitor, *, matter: str, agree: bool = True, **given: str) -> Answer:
    """Go from consent to submitting; return the redirect."""
    return submit(visitor, answer(visitor, consent(visitor, matter=matter, agree=agree), **given))


def reference(submitted: Answer) -> str:
    """Return the reference the redirect after submitting names."""
    return submitted.location.partition("?")[0].rpartition("/")[2]


def _moved(answer: Answer) -> Answer:
    if answer.status not in MOVED:
        raise NotAsExpected(f"{answer.status} {answer.title} at {answer.url}: {answer.words[:600]}")
    return answer
