"""The official Mattermost client in a Node process of its own: the developer who asks, reads, reacts and clicks."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
# Read when the file is loaded: the environment is wiped before each test.
_BASE = (
    os.environ.get("CCT_TEST_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cct-tests"
)
PATIENCE = 60.0
"""Seconds to wait for an answer or an event."""


class ClientRefused(Exception):
    """The server refused, as the official client tells it."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.status: int = error["status_code"]
        self.error_id: str = error["server_error_id"]


def packages() -> Path:
    """Where `official_client/install` puts the packages of this lock file."""
    lock = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    return Path(_BASE) / f"mattermost-client-{lock[:16]}"


def why_absent() -> str:
    """Why the official client cannot run here; empty when it can."""
    if shutil.which("node") is None:
        return "node n'est pas installé"
    if not (packages() / ".complet").is_file():
        return "client officiel de Mattermost absent : lancer tests/mattermost/official_client/install"
    return ""


class OfficialDeveloper:
    """One person's official client. Close it after use."""

    def __init__(self, url: str, token: str) -> None:
        self._process = subprocess.Popen(
            ["node", str(FOLDER / "developer.cjs"), str(packages())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._heard: list[dict[str, Any]] = []
        self._hearing = threading.Condition()
        self._next = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.me: dict[str, Any] = self._do("sign_in", url=url, token=token)

    def close(self) -> None:
        """Ends the process."""
        with contextlib.suppress(OSError):
            assert self._process.stdin
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(timeout=10)
        assert self._process.stdout
        self._process.stdout.close()

    # --- what a person does

    def call(self, method: str, *arguments: Any) -> Any:
        """Any method of Client4. Raises ClientRefused."""
        return self._do("call", method=method, args=list(arguments))

    def post(self, channel_id: str, message: str, root_id: str = "") -> dict[str, Any]:
        """Writes a post."""
        return dict(self.call("createPost", {"channel_id": channel_id, "message": message, "root_id": root_id}))

    def thread(self, post_id: str) -> list[dict[str, Any]]:
        """The thread of a post, oldest first."""
        found = self.call("getPaginatedPostThread", post_id, {"fetchAll": True})
        return sorted(found["posts"].values(), key=lambda p: (p["root_id"] != "", p["create_at"]))

    def react(self, post_id: str, emoji: str) -> None:
        """Adds a reaction."""
        self.call("addReaction", self.me["id"], post_id, emoji)

    def unreact(self, post_id: str, emoji: str) -> None:
        """Takes it back."""
        self.call("removeReaction", self.me["id"], post_id, emoji)

    def press(self, post_id: str, action_id: str, choice: str = "") -> dict[str, Any]:
        """Presses a button, or chooses in a menu."""
        return dict(self.call("doPostActionWithCookie", post_id, action_id, "", choice))

    def buttons(self, post: dict[str, Any]) -> dict[str, str]:
        """Name → identifier of the buttons of a post, as the person sees them."""
        attachments = post["props"].get("attachments") or []
        return {a["name"]: a["id"] for one in attachments for a in one.get("actions") or []}

    def run_command(self, text: str, channel_id: str, team_id: str, root_id: str = "") -> dict[str, Any]:
        """Types a slash command."""
        where = {"channel_id": channel_id, "team_id": team_id, "root_id": root_id}
        return dict(self.call("executeCommand", text, where))

    def submit_dialog(self, dialog: dict[str, Any], submission: dict[str, str], channel_id: str, team_id: str) -> Any:
        """Fills a dialog that an `open_dialog` event showed."""
        asked = dialog["dialog"]
        return self.call(
            "submitInteractiveDialog",
            {
                "url": dialog["url"],
                "callback_id": asked.get("callback_id", ""),
                "state": asked.get("state", ""),
                "user_id": self.me["id"],
                "channel_id": channel_id,
                "team_id": team_id,
                "submission": submission,
                "cancelled": False,
            },
        )

    # --- the stream

    def connect(self, header: bool = False, retry: int = 20, ping: int = 30_000) -> None:
        """Opens the WebSocket and waits for its hello. With `header`, it can be resumed."""
        self._do("connect", header=header, retry=retry, ping=ping)
        self.wait_event("hello")

    def try_to_connect(self, retry: int = 20) -> None:
        """Opens the WebSocket without waiting for anything."""
        self._do("connect", header=False, retry=retry)

    def disconnect(self) -> None:
        """Closes the WebSocket."""
        self._do("disconnect")

    def abort(self) -> None:
        """The socket dies under the client, which will reconnect."""
        self._do("abort")

    def typing(self, channel_id: str, parent_id: str = "") -> dict[str, Any]:
        """Tells that the person is writing; gives the server's reply."""
        return dict(self._do("typing", channel_id=channel_id, parent_id=parent_id))

    def ping(self) -> dict[str, Any]:
        """The reply to an application ping."""
        return dict(self._do("ping"))

    def stream(self) -> dict[str, Any]:
        """The client's connection_id and next expected sequence number."""
        return dict(self._do("stream"))

    def server_version(self) -> str:
        """What the client read from the server's headers."""
        return str(self._do("server_version"))

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events its listener got so far."""
        with self._hearing:
            return [h["event"] for h in self._heard if "event" in h]

    @property
    def socket_news(self) -> list[str]:
        """What became of its socket: open, closed, reopened, missed."""
        with self._hearing:
            return [h["socket"] for h in self._heard if "socket" in h]

    def wait_event(
        self, name: str, where: Callable[[dict[str, Any]], bool] = lambda _: True, patience: float = PATIENCE
    ) -> dict[str, Any]:
        """The first event of this name that fits, heard already or to come."""
        return dict(
            self._wait(lambda h: "event" in h and h["event"]["event"] == name and where(h["event"]), patience)[
                "event"
            ]
        )

    def wait_post(
        self, where: Callable[[dict[str, Any]], bool] = lambda _: True, edited: bool = False
    ) -> dict[str, Any]:
        """The first post heard of that fits; with `edited`, the first edition that does."""
        name = "post_edited" if edited else "posted"
        event = self.wait_event(name, lambda e: where(json.loads(e["data"]["post"])))
        return dict(json.loads(event["data"]["post"]))

    def wait_socket(self, news: str, times: int = 1) -> None:
        """Until the socket did this, this many times."""
        limit = time.monotonic() + PATIENCE
        with self._hearing:
            while [h.get("socket") for h in self._heard].count(news) < times:
                if not self._hearing.wait(max(0.0, limit - time.monotonic())):
                    raise TimeoutError(f"{news!r} attendu {times} fois : {self._heard}")

    def _wait(self, fits: Callable[[dict[str, Any]], bool], patience: float) -> dict[str, Any]:
        limit, looked = time.monotonic() + patience, 0
        with self._hearing:
            while True:
                for heard in self._heard[looked:]:
                    if fits(heard):
                        return heard
                looked = len(self._heard)
                if not self._hearing.wait(max(0.0, limit - time.monotonic())):
                    raise TimeoutError(f"le client officiel n'a rien reçu de tel : {self._heard}")

    # --- the lines

    def _do(self, action: str, **asked: Any) -> Any:
        self._next += 1
        number = self._next
        answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._answers[number] = answers
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"id": number, "do": action, **asked}) + "\n")
        self._process.stdin.flush()
        try:
            answer = answers.get(timeout=PATIENCE)
        except queue.Empty:
            raise TimeoutError(f"le client officiel ne répond pas à {action!r}") from None
        finally:
            del self._answers[number]
        if "error" in answer:
            raise ClientRefused(answer["error"])
        return answer["ok"]

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            said = json.loads(line)
            if "id" in said:
                waiting = self._answers.get(said["id"])
                if waiting is not None:
                    waiting.put(said)
                continue
            with self._hearing:
                self._heard.append(said)
                self._hearing.notify_all()
