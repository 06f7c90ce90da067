"""Who passes the doors, and how often."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from ingest.settings import SettingsError
from tests.ui.canned_assistant import CannedAssistant
from ui.doors.access_guard import AccessPolicy, RateLimit
from ui.doors.door_settings import DoorSettings, is_loopback
from ui.http_api import create_app

TOKENS = "premier-jeton-0123456789, second-jeton-0123456789"


def settings(**values: Any) -> DoorSettings:
    return DoorSettings(_env_file=None, **values)  # type: ignore[call-arg]  # pydantic-settings's own argument


def caller(policy: AccessPolicy, client: str = "203.0.113.7", **headers: str) -> str | None:
    return policy.caller(Headers(headers), client)


def test_any_of_the_tokens_opens_and_each_is_its_own_caller() -> None:
    policy = AccessPolicy.of(settings(tokens=TOKENS), "0.0.0.0")
    one = caller(policy, authorization="Bearer premier-jeton-0123456789")
    two = caller(policy, authorization="bearer second-jeton-0123456789")
    assert one and two and one != two
    assert "premier" not in one


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer autre-jeton-0123456789", "Basic premier-jeton-0123456789"])
def test_nothing_else_opens(header: str) -> None:
    policy = AccessPolicy.of(settings(tokens=TOKENS), "127.0.0.1")
    assert caller(policy, "127.0.0.1", authorization=header, host="localhost") is None


def test_without_token_this_machine_alone_enters() -> None:
    policy = AccessPolicy.of(settings(), "127.0.0.1")
    assert caller(policy, "127.0.0.1", host="localhost:7860")
    assert caller(policy, "::1", host="[::1]:7860")
    assert caller(policy, "203.0.113.7", host="localhost:7860") is None, "through a proxy of this machine"
    assert caller(policy, "127.0.0.1", host="piege.example") is None, "a page whose name leads here"


def test_without_token_a_wider_address_closes_the_doors_unless_told_otherwise() -> None:
    assert AccessPolicy.of(settings(), "0.0.0.0").entry == "closed"
    assert AccessPolicy.of(settings(open=True), "0.0.0.0").entry == "open"
    assert AccessPolicy.of(settings(open=True, tokens=TOKENS), "0.0.0.0").entry == "token"


def test_a_short_token_is_refused_at_start() -> None:
    with pytest.raises(SettingsError, match="CCT_API_TOKENS"):
        AccessPolicy.of(settings(tokens="secret"), "127.0.0.1")


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("cct.example", False)],
)
def test_loopback_is_recognised(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_a_minute_s_requests_pass_at_once_then_one_by_one() -> None:
    now = [0.0]
    limit = RateLimit(6, lambda: now[0])
    assert [limit.wait("a") for _ in range(6)] == [0.0] * 6
    assert limit.wait("a") == pytest.approx(10)
    assert limit.wait("b") == 0, "callers are counted apart"
    now[0] = 10
    assert limit.wait("a") == 0
    assert limit.wait("a") == pytest.approx(10)


def test_no_limit_is_possible() -> None:
    limit = RateLimit(0)
    assert not any(limit.wait("a") for _ in range(1000))


def client(**values: Any) -> TestClient:
    access = AccessPolicy.of(settings(**values), "0.0.0.0")
    return TestClient(create_app(CannedAssistant, web_page=False, access=access), raise_server_exceptions=False)


def test_beyond_the_limit_one_is_told_when_to_come_back() -> None:
    api = client(open=True, rate=2)
    assert [api.get("/v1/models").status_code for _ in range(3)] == [200, 200, 429]
    refused = api.get("/v1/models")
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert "2 requêtes par minute" in refused.json()["error"]["message"]
    assert api.get("/health").status_code == 200, "what is no door is not counted"


def test_guessing_tokens_is_slowed_down() -> None:
    api = client(tokens=TOKENS, rate=2)
    statuses = [api.get("/v1/models", headers={"authorization": f"Bearer essai-{n}"}).status_code for n in range(4)]
    assert statuses == [401, 401, 429, 429]
    assert api.get("/v1/models", headers={"authorization": "Bearer premier-jeton-0123456789"}).status_code == 200


def test_both_doors_are_shut_the_same_way_each_in_its_clients_words() -> None:
    api = client()
    chat, mcp = api.post("/v1/chat/completions", json={}), api.post("/mcp", json={})
    assert chat.status_code == mcp.status_code == 403
    assert "CCT_API_TOKENS" in chat.json()["error"]["message"]
    assert mcp.json()["jsonrpc"] == "2.0"
    assert "CCT_API_TOKENS" in mcp.json()["error"]["message"]


def test_a_body_that_is_too_large_is_refused() -> None:
    api = client(open=True)
    body = {"model": "assistant-cct", "messages": [{"role": "user", "content": "x" * 600_000}]}
    refused = api.post("/v1/chat/completions", json=body)
    assert refused.status_code == 413
    assert "500 ko" in refused.json()["error"]["message"]
