"""The form of an edition: `forms.build(...)` makes it, `AnswerForm` asks, reads and keeps answers."""

from matters.forms.building import AnswerForm, build

__all__ = ["AnswerForm", "build"]
