"""An answer that should be JSON: a login or maintenance page served with status 200 is not an empty list."""

import json
from typing import Any, NoReturn

from dcant.fetch.errors import FetchError


def read_json(body: bytes, content_type: str = "") -> Any:
    """The value of a JSON body. Raises FetchError NOT_JSON (a page), BAD_JSON (cut or malformed) or DEPTH."""
    if is_page(body, content_type):
        said = "Le site a répondu une page au lieu de données JSON (connexion, maintenance ?)."
        raise FetchError("NOT_JSON", said, "Ouvrez l’adresse dans un navigateur, et réessayez plus tard.")
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
    except RecursionError as error:
        raise FetchError("DEPTH", "Ces données JSON sont imbriquées trop profondément.") from error
    except ValueError as error:
        place = f" (ligne {error.lineno}, colonne {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise FetchError("BAD_JSON", f"Les données JSON sont coupées ou mal formées{place}.") from error


def is_page(body: bytes, content_type: str) -> bool:
    """An HTML page, by what it says it is or by how it begins."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml"} or body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
