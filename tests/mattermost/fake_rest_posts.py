"""REST calls about posts, threads, reactions and typing."""

from __future__ import annotations

from typing import Any

from tests.mattermost.fake_reading import channel_posts, edit_history, thread
from tests.mattermost.fake_records import Refused, forbidden, invalid_parameter
from tests.mattermost.fake_rest import OK, Call, Route


async def create_post(call: Call) -> tuple[int, Any]:
    """201; the same answer again for the same pending_post_id within 30 s."""
    set_online = call.request.query.get("set_online", "true") != "false"
    if set_online:
        for stream in call.server.hub.active(call.user.id):
            stream.last_activity = call.world.clock.seconds()
    body = call.body() | {"set_online": set_online}
    if not call.committing:
        return 201, call.world.create_post(call.user, body)
    begun_at = call.world.begin_post(body)
    call.server.changed()
    await call.server.patience(call.committing)
    return 201, call.world.create_post(call.user, body, begun_at)


async def create_ephemeral(call: Call) -> tuple[int, Any]:
    """System administrators only: a bot gets 403."""
    body = call.body()
    if not body.get("user_id"):
        raise invalid_parameter("user_id")
    post = body.get("post")
    if not isinstance(post, dict):
        raise invalid_parameter("post")
    if not call.user.is_admin:
        raise forbidden()
    channel = call.world.channel(str(post.get("channel_id")))
    text, root = str(post.get("message", "")), str(post.get("root_id") or "")
    return 201, call.world.whisper(body["user_id"], channel.id, text, root, call.user.id, post.get("props"))


async def get_post(call: Call) -> tuple[int, Any]:
    """A post that is not deleted."""
    return 200, call.world.shown(call.world.readable_post(call.user, call.id_of("post_id")))


async def get_posts_by_ids(call: Call) -> tuple[int, Any]:
    """The readable ones among these."""
    wanted = call.json()
    if not isinstance(wanted, list) or not wanted:
        raise invalid_parameter("post_ids")
    found = [call.world.posts[i] for i in wanted if i in call.world.posts and not call.world.posts[i].delete_at]
    return 200, [
        call.world.shown(p) for p in found if call.world.may_read(call.user, call.world.channels[p.channel_id])
    ]


async def patch_post(call: Call) -> tuple[int, Any]:
    """What the body names changes, the rest stays."""
    body = call.body()
    message, props, pinned = body.get("message"), body.get("props"), body.get("is_pinned")
    if (message is not None and not isinstance(message, str)) or (props is not None and not isinstance(props, dict)):
        raise invalid_parameter("post")
    return 200, call.world.edit_post(call.user, call.id_of("post_id"), message, props, pinned)


async def update_post(call: Call) -> tuple[int, Any]:
    """The whole post is replaced: what the body leaves out is emptied."""
    body, post_id = call.body(), call.id_of("post_id")
    if body.get("id") != post_id:
        raise invalid_parameter("id")
    message, props = body.get("message", ""), body.get("props") or {}
    return 200, call.world.edit_post(call.user, post_id, message, props, bool(body.get("is_pinned")))


async def delete_post(call: Call) -> tuple[int, Any]:
    """One's own post."""
    call.world.delete_post(call.user, call.id_of("post_id"))
    return 200, OK


async def get_thread(call: Call) -> tuple[int, Any]:
    """The thread of a root or of a reply."""
    post = call.world.readable_post(call.user, call.id_of("post_id"))
    return 200, thread(call.world, post, call.request.query).json()


async def get_edit_history(call: Call) -> tuple[int, Any]:
    """The author's own former versions."""
    post = call.world.readable_post(call.user, call.id_of("post_id"))
    if post.user_id != call.user.id:
        raise forbidden()
    return 200, edit_history(call.world, post)


async def get_channel_posts(call: Call) -> tuple[int, Any]:
    """A page of a channel's posts."""
    channel = call.world.readable_channel(call.user, call.id_of("channel_id"))
    return 200, channel_posts(call.world, channel, call.request.query).json()


async def add_reaction(call: Call) -> tuple[int, Any]:
    """200, whatever the specification says."""
    body = call.body()
    if body.get("user_id") != call.user.id:
        raise Refused(
            403, "api.reaction.save_reaction.user_id.app_error", "You cannot save reaction for the other user."
        )
    return 200, call.world.add_reaction(call.user, str(body.get("post_id") or ""), str(body.get("emoji_name") or ""))


async def get_reactions(call: Call) -> tuple[int, Any]:
    """The reactions on a post; null when there is none."""
    post = call.world.readable_post(call.user, call.id_of("post_id"))
    return 200, [r.json() for r in call.world.reactions.get(post.id, [])] or None


async def remove_reaction(call: Call) -> tuple[int, Any]:
    """One's own reaction."""
    if call.id_of("user_id") != call.user.id and not call.user.is_admin:
        raise forbidden()
    call.world.remove_reaction(call.user, call.id_of("post_id"), call.request.match_info["emoji_name"])
    return 200, OK


async def typing(call: Call) -> tuple[int, Any]:
    """Tells the channel that the caller is writing."""
    call.own_id()
    body = call.body()
    call.world.typing(call.user, str(body.get("channel_id") or ""), str(body.get("parent_id") or ""))
    return 200, OK


ROUTES: list[Route] = [
    ("POST", "/posts", create_post),
    ("POST", "/posts/ephemeral", create_ephemeral),
    ("POST", "/posts/ids", get_posts_by_ids),
    ("GET", "/posts/{post_id}", get_post),
    ("PUT", "/posts/{post_id}", update_post),
    ("DELETE", "/posts/{post_id}", delete_post),
    ("PUT", "/posts/{post_id}/patch", patch_post),
    ("GET", "/posts/{post_id}/thread", get_thread),
    ("GET", "/posts/{post_id}/edit_history", get_edit_history),
    ("GET", "/posts/{post_id}/reactions", get_reactions),
    ("GET", "/channels/{channel_id}/posts", get_channel_posts),
    ("POST", "/reactions", add_reaction),
    ("DELETE", "/users/{user_id}/posts/{post_id}/reactions/{emoji_name}", remove_reaction),
    ("POST", "/users/{user_id}/typing", typing),
]
