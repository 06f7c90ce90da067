"""The server's REST calls that the bot needs, and no other."""

from __future__ import annotations

from ui.mattermost.client.models import Channel, ClientConfig, Post, PostList, User, in_order
from ui.mattermost.client.outgoing import Draft
from ui.mattermost.client.transport import Transport, read, read_list
from ui.mattermost.errors import RequestRefused, TokenRefused

PAGE = 200
"""Posts of one page, the most that the server gives."""
_THREAD_PAGES = 10


class MattermostApi:
    """The calls, each as its Transport sends it: see Transport.send for what they raise."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    async def close(self) -> None:
        """Gives the connections back."""
        await self._http.close()

    async def me(self) -> User:
        """The bot's own account. Raises TokenRefused for 403 too: nothing else will work either."""
        try:
            return read(User, await self._http.send("GET", "/users/me", name="users/me"))
        except RequestRefused as exc:
            if exc.status == 403:
                raise TokenRefused(
                    "Le serveur refuse au bot l'accès à son propre compte (403).",
                    "Vérifiez que le compte du bot est actif (DisableBotsWhenOwnerIsDeactivated).",
                ) from exc
            raise

    async def config(self) -> ClientConfig:
        """The settings that the server shows to its clients."""
        path, params = "/config/client", {"format": "old"}
        return read(ClientConfig, await self._http.send("GET", path, name="config", params=params))

    async def channels(self) -> list[Channel]:
        """Every channel that the bot is in, of all teams, direct ones too."""
        return read_list(Channel, await self._http.send("GET", "/users/me/channels", name="channels"))

    async def channel(self, channel_id: str) -> Channel:
        """One channel."""
        return read(Channel, await self._http.send("GET", f"/channels/{channel_id}", name="channel"))

    async def is_member(self, channel_id: str, user_id: str) -> bool:
        """True when the person is in the channel now; False too when the bot may not know."""
        return await self._exists(f"/channels/{channel_id}/members/{user_id}", "channel member")

    async def is_team_member(self, team_id: str, user_id: str) -> bool:
        """True when the person is in the team now; False too when the bot may not know."""
        return await self._exists(f"/teams/{team_id}/members/{user_id}", "team member")

    async def posts_after(self, channel_id: str, anchor: str) -> PostList:
        """The 200 oldest posts created after another one."""
        params: dict[str, str | int] = {"after": anchor, "per_page": PAGE, "skipFetchThreads": "true"}
        return await self._posts(channel_id, params)

    async def newest_posts(self, channel_id: str, page: int = 0, size: int = PAGE) -> PostList:
        """A page of the channel's posts, the newest on page 0."""
        params: dict[str, str | int] = {"page": page, "per_page": size, "skipFetchThreads": "true"}
        return await self._posts(channel_id, params)

    async def post(self, post_id: str) -> Post:
        """One post."""
        return read(Post, await self._http.send("GET", f"/posts/{post_id}", name="post"))

    async def thread(self, post_id: str) -> list[Post]:
        """The whole thread of a post, oldest first (2,000 posts at most)."""
        found: dict[str, Post] = {}
        params: dict[str, str | int] = {"perPage": PAGE, "direction": "down"}
        for _ in range(_THREAD_PAGES):
            path = f"/posts/{post_id}/thread"
            page = read(PostList, await self._http.send("GET", path, name="thread", params=params))
            before = len(found)
            found.update(page.posts)
            if not page.has_next or len(found) == before:
                break
            last = max(page.posts.values(), key=lambda p: (p.create_at, p.id))
            params |= {"fromPost": last.id, "fromCreateAt": last.create_at}
        return in_order(found.values())

    async def create(self, draft: Draft, pending_id: str) -> Post:
        """Writes a post. Raises OutcomeUnknown when it may be written all the same: look before asking again."""
        body = {
            "channel_id": draft.channel_id,
            "root_id": draft.root_id,
            "message": draft.message,
            "props": draft.props(),
            "pending_post_id": pending_id,
        }
        params = {"set_online": "false"}
        sent = await self._http.send(
            "POST", "/posts", name="create post", repeatable=False, body=body, params=params, tries=8
        )
        return read(Post, sent)

    async def patch(self, post_id: str, message: str, tries: int = 5) -> None:
        """Replaces the words of a post; its props, buttons included, stay as they are."""
        body = {"message": message}
        await self._http.send("PUT", f"/posts/{post_id}/patch", name="patch post", body=body, tries=tries)

    async def patch_whole(self, post_id: str, draft: Draft) -> None:
        """Replaces words and props of one of our posts by our own copy of both."""
        body = {"message": draft.message, "props": draft.props()}
        await self._http.send("PUT", f"/posts/{post_id}/patch", name="patch post", body=body)

    async def delete(self, post_id: str) -> None:
        """Deletes a post of ours."""
        await self._http.send("DELETE", f"/posts/{post_id}", name="delete post")

    async def react(self, user_id: str, post_id: str, emoji: str) -> None:
        """Puts the bot's reaction on a post; putting it again changes nothing."""
        body = {"user_id": user_id, "post_id": post_id, "emoji_name": emoji}
        await self._http.send("POST", "/reactions", name="react", body=body, tries=3)

    async def unreact(self, user_id: str, post_id: str, emoji: str) -> None:
        """Takes the bot's reaction away."""
        path = f"/users/{user_id}/posts/{post_id}/reactions/{emoji}"
        await self._http.send("DELETE", path, name="unreact", tries=3)

    async def typing(self, channel_id: str, thread: str) -> None:
        """Shows for a few seconds that the bot is writing."""
        body = {"channel_id": channel_id, "parent_id": thread}
        await self._http.send("POST", "/users/me/typing", name="typing", body=body, tries=1)

    async def direct_channel(self, bot_id: str, user_id: str) -> Channel:
        """The direct channel with a person, made when there is none."""
        sent = await self._http.send("POST", "/channels/direct", name="direct channel", body=[bot_id, user_id])
        return read(Channel, sent)

    async def open_dialog(self, trigger_id: str, url: str, dialog: dict[str, object]) -> None:
        """Opens a dialog on the screen of who pressed a button; the trigger lasts 30 seconds."""
        body = {"trigger_id": trigger_id, "url": url, "dialog": dialog}
        await self._http.send("POST", "/actions/dialogs/open", name="dialog", repeatable=False, body=body)

    async def _exists(self, path: str, name: str) -> bool:
        try:
            await self._http.send("GET", path, name=name)
        except RequestRefused as exc:
            if exc.status in {403, 404}:
                return False
            raise
        return True

    async def _posts(self, channel_id: str, params: dict[str, str | int]) -> PostList:
        sent = await self._http.send("GET", f"/channels/{channel_id}/posts", name="channel posts", params=params)
        return read(PostList, sent)
