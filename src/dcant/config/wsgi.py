"""The WSGI entry: granian serves it."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcant.config.settings")
application = get_wsgi_application()


def _warm() -> None:
    """Makes the index of communes before the first visitor asks; one who comes meanwhile waits for the same one."""
    from django.db import DatabaseError, connection  # noqa: PLC0415  # once Django is up

    from dcant.territories.search import find_communes  # noqa: PLC0415

    try:
        find_communes("a")
    except DatabaseError:
        return  # no tables yet: the first question will build it
    finally:
        connection.close()


Thread(target=_warm, daemon=True).start()
