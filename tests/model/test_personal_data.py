"""Personal data is hidden from the gateway, the same value under the same name, and put back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model.personal_data import Mask

FOUND = {
    "COURRIEL": ["jean.dupont@exemple.fr", "dnum-boite@sous.exemple.gouv.fr", "a+b@x.io"],
    "TELEPHONE": ["01 23 45 67 89", "0612345678", "+33 6 12 34 56 78", "06.12.34.56.78", "0033 612345678"],
    "SIRET": ["732 829 320 00074", "73282932000074"],
    "SIREN": ["732 829 320", "732829320"],
    "IBAN": ["FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189", "DE89 3704 0044 0532 0130 00"],
    "CARTE": ["4970 1012 3456 7890", "4970101234567890", "3782 8224 6310 005"],
}
KEPT = [
    "port 1024",
    "version 1.27.3",
    "2024-05-27",
    "27.5.2024",
    "EXI-ARCH-12",
    "6ba0bbd",
    "100 %",
    "12factor.net",
    "COMP010",
]


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, values in FOUND.items() for v in values])
def test_personal_data_is_hidden_and_restored(kind: str, value: str) -> None:
    mask = Mask()
    text = f"Voir ({value}), ou {value}."
    hidden = mask.hide(text)
    assert value not in hidden
    assert not any(c.isdigit() for c in hidden.replace("_1", ""))
    assert hidden.count("_1") == 2
    assert mask.restore(hidden) == text


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert Mask().hide(text) == text


def test_each_value_has_its_own_name() -> None:
    mask = Mask()
    assert mask.hide("a@x.fr et b@x.fr et a@x.fr") == "COURRIEL_1 et COURRIEL_2 et COURRIEL_1"
    assert mask.hide("b@x.fr") == "COURRIEL_2"


def test_a_name_that_the_text_already_has_is_not_taken() -> None:
    mask = Mask()
    text = "COURRIEL_1 désigne a@x.fr"
    assert mask.restore(mask.hide(text)) == text


@pytest.mark.parametrize("written", ["COURRIEL_1", r"COURRIEL\_1", "COURRIEL 1", "COURRIEL-1"])
def test_the_name_is_known_again_as_a_model_writes_it(written: str) -> None:
    mask = Mask()
    mask.hide("a@x.fr")
    assert mask.restore(f"Écrire à {written}.") == "Écrire à a@x.fr."


@pytest.mark.parametrize("text", ["000000000a", "a000000000", "111222333 et 1112223334", "0123456789a 01234567890"])
def test_a_number_that_touches_letters_or_longer_numbers_comes_back(text: str) -> None:
    mask = Mask()
    assert mask.restore(mask.hide(text)) == text


@given(st.text(alphabet=st.sampled_from("0123456789 .+@-_abFR\n"), max_size=60))
def test_hiding_loses_nothing(text: str) -> None:
    mask = Mask()
    assert mask.restore(mask.hide(text)) == text
