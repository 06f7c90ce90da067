"""Buttons, dialogs and slash commands: what an integration receives, and what its answer does."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from tests.mattermost.conftest import SmallTeam, people
from tests.mattermost.fake_integration_endpoint import IntegrationEndpoint
from tests.mattermost.fake_mattermost import FakeMattermost
from tests.mattermost.fake_records import Post
from tests.mattermost.test_fake_contract import api, refused
from tests.mattermost.test_fake_streams import heard, opened


@pytest.fixture
def team(make_fake_mattermost: Callable[..., FakeMattermost]) -> SmallTeam:
    """The people of a server that may call the loopback."""
    return people(make_fake_mattermost(allowed_untrusted="127.0.0.0/8 localhost"))


def with_buttons(team: SmallTeam, endpoint: IntegrationEndpoint, **props: object) -> Post:
    where = {"url": endpoint.url + "/bouton", "context": {"answer": "a1", "mac": "x"}}
    actions = [
        {"id": "utile", "type": "button", "name": "Utile", "integration": where},
        {
            "id": "choix",
            "type": "select",
            "name": "Choix",
            "options": [{"text": "A", "value": "a"}],
            "integration": where,
        },
        {"id": "avec_souligne", "type": "button", "name": "Jamais", "integration": where},
    ]
    return team.server.post(team.bot, team.channel, "Réponse", props={"attachments": [{"actions": actions}], **props})


def press(http: httpx.Client, post: Post, action: str, **body: str) -> httpx.Response:
    return http.post(f"/posts/{post.id}/actions/{action}", json=body)


def test_a_click_gives_the_integration_the_clicker_and_the_context(
    team: SmallTeam, endpoint: IntegrationEndpoint
) -> None:
    post = with_buttons(team, endpoint)
    with api(team.server, team.alice) as http:
        answer = press(http, post, "utile")
        assert answer.status_code == 200 and answer.json()["status"] == "OK"
        sent = endpoint.received[0].json()
        assert sent == {
            "user_id": team.alice.id,
            "user_name": "alice",
            "channel_id": team.channel.id,
            "channel_name": "developpement",
            "team_id": team.team.id,
            "team_domain": "equipe",
            "post_id": post.id,
            "trigger_id": answer.json()["trigger_id"],
            "type": "button",
            "data_source": "",
            "context": {"answer": "a1", "mac": "x"},
        }
        press(http, post, "choix", selected_option="a")
        assert endpoint.received[1].json()["context"]["selected_option"] == "a"
    assert "Authorization" not in endpoint.received[0].headers


def test_an_update_without_props_keeps_them_and_one_with_props_replaces_them(
    team: SmallTeam, endpoint: IntegrationEndpoint
) -> None:
    post = with_buttons(team, endpoint, cct={"part": 1})
    with api(team.server, team.alice) as http:
        endpoint.answer = {"update": {"message": "Mis à jour"}}
        press(http, post, "utile")
        stored = team.server.stored(post.id)
        assert stored.message == "Mis à jour" and stored.props == post.props
        endpoint.answer = {"update": {"message": "Sans bouton", "props": {"cct": 2}}}
        press(http, post, "utile")
        assert team.server.stored(post.id).props == {"cct": 2, "from_bot": "true"}
        refused(press(http, post, "utile"), 404, "api.post.do_action.action_id.app_error")


def test_an_identifier_with_an_underscore_never_matches_the_route(
    team: SmallTeam, endpoint: IntegrationEndpoint
) -> None:
    post = with_buttons(team, endpoint)
    with api(team.server, team.alice) as http:
        refused(press(http, post, "avec_souligne"), 404, "api.context.404.app_error")
    assert endpoint.received == []


@pytest.mark.parametrize(("status", "answer"), [(500, {}), (302, {}), (200, "une chaîne")])
def test_a_bad_answer_of_the_integration_is_an_error(
    team: SmallTeam, endpoint: IntegrationEndpoint, status: int, answer: object
) -> None:
    post = with_buttons(team, endpoint)
    endpoint.status, endpoint.answer = status, answer
    with api(team.server, team.alice) as http:
        refused(press(http, post, "utile"), 400, "api.post.do_action.action_integration.app_error")


def test_an_internal_address_is_refused_unless_it_is_listed(
    make_fake_mattermost: Callable[..., FakeMattermost], endpoint: IntegrationEndpoint
) -> None:
    for allowed, called in (("", 0), ("localhost", 0), ("198.51.100.0/24", 0), ("127.0.0.1", 1), ("127.0.0.0/8", 2)):
        team = people(make_fake_mattermost(allowed_untrusted=allowed))
        post = with_buttons(team, endpoint)
        before = len(endpoint.received)
        with api(team.server, team.alice) as http:
            answer = press(http, post, "utile")
        assert (answer.status_code == 200) == bool(called) and len(endpoint.received) - before == bool(called)


def test_who_may_not_read_the_post_may_not_press_its_buttons(team: SmallTeam, endpoint: IntegrationEndpoint) -> None:
    direct = team.server.direct(team.alice, team.bot)
    where = {"url": endpoint.url, "context": {}}
    attachment = {"actions": [{"id": "a", "type": "button", "name": "A", "integration": where}]}
    post = team.server.post(team.bot, direct, "x", props={"attachments": [attachment]})
    with api(team.server, team.bruno) as http:
        refused(press(http, post, "a"), 403, "api.context.permissions.app_error")


def test_a_dialog_opens_with_a_fresh_trigger_and_its_entries_reach_the_integration(
    team: SmallTeam, endpoint: IntegrationEndpoint
) -> None:
    server, post = team.server, with_buttons(team, endpoint)
    with api(server, team.alice) as http, api(server) as nobody, opened(server, team.alice) as socket:
        heard(socket)
        trigger = press(http, post, "utile").json()["trigger_id"]
        dialog = {"callback_id": "pourquoi", "title": "Pourquoi ?", "state": "s1", "elements": []}
        asked = {"trigger_id": trigger, "url": endpoint.url + "/dialogue", "dialog": dialog}
        long = asked | {"dialog": dialog | {"title": "x" * 25}}
        refused(nobody.post("/actions/dialogs/open", json=long), 400, "app.open_interactive_dialog.app_error")
        assert nobody.post("/actions/dialogs/open", json=asked).json() == {"status": "OK"}
        shown = json.loads(heard(socket)["data"]["dialog"])
        assert shown["dialog"]["title"] == "Pourquoi ?" and shown["url"] == endpoint.url + "/dialogue"
        endpoint.answer = {"errors": {"raison": "trop court"}}
        entries = {"url": shown["url"], "callback_id": "pourquoi", "state": "s1", "submission": {"raison": "x"}}
        sent = {**entries, "channel_id": team.channel.id, "team_id": team.team.id, "user_id": team.bruno.id}
        assert http.post("/actions/dialogs/submit", json=sent).json()["errors"] == {"raison": "trop court"}
        received = endpoint.received[-1].json()
        assert (received["type"], received["submission"]) == ("dialog_submission", {"raison": "x"})
        assert received["user_id"] == team.alice.id
        server.clock.advance(31)
        refused(
            nobody.post("/actions/dialogs/open", json=asked), 400, "interactive_message.decode_trigger_id.expired"
        )


def command(team: SmallTeam, http: httpx.Client, url: str) -> dict:
    made = http.post("/commands", json={"team_id": team.team.id, "method": "P", "trigger": "cct", "url": url})
    assert made.status_code == 201
    return made.json()


def run(team: SmallTeam, http: httpx.Client, text: str, root: str = "") -> httpx.Response:
    body = {"command": text, "channel_id": team.channel.id, "team_id": team.team.id, "root_id": root}
    return http.post("/commands/execute", json=body)


def test_a_command_is_sent_as_a_form_with_its_token_twice(team: SmallTeam, endpoint: IntegrationEndpoint) -> None:
    endpoint.answer = {"response_type": "ephemeral", "text": "Voici."}
    with api(team.server, team.alice) as http, opened(team.server, team.alice) as socket:
        heard(socket)
        made = command(team, http, endpoint.url + "/cct")
        answer = run(team, http, "/cct EXI-ARCH-12 @bruno")
        assert (answer.status_code, answer.json()["text"]) == (200, "Voici.")
        (received,) = endpoint.received
        form = {k: v[0] for k, v in received.form().items()}
        assert received.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert received.headers["Authorization"] == f"Token {made['token']}" and form["token"] == made["token"]
        assert (form["command"], form["text"], form["user_name"]) == ("/cct", "EXI-ARCH-12 @bruno", "alice")
        assert (form["user_mentions"], form["user_mentions_ids"]) == ("bruno", team.bruno.id)
        assert form["response_url"].startswith(team.server.url + "/hooks/commands/")
        whispered = json.loads(heard(socket)["data"]["post"])
        assert (whispered["message"], whispered["type"]) == ("Voici.", "system_ephemeral")
    assert team.server.posts(team.channel) == []


def test_a_response_url_serves_five_times_within_half_an_hour(team: SmallTeam, endpoint: IntegrationEndpoint) -> None:
    with api(team.server, team.alice) as http, opened(team.server, team.alice) as socket:
        heard(socket)
        command(team, http, endpoint.url)
        run(team, http, "/cct x")
        later = endpoint.received[0].form()["response_url"][0]
        answers = [httpx.post(later, json={"text": str(n)}, timeout=60) for n in range(6)]
        assert [a.status_code for a in answers] == [200] * 5 + [400] and answers[0].text == "ok"
        assert [json.loads(heard(socket)["data"]["post"])["message"] for _ in range(5)] == list("01234")
        run(team, http, "/cct x")
        team.server.clock.advance(1801)
        assert (
            httpx.post(endpoint.received[1].form()["response_url"][0], json={"text": "tard"}, timeout=60).status_code
            == 404
        )


def test_a_channel_response_is_a_post_of_the_person_marked_as_a_webhooks(
    team: SmallTeam, endpoint: IntegrationEndpoint
) -> None:
    endpoint.answer = {"response_type": "in_channel", "text": "Pour tous."}
    with api(team.server, team.alice) as http:
        command(team, http, endpoint.url)
        run(team, http, "/cct x")
    (post,) = team.server.posts(team.channel)
    assert (post.user_id, post.message, post.props) == (team.alice.id, "Pour tous.", {"from_webhook": "true"})


def test_a_command_that_fails_or_is_unknown_is_an_error(
    make_fake_mattermost: Callable[..., FakeMattermost], team: SmallTeam, endpoint: IntegrationEndpoint
) -> None:
    endpoint.status = 503
    with api(team.server, team.alice) as http:
        made = command(team, http, endpoint.url)
        refused(run(team, http, "/cct x"), 500, "api.command.execute_command.failed.app_error")
        refused(run(team, http, "/autre x"), 404, "api.command.execute_command.not_found.app_error")
        assert http.delete(f"/commands/{made['id']}").status_code == 200
        refused(run(team, http, "/cct x"), 404, "api.command.execute_command.not_found.app_error")
    bare = people(make_fake_mattermost(without_site_url=True))
    with api(bare.server, bare.alice) as http:
        command(bare, http, endpoint.url)
        assert run(bare, http, "/cct x").status_code == 400
