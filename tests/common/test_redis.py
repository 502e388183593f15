import os

import pytest

from common.redis import connection


def test_one_client_for_each_process_and_none_that_waits_for_ever() -> None:
    assert connection() is connection()
    options = connection().connection_pool.connection_kwargs
    assert options["socket_timeout"] > 2
    assert options["socket_connect_timeout"] <= 2


def test_it_reaches_the_broker_of_the_tests() -> None:
    if os.environ["REDIS_URL"].startswith("redis://127.0.0.1:9/"):
        pytest.skip("REDIS_URL is not set")
    connection().set("test:common", "龙湖", ex=5)
    assert connection().getdel("test:common") == "龙湖"
