"""Who voted, without knowing who: the same pseudonym each time for a person, worth nothing without the secret."""

from __future__ import annotations

import hashlib
import hmac

from ui.storage.secret import Secret

_PURPOSE = "pseudonyms"


class Pseudonyms:
    """HMAC-SHA256 of an identifier under the installation's key, which the database does not hold."""

    def __init__(self, secret: Secret) -> None:
        self._key = secret.key(_PURPOSE)

    def person(self, realm: str, identifier: str) -> str:
        """32 hexadecimal digits for somebody of a realm: "oidc" and the subject, "mattermost" and the user's id."""
        return self._of(f"person\0{realm}\0{identifier}")

    def bearer(self, answer_id: str) -> str:
        """For whoever holds an answer where nobody signs in: its identifier is known to them alone."""
        return self._of(f"bearer\0{answer_id}")

    def _of(self, named: str) -> str:
        return hmac.digest(self._key, named.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()[:32]
