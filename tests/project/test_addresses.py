"""No file of the checkout names a package index or its hosts: every machine uses its own."""

from __future__ import annotations

from tests.project import sources

# Put together here, so that this file does not name them either.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("proxy", "golang", "org"),
    )
]
OPTIONS = ["--" + name for name in ("index-url", "extra-index-url", "find-links", "trusted-host")]


def test_no_file_names_a_package_index() -> None:
    naming = []
    for path in sources.checkout_files():
        if path.stat().st_size > 3_000_000:
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        naming += [f"{sources.name(path)}: {host}" for host in HOSTS if host in text]
    assert not naming


def test_the_lock_has_hashes_and_no_index() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        lines = (sources.ROOT / lock).read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if any(option in line for option in OPTIONS)]
        pins = [number for number, line in enumerate(lines) if not line.startswith((" ", "#"))]
        assert pins
        assert all(
            "==" in lines[number] and lines[number + 1].lstrip().startswith("--hash=") for number in pins
        )


def pins(lock: str) -> set[str]:
    lines = (sources.ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {line.split(" ")[0] for line in lines if "==" in line and not line.startswith(" ")}


def test_the_tests_use_the_versions_of_the_product() -> None:
    assert pins("requirements.txt") <= pins("requirements-dev.txt")
