"""A demo that is there already, and data that changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.models import Person, User
from common import clock
from portal.demo.district import loading
from portal.demo.district.lives import district
from portal.demo.district.residents import residents
from tests.portal.demo.conftest import MONDAY


def test_a_new_life_in_the_data_reaches_a_demo_that_is_there(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set_source(lambda: MONDAY)
    whole = district()
    with monkeypatch.context() as earlier:
        earlier.setattr(loading, "district", lambda: whole.model_copy(update={"lives": whole.lives[1:]}))
        loading.load(register_file=tmp_path / "registers.json")
    assert not User.objects.filter(username=whole.lives[0].username).exists()
    done = loading.load(register_file=tmp_path / "registers.json")
    assert (done.people, done.certificates, done.matters) == (1, 3, 0)
    fresh = Person.objects.get(user__username=whole.lives[0].username)
    assert fresh.id_number == residents(whole)[0].id_number
