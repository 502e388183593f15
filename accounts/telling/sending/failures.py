"""How a letter can fail; the words are short, Chinese, and hold nothing of the letter."""

from __future__ import annotations


class Failed(Exception):
    """Not sent this time, or nobody knows: it is tried again under the same id."""


class Rejected(Exception):
    """Not sent, and trying again would not help."""
