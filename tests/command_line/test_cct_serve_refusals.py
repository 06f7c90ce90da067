"""`cct serve` refuses to start where it would be open by mistake, or where production lacks something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_here import cct_here


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (["--host", "0.0.0.0"], {}, ["CCT_OPEN=true", "OIDC_ISSUER"]),
        ([], {"CCT_ENV": "production"}, ["CCT_PUBLISHER", "CCT_DPO", "OIDC_ISSUER"]),
        (
            [],
            {"OIDC_ISSUER": "https://connexion.exemple"},
            ["OIDC_CLIENT_ID", "CCT_PUBLIC_URL", "CCT_SESSION_SECRET"],
        ),
        ([], {"CCT_QUESTION_RATE": "beaucoup"}, ["CCT_QUESTION_RATE", "nombre entier"]),
    ],
    ids=["wide address", "production", "half a sign-in", "no number"],
)
def test_it_says_what_is_missing_before_anything_is_loaded(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], words: list[str]
) -> None:
    home = tmp_path / "vide"
    done = cct_here("serve", *arguments, home=home, cwd=tmp_path, **variables)
    assert done.returncode == 2, done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert "Traceback" not in done.stderr and not (home / "index").exists()
