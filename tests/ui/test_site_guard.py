"""Nothing answers without a session, a token or a word of the operator; and who may come in each way of serving."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ingest.settings import SettingsError
from ingest.sources.corpus import Corpus
from tests.ui.guarded_site import API_TOKEN, PAGE, PUBLIC, SECRET, Browser, guarded_app, provider_settings
from tests.ui.local_provider import LocalProvider, running_provider
from ui.doors.access_guard import AccessPolicy
from ui.doors.door_settings import DoorSettings
from ui.doors.request_source import safe_next
from ui.doors.sign_in_provider import SignInProvider, claim_at
from ui.doors.sign_in_settings import ProviderSettings, SiteSettings, check_sign_in, load_sign_in_settings
from ui.doors.site_policy import SitePolicy
from ui.doors.users import current_user, require_maintainer
from ui.errors import ProviderUnreachable

ASK = {"question": "Que demande EXI-ARCH-12 ?"}
PUBLIC_PATHS = {
    "/health", "/health/ready", "/health/live", "/accessibilite", "/mentions-legales", "/donnees-personnelles",
    "/transparence",
}  # fmt: skip
PUBLIC_FOLDERS = ("/auth/", "/page/", "/pages/", "/skin/")


@pytest.fixture(scope="module")
def provider() -> Iterator[LocalProvider]:
    """One provider for the whole file; a test that changes it puts it back."""
    with running_provider() as running:
        yield running


def with_probes(app: FastAPI) -> FastAPI:
    """Two addresses that say who asks, before gradio's where it is mounted."""

    def who(request: Request) -> JSONResponse:
        user = current_user(request)
        return JSONResponse({"kind": user.kind, "roles": sorted(user.roles), "hash": user.sub_hash})

    def maintainers(request: Request) -> JSONResponse:
        require_maintainer(request)
        return JSONResponse({})

    app.add_api_route("/qui", who, response_model=None)
    app.add_api_route("/maintenance-essai", maintainers, response_model=None)
    return app


def every_path(routes: list[BaseRoute], before: str = "") -> Iterator[str]:
    """Each address of an application and of those mounted in it, its parameters filled."""
    for route in routes:
        path = re.sub(r"\{[^}]*\}", "x", before + (getattr(route, "path", "") or ""))
        if isinstance(route, Mount):
            yield from every_path(list(route.routes), path.rstrip("/"))
            yield f"{path.rstrip('/')}/fichier.js"
        elif hasattr(route, "original_router"):  # what include_router adds
            yield from every_path(list(route.original_router.routes), before)
        else:
            yield path or "/"


def test_no_address_answers_without_a_session_gradio_s_included(provider: LocalProvider, demo_corpus: Corpus) -> None:
    app = guarded_app(provider, web_page=True, corpus=demo_corpus)
    paths = set(every_path(list(app.routes)))
    assert {
        "/gradio_api/queue/join",
        "/config",
        "/api/v1/ask",
        "/v1/models",
        "/mcp",
        "/revisions",
        "/openapi.json",
    } <= paths
    assert len(paths) > 60, "gradio's routes are walked too"
    guarded = {p for p in paths if p not in PUBLIC_PATHS and not p.startswith(PUBLIC_FOLDERS)}
    guarded |= {
        "/",
        "/theme.css",
        "/static/x.js",
        "/assets/x.js",
        "/gradio_api/mcp/",
        "/gradio_api/heartbeat/x",
        "//",
        "/metrics",
        "/nimporte/quoi",
    }
    client = TestClient(app, base_url=PUBLIC, follow_redirects=False, raise_server_exceptions=False)
    answered = []
    for path in sorted(guarded):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            status = client.request(method, path, headers={"origin": PUBLIC}).status_code
            if status not in {401, 403}:
                answered.append((method, path, status))
    assert answered == []
    pages = [p for p in sorted(guarded) if not p.startswith(("/v1", "/mcp"))]
    assert {client.get(p, headers=PAGE).status_code for p in pages} == {303}


def test_no_websocket_opens_without_a_session(provider: LocalProvider) -> None:
    client = TestClient(guarded_app(provider), base_url=PUBLIC)
    for path in ("/", "/gradio_api/queue/join", "/v1/chat/completions", "/mcp", "/ws"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path, headers={"origin": PUBLIC}):
            pytest.fail(f"{path} a répondu")


def test_health_answers_the_platform_by_any_name_and_nothing_else_does(provider: LocalProvider) -> None:
    client = TestClient(guarded_app(provider), base_url="http://pod.interne:8080", follow_redirects=False)
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    assert client.get("/metrics").status_code == 403
    assert client.get("/auth/login").status_code == 403
    open_metrics = guarded_app(provider, metrics_open=True)
    assert TestClient(open_metrics, base_url="http://pod.interne:8080").get("/metrics").status_code == 200
    token = {"authorization": f"Bearer {API_TOKEN}"}
    assert TestClient(guarded_app(provider), base_url=PUBLIC).get("/metrics", headers=token).status_code == 200


def test_a_forwarded_name_that_is_not_ours_is_refused(provider: LocalProvider) -> None:
    browser = Browser(guarded_app(provider), provider)
    browser.sign_in()
    assert browser.get("/openapi.json").status_code == 200
    assert browser.get("/openapi.json", **{"x-forwarded-host": "piege.test"}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": PUBLIC}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://piege.test"}, 403),
        ({"origin": "https://cct.test.piege.test"}, 403),
        ({"origin": "https://["}, 403),
        ({"sec-fetch-site": "cross-site", "origin": PUBLIC}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_session_s_cookie_does_nothing_for_another_site(
    provider: LocalProvider, headers: dict[str, str], status: int
) -> None:
    browser = Browser(guarded_app(provider), provider)
    browser.sign_in()
    assert browser.post("/api/v1/ask", origin=None, json=ASK, headers=headers).status_code == status


def test_the_doors_take_a_token_never_a_session(provider: LocalProvider) -> None:
    browser = Browser(guarded_app(provider), provider)
    browser.sign_in()
    assert browser.get("/v1/models").status_code == 401
    for token in (API_TOKEN, provider.sign()):
        bearer = {"authorization": f"Bearer {token}"}
        client = TestClient(guarded_app(provider), base_url=PUBLIC)
        assert client.get("/v1/models", headers=bearer).status_code == 200
        assert client.post("/api/v1/ask", json=ASK, headers=bearer).status_code == 200


@pytest.mark.parametrize(
    "spoiled",
    [{"aud": "account"}, {"aud": None}, {"iss": "https://ailleurs.test"}, {"exp": 1}, {"exp": None}, {"nonce": "x"}, {"at_hash": "x"}, {"typ": "ID"}, {"typ": "Refresh"}, {"sub": None}, {"nbf": 99_999_999_999}],
    ids=str,
)  # fmt: skip
def test_an_access_token_that_is_not_for_us_opens_nothing(provider: LocalProvider, spoiled: dict[str, Any]) -> None:
    client = TestClient(guarded_app(provider), base_url=PUBLIC)
    bearer = {"authorization": f"Bearer {provider.sign(**spoiled)}"}
    assert client.get("/v1/models", headers=bearer).status_code == 401
    refused = client.post("/api/v1/ask", json=ASK, headers=bearer)
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "x" * 30_000, "é.é.é"])
def test_what_is_no_token_opens_nothing(provider: LocalProvider, token: str) -> None:
    client = TestClient(guarded_app(provider), base_url=PUBLIC)
    bearer = {"authorization": f"Bearer {token}".encode()}
    assert client.post("/api/v1/ask", json=ASK, headers=bearer).status_code == 401  # type: ignore[arg-type]


def test_another_audience_may_be_chosen_for_access_tokens(provider: LocalProvider) -> None:
    client = TestClient(guarded_app(provider, oidc={"audience": "cct-api"}), base_url=PUBLIC)
    good, other = provider.sign(aud=["account", "cct-api"]), provider.sign(aud="cct")
    assert client.get("/v1/models", headers={"authorization": f"Bearer {good}"}).status_code == 200
    assert client.get("/v1/models", headers={"authorization": f"Bearer {other}"}).status_code == 401


def test_a_token_cannot_be_checked_without_the_provider(provider: LocalProvider) -> None:
    token = provider.sign()
    client = TestClient(guarded_app(provider), base_url=PUBLIC)
    provider.down = True
    try:
        down = client.post("/api/v1/ask", json=ASK, headers={"authorization": f"Bearer {token}"})
        known = client.post("/api/v1/ask", json=ASK, headers={"authorization": f"Bearer {API_TOKEN}"})
    finally:
        provider.down = False
    assert (down.status_code, known.status_code) == (503, 200)
    assert "fournisseur d'identité" in down.json()["detail"]


def test_tokens_that_anybody_sends_do_not_make_us_call_a_provider_that_is_down(provider: LocalProvider) -> None:
    now = [0.0]
    signing_in = SignInProvider(provider_settings(provider), lambda: now[0])
    token, before = provider.sign(), len(provider.asked)
    provider.down = True
    try:
        for _ in range(5):
            with pytest.raises(ProviderUnreachable):
                asyncio.run(signing_in.bearer(token))
    finally:
        provider.down = False
    assert len(provider.asked) - before == 1
    now[0] = 6
    identity = asyncio.run(signing_in.bearer(token))
    assert identity is not None and identity.sub == "agent-1"


def test_a_person_has_one_pseudonym_by_session_and_by_token_and_a_role(provider: LocalProvider) -> None:
    app = with_probes(guarded_app(provider))
    browser = Browser(app, provider)
    browser.sign_in("agent-1")
    here = browser.get("/qui").json()
    bearer = {"authorization": f"Bearer {provider.sign(realm_access={'roles': ['maintainer']})}"}
    there = TestClient(app, base_url=PUBLIC).get("/qui", headers=bearer).json()
    assert (here["kind"], here["roles"]) == ("session", ["reader"])
    assert (there["kind"], there["roles"]) == ("access_token", ["maintainer", "reader"])
    assert here["hash"] == there["hash"] and len(here["hash"]) == 32 and "agent" not in here["hash"]
    refused = browser.get("/maintenance-essai")
    assert refused.status_code == 403 and "mainteneurs" in refused.text and "<h1>" in refused.text
    other = Browser(app, provider)
    other.sign_in("mainteneur-1")
    assert other.get("/maintenance-essai").status_code == 200
    assert other.get("/qui").json()["hash"] != here["hash"]


def test_beyond_the_rate_a_person_waits_and_the_others_do_not(provider: LocalProvider) -> None:
    app = guarded_app(provider, question_rate=2)
    one, two = Browser(app, provider), Browser(app, provider)
    one.sign_in("agent-1")
    two.sign_in("mainteneur-1")
    assert [one.post("/api/v1/ask", json=ASK).status_code for _ in range(3)] == [200, 200, 429]
    refused = one.post("/api/v1/ask", json=ASK)
    assert 1 <= int(refused.headers["retry-after"]) <= 30 and "2 questions par minute" in refused.json()["detail"]
    assert one.get("/openapi.json").status_code == 200, "reading is not counted"
    assert two.post("/api/v1/ask", json=ASK).status_code == 200


def test_the_headers_let_a_form_lead_to_the_provider_and_ask_for_https(provider: LocalProvider) -> None:
    browser = Browser(guarded_app(provider), provider)
    answer = browser.get("/")
    assert answer.headers["content-security-policy"].endswith(f"form-action 'self' {provider.address}")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    browser.sign_in()
    assert browser.get("/openapi.json").headers["cache-control"] == "private, no-cache"


def local(**values: Any) -> TestClient:
    """The service on the loopback of its machine, asked from it."""
    app = with_probes(guarded_app(None, host="127.0.0.1", **values))
    return TestClient(app, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5000), follow_redirects=False)


def test_on_the_loopback_this_machine_enters_freely_and_may_do_everything() -> None:
    client = local(question_rate=1)
    assert [client.post("/api/v1/ask", json=ASK).status_code for _ in range(4)] == [200] * 4, "never slowed down"
    assert client.get("/qui").json() == {"kind": "this_machine", "roles": ["maintainer", "reader"], "hash": ""}
    assert client.get("/maintenance-essai").status_code == 200
    assert client.post("/api/v1/ask", json=ASK, headers={"authorization": "Bearer nimporte"}).status_code == 200
    assert client.get("/auth/login").status_code == 404, "there is nothing to sign in to"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "piege.test"},
        {"origin": "https://piege.test"},
        {"sec-fetch-site": "cross-site"},
        {"x-forwarded-host": "piege.test"},
    ],
    ids=str,
)
def test_a_page_of_another_site_cannot_use_the_service_of_this_machine(headers: dict[str, str]) -> None:
    assert local().post("/api/v1/ask", json=ASK, headers=headers).status_code == 403


def test_on_the_loopback_nobody_enters_through_a_proxy() -> None:
    app = guarded_app(None, host="127.0.0.1")
    client = TestClient(app, base_url="http://localhost:7860", client=("203.0.113.7", 5000))
    refused = client.get("/openapi.json", headers=PAGE)
    assert refused.status_code == 403 and "CCT_OPEN=true" in refused.text and "<h1>" in refused.text
    assert client.get("/health").status_code == 200


def test_an_open_service_answers_everybody_as_a_reader_within_the_rate() -> None:
    app = with_probes(guarded_app(None, open=True, question_rate=2))
    client = TestClient(app, base_url="http://cct.test", client=("203.0.113.7", 5000))
    assert client.get("/qui").json() == {"kind": "open", "roles": ["reader"], "hash": ""}
    assert client.get("/maintenance-essai").status_code == 403
    assert [client.post("/api/v1/ask", json=ASK).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/metrics").status_code == 200
    named = guarded_app(None, open=True, allowed_hosts="cct.test, autre.test")
    assert TestClient(named, base_url="http://autre.test").get("/openapi.json").status_code == 200
    assert TestClient(named, base_url="http://piege.test").get("/openapi.json").status_code == 403


def test_with_tokens_alone_the_pages_stay_closed_and_programs_enter() -> None:
    client = TestClient(guarded_app(None), base_url="http://cct.test", follow_redirects=False)
    refused = client.get("/openapi.json", headers=PAGE)
    assert refused.status_code == 403 and "OIDC_ISSUER" in refused.text
    assert client.post("/api/v1/ask", json=ASK).status_code == 403
    bearer = {"authorization": f"Bearer {API_TOKEN}"}
    assert client.post("/api/v1/ask", json=ASK, headers=bearer).status_code == 200
    assert client.get("/v1/models", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    ("host", "values", "doors", "refused"),
    [
        ("0.0.0.0", {}, {}, True),
        ("cct.exemple", {}, {}, True),
        ("0.0.0.0", {"open": True}, {}, False),
        ("0.0.0.0", {}, {"tokens": API_TOKEN}, False),
        ("0.0.0.0", {}, {"open": True}, False),
        ("127.0.0.1", {}, {}, False),
        ("::1", {}, {}, False),
    ],
)
def test_a_wide_address_without_any_entry_is_refused_at_start(
    host: str, values: dict[str, Any], doors: dict[str, Any], refused: bool
) -> None:
    site = SiteSettings(_env_file=None, **values)
    policy = SitePolicy.of(ProviderSettings(_env_file=None), site, host)  # type: ignore[call-arg]
    access = AccessPolicy.of(DoorSettings(_env_file=None, **doors), host)
    if not refused:
        policy.check(host, access)
        return
    with pytest.raises(SettingsError, match="sans demander qui l'interroge") as told:
        policy.check(host, access)
    assert "CCT_OPEN=true" in told.value.remedy and "OIDC_ISSUER" in told.value.remedy


@pytest.mark.parametrize(
    ("oidc", "site", "named"),
    [
        ({"client_id": ""}, {}, "OIDC_CLIENT_ID"),
        ({}, {"public_url": ""}, "CCT_PUBLIC_URL"),
        ({}, {"session_secret": ""}, "CCT_SESSION_SECRET"),
        ({}, {"session_secret": "court"}, "CCT_SESSION_SECRET"),
        ({}, {"pseudonym_key": "court"}, "CCT_PSEUDONYM_KEY"),
        ({"issuer": "http://connexion.exemple/realms/a"}, {}, "OIDC_ISSUER"),
        ({"issuer": "connexion.exemple"}, {}, "OIDC_ISSUER"),
        ({}, {"public_url": "http://cct.exemple"}, "CCT_PUBLIC_URL"),
        ({}, {"public_url": "https://cct.exemple/?a=1"}, "CCT_PUBLIC_URL"),
        ({}, {"session_https_only": False}, "CCT_SESSION_HTTPS_ONLY"),
    ],
)
def test_settings_that_would_weaken_sign_in_are_refused_by_name(
    oidc: dict[str, Any], site: dict[str, Any], named: str
) -> None:
    issuer = {"issuer": "https://connexion.exemple/realms/a", "client_id": "cct", **oidc}
    given = {"public_url": PUBLIC, "session_secret": SECRET, **site}
    with pytest.raises(SettingsError) as told:
        check_sign_in(ProviderSettings(_env_file=None, **issuer), SiteSettings(_env_file=None, **given))
    assert named in told.value.message


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("CCT_SESSION_MINUTES", "longtemps", "il faut un nombre entier"),
        ("CCT_SESSION_MINUTES", "0", "il faut au moins 1"),
        ("CCT_OPEN", "peut-être", "il faut true ou false"),
        ("CCT_ENV", "prod", "'development' ou 'production'"),
        ("OIDC_TIMEOUT", "0", "il faut plus que 0"),
    ],
)
def test_a_value_that_is_none_is_refused_in_french(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)  # away from any .env
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as told:
        load_sign_in_settings()
    assert name in told.value.message and reason in told.value.message


def test_the_roles_are_found_at_a_path_of_names() -> None:
    claims = {"realm_access": {"roles": ["a"]}, "resource_access": {"cct.api": {"roles": ["b"]}}, "x.y": "c d"}
    assert claim_at(claims, "realm_access.roles") == ["a"]
    assert claim_at(claims, "resource_access.cct.api.roles") == ["b"]
    assert claim_at(claims, "x.y") == "c d"
    assert claim_at(claims, "realm_access.autre") is None
    assert claim_at({"realm_access": "texte"}, "realm_access.roles") is None


def test_what_follows_sign_in_is_a_path_of_this_site() -> None:
    assert safe_next("/exigences/pi/EXI-ARCH-12?texte=a%20b") == "/exigences/pi/EXI-ARCH-12?texte=a%20b"
    assert safe_next("/auth/") == "/auth/"
    for other in (
        None,
        "",
        "//x",
        "/\\x",
        "https://x",
        "/a\nb",
        "/\tx",
        "///x",
        "/auth/login",
        "/auth/callback?code=x",
    ):
        assert safe_next(other) == "/"
