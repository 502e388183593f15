"""Deciding: claim, collect, judge, carry out. `decide_waiting` is the only way anything is decided automatically."""

from approvals.deciding.waiting import Outcome, claim, decide_waiting, judge

__all__ = ["Outcome", "claim", "decide_waiting", "judge"]
