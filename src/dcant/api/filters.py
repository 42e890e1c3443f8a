"""What narrows a list of resources: the same filters as on its page."""

from typing import Annotated

from ninja import Schema
from pydantic import Field

from dcant.catalogue.models import Kind
from dcant.catalogue.search import FACETS

_MOST_VALUES = 20
Value = Annotated[str, Field(min_length=1, max_length=200)]
Values = Annotated[list[Value], Field(max_length=_MOST_VALUES)]


class Filters(Schema):
    """Values of one filter are alternatives, filters add up. Each takes the values that `facets` of a search gives it."""

    kind: Annotated[list[Kind], Field(max_length=_MOST_VALUES)] = []
    theme: Values = []
    access: Values = []
    audience: Values = []
    producer_level: Values = []
    phase: Values = []
    departement: Values = []
    source: Values = []
    licence: Values = []

    def asked(self) -> dict[str, frozenset[str]]:
        """Facet → values, those asked alone."""
        return {facet: frozenset(map(str, values)) for facet in FACETS if (values := getattr(self, facet))}
