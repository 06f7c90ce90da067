"""Personal data taken out of what is sent to a gateway, and put back in what is shown.

The gateway of MirAI answers 400 "pii detected" to a request that holds an e-mail, a telephone number, an IBAN,
a card number, a SIREN or a SIRET, wherever it stands: the documents themselves print an address in their headers.
"""

from __future__ import annotations

import re

_KINDS = (
    ("COURRIEL", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")),
    ("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0\u202f]?[A-Z0-9]{4}){3,7}(?:[ \u00a0\u202f]?[A-Z0-9]{1,3})?\b")),
    ("CARTE", re.compile(r"(?<!\d)\d{4}(?:[ \u00a0\u202f.-]?\d{4}){2,3}(?:[ \u00a0\u202f.-]?\d{1,3})?(?!\d)")),
    ("SIRET", re.compile(r"(?<!\d)\d{3}[ \u00a0\u202f.]?\d{3}[ \u00a0\u202f.]?\d{3}[ \u00a0\u202f.]?\d{5}(?!\d)")),
    (
        "TELEPHONE",
        re.compile(
            r"(?<![\d+])(?:(?:\+|00)\d{2}[ \u00a0\u202f.-]?(?:\(0\)[ \u00a0\u202f]?)?[1-9]|0[1-9])"
            r"(?:[ \u00a0\u202f./-]?\d{2}){4}(?!\d)"
        ),
    ),
    ("SIREN", re.compile(r"(?<!\d)\d{3}[ \u00a0\u202f.]?\d{3}[ \u00a0\u202f.]?\d{3}(?!\d)")),
)
_JOINT = r"(?:_|\\_|[ -])"
"""A model writes COURRIEL_1 with an escape, a space or a hyphen."""


class Mask:
    """Replaces each piece of personal data by a name, the same for the same value, and puts it back."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """The text with "COURRIEL_1", "TELEPHONE_1"… in the place of personal data."""
        for kind, pattern in _KINDS:
            text = pattern.sub(lambda found, kind=kind, within=text: self._name(kind, found[0], within), text)  # type: ignore[misc]
        return text

    def restore(self, text: str) -> str:
        """The text with every name that this mask gave replaced by what it stands for."""
        for value, name in self._names.items():
            spelt = re.escape(name).replace("_", _JOINT)
            text = re.sub(rf"{spelt}(?!\d)", lambda _, value=value: value, text)  # type: ignore[misc]
        return text

    @property
    def kinds(self) -> tuple[str, ...]:
        """What was hidden, one word a kind."""
        return tuple(dict.fromkeys(name.rsplit("_", 1)[0] for name in self._names.values()))

    def _name(self, kind: str, value: str, text: str) -> str:
        if value not in self._names:
            number = 1 + sum(name.startswith(kind) for name in self._names.values())
            while f"{kind}_{number}" in text or f"{kind}_{number}" in self._names.values():
                number += 1
            self._names[value] = f"{kind}_{number}"
        return self._names[value]
