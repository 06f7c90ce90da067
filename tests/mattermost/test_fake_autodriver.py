"""mattermostautodriver, a second client nobody here wrote, drives the fake."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from mattermostautodriver import TypedDriver
from mattermostautodriver.exceptions import NotEnoughPermissions, ResourceNotFound, TooManyRequests

from tests.mattermost.conftest import SmallTeam
from tests.mattermost.fake_faults import error_before_commit, rate_limited


@pytest.fixture
def driver(small_team: SmallTeam) -> Iterator[TypedDriver]:
    options = {"scheme": "http", "url": "127.0.0.1", "port": small_team.server.port, "token": small_team.bot.token}
    made = TypedDriver(options)
    made.login()
    yield made
    made.client.close()


def test_the_driver_signs_in_with_the_bots_token(small_team: SmallTeam, driver: TypedDriver) -> None:
    assert (driver.client.userid, driver.client.username) == (small_team.bot.id, "cct")


def test_the_driver_posts_reads_edits_and_reacts(small_team: SmallTeam, driver: TypedDriver) -> None:
    server, channel = small_team.server, small_team.channel
    root = server.post(small_team.alice, channel, "@cct bonjour")
    reply = driver.posts.create_post(channel_id=channel.id, message="Bonjour", root_id=root.id)
    driver.posts.patch_post(post_id=reply["id"], message="Bonjour à vous")
    thread = driver.posts.get_post_thread(post_id=root.id)
    assert thread["posts"][reply["id"]]["message"] == "Bonjour à vous"
    reaction = {"user_id": small_team.bot.id, "post_id": root.id, "emoji_name": "eyes"}
    driver.reactions.save_reaction(options=reaction)
    assert [r.emoji_name for r in server.reactions(root)] == ["eyes"]
    after = driver.posts.get_posts_for_channel(channel_id=channel.id, after=root.id, per_page=200)
    assert set(after["order"]) <= {reply["id"]}
    direct = driver.channels.create_direct_channel([small_team.bot.id, small_team.alice.id])
    assert direct["type"] == "D"
    assert driver.system.get_ping()["status"] == "OK"
    assert driver.system.get_client_config()["MaxPostSize"] == "16383"


def test_the_driver_tells_the_errors_apart(small_team: SmallTeam, driver: TypedDriver) -> None:
    with pytest.raises(ResourceNotFound) as missing:
        driver.posts.get_post("a" * 26)
    assert missing.value.error_id == "app.post.get.app_error"
    with pytest.raises(NotEnoughPermissions):
        post = {"channel_id": small_team.channel.id, "message": "psst"}
        driver.posts.create_post_ephemeral(user_id=small_team.alice.id, post=post)


def test_the_driver_waits_as_told_by_a_429_and_retries_a_503(small_team: SmallTeam, driver: TypedDriver) -> None:
    server = small_team.server
    server.faults.next("POST /posts", rate_limited(0.05), times=2)
    driver.posts.create_post(channel_id=small_team.channel.id, message="patience")
    assert [s.status for s in server.requests("POST", "/posts")] == [429, 429, 201]
    server.faults.next("GET /users/{id}", error_before_commit(503))
    assert driver.users.get_user(small_team.alice.id)["username"] == "alice"
    server.faults.next("POST /posts", rate_limited(3600))
    with pytest.raises(TooManyRequests) as limited:
        driver.posts.create_post(channel_id=small_team.channel.id, message="trop")
    assert limited.value.retry_after == 3600


@pytest.mark.filterwarnings("ignore:ssl=None is deprecated")  # of the driver's own call
def test_the_drivers_stream_gets_the_events(small_team: SmallTeam) -> None:
    server = small_team.server
    options = {"scheme": "http", "url": "127.0.0.1", "port": server.port, "token": small_team.bot.token}

    async def listen() -> list[dict]:
        from mattermostautodriver import AsyncTypedDriver

        driver, heard, enough = AsyncTypedDriver(options), [], asyncio.Event()
        await driver.login()

        async def hear(text: str) -> None:
            heard.append(json.loads(text))
            if heard[-1].get("event") == "posted":
                enough.set()

        task = asyncio.create_task(driver.init_websocket(hear))
        await asyncio.to_thread(server.wait_connected, small_team.bot)
        await asyncio.to_thread(server.post, small_team.alice, small_team.channel, "@cct bonjour")
        await asyncio.wait_for(enough.wait(), 60)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await driver.client.close()
        return heard

    heard = asyncio.run(listen())
    assert [e["event"] for e in heard if "event" in e] == ["hello", "posted"]
    assert json.loads(heard[-1]["data"]["mentions"]) == [small_team.bot.id]
