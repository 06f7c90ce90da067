"""The guard that keeps the tests on the machine."""

from __future__ import annotations

import os
import socket

import pytest


def test_a_connection_beyond_loopback_is_refused_and_names_the_host(network_attempts: list[str]) -> None:
    with socket.socket() as client, pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 443))
    assert network_attempts == ["192.0.2.1"]
    network_attempts.clear()


def test_a_name_look_up_is_refused_and_names_the_host(network_attempts: list[str]) -> None:
    with pytest.raises(RuntimeError, match=r"github\.com"):
        socket.getaddrinfo("github.com", 443)
    with pytest.raises(RuntimeError, match=r"github\.com"):
        socket.create_connection(("github.com", 443), timeout=1)
    network_attempts.clear()


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_settings_of_the_machine_do_not_reach_the_tests() -> None:
    assert not [name for name in os.environ if name.startswith(("CCT_", "OPENAI_", "LLM_"))]
