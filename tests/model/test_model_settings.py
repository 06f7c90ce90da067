"""The variables, under the names that MirAI's applications use, and what they make."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.assembly import make_writer
from assistant.settings import AssistantSettings, load_assistant_settings
from ingest.settings import SettingsError


def settings(**values: object) -> AssistantSettings:
    return AssistantSettings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]  # by alias


@pytest.mark.parametrize(
    ("names", "field", "value"),
    [
        (("OPENAI_BASE_URL", "OPENAI_API_BASE_URL", "BASE_URL"), "base_url", "http://passerelle.invalid"),
        (("LLM_DEFAULT_MODEL", "OPENAI_MODEL", "MODEL"), "model", "chat-pro"),
        (("LLM_EMBEDDING_MODEL",), "embedding_model", "bge-m3"),
    ],
)
def test_each_name_is_read_the_first_wins(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], field: str, value: str
) -> None:
    for name in names:
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert getattr(settings(), field) == value
    for name in names:
        monkeypatch.setenv(name, f"{value}-{name}")
    assert getattr(settings(), field) == f"{value}-{names[0]}"


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "API_KEY"])
def test_the_key_is_read_and_never_printed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "sk-secret")
    assert settings().api_key.get_secret_value() == "sk-secret"
    assert "sk-secret" not in repr(settings())


@pytest.mark.parametrize(
    ("values", "writes"),
    [
        ({}, False),
        ({"OPENAI_BASE_URL": "http://x"}, False),
        ({"LLM_DEFAULT_MODEL": "m"}, False),
        ({"OPENAI_BASE_URL": "http://x", "LLM_DEFAULT_MODEL": "m"}, True),
        ({"OPENAI_BASE_URL": "http://x", "LLM_DEFAULT_MODEL": "m", "CCT_ANSWERS": "extractive"}, False),
    ],
)
def test_a_model_writes_when_an_address_and_a_name_are_given(
    library: Any, values: dict[str, str], writes: bool
) -> None:
    assert settings(**values).writes is writes
    assert (make_writer(library, settings(**values)) is not None) is writes


@pytest.mark.parametrize(
    ("name", "value"),
    [("LLM_TIMEOUT", "bientôt"), ("LLM_TIMEOUT", "0"), ("CCT_UNVERIFIED", "maybe"), ("RERANKER_PROVIDER", "magie")],
)
def test_a_refused_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_assistant_settings()
