from dcant.standards.models.checks import TableCheck
from dcant.standards.models.register import Document, Standard, StandardVersion

__all__ = ["Document", "Standard", "StandardVersion", "TableCheck"]
