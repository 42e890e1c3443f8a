"""The WSGI entry: granian serves it."""

import gc
import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcant.config.settings")
application = get_wsgi_application()


def _warm() -> None:
    """Makes the index of communes before the first visitor asks; one who comes meanwhile waits for the same one.

    What is there by then is there for good: left out of garbage collection, which walked it now and then in the middle of a page (docs/benchmarks.md).
    """
    from django.db import DatabaseError, connection  # noqa: PLC0415  # once Django is up
    from django.urls import get_resolver  # noqa: PLC0415

    from dcant.territories.search import find_communes  # noqa: PLC0415

    try:
        _ = get_resolver().url_patterns
        find_communes("a")
    except DatabaseError:
        return  # no tables yet: the first question will build it
    finally:
        connection.close()
        gc.collect()
        gc.freeze()


Thread(target=_warm, daemon=True).start()
