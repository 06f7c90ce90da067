"""A checklist's file, whatever its format: read with its sizes bounded, written under its name."""

from __future__ import annotations

import io
import zipfile
from typing import Literal

from ui.checklist.rows import Row, Sheet
from ui.checklist.text_formats import csv_text, markdown, rows_from_csv
from ui.checklist.travelling import check_size
from ui.errors import UnreadableChecklist

Format = Literal["ods", "csv", "markdown"]
MEDIA: dict[Format, tuple[str, str]] = {
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "markdown": ("text/markdown; charset=utf-8", "md"),
}
"""Format → media type and suffix."""
_MOST_UNPACKED = 30_000_000
_MOST_MEMBERS = 200
_XML = (".xml", ".rdf")
_REMEDY = "Donnez un fichier fait par cette page ou par « cct checklist », rempli dans un tableur."


def rows_of_file(content: bytes, name: str) -> tuple[tuple[Row, ...], str]:
    """The rows of an ODS or CSV checklist, and the description that an ODS holds beside them.

    Raises UnreadableChecklist for anything else, and for a file that would unpack beyond 30 MB.
    """
    if not content.strip():
        raise UnreadableChecklist(f"{name} est vide.", _REMEDY)
    if content[:4] == b"PK\x03\x04":
        from ui.checklist.ods import description_from_ods, rows_from_ods

        _check_archive(content, name)
        rows, description = rows_from_ods(content, name), description_from_ods(content)
    elif b"\x00" in content[:4_000] or content[:5] == b"%PDF-":
        raise UnreadableChecklist(f"{name} n'est ni un classeur ODS ni un CSV.", _REMEDY)
    else:
        rows, description = rows_from_csv(content, name), ""
    check_size(rows)
    return rows, description


def file_of(sheet: Sheet, wanted: Format) -> bytes:
    """The checklist in that format; the CSV begins with the mark that a spreadsheet recognises UTF-8 by."""
    if wanted == "ods":
        from ui.checklist.ods import ods_bytes

        return ods_bytes(sheet)
    return csv_text(sheet).encode("utf-8-sig") if wanted == "csv" else markdown(sheet).encode()


def _check_archive(content: bytes, name: str) -> None:
    """Sizes announced by the archive bound what reading it gives: zipfile reads no further than them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS or sum(m.file_size for m in members) > _MOST_UNPACKED:
                limit = _MOST_UNPACKED // 1_000_000
                raise UnreadableChecklist(f"{name} dépasse {limit} Mo une fois décompressé.", _REMEDY)
            for member in members:
                if member.filename.endswith(_XML) and b"<!ENTITY" in archive.read(member):
                    raise UnreadableChecklist(f"{name} déclare des entités XML : refusé.", _REMEDY)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError) as exc:
        raise UnreadableChecklist(f"{name} n'est pas un classeur OpenDocument lisible.", "Réenregistrez-le.") from exc
