"""The private Valkey: alone on its directory, closed to others, gone with its parent, keeping what it acknowledged."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest
import redis

from rewards.errors import VALKEY_LOCKED, RewardsError
from rewards.jobs.valkey import LONGEST_SOCKET_BYTES, Binary, PrivateValkey, ValkeyStatus, find_binary
from tests.jobs.helpers import content, eventually, is_alive, patient_client, running, toy_environment

LINUX = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes through /proc")
HOLDS_VALKEY = """
import sys, threading
from pathlib import Path
from rewards.jobs.valkey import PrivateValkey, find_binary
folder = Path(sys.argv[1])
status = PrivateValkey(folder / "home", find_binary()).start()
(folder / "draft").write_text(str(status.pid))
(folder / "draft").replace(folder / "pid")
threading.Event().wait()
"""


def test_it_answers_and_says_what_it_is(valkey: ValkeyStatus) -> None:
    assert is_alive(valkey.pid)
    assert valkey.version
    assert patient_client(valkey.url).set("ana", "here")
    assert patient_client(valkey.url).get("ana") == b"here"


def test_only_we_can_reach_it(valkey: ValkeyStatus) -> None:
    config = patient_client(valkey.url).config_get("*")
    assert config["port"] == "0"
    assert (config["appendonly"], config["appendfsync"], config["save"]) == ("yes", "everysec", "")
    assert (config["maxmemory-policy"], config["enable-debug-command"]) == ("noeviction", "no")
    assert stat.S_IMODE(valkey.socket.stat().st_mode) == 0o700
    folder = valkey.socket.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path for path in folder.rglob("*") if path.stat().st_mode & 0o077] == []


def test_stopping_gives_everything_back_and_keeps_the_data(tmp_path: Path, binary: Binary) -> None:
    with PrivateValkey(tmp_path, binary) as server:
        first = server.status()
        assert first is not None
        patient_client(first.url).set("ana", "here")
    assert not is_alive(first.pid)
    assert not first.socket.exists()
    with PrivateValkey(tmp_path, binary) as server:
        second = server.status()
        assert second is not None
        assert second.pid != first.pid
        assert patient_client(second.url).get("ana") == b"here"


def test_a_second_server_on_the_directory_is_refused(tmp_path: Path, binary: Binary) -> None:
    with PrivateValkey(tmp_path, binary) as server:
        with pytest.raises(RewardsError) as refusal:
            PrivateValkey(tmp_path, binary, lock_wait_s=0).start()
        status = server.status()
        assert status is not None, "the first one runs on"
    assert refusal.value.code is VALKEY_LOCKED
    assert f"process {os.getpid()}" in refusal.value.message
    assert str(tmp_path) in refusal.value.message


def test_kill_9_loses_no_acknowledged_write_and_it_is_started_again(tmp_path: Path, binary: Binary) -> None:
    with PrivateValkey(tmp_path, binary) as server:
        first = server.status()
        assert first is not None
        client = patient_client(first.url)
        for number in range(2_000):
            assert client.rpush("arrivals", number)
        os.kill(first.pid, signal.SIGKILL)
        eventually(lambda: not is_alive(first.pid), "the server is dead")
        second = server.ensure_running()
        assert second.pid != first.pid
        arrivals = patient_client(second.url).lrange("arrivals", 0, -1)
    assert arrivals == [str(number).encode() for number in range(2_000)]


def test_ensure_running_leaves_a_running_server_alone(tmp_path: Path, binary: Binary) -> None:
    with PrivateValkey(tmp_path, binary) as server:
        first = server.status()
        assert server.ensure_running() == first


@LINUX
def test_kill_9_of_the_parent_leaves_no_orphan_and_loses_nothing(tmp_path: Path, binary: Binary) -> None:
    with running(["-c", HOLDS_VALKEY, str(tmp_path)], toy_environment(tmp_path)) as parent:
        pid = int(eventually(lambda: content(tmp_path / "pid"), "Valkey runs"))
        url = f"unix://{tmp_path}/home/valkey/valkey.sock"
        assert patient_client(url).set("ana", "here")
        parent.kill()
        parent.wait()
        eventually(lambda: not is_alive(pid), "Valkey ended with its parent")
    with PrivateValkey(tmp_path / "home", binary) as server:
        assert patient_client(server.url).get("ana") == b"here"


def test_a_long_path_gets_a_short_socket(tmp_path: Path, binary: Binary) -> None:
    home = tmp_path / ("a-very-long-hotel-name-" * 5)
    server = PrivateValkey(home, binary)
    try:
        status = server.start()
        folder = status.socket.parent
        assert len(os.fsencode(status.socket)) <= LONGEST_SOCKET_BYTES
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert patient_client(status.url).ping()
    finally:
        server.stop()
    assert not folder.exists()


def test_an_odd_path_still_makes_an_address(tmp_path: Path, binary: Binary) -> None:
    with PrivateValkey(tmp_path / "Hôtel 100% ?", binary) as server:
        assert redis.Redis.from_url(server.url).ping()


def test_unreadable_data_is_set_aside_and_it_starts_empty(
    tmp_path: Path, binary: Binary, caplog: pytest.LogCaptureFixture
) -> None:
    with PrivateValkey(tmp_path, binary) as server:
        patient_client(server.url).set("ana", "here")
        patient_client(server.url).set("ben", "here")
    log = next((tmp_path / "valkey" / "appendonlydir").glob("*.incr.aof"))
    log.write_bytes(b"*9\r\nnonsense" + log.read_bytes())
    with PrivateValkey(tmp_path, binary) as server:
        assert patient_client(server.url).dbsize() == 0
        assert patient_client(server.url).set("carla", "here")
    aside = tmp_path / "valkey" / "appendonlydir.damaged"
    assert (aside / log.name).exists()
    assert "cannot read its data" in caplog.text


def test_root_is_warned_and_not_refused(
    tmp_path: Path, binary: Binary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    server = PrivateValkey(tmp_path, binary)
    server.open()
    server.close()
    assert "running as root" in caplog.text


def test_where_there_is_no_binary_there_is_none(tmp_path: Path) -> None:
    impostor = tmp_path / "valkey-server"
    impostor.write_text("#!/bin/sh\necho I am a till\n")
    impostor.chmod(0o755)
    assert find_binary(str(tmp_path)) is None


def test_a_binary_on_the_path_is_found(tmp_path: Path, binary: Binary) -> None:
    (tmp_path / "redis-server").symlink_to(binary.path)
    found = find_binary(str(tmp_path))
    assert found is not None
    assert (found.path, found.version) == (binary.path, binary.version)
