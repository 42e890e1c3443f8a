"""The acts of this room: load the shipped reference, make an organisation, resolve the code of a commune."""

from dcant.territories.services.load import LoadReport, load_reference
from dcant.territories.services.organisations import new_organisation
from dcant.territories.services.resolve import UnknownCommune, resolve

__all__ = ["LoadReport", "UnknownCommune", "load_reference", "new_organisation", "resolve"]
