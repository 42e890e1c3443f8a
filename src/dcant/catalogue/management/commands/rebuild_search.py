"""`dcant manage rebuild_search`: the search index made again from the database."""

from typing import Any

from django.core.management.base import BaseCommand

from dcant.catalogue.index import rebuild_index


class Command(BaseCommand):
    """Writes a new index beside the one in service, then swaps: pages are answered all the while."""

    help = "refait l’index de recherche depuis la base, sans interrompre le service"

    def handle(self, *_args: Any, **_options: Any) -> None:
        resources = rebuild_index()
        self.stdout.write(f"L’index de recherche est refait : {resources} ressources.")
