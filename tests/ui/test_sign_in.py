"""Signing in and out with a real OpenID Connect provider, and everything that must not sign anybody in."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from joserfc.jwk import RSAKey

from tests.ui.guarded_site import PUBLIC, Browser, guarded_app
from tests.ui.local_provider import LocalProvider, mock_app, running_provider
from ui.doors.sign_in_provider import shown_name

ASK = {"question": "Que demande EXI-ARCH-12 ?"}


@pytest.fixture(scope="module")
def running() -> Iterator[LocalProvider]:
    """One provider for the file: making its keys takes a moment."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: LocalProvider) -> LocalProvider:
    """The provider, sound, asked nothing yet."""
    running.asked.clear()
    running.down, running.spoil = False, None
    return running


@pytest.fixture
def browser(provider: LocalProvider) -> Browser:
    """A browser that has not signed in."""
    return Browser(guarded_app(provider), provider)


def test_one_signs_in_and_comes_back_to_the_page_that_was_asked(browser: Browser) -> None:
    first = browser.get("/openapi.json?x=1&q=a b")
    assert first.status_code == 303
    assert first.headers["location"].startswith("/auth/login?next=/openapi.json")
    back = browser.sign_in(path=first.headers["location"])
    assert (back.status_code, back.headers["location"]) == (303, "/openapi.json?x=1&q=a%20b")
    assert browser.get("/openapi.json").status_code == 200
    assert browser.post("/api/v1/ask", json=ASK).json()["status"] == "answered"


def test_the_provider_is_asked_for_a_code_with_state_nonce_and_a_pkce_challenge_that_it_receives(
    browser: Browser, provider: LocalProvider
) -> None:
    address = browser.to_provider()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 20 and len(asked["nonce"]) >= 20 and asked["scope"] == "openid"
    assert asked["redirect_uri"] == f"{PUBLIC}/auth/callback"
    browser.get(provider.authorize(address))
    exchanged = parse_qs(next(body for path, body in provider.asked if path == "/oauth2/token"))
    digest = hashlib.sha256(exchanged["code_verifier"][0].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


def test_the_cookie_is_signed_secure_and_holds_what_is_shown_and_no_address(browser: Browser) -> None:
    cookie = browser.sign_in().headers.get_list("set-cookie")[-1]
    assert cookie.startswith("__Host-cct-session=")
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= {p.strip().lower() for p in cookie.split(";")}
    held = json.loads(base64.b64decode(cookie.split("=", 1)[1].split(".")[0]))
    assert set(held) <= {"sub", "roles", "name", "exp"}


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "  Camille\nAgent ", "preferred_username": "c.agent"}, "Camille Agent"),
        ({"given_name": "Camille", "usual_name": "Agent", "family_name": "Autre"}, "Camille Agent"),
        ({"given_name": "Camille", "family_name": "Agent"}, "Camille Agent"),
        ({"preferred_username": "c.agent"}, "c.agent"),
        ({"name": "x" * 200}, "x" * 80),
        ({"name": 3, "email": "c.agent@exemple.fr"}, ""),
        ({}, ""),
    ],
)
def test_the_name_shown_is_the_provider_s_on_one_short_line(claims: dict[str, Any], name: str) -> None:
    assert shown_name(claims) == name


def test_a_cookie_that_somebody_wrote_is_worth_nothing(browser: Browser) -> None:
    forged = base64.b64encode(json.dumps({"sub": "x", "roles": ["maintainer"], "exp": 9_999_999_999}).encode())
    browser.client.cookies.set("__Host-cct-session", forged.decode() + ".abcdef.ghijkl")
    assert browser.client.get("/openapi.json").status_code == 401


def test_a_session_is_the_same_at_every_replica_that_has_the_secret(provider: LocalProvider) -> None:
    one, other = Browser(guarded_app(provider), provider), Browser(guarded_app(provider), provider)
    stranger = Browser(guarded_app(provider, session_secret="f" * 32), provider)
    address = one.to_provider()
    other.client.cookies.update(one.client.cookies)  # one browser, whose next request goes to the other replica
    assert other.get(provider.authorize(address)).status_code == 303, "begun at one, finished at the other"
    assert other.get("/openapi.json").status_code == 200
    for replica, status in ((one, 200), (stranger, 303)):
        replica.client.cookies.clear()
        replica.client.cookies.update(other.client.cookies)
        assert replica.get("/openapi.json").status_code == status


def test_a_session_ends_at_its_hour_whatever_the_cookie_says(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.sign_in()
    assert browser.get("/openapi.json").status_code == 200
    now = __import__("time").time()
    monkeypatch.setattr("ui.doors.site_guard.time.time", lambda: now + 480 * 60 + 1)
    assert browser.get("/openapi.json").status_code == 303
    assert browser.post("/api/v1/ask", json=ASK).status_code == 401


def test_a_form_sent_after_the_session_s_end_says_how_to_lose_nothing(browser: Browser) -> None:
    refused = browser.client.post("/question", data={"q": "x"}, headers={"accept": "text/html", "origin": PUBLIC})
    assert refused.status_code == 401
    assert "rechargez cette page" in refused.text and 'target="_blank"' in refused.text


@pytest.mark.parametrize(
    "spoiled",
    [{"aud": "autre-application"}, {"aud": ["autre"]}, {"iss": "https://ailleurs.test"}, {"nonce": "autre"}, {"nonce": None}, {"exp": 1}, {"sub": None}, {"azp": "autre", "aud": ["cct", "autre"]}],
    ids=["audience", "audiences", "issuer", "nonce", "no nonce", "expired", "no subject", "authorized party"],
)  # fmt: skip
def test_an_identity_token_that_is_not_for_us_signs_nobody_in(
    browser: Browser, provider: LocalProvider, spoiled: dict[str, Any]
) -> None:
    provider.spoil = _with_id_token(provider, lambda claims: provider.sign(**{**claims, **spoiled}))
    refused = browser.sign_in()
    assert refused.status_code == 400
    assert "n&#39;a pas pu être vérifiée" in refused.text and "Recommencer la connexion" in refused.text
    assert browser.get("/openapi.json").status_code == 303


def test_an_identity_token_signed_by_somebody_else_signs_nobody_in(browser: Browser, provider: LocalProvider) -> None:
    other = RSAKey.generate_key(2048)
    provider.spoil = _with_id_token(provider, lambda claims: provider.sign(other, **claims))
    assert browser.sign_in().status_code == 400
    provider.spoil = _with_id_token(provider, _unsigned)
    assert browser.sign_in().status_code == 400
    assert browser.get("/openapi.json").status_code == 303


def test_an_unspoiled_token_made_the_same_way_signs_in(browser: Browser, provider: LocalProvider) -> None:
    provider.spoil = _with_id_token(provider, lambda claims: provider.sign(**claims))
    assert browser.sign_in().status_code == 303, "otherwise the tests above prove nothing"


def test_a_token_that_the_provider_gives_too_late_is_refused() -> None:
    with running_provider(timedelta(seconds=-300)) as late:
        browser = Browser(guarded_app(late), late)
        assert browser.sign_in().status_code == 400


def test_a_state_that_this_browser_did_not_begin_is_refused(browser: Browser, provider: LocalProvider) -> None:
    attacker = Browser(guarded_app(provider), provider)
    stolen = provider.authorize(attacker.to_provider())
    assert browser.get(stolen).status_code == 400, "a link that would sign somebody in as somebody else"
    browser.to_provider()
    assert browser.get(stolen).status_code == 400
    assert browser.get("/auth/callback").status_code == 400
    assert browser.get("/auth/callback?code=x").status_code == 400


def test_a_code_serves_once(browser: Browser, provider: LocalProvider) -> None:
    back = provider.authorize(browser.to_provider())
    assert browser.get(back).status_code == 303
    browser.client.cookies.clear()
    assert browser.get(back).status_code == 400


def test_somebody_who_refuses_at_the_provider_is_told_so(browser: Browser) -> None:
    refused = browser.sign_in(sub=None)
    assert refused.status_code == 400
    assert "n&#39;a pas accordé" in refused.text


@pytest.mark.parametrize(
    "following",
    ["https://piege.test/", "//piege.test/", "/\\piege.test", "/\t/piege.test", "javascript:alert(1)", "\\\\piege.test", "/auth/logout", "/auth/login", "x" * 5000, "/a\r\nset-cookie: a=b", "http:/piege.test", ""],
)  # fmt: skip
def test_signing_in_never_leads_to_another_site(browser: Browser, following: str) -> None:
    back = browser.sign_in(path="/auth/login?next=" + quote(following, safe=""))
    assert back.headers["location"] == "/"
    again = browser.get("/auth/login?next=" + quote(following, safe=""))
    assert (again.status_code, again.headers["location"]) == (303, "/")


def test_roles_come_from_the_claim_that_the_settings_name(provider: LocalProvider) -> None:
    browser = Browser(guarded_app(provider, oidc={"reader_role": "lecture"}), provider)
    assert browser.sign_in("agent-1").status_code == 303
    assert browser.get("/openapi.json").status_code == 200
    other = Browser(guarded_app(provider, oidc={"reader_role": "lecture"}), provider)
    other.sign_in("inconnu-1")
    refused = other.get("/openapi.json")
    assert refused.status_code == 403
    assert "n&#39;a pas le rôle" in refused.text and "/auth/logout" in refused.text
    assert other.post("/api/v1/ask", json=ASK).status_code == 403


@pytest.mark.parametrize("signed", [False, True], ids=["json", "application/jwt"])
def test_roles_may_stand_in_the_user_information_only(
    provider: LocalProvider, monkeypatch: pytest.MonkeyPatch, signed: bool
) -> None:
    monkeypatch.setattr(mock_app.OpenIDCode, "generate_user_info", lambda self, user, scope: {"sub": user.sub})
    if signed:
        provider.spoil = _signed_userinfo(provider)
    browser = Browser(guarded_app(provider, oidc={"reader_role": "lecture"}), provider)
    browser.sign_in("agent-1")
    assert any(path == "/userinfo" for path, _ in provider.asked)
    assert browser.get("/openapi.json").status_code == 200
    other = Browser(guarded_app(provider, oidc={"reader_role": "lecture"}), provider)
    other.sign_in("inconnu-1")
    assert other.get("/openapi.json").status_code == 403


@pytest.mark.parametrize("spoiled", [{"sub": "agent-2"}, {"aud": "autre"}, {"iss": "https://ailleurs.test"}])
def test_user_information_about_somebody_else_or_for_somebody_else_gives_no_role(
    provider: LocalProvider, monkeypatch: pytest.MonkeyPatch, spoiled: dict[str, str]
) -> None:
    monkeypatch.setattr(mock_app.OpenIDCode, "generate_user_info", lambda self, user, scope: {"sub": user.sub})
    provider.spoil = _signed_userinfo(provider, **spoiled)
    browser = Browser(guarded_app(provider, oidc={"reader_role": "lecture"}), provider)
    browser.sign_in("agent-1")
    assert browser.get("/openapi.json").status_code in {303, 403}


def test_signing_out_takes_a_form_of_ours_and_closes_both_sessions(browser: Browser, provider: LocalProvider) -> None:
    browser.sign_in()
    assert '<form method="post" action="/auth/logout">' in browser.get("/auth/logout").text
    assert browser.get("/openapi.json").status_code == 200, "a link alone signs nobody out"
    assert browser.post("/auth/logout", origin="https://piege.test").status_code == 403
    out = browser.post("/auth/logout")
    address = urlsplit(out.headers["location"])
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (out.status_code, f"{address.scheme}://{address.netloc}") == (303, provider.address)
    assert asked["post_logout_redirect_uri"] == f"{PUBLIC}/auth/deconnecte" and asked["client_id"] == "cct"
    assert asked["id_token_hint"].count(".") == 2
    assert browser.get("/openapi.json").status_code == 303
    assert "déconnecté" in browser.get("/auth/deconnecte").text


def test_without_the_provider_one_reads_a_french_page_and_signs_in_when_it_is_back(
    browser: Browser, provider: LocalProvider
) -> None:
    provider.down = True
    down = browser.get("/auth/login?next=/openapi.json")
    assert down.status_code == 503
    assert "momentanément impossible" in down.text and "next=/openapi.json" in down.text
    assert provider.address not in down.text, "no address of the inside"
    provider.down = False
    address = browser.to_provider()
    provider.down = True
    assert browser.get("/auth/callback?state=x&code=y").status_code in {400, 503}
    provider.down = False
    assert browser.get(provider.authorize(browser.to_provider())).status_code == 303
    assert address


def test_a_provider_that_calls_itself_otherwise_is_no_provider(provider: LocalProvider) -> None:
    provider.spoil = lambda path, body: ("", body.replace(b'"issuer": "http://', b'"issuer": "https://'))
    browser = Browser(guarded_app(provider), provider)
    assert browser.get("/auth/login").status_code == 503


def test_a_provider_that_sends_anything_is_no_provider(provider: LocalProvider) -> None:
    for body in (b"[]", b"null", b"<html>", b"{}"):
        provider.spoil = lambda path, _body, sent=body: ("application/json", sent)
        assert Browser(guarded_app(provider), provider).get("/auth/login").status_code == 503


def _with_id_token(provider: LocalProvider, made: Any) -> Any:
    """Replaces the identity token of the token endpoint's answer by what `made` makes of its claims."""

    def spoil(path: str, body: bytes) -> tuple[str, bytes]:
        if path != "/oauth2/token":
            return "", body
        answer = json.loads(body)
        payload = answer["id_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return "application/json", json.dumps({**answer, "id_token": made(claims)}).encode()

    return spoil


def _unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def _signed_userinfo(provider: LocalProvider, **spoiled: str) -> Any:
    def spoil(path: str, body: bytes) -> tuple[str, bytes]:
        if path != "/userinfo":
            return "", body
        return "application/jwt", provider.sign(**{**json.loads(body), **spoiled, "exp": None}).encode()

    return spoil
