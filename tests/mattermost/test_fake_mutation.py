"""The contract matters: a fake that breaks it in one place is seen by the official client."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.mattermost.conftest import people
from tests.mattermost.fake_mattermost import FakeMattermost
from tests.mattermost.official_client.official_developer import OfficialDeveloper

Develop = Callable[..., OfficialDeveloper]
Make = Callable[..., FakeMattermost]


def test_another_content_type_leaves_the_client_with_a_string(
    make_fake_mattermost: Make, official_developer: Develop
) -> None:
    broken = make_fake_mattermost(broken={"content-type"})
    alice = official_developer(broken, people(broken).alice)
    assert isinstance(alice.me, str)
    right = make_fake_mattermost()
    assert official_developer(right, people(right).alice).me["username"] == "alice"


@pytest.mark.parametrize("breach", ["no-seq", "seq-from-one"])
def test_a_wrong_sequence_number_makes_the_client_drop_the_stream(
    make_fake_mattermost: Make, official_developer: Develop, breach: str
) -> None:
    broken = make_fake_mattermost(broken={breach})
    alice = official_developer(broken, people(broken).alice)
    alice.try_to_connect()
    alice.wait_socket("closed", times=2)
    assert alice.events == []
