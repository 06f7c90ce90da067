"""What is wrong with a field that somebody sent, in French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ui import wording


def field_problem(error: Mapping[str, Any], skipped: int = 1) -> str:
    """ "question : champ obligatoire absent", for an error of pydantic; `skipped` parts of its place are not told."""
    parts = error["loc"][skipped:]
    place = ".".join(str(part) for part in parts if not isinstance(part, int) or len(error["loc"]) > skipped + 1)
    field = wording.BODY if error["type"] == "json_invalid" or not place else place
    told = wording.FIELD_PROBLEMS.get(error["type"])
    if told is None and error["type"] in wording.BOUNDED_PROBLEMS:
        told = wording.BOUNDED_PROBLEMS[error["type"]].format(**error.get("ctx", {})).replace(" or ", " ou ")
    return f"{field} : {told or wording.OTHER_PROBLEM}"
