"""The portal as a WSGI application."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from common import memory
from portal.demo import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
starting.start()
memory.settle()
