"""The receipt of an answer: what a vote needs, signed, in the hands of whoever asked.

Any replica can read it, after any restart, and nothing is stored of an answer that nobody votes on.
"""

from __future__ import annotations

from datetime import timedelta

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from pydantic import TypeAdapter, ValidationError

from ui.errors import RefusedRequest
from ui.feedback import feedback_wording as wording
from ui.feedback.feedback import RatedAnswer
from ui.storage.secret import Secret

VALID_FOR = timedelta(days=30)
LONGEST_RECEIPT = 90_000
"""Characters: a body of the API holds it."""
_PURPOSE = "feedback-receipts"
_FORM = TypeAdapter(RatedAnswer)


class Receipts:
    """Makes and reads receipts."""

    def __init__(self, secret: Secret) -> None:
        self._serializer = URLSafeTimedSerializer(secret.key(_PURPOSE), salt="v1")

    def make(self, answer: RatedAnswer) -> str:
        """ASCII text, about half as long as what it describes, valid thirty days."""
        signed = self._serializer.dumps(_FORM.dump_python(answer, mode="json"))
        return signed if isinstance(signed, str) else signed.decode("ascii")

    def read(self, receipt: str) -> RatedAnswer:
        """The answer that the receipt describes. Raises RefusedRequest for a false or too old one."""
        try:
            plain = self._serializer.loads(receipt, max_age=int(VALID_FOR.total_seconds()))
            return _FORM.validate_python(plain, strict=False)
        except SignatureExpired as exc:
            raise RefusedRequest(wording.OLD_RECEIPT, wording.ASK_AGAIN, 410) from exc
        except (BadData, ValidationError, UnicodeError) as exc:
            raise RefusedRequest(wording.FALSE_RECEIPT, wording.ASK_AGAIN, 422) from exc
