"""A real OpenID Connect provider on loopback (oidc-provider-mock), whose tokens and answers a test may spoil."""

from __future__ import annotations

import io
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import werkzeug.serving
from joserfc import jwt
from joserfc.jwk import RSAKey

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it still reads authlib.jose
    import oidc_provider_mock
    import oidc_provider_mock._app as mock_app

AGENT_NAME = "Camille <b>Agent</b>"
AGENT = oidc_provider_mock.User(sub="agent-1", claims={"name": AGENT_NAME, "realm_access": {"roles": ["lecture"]}})
MAINTAINER = oidc_provider_mock.User(sub="mainteneur-1", claims={"realm_access": {"roles": ["maintainer"]}})
STRANGER = oidc_provider_mock.User(sub="inconnu-1", claims={})


class LocalProvider:
    """The provider: its address, what it was asked, and what to change in what it says."""

    def __init__(self, age: timedelta) -> None:
        self.flask = oidc_provider_mock.app(user_claims=(AGENT, MAINTAINER, STRANGER), access_token_max_age=age)
        self.address = ""
        self.asked: list[tuple[str, str]] = []
        """Path and body of each request, in order."""
        self.down = False
        self.spoil: Callable[[str, bytes], tuple[str, bytes]] | None = None
        """Path and body of an answer → its content type and the body to send instead."""

    def sign(self, key: Any = None, **claims: Any) -> str:
        """A token of the provider with these claims beside the usual ones; `key` signs in its place."""
        now = int(time.time())
        usual = {"iss": self.address, "sub": "agent-1", "aud": "cct", "iat": now, "exp": now + 300}
        header = {"alg": "RS256", "kid": self.key.kid}
        whole = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(header, whole, key or self.key)

    @property
    def key(self) -> RSAKey:
        """Its private key."""
        with self.flask.test_request_context("/"):
            self.flask.preprocess_request()
            found = RSAKey.import_key(mock_app.storage.jwk.as_dict(is_private=True))
        found.ensure_kid()
        return found

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """WSGI: records, refuses while it is down, spoils."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(body)
        path = environ["PATH_INFO"]
        self.asked.append((path, body.decode()))
        if self.down:
            start("502 Bad Gateway", [("content-type", "text/html")])
            return [b"<h1>panne</h1>"]
        if self.spoil is None:
            return self.flask(environ, start)
        told: list[Any] = []
        content = b"".join(self.flask(environ, lambda status, headers, *rest: told.append((status, headers))))
        kind, spoiled = self.spoil(path, content)
        status, headers = told[0]
        kept = [(n, v) for n, v in headers if n.lower() not in {"content-length", "content-type"}]
        kind = kind or next((v for n, v in headers if n.lower() == "content-type"), "text/html")
        start(status, [*kept, ("content-type", kind), ("content-length", str(len(spoiled)))])
        return [spoiled]

    def authorize(self, address: str, sub: str | None = "agent-1") -> str:
        """What a person's browser does there: says who they are, or refuses; gives the address to come back to."""
        data = {"sub": sub} if sub else {"action": "deny"}
        answer = httpx.post(address, data=data, follow_redirects=False, timeout=60)
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["location"])
        assert parse_qs(parts.query)
        return f"{parts.path}?{parts.query}"


@contextmanager
def running_provider(age: timedelta = timedelta(hours=1)) -> Iterator[LocalProvider]:
    """A provider while it runs; its tokens live for `age`, already over when it is negative."""
    provider = LocalProvider(age)
    server = werkzeug.serving.make_server("127.0.0.1", 0, provider, threaded=True, request_handler=_Quiet)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


class _Quiet(werkzeug.serving.WSGIRequestHandler):
    def log(self, *_told: Any) -> None:
        """Says nothing."""
