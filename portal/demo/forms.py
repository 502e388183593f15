"""What the demo's pages are told."""

from __future__ import annotations

from django import forms

from portal.demo.shifting import FURTHEST


class ShiftForm(forms.Form):
    """How many days to move the clock forward."""

    days = forms.IntegerField(label="往后拨几天", min_value=1, max_value=FURTHEST, localize=False)
