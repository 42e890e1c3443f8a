"""The node that gives data away: its address, its name, and the identifiers it gives to things."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from dcant.catalogue.models import Resource


@dataclass(frozen=True, slots=True)
class Site:
    """`base`: the address of the site without a final slash; `name`: what the node calls itself for ever, in its log."""

    base: str
    name: str

    def address(self, path: str) -> str:
        return f"{self.base}{path}"

    def resource(self, slug: str) -> str:
        """The address of the page of a resource, which is also its IRI: it is never given to another."""
        return f"{self.base}/ressources/{slug}/"

    def publisher(self, name: str) -> str:
        return f"{self.base}/v1/publishers/{self.identifier('publisher', name)}"

    def identifier(self, kind: str, name: str) -> UUID:
        """A UUID of version 4 for a thing of this node, always the same.

        The API asks for version 4, whose bits anyone may draw as they like. They are drawn from the name of the node and
        from that of the thing (the slug, never given twice) rather than kept in a table: they are then the same after an
        export and an import, a rebuilt base and a joined or split resource; and a publisher, which has no row here, has one.
        """
        drawn = sha256(f"dcant\x1f{self.name}\x1f{kind}\x1f{name}".encode(errors="replace")).digest()
        return UUID(bytes=drawn[:16], version=4)

    def tag(self, path: str) -> str:
        """The name of an entry of a feed (RFC 4151): that of the node, never that of the address it was asked at."""
        return f"tag:{self.name.partition('/')[0]},2026:{path}"

    def software(self, resource: Resource) -> UUID:
        return self.identifier("software", resource.slug)
