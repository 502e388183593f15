"""The portal as a WSGI application."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from common import memory
from portal.demo import starting
from portal.web.site import profile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = memory.roomy(get_wsgi_application())
starting.start()
profile.begin()
_ = get_resolver().url_patterns  # loads every page, which the first visitor need not wait for
memory.settle()
