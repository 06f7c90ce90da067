"""Lists of posts as the server's queries give them, with their traps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.mattermost.fake_records import ID_PATTERN, Channel, Post, Refused, invalid_parameter
from tests.mattermost.fake_world import World

SINCE_LIMIT = 1000
DEFAULT_PER_PAGE = 60
MOST_PER_PAGE = 200


@dataclass
class PostList:
    """A page of posts: `order` is what was asked for, `posts` may hold more."""

    order: list[str]
    posts: dict[str, dict[str, Any]]
    next_post_id: str = ""
    prev_post_id: str = ""
    has_next: bool | None = None

    def json(self) -> dict[str, Any]:
        """As the server writes it."""
        shown: dict[str, Any] = {
            "order": self.order,
            "posts": self.posts,
            "next_post_id": self.next_post_id,
            "prev_post_id": self.prev_post_id,
            "first_inaccessible_post_time": 0,
        }
        if self.has_next is not None:
            shown["has_next"] = self.has_next
        return shown


def paging(query: Mapping[str, str]) -> tuple[int, int]:
    """(page, per_page): what is not a number, or out of range, becomes the default or the most."""
    page, per_page = _number(query.get("page")), _number(query.get("per_page"))
    wanted = DEFAULT_PER_PAGE if per_page is None or per_page < 0 else min(per_page, MOST_PER_PAGE)
    return max(page or 0, 0), wanted


def _number(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None


def channel_posts(world: World, channel: Channel, query: Mapping[str, str]) -> PostList:
    """GET /channels/{id}/posts: `since` wins over `after`, which wins over `before`."""
    for name in ("after", "before"):
        if query.get(name) and not ID_PATTERN.match(query[name]):
            raise invalid_parameter(name)
    since = query.get("since", "")
    if since and _number(since) is None:
        raise invalid_parameter("since")
    with_threads = query.get("skipFetchThreads") not in {"true", "1", "t", "T", "TRUE", "True"}
    if (_number(since) or 0) > 0:
        return _since(world, channel, int(since))
    if query.get("after"):
        return _around(world, channel, query["after"], True, paging(query), with_threads)
    if query.get("before"):
        return _around(world, channel, query["before"], False, paging(query), with_threads)
    page, per_page = paging(query)
    living = _living(world, channel)[::-1]
    chosen = living[page * per_page : (page + 1) * per_page]
    return _with_cursors(world, channel, _listed(world, chosen, with_threads), chosen, "", "", page, per_page)


def _living(world: World, channel: Channel) -> list[Post]:
    """The channel's posts by create_at, oldest first; those of one millisecond in no promised order."""
    living = [p for p in world.by_channel.get(channel.id, []) if not p.delete_at]
    return sorted(living, key=lambda p: (p.create_at, p.id))


def _around(
    world: World, channel: Channel, anchor_id: str, after: bool, pages: tuple[int, int], with_threads: bool
) -> PostList:
    """Strictly newer (or older) than the anchor's create_at: posts of its own millisecond are never there."""
    page, per_page = pages
    anchor = world.posts.get(anchor_id)  # a deleted one still serves; an unknown one gives nothing
    living = _living(world, channel) if anchor else []
    if anchor and after:
        chosen = [p for p in living if p.create_at > anchor.create_at][page * per_page : (page + 1) * per_page][::-1]
    else:
        older = [p for p in living if anchor and p.create_at < anchor.create_at][::-1]
        chosen = older[page * per_page : (page + 1) * per_page]
    listed = _listed(world, chosen, with_threads)
    return _with_cursors(
        world, channel, listed, chosen, anchor_id if after else "", "" if after else anchor_id, page, per_page
    )


def _since(world: World, channel: Channel, moment: int) -> PostList:
    """By update_at, deleted posts and former versions included, at most a thousand and not the newest ones."""
    every = [*world.by_channel.get(channel.id, []), *_former_versions(world, channel)]
    found = [p for p in every if p.update_at > moment][:SINCE_LIMIT]
    found.sort(key=lambda p: (p.create_at, p.number), reverse=True)
    roots = [world.posts[p.root_id] for p in found if p.root_id]
    return PostList([p.id for p in found], {p.id: world.shown(p) for p in [*found, *roots]})


def _former_versions(world: World, channel: Channel) -> list[Post]:
    return [v for p in world.by_channel.get(channel.id, []) for v in world.history.get(p.id, [])]


def _listed(world: World, chosen: list[Post], with_threads: bool) -> PostList:
    extra: list[Post] = []
    for post in chosen:
        root_id = post.root_id or post.id
        if post.root_id and not world.posts[root_id].delete_at:
            extra.append(world.posts[root_id])
        if with_threads:
            extra += world.replies(root_id)
    return PostList([p.id for p in chosen], {p.id: world.shown(p) for p in [*chosen, *extra]})


def _with_cursors(
    world: World,
    channel: Channel,
    listed: PostList,
    chosen: list[Post],
    after: str,
    before: str,
    page: int,
    per_page: int,
) -> PostList:
    """next_post_id and prev_post_id by the server's own shortcuts."""
    living = _living(world, channel)
    newer = [p for p in living if chosen and p.create_at > chosen[0].create_at]
    older = [p for p in living if chosen and p.create_at < chosen[-1].create_at]
    listed.next_post_id = newer[0].id if newer else ""
    listed.prev_post_id = older[-1].id if older else ""
    if after:
        listed.prev_post_id = after if page == 0 else listed.prev_post_id
        listed.next_post_id = "" if len(chosen) < per_page else listed.next_post_id
    if before:
        listed.next_post_id = before if page == 0 else listed.next_post_id
        listed.prev_post_id = "" if len(chosen) < per_page else listed.prev_post_id
    return listed


def thread(world: World, post: Post, query: Mapping[str, str]) -> PostList:
    """GET /posts/{id}/thread: the post asked for comes first, the rest in no order unless `direction` is given."""
    per_page, moment, direction, from_post = _thread_query(query)
    if query.get("skipFetchThreads") == "true":
        return PostList([post.id], {post.id: world.shown(post)})
    root_id = post.root_id or post.id
    root = world.posts[root_id]
    rows = [p for p in [root, *world.replies(root_id)] if not p.delete_at]
    if direction:
        rows.sort(key=lambda p: (p.create_at, p.id), reverse=direction == "up")
    else:
        rows.sort(key=lambda p: p.id)
    if moment and direction == "down":
        rows = [p for p in rows if p.create_at > moment or (from_post and p.create_at == moment and p.id > from_post)]
    elif moment:
        rows = [p for p in rows if p.create_at < moment or (from_post and p.create_at == moment and p.id < from_post)]
    has_next = bool(per_page) and len(rows) > per_page
    rows = rows[:per_page] if has_next else rows
    ordered = [post, *(p for p in rows if p.id != post.id)]
    return PostList([p.id for p in ordered], {p.id: world.shown(p) for p in ordered}, has_next=has_next)


def _thread_query(query: Mapping[str, str]) -> tuple[int, int, str, str]:
    asked = query.get("perPage", "")
    per_page = _number(asked) if asked else 0
    if per_page is None or per_page > MOST_PER_PAGE:
        raise invalid_parameter("perPage")
    moment = _number(query["fromCreateAt"]) if query.get("fromCreateAt") else 0
    if moment is None:
        raise invalid_parameter("fromCreateAt")
    from_post, direction = query.get("fromPost", ""), query.get("direction", "")
    if from_post and not moment:
        raise invalid_parameter("if fromPost is set, then fromCreateAt must also be set")
    if direction not in {"", "up", "down"}:
        raise invalid_parameter("direction")
    return per_page, moment, direction, from_post


def edit_history(world: World, post: Post) -> list[dict[str, Any]]:
    """GET /posts/{id}/edit_history: the former versions, newest first, or 404."""
    versions = world.history.get(post.id, [])
    if not versions:
        raise Refused(404, "app.post.get_post_edit_history.app_error")
    return [v.json([], 0) for v in reversed(versions)]
