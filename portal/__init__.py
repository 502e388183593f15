"""The roof: settings, addresses, pages and commands. Importing it makes the Celery application the current one."""

from __future__ import annotations

from portal.celery import app as celery_app

__all__ = ["celery_app"]
