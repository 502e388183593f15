"""docker-compose.yml against the compose schema, and against what production must not do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec.models import ComposeSpecification

from tests.project import sources

FILE = sources.ROOT / "docker-compose.yml"
TEXT = FILE.read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat", "registers")
OTHERS = ("database", "broker", "scanner", "proxy")
SCALED = ("web", "worker")


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
    assert SERVICES.keys() == {*OURS, *OTHERS}


def test_stand_ins_run_only_where_they_are_asked_for() -> None:
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {"registers"}
    assert SERVICES["registers"]["profiles"] == ["demo"]
    assert not [name for name, service in SERVICES.items() if "registers" in service.get("depends_on", {})]


def test_what_a_service_names_exists() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("networks", [])) <= COMPOSE["networks"].keys(), name
        assert set(service.get("depends_on", {})) <= SERVICES.keys(), name
        assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys(), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = (
                (sources.ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
            )
            assert known, f"{name}: {volume}"


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name in ("database", "broker") if SERVICES[name]["networks"] != ["inside"]} == set()


def test_nothing_has_a_default() -> None:
    variables = dict(re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", TEXT))
    assert variables.keys() == {"PUBLIC_HOST", "REGISTER_BASE_URL"}
    assert all(rest.startswith(":?") for rest in variables.values())


def test_every_secret_is_a_file_and_none_stands_in_an_environment() -> None:
    assert {name: one["file"] for name, one in COMPOSE["secrets"].items()} == {
        name: f"./secrets/{name}" for name in COMPOSE["secrets"]
    }
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if variable.endswith("_DIR"):
                continue  # where they lie, each sealed
            assert not re.search(r"KEY|PASSWORD|SECRET|TOKEN|DATABASE_URL|REDIS_URL", variable) or (
                variable.endswith("_FILE") and value.removeprefix("/run/secrets/") in service["secrets"]
            ), f"{name}: {variable}"


def test_every_secret_is_used_and_only_where_it_is_needed() -> None:
    using = {
        secret: {name for name, service in SERVICES.items() if secret in service.get("secrets", [])}
        for secret in COMPOSE["secrets"]
    }
    assert using["owner_database_url"] == {"migrate"}
    assert using["postgres_password"] == using["owner_password"] == using["app_password"] == {"database"}
    assert using["broker_password"] == {"broker"}
    assert using["tls_key"] == using["tls_certificate"] == {"proxy"}
    assert all(using.values())


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_with_little_power(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["environment"]["DEMO"] == "0"
    assert "user" not in service  # the image's own, who is not root: see the Dockerfile


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_its_limits(name: str) -> None:
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    assert limits.keys() == {"cpus", "memory", "pids"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    assert service.get("read_only") is True or name == "scanner"
    assert service.get("privileged") is None


@pytest.mark.parametrize("name", sorted({*SERVICES} - {"migrate", "web", "scanner"}))
def test_every_service_says_whether_it_is_well(name: str) -> None:
    """The web server's check stands in the Dockerfile, the scanner's in its image; the migrations end."""
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SCALED)
def test_what_is_scaled_has_nothing_of_which_there_is_one(name: str) -> None:
    service = SERVICES[name]
    assert not {"container_name", "ports", "hostname"} & service.keys()


def test_what_is_written_goes_to_volumes_of_its_own() -> None:
    """The folders exist in the image: a new volume takes over their owner, who is not root."""
    dockerfile = (sources.ROOT / "Dockerfile").read_text(encoding="utf-8")
    mounted = {place.split(":")[1] for name in OURS for place in SERVICES[name].get("volumes", [])}
    assert mounted == set(re.findall(r"/var/lib/portal/[\w-]+", dockerfile))
    for name, variable in (
        ("worker", "JOURNAL_HEADS_FILE"),
        ("web", "FILES_DIR"),
        ("worker", "FILES_DIR"),
        ("web", "SEAL_KEYS_DIR"),
        ("worker", "SEAL_KEYS_DIR"),
        ("web", "MAINTENANCE_FILE"),
    ):
        path = SERVICES[name]["environment"][variable]
        assert any(path.startswith(place.split(":")[1]) for place in SERVICES[name]["volumes"]), (
            name,
            variable,
        )


def test_pictures_are_pinned() -> None:
    for service in SERVICES.values():
        if "build" not in service:
            assert re.search(r":\d", service["image"]), service["image"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with .env and secrets/ that docker/new_environment.py makes."""
    folder = tmp_path_factory.mktemp("host")
    assert run_generator(folder).returncode == 0
    return folder


def run_generator(folder: Path) -> subprocess.CompletedProcess[str]:
    script = str(sources.ROOT / "docker" / "new_environment.py")
    command = [sys.executable, script, "portal.example", str(folder)]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_new_environment_has_every_secret_but_the_certificate(made: Path, tmp_path: Path) -> None:
    names = {path.name for path in (made / "secrets").iterdir()}
    assert names == COMPOSE["secrets"].keys() - {"tls_certificate", "tls_key"}
    assert (made / "secrets").stat().st_mode & 0o777 == 0o700
    assert run_generator(tmp_path).returncode == 0
    for name in names:
        assert (made / "secrets" / name).read_text() != (tmp_path / "secrets" / name).read_text(), name


def test_secrets_that_are_there_are_never_overwritten(made: Path) -> None:
    before = (made / "secrets" / "field_keys").read_text()
    assert run_generator(made).returncode == 1
    assert (made / "secrets" / "field_keys").read_text() == before


def test_git_and_the_image_know_no_secret() -> None:
    ignored = (sources.ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/secrets/", "/.env", "/portal.env"} <= set(ignored)


@pytest.mark.parametrize("name", ["web", "migrate"])
def test_django_has_nothing_to_say_against_the_settings_of_a_service(name: str, made: Path) -> None:
    values = {"PUBLIC_HOST": "portal.example", "REGISTER_BASE_URL": "https://registers.example"}
    filled = {
        variable: re.sub(r"\$\{(\w+)[^}]*\}", lambda match: values[match.group(1)], str(value)).replace(
            "/run/secrets", str(made / "secrets")
        )
        for variable, value in SERVICES[name]["environment"].items()
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    base = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run(command, cwd=sources.ROOT, env=base | filled, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
