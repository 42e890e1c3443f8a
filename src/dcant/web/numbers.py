"""Numbers kept as text, as a reader of the page writes them."""

from django.utils.formats import get_format

from dcant.governance.rules.indicators import is_canonical


def shown_decimal(text: str) -> str:
    """« 1234.5 » as « 1 234,5 », with the decimal sign of the language; what is no canonical number stays as it is."""
    if not is_canonical(text):
        return text
    whole, _, decimals = text.partition(".")
    sign = "\u2212" if whole.startswith("-") else ""
    grouped = f"{int(whole.removeprefix('-')):,}".replace(",", "\u202f")
    return f"{sign}{grouped}{get_format('DECIMAL_SEPARATOR')}{decimals}" if decimals else f"{sign}{grouped}"
