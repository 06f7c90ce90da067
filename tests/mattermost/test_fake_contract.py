"""The fake keeps the contract: statuses, shapes, identifiers, rules of posts, lists and their traps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from pydantic import ValidationError

from tests.mattermost.conftest import SmallTeam, people
from tests.mattermost.fake_mattermost import Account, FakeMattermost
from tests.mattermost.fake_schemas import OPERATIONS, ErrorShape, check

Make = Callable[..., FakeMattermost]


def api(server: FakeMattermost, account: Account | None = None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {account.token}"} if account else {}
    return httpx.Client(base_url=f"{server.url}/api/v4", headers=headers, timeout=60)


@pytest.fixture
def alice(small_team: SmallTeam) -> Iterator[httpx.Client]:
    with api(small_team.server, small_team.alice) as client:
        yield client


@pytest.fixture
def bot(small_team: SmallTeam) -> Iterator[httpx.Client]:
    with api(small_team.server, small_team.bot) as client:
        yield client


def refused(answer: httpx.Response, status: int, error_id: str) -> None:
    assert (answer.status_code, answer.json()["id"]) == (status, error_id)
    assert answer.headers["content-type"] == "application/json"
    error = ErrorShape.model_validate(answer.json())
    assert (error.status_code, error.detailed_error) == (status, "")


def test_every_operation_answers_with_its_status_and_its_shape(make_fake_mattermost: Make) -> None:
    server = make_fake_mattermost(enable_bot_creation=True)
    team = people(server)
    with api(server, team.alice) as http, api(server, team.admin) as admin:
        seen: set[str] = set()

        def tried(
            operation: str, path: str, body: object = None, client: httpx.Client = http, **more: object
        ) -> dict:
            method = operation.split()[0]
            answer = client.request(method, path, **({"json": body} if body is not None else {}), **more)
            check(operation, answer.status_code, answer.json())
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-version-id"].startswith("11.")
            seen.add(operation)
            return answer.json()

        channel, me = team.channel.id, team.alice.id
        tried("GET /users/me", "/users/me")
        tried("GET /users/{id}", f"/users/{team.bot.id}")
        tried("GET /users/username/{name}", "/users/username/cct")
        tried("POST /users/ids", "/users/ids", [me, team.bot.id])
        tried("POST /users/login", "/users/login", {"login_id": "alice", "password": "secret"})
        tried("GET /config/client", "/config/client?format=old")
        tried("GET /system/ping", "/system/ping")
        post = tried(
            "POST /posts", "/posts", {"channel_id": channel, "message": "Bonjour #cct-ia", "pending_post_id": "x"}
        )
        assert (post["pending_post_id"], post["hashtags"]) == ("x", "#cct-ia")
        tried("GET /posts/{id}", f"/posts/{post['id']}")
        tried("PUT /posts/{id}/patch", f"/posts/{post['id']}/patch", {"message": "Bonsoir"})
        tried("GET /posts/{id}/edit_history", f"/posts/{post['id']}/edit_history")
        tried("POST /reactions", "/reactions", {"user_id": me, "post_id": post["id"], "emoji_name": "eyes"})
        tried("GET /posts/{id}/reactions", f"/posts/{post['id']}/reactions")
        tried("GET /posts/{id}/thread", f"/posts/{post['id']}/thread")
        tried("GET /channels/{id}/posts", f"/channels/{channel}/posts")
        tried("DELETE /users/me/posts/{id}/reactions/{emoji}", f"/users/me/posts/{post['id']}/reactions/eyes")
        tried("POST /users/me/typing", "/users/me/typing", {"channel_id": channel})
        tried("DELETE /posts/{id}", f"/posts/{post['id']}")
        tried("GET /users/me/channels", "/users/me/channels")
        tried("GET /users/me/teams", "/users/me/teams")
        tried("GET /teams/name/{name}", "/teams/name/equipe")
        tried("GET /channels/{id}", f"/channels/{channel}")
        tried("GET /channels/{id}/members", f"/channels/{channel}/members")
        tried("GET /channels/{id}/members/{user}", f"/channels/{channel}/members/{me}")
        tried("POST /channels/{id}/members", f"/channels/{channel}/members", {"user_id": team.admin.id})
        tried("POST /channels/direct", "/channels/direct", [me, team.bot.id])
        tried("POST /channels/group", "/channels/group", [team.bot.id, team.bruno.id])
        info = tried(
            "POST /files", "/files", data={"channel_id": channel}, files={"files": ("a.md", b"# A", "text/markdown")}
        )
        tried("GET /files/{id}/info", f"/files/{info['file_infos'][0]['id']}/info")
        tried(
            "POST /commands",
            "/commands",
            {"team_id": team.team.id, "method": "P", "trigger": "cct", "url": "http://x/y"},
        )
        made = tried("POST /bots", "/bots", {"username": "autre"}, client=admin)
        tried("POST /users/{id}/tokens", f"/users/{made['user_id']}/tokens", {"description": "essai"}, client=admin)
        whisper = {"user_id": me, "post": {"channel_id": channel, "message": "psst"}}
        tried("POST /posts/ephemeral", "/posts/ephemeral", whisper, client=admin)
        assert seen == set(OPERATIONS)


def test_a_shape_refuses_what_the_server_does_not_send() -> None:
    with pytest.raises(ValidationError):
        check("GET /system/ping", 200, {"status": "KO"})
    with pytest.raises(AssertionError):
        check("POST /reactions", 201, {})


def test_refusals_have_the_servers_identifiers(small_team: SmallTeam, alice: httpx.Client, bot: httpx.Client) -> None:
    server, channel = small_team.server, small_team.channel.id
    with api(server) as nobody:
        refused(nobody.get("/users/me"), 401, "api.context.session_expired.app_error")
    refused(alice.get("/nulle/part"), 404, "api.context.404.app_error")
    refused(alice.post("/posts", content=b"{"), 400, "api.context.invalid_body_param.app_error")
    refused(alice.get("/posts/pas-un-id"), 400, "api.context.invalid_url_param.app_error")
    refused(alice.get("/posts/" + "a" * 26), 404, "app.post.get.app_error")
    refused(
        bot.get(f"/channels/{channel}/members/{small_team.admin.id}"), 404, "app.channel.get_member.missing.app_error"
    )
    private = server.channel(small_team.team, "prive", small_team.alice, private=True)
    refused(bot.get(f"/channels/{private.id}/posts"), 403, "api.context.permissions.app_error")
    refused(
        bot.post("/posts", json={"channel_id": private.id, "message": "x"}), 403, "api.context.permissions.app_error"
    )
    whisper = {"user_id": small_team.alice.id, "post": {"channel_id": channel, "message": "psst"}}
    refused(bot.post("/posts/ephemeral", json=whisper), 403, "api.context.permissions.app_error")
    refused(alice.post("/bots", json={"username": "x"}), 403, "api.bot.create_disabled")
    refused(
        alice.post("/posts", json={"channel_id": channel, "message": "x" * 300_001}),
        413,
        "api.context.request_body_too_large.app_error",
    )
    server.archive(small_team.channel)
    refused(
        alice.post("/posts", json={"channel_id": channel, "message": "x"}),
        400,
        "api.post.create_post.can_not_post_to_deleted.error",
    )


def test_a_reply_needs_a_living_root_of_the_same_channel(small_team: SmallTeam, alice: httpx.Client) -> None:
    server, channel = small_team.server, small_team.channel
    other = server.channel(small_team.team, "autre", small_team.alice)
    root = server.post(small_team.alice, channel, "racine")
    reply = server.post(small_team.alice, channel, "réponse", root)
    for root_id, where in ((reply.id, channel.id), (root.id, other.id), ("a" * 26, channel.id)):
        answer = alice.post("/posts", json={"channel_id": where, "message": "x", "root_id": root_id})
        refused(answer, 400, "api.post.create_post.root_id.app_error")


def test_a_bots_post_carries_the_mark_the_server_adds(small_team: SmallTeam, bot: httpx.Client) -> None:
    body = {"channel_id": small_team.channel.id, "message": "x", "props": {"cct": {"in_reply_to": "abc", "part": 1}}}
    post = bot.post("/posts", json=body).json()
    assert post["props"] == {"cct": {"in_reply_to": "abc", "part": 1}, "from_bot": "true"}
    patched = bot.put(f"/posts/{post['id']}/patch", json={"message": "y"}).json()
    assert patched["props"] == post["props"] and patched["message"] == "y"


def test_responses_strip_the_integrations_and_sending_them_back_kills_the_buttons(
    small_team: SmallTeam, bot: httpx.Client
) -> None:
    action = {"type": "button", "name": "Utile", "integration": {"url": "http://cct.invalid/u", "context": {"s": 1}}}
    body = {"channel_id": small_team.channel.id, "message": "x", "props": {"attachments": [{"actions": [action]}]}}
    post = bot.post("/posts", json=body).json()
    (shown,) = post["props"]["attachments"][0]["actions"]
    assert "integration" not in shown and len(shown["id"]) == 26
    assert small_team.server.stored(post["id"]).actions()[0]["integration"]["context"] == {"s": 1}
    bot.put(f"/posts/{post['id']}/patch", json={"message": "y", "props": post["props"]})
    assert "integration" not in small_team.server.stored(post["id"]).actions()[0]


def test_a_button_without_an_absolute_address_is_refused(small_team: SmallTeam, bot: httpx.Client) -> None:
    for action in (
        {"type": "button", "integration": {"url": "/cct"}},
        {"name": "x", "integration": {"url": "http://x"}},
    ):
        body = {
            "channel_id": small_team.channel.id,
            "message": "x",
            "props": {"attachments": [{"actions": [action]}]},
        }
        refused(bot.post("/posts", json=body), 400, "model.post.is_valid.props.app_error")


def test_the_same_pending_post_id_makes_one_post_for_thirty_seconds(small_team: SmallTeam, bot: httpx.Client) -> None:
    server, body = small_team.server, {"channel_id": small_team.channel.id, "message": "x", "pending_post_id": "b:1"}
    first, second = bot.post("/posts", json=body), bot.post("/posts", json=body)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert bot.get(f"/posts/{first.json()['id']}").json()["pending_post_id"] == ""
    server.clock.advance(31)
    assert bot.post("/posts", json=body).json()["id"] != first.json()["id"]
    server.restart()
    assert bot.post("/posts", json=body).json()["id"] not in {p.id for p in server.posts()[:-1]}


def test_an_edit_leaves_a_row_moves_the_channel_and_spares_the_creation_date(
    small_team: SmallTeam, bot: httpx.Client
) -> None:
    server = small_team.server
    post = server.post(small_team.bot, small_team.channel, "un")
    server.clock.advance(5)
    patched = bot.put(f"/posts/{post.id}/patch", json={"message": "deux"}).json()
    assert patched["edit_at"] >= post.create_at + 5000 and patched["create_at"] == post.create_at
    (row,) = server.versions(post)
    assert (row.message, row.original_id) == ("un", post.id) and row.delete_at
    assert bot.get(f"/channels/{small_team.channel.id}").json()["last_post_at"] == patched["update_at"]
    assert [v["message"] for v in bot.get(f"/posts/{post.id}/edit_history").json()] == ["un"]


def test_put_with_a_partial_body_empties_the_rest(small_team: SmallTeam, bot: httpx.Client) -> None:
    post = small_team.server.post(small_team.bot, small_team.channel, "un", props={"cct": 1})
    refused(bot.put(f"/posts/{post.id}", json={"message": "x"}), 400, "api.context.invalid_body_param.app_error")
    changed = bot.put(f"/posts/{post.id}", json={"id": post.id, "is_pinned": True}).json()
    assert (changed["message"], changed["props"]) == ("", {"from_bot": "true"})


def test_only_the_author_edits_and_only_within_the_limit(make_fake_mattermost: Make) -> None:
    server = make_fake_mattermost(post_edit_seconds=60)
    team = people(server)
    post = server.post(team.bot, team.channel, "un")
    with api(server, team.alice) as alice, api(server, team.bot) as bot:
        refused(alice.put(f"/posts/{post.id}/patch", json={"message": "x"}), 403, "api.context.permissions.app_error")
        refused(bot.put(f"/posts/{'a' * 26}/patch", json={"message": "x"}), 403, "api.context.permissions.app_error")
        assert bot.put(f"/posts/{post.id}/patch", json={"message": "deux"}).status_code == 200
        server.clock.advance(61)
        late = bot.put(f"/posts/{post.id}/patch", json={"message": "trois"})
        refused(late, 400, "api.post.update_post.permissions_time_limit.app_error")


def test_deleting_a_root_deletes_its_thread(small_team: SmallTeam, alice: httpx.Client) -> None:
    server = small_team.server
    root = server.post(small_team.alice, small_team.channel, "racine")
    reply = server.post(small_team.bot, small_team.channel, "réponse", root)
    assert alice.delete(f"/posts/{root.id}").json() == {"status": "OK"}
    for post in (root, reply):
        refused(alice.get(f"/posts/{post.id}"), 404, "app.post.get.app_error")
    late = {"channel_id": small_team.channel.id, "message": "x", "root_id": root.id}
    refused(alice.post("/posts", json=late), 400, "api.post.create_post.root_id.app_error")


def test_after_gives_the_oldest_page_first_newest_post_first_within_it(
    small_team: SmallTeam, alice: httpx.Client
) -> None:
    server, channel = small_team.server, small_team.channel
    posts = []
    for n in range(7):
        posts.append(server.post(small_team.bruno, channel, str(n)))
        server.clock.advance(1)

    def page(**query: object) -> tuple[list[str], str, str]:
        found = alice.get(f"/channels/{channel.id}/posts", params=query).json()
        names = {p.id: p.message for p in posts} | {"": ""}
        return [names[i] for i in found["order"]], names[found["prev_post_id"]], names[found["next_post_id"]]

    assert page(after=posts[0].id, per_page=2) == (["2", "1"], "0", "3")
    assert page(after=posts[0].id, per_page=2, page=1) == (["4", "3"], "2", "5")
    assert page(after=posts[0].id, per_page=4, page=1) == (["6", "5"], "4", "")
    assert page(before=posts[6].id, per_page=2) == (["5", "4"], "3", "6")
    assert page(per_page=3) == (["6", "5", "4"], "3", "")
    unknown = alice.get(f"/channels/{channel.id}/posts", params={"after": "a" * 26}).json()
    assert unknown["order"] == []
    refused(alice.get(f"/channels/{channel.id}/posts?after=court"), 400, "api.context.invalid_body_param.app_error")
    assert len(alice.get(f"/channels/{channel.id}/posts?per_page=100000").json()["order"]) == 7


def test_after_never_gives_a_post_of_the_anchors_own_millisecond(small_team: SmallTeam, alice: httpx.Client) -> None:
    server, channel = small_team.server, small_team.channel
    server.clock.stop()
    twins = [server.post(small_team.bruno, channel, str(n)) for n in range(3)]
    assert len({p.create_at for p in twins}) == 1
    assert alice.get(f"/channels/{channel.id}/posts", params={"after": twins[0].id}).json()["order"] == []


def test_the_posts_map_holds_roots_that_the_order_does_not(small_team: SmallTeam, alice: httpx.Client) -> None:
    server, channel = small_team.server, small_team.channel
    root = server.post(small_team.bruno, channel, "racine")
    server.clock.advance(1)
    anchor = server.post(small_team.bruno, channel, "repère")
    server.clock.advance(1)
    reply = server.post(small_team.bruno, channel, "réponse", root)
    query = {"after": anchor.id, "skipFetchThreads": "true"}
    found = alice.get(f"/channels/{channel.id}/posts", params=query).json()
    assert found["order"] == [reply.id] and set(found["posts"]) == {root.id, reply.id}


def test_since_ignores_paging_and_mixes_in_deleted_posts_and_former_versions(
    small_team: SmallTeam, alice: httpx.Client
) -> None:
    server, channel = small_team.server, small_team.channel
    posts = [server.post(small_team.bruno, channel, str(n)) for n in range(4)]
    server.clock.advance(10)
    moment = server.clock.now()
    server.clock.advance(1)
    server.edit(small_team.bruno, posts[1], "un")
    server.delete(small_team.bruno, posts[2])
    new = server.post(small_team.bruno, channel, "quatre")
    found = alice.get(f"/channels/{channel.id}/posts", params={"since": moment, "per_page": 1}).json()
    (row,) = server.versions(posts[1])
    assert set(found["order"]) == {posts[1].id, posts[2].id, new.id, row.id}
    assert found["posts"][posts[2].id]["delete_at"] > 0
    assert (found["next_post_id"], found["prev_post_id"]) == ("", "")


def test_a_thread_starts_with_the_post_asked_for_and_is_sorted_only_on_request(
    small_team: SmallTeam, alice: httpx.Client
) -> None:
    server, channel = small_team.server, small_team.channel
    root = server.post(small_team.alice, channel, "racine")
    replies = []
    for n in range(5):
        server.clock.advance(1)
        replies.append(server.post(small_team.bruno, channel, str(n), root))

    def thread(post_id: str, **query: object) -> dict:
        return alice.get(f"/posts/{post_id}/thread", params=query).json()

    ids = [r.id for r in replies]
    assert thread(root.id, direction="down")["order"] == [root.id, *ids]
    assert thread(root.id, direction="up")["order"] == [root.id, *ids[::-1]]
    assert set(thread(root.id)["order"]) == {root.id, *ids} and thread(root.id)["order"][0] == root.id
    assert thread(ids[2], direction="down")["order"] == [ids[2], root.id, *ids[:2], *ids[3:]]
    first = thread(root.id, direction="down", perPage=3)
    assert (first["order"], first["has_next"]) == ([root.id, *ids[:2]], True)
    second = thread(root.id, direction="down", perPage=3, fromPost=ids[1], fromCreateAt=replies[1].create_at)
    assert (second["order"], second["has_next"]) == ([root.id, *ids[2:]], False)
    assert first["posts"][root.id]["reply_count"] == 5
    refused(alice.get(f"/posts/{root.id}/thread?perPage=201"), 400, "api.context.invalid_body_param.app_error")
    refused(alice.get(f"/posts/{root.id}/thread?fromPost={ids[0]}"), 400, "api.context.invalid_body_param.app_error")


def test_an_open_channel_is_read_by_its_team_and_written_by_its_members(
    small_team: SmallTeam, bot: httpx.Client
) -> None:
    channel = small_team.server.channel(small_team.team, "ouvert", small_team.alice)
    assert bot.get(f"/channels/{channel.id}/posts").status_code == 200
    refused(
        bot.post("/posts", json={"channel_id": channel.id, "message": "x"}), 403, "api.context.permissions.app_error"
    )
    assert channel.id not in {c["id"] for c in bot.get("/users/me/channels").json()}


def test_a_direct_channel_exists_once(small_team: SmallTeam, alice: httpx.Client, bot: httpx.Client) -> None:
    both = [small_team.alice.id, small_team.bot.id]
    one, other = (
        alice.post("/channels/direct", json=both).json(),
        bot.post("/channels/direct", json=both[::-1]).json(),
    )
    assert one["id"] == other["id"] and one["name"] == "__".join(sorted(both)) and one["team_id"] == ""


def test_a_reaction_is_ones_own_and_made_once(small_team: SmallTeam, alice: httpx.Client, bot: httpx.Client) -> None:
    post = small_team.server.post(small_team.alice, small_team.channel, "x")
    body = {"user_id": small_team.alice.id, "post_id": post.id, "emoji_name": "+1"}
    refused(bot.post("/reactions", json=body), 403, "api.reaction.save_reaction.user_id.app_error")
    assert [alice.post("/reactions", json=body).status_code for _ in range(2)] == [200, 200]
    assert len(small_team.server.reactions(post)) == 1
    shown = bot.get(f"/posts/{post.id}").json()
    assert shown["has_reactions"] and shown["metadata"]["reactions"][0]["emoji_name"] == "+1"


def test_settings_are_strings_and_mostly_for_sessions(small_team: SmallTeam, alice: httpx.Client) -> None:
    known = alice.get("/config/client?format=old").json()
    assert known["MaxPostSize"] == "16383" and known["TimeBetweenUserTypingUpdatesMilliseconds"] == "5000"
    with api(small_team.server) as nobody:
        assert "MaxPostSize" not in nobody.get("/config/client?format=old").json()


def test_the_rate_limit_answers_in_plain_text_with_relative_seconds(make_fake_mattermost: Make) -> None:
    server = make_fake_mattermost(rate_per_second=1, rate_burst=3)
    with api(server, people(server).alice) as http:
        answers = [http.get("/users/me") for _ in range(12)]
    limited = next(a for a in answers if a.status_code == 429)
    assert limited.text.strip() == "limit exceeded" and limited.headers["content-type"].startswith("text/plain")
    assert int(limited.headers["x-ratelimit-reset"]) < 60 and float(limited.headers["retry-after"]) >= 1


def test_a_client_that_keeps_the_sessions_cookie_is_refused_afterwards(make_fake_mattermost: Make) -> None:
    server = make_fake_mattermost(session_cookies=True)
    team = people(server)
    body = {"channel_id": team.channel.id, "message": "x"}
    with api(server, team.bot) as keeping:
        assert [keeping.post("/posts", json=body).status_code for _ in range(2)] == [201, 401]
        assert keeping.get("/users/me").status_code == 200
    for _ in range(2):
        with api(server, team.bot) as forgetting:
            assert forgetting.post("/posts", json=body).status_code == 201


def test_identifiers_and_stored_posts_survive_a_restart(small_team: SmallTeam, alice: httpx.Client) -> None:
    post = small_team.server.post(small_team.alice, small_team.channel, "avant")
    address = small_team.server.url
    small_team.server.restart()
    assert small_team.server.url == address
    assert json.loads(alice.get(f"/posts/{post.id}").text)["message"] == "avant"
