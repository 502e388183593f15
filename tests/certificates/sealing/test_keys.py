"""Keys lie sealed in files nobody else reads, are bound to their names, and are gone when they are destroyed."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command

from certificates.sealing import keys
from certificates.sealing.keys import FileKeys, KeyUnavailable
from certificates.sealing.statement import ECDSA, SM2
from records.encrypting import envelope
from tests.factories.seals import _name


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SEAL_KEYS_DIR = tmp_path / "keys"
    return tmp_path / "keys"


def test_a_key_signs_and_lies_sealed(folder: Path) -> None:
    kept = FileKeys()
    kept.make("one", algorithm=ECDSA)
    request = x509.load_pem_x509_csr(kept.request("one", subject=_name("测试局")).encode())
    assert request.is_signature_valid
    public = request.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(kept.sign("one", b"data"), b"data", ec.ECDSA(hashes.SHA256()))
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert b"PRIVATE" not in path.read_bytes()


def test_another_process_opens_it_and_a_destroyed_one_is_gone(folder: Path) -> None:
    FileKeys().make("one")
    kept = FileKeys()
    assert kept.has("one")
    kept.destroy("one")
    kept.destroy("one")
    assert not kept.has("one")
    with pytest.raises(KeyUnavailable):
        kept.sign("one", b"data")
    assert not list(folder.iterdir())


def test_what_one_process_destroys_no_other_signs_with(folder: Path) -> None:
    """Each process has its own `FileKeys`: the one that serves the keeper, and the worker that has signed before."""
    FileKeys().make("one")
    worker = FileKeys()
    worker.sign("one", b"data")
    FileKeys().destroy("one")
    assert not worker.has("one")
    for use in (lambda: worker.sign("one", b"data"), lambda: worker.request("one", subject=_name("测试局"))):
        with pytest.raises(KeyUnavailable):
            use()
    assert not any("one" in str(path) for path in worker._open)


def test_a_file_that_was_written_anew_is_opened_anew(folder: Path) -> None:
    for name in ("one", "two"):
        FileKeys().make(name)
    worker = FileKeys()
    before = worker.private("one")
    assert worker.private("one") is before
    FileKeys().destroy("one")
    FileKeys().make("one")
    assert worker.private("one").private_numbers() != before.private_numbers()
    (folder / "one.key").write_text("damaged")
    assert not worker.has("one")


def test_a_key_under_another_name_or_other_field_keys_does_not_open(folder: Path, settings: Any) -> None:
    FileKeys().make("one")
    (folder / "one.key").rename(folder / "two.key")
    assert not FileKeys().has("two")
    (folder / "two.key").rename(folder / "one.key")
    assert FileKeys().has("one")
    settings.FIELD_KEYS = {"t1": bytes(32)}
    assert not FileKeys().has("one")


@pytest.mark.parametrize("content", ["", "x", "t1:a:b", "\u0000"])
def test_a_damaged_file_is_no_key_and_no_error(folder: Path, content: str) -> None:
    folder.mkdir()
    (folder / "one.key").write_text(content)
    assert not FileKeys().has("one")


@pytest.mark.parametrize("name", ["", "../one", "a/b", "a.b", "x" * 121, "一"])
def test_a_name_never_leads_out_of_the_folder(folder: Path, name: str) -> None:
    with pytest.raises(KeyUnavailable):
        FileKeys().make(name)


def test_a_key_is_never_written_over_and_only_what_is_known_is_made(folder: Path) -> None:
    kept = FileKeys()
    kept.make("one")
    before = (folder / "one.key").read_bytes()
    with pytest.raises(FileExistsError):
        kept.make("one")
    with pytest.raises(KeyUnavailable):
        kept.make("two", algorithm=SM2)
    assert (folder / "one.key").read_bytes() == before
    assert not (folder / "two.key").exists()


def test_keys_are_sealed_anew_when_the_active_key_changes(
    folder: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    FileKeys().make("one")
    old = FileKeys().private("one").private_numbers()
    settings.FIELD_KEY_ACTIVE = "t0"
    call_command("reseal_seal_keys")
    call_command("reseal_seal_keys")
    assert capsys.readouterr().out.split() == ["1", "keys", "sealed", "anew", "0", "keys", "sealed", "anew"]
    assert envelope.key_of((folder / "one.key").read_text()) == "t0"
    assert FileKeys().private("one").private_numbers() == old


def test_an_unknown_provider_is_said() -> None:
    with pytest.raises(KeyUnavailable):
        keys.provider("platform")
