"""The product's settings with cheap passwords, plain static files and made-up keys. Needs no server to be imported."""

from __future__ import annotations

import atexit
import base64
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


def _key(name: str) -> str:
    return base64.b64encode(hashlib.sha256(f"test {name}".encode()).digest()).decode()


def _own_broker(url: str, *, worker: str) -> str:
    """Give each xdist worker a broker database of its own, as it has a PostgreSQL database of its own."""
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0) + (int(worker.removeprefix("gw")) + 1 if worker else 0)
    return urlunsplit(parts._replace(path=f"/{number}"))


WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if "TEST_FOLDER" not in os.environ:
    os.environ["TEST_FOLDER"] = tempfile.mkdtemp(prefix="portal-pytest-")
    atexit.register(shutil.rmtree, os.environ["TEST_FOLDER"], ignore_errors=True)
FOLDER = Path(os.environ["TEST_FOLDER"])
for _name, _value in {
    "SECRET_KEY": "made up for tests " * 3,
    "FIELD_KEYS": json.dumps({"t1": _key("field 1"), "t0": _key("field 0")}),
    "FIELD_KEY_ACTIVE": "t1",
    "HASH_KEY": _key("hash"),
    "JOURNAL_KEY": _key("journal"),
    "DEMO": "1" if (Path(__file__).parents[1] / "portal" / "demo" / "apps.py").exists() else "0",
    "PUBLIC_HOST": "127.0.0.1",
    "REGISTER_BASE_URL": "http://127.0.0.1:9",
    "CLAMD_URL": "",
    "JOURNAL_HEADS_FILE": str(FOLDER / f"heads-{os.getpid()}.jsonl"),
    # Never the demo's servers, whose addresses stand in var/run/env:
    "DATABASE_URL": "postgresql://portal_owner:unset@127.0.0.1:9/portal",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "PLATFORM_ISSUER": "",
}.items():
    os.environ.setdefault(_name, _value)
# Never inherited: an xdist worker starts with the environment of the process that hands out the tests.
os.environ["STATIC_ROOT"] = str(FOLDER / f"static{WORKER}")
os.environ["FILES_DIR"] = str(FOLDER / f"files{WORKER}")
os.environ["SEAL_KEYS_DIR"] = str(FOLDER / f"seal-keys{WORKER}")
os.environ["REDIS_URL"] = _own_broker(os.environ["REDIS_URL"], worker=WORKER)

from portal.settings import *  # noqa: E402, F403 -- the keys above have to stand first

PASSWORD_HASHERS = ["tests.hashers.CheapArgon2"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405 -- above
if TEMPLATE := os.environ.get(
    "TEST_TEMPLATE", ""
):  # a database with all its tables and no rows: copied, not migrated
    DATABASES["default"]["TEST"] = {"TEMPLATE": TEMPLATE}  # noqa: F405 -- above
Path(os.environ["STATIC_ROOT"]).mkdir(parents=True, exist_ok=True)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
# Every test comes from one address; tests of the brakes put the product's limits back.
BRAKES = {name: (100_000, seconds) for name, (_, seconds) in BRAKES.items()}  # noqa: F405 -- above
