"""What every page knows: the name of the site, whether it is a demonstration, who is acting, the language."""

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from dcant.web.acting import acting


@cache
def _theme() -> dict[str, str]:
    """The name a territory gives to its own site (theme.toml beside theme.css in DCANT_THEME)."""
    folder: Path | None = settings.THEME_FOLDER
    file = folder / "theme.toml" if folder else None
    return tomllib.loads(file.read_text(encoding="utf-8")) if file and file.is_file() else {}


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "site_name": _theme().get("name", "dcant"),
        "theme_stylesheet": bool(settings.THEME_FOLDER),
        "demo": settings.DEMO,
        "acting": acting(request) if hasattr(request, "session") else None,
        # Where to come back after a choice of language or of role: what answered a form cannot be asked again.
        "here": request.get_full_path() if request.method == "GET" else "/",
    }
