"""docker-compose.yml against the compose schema, and against what production must not do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml
from compose_spec.models import ComposeSpecification

from tests.project import sources

FILE = sources.ROOT / "docker-compose.yml"
TEXT = FILE.read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")


def unknown_keys(given: Any, understood: Any, path: str = "") -> list[str]:
    """Return the keys that the schema's model dropped because it does not know them."""
    if isinstance(given, dict) and isinstance(understood, dict):
        found = [f"{path}.{key}" for key in given if key not in understood and not key.startswith("x-")]
        for key in given.keys() & understood.keys():
            found += unknown_keys(given[key], understood[key], f"{path}.{key}")
        return found
    if isinstance(given, list) and isinstance(understood, list):
        pairs = zip(given, understood, strict=True)
        return [key for number, pair in enumerate(pairs) for key in unknown_keys(*pair, f"{path}[{number}]")]
    return []


def problems(document: dict[str, Any]) -> list[str]:
    model = ComposeSpecification.model_validate(document)
    return unknown_keys(document, model.model_dump(mode="json", by_alias=True, exclude_unset=True))


def test_it_follows_the_schema() -> None:
    assert problems(COMPOSE) == []


@pytest.mark.parametrize(
    "document",
    [
        {"servces": {}},
        {"services": {"web": {"imagee": "x"}}},
        {"services": {"web": {"image": "x", "healthcheck": {"tst": "x"}}}},
    ],
)
def test_the_check_finds_an_unknown_key(document: dict[str, Any]) -> None:
    assert problems(document)


def test_every_service_the_flow_needs_is_there() -> None:
    assert SERVICES.keys() == {*OURS, "database", "broker", "proxy"}


def test_what_a_service_names_exists() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("networks", [])) <= COMPOSE["networks"].keys(), name
        assert set(service.get("depends_on", {})) <= SERVICES.keys(), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = (
                (sources.ROOT / source).is_file() if source.startswith(".") else source in COMPOSE["volumes"]
            )
            assert known, f"{name}: {volume}"


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name in ("database", "broker") if SERVICES[name]["networks"] != ["inside"]} == set()


def test_no_secret_has_a_default() -> None:
    variables = re.findall(r"\$\{(\w+)([^}]*)\}", TEXT)
    assert len(variables) > 10
    assert not [name for name, rest in variables if not rest.startswith(":?")]


def test_only_the_migrations_know_the_owner() -> None:
    knowing = {
        name for name, service in SERVICES.items() if "portal_owner" in str(service.get("environment", ""))
    }
    assert knowing == {"migrate"}


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_with_little_power(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["environment"]["DEMO"] == "0"


def test_pictures_are_pinned() -> None:
    for service in SERVICES.values():
        if "build" not in service:
            assert re.search(r":\d", service["image"]), service["image"]


def new_environment() -> dict[str, str]:
    """What docker/new_environment.py prints, read as compose reads it."""
    command = [sys.executable, str(sources.ROOT / "docker" / "new_environment.py"), "portal.example"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pairs = (line.partition("=") for line in printed.splitlines())
    return {name: value.strip("'") for name, _, value in pairs}


def test_the_new_environment_names_every_variable() -> None:
    assert new_environment().keys() == set(re.findall(r"\$\{(\w+)", TEXT))
    assert new_environment()["SECRET_KEY"] != new_environment()["SECRET_KEY"]


def test_django_has_nothing_to_say_against_the_settings_of_a_service() -> None:
    values = new_environment() | {"REGISTER_BASE_URL": "https://registers.example"}
    filled = {
        name: re.sub(r"\$\{(\w+)[^}]*\}", lambda match: values[match.group(1)], str(value))
        for name, value in SERVICES["web"]["environment"].items()
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    base = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run(command, cwd=sources.ROOT, env=base | filled, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
