"""Texts in their formats, truth values, and what has no type."""

import base64
import binascii
import re
from typing import Any

import rfc3986
import validators
from rfc3986.validators import Validator

from dcant.standards.tables.rules.reading import ANY_TEXT, Native, Reader, Shape, always
from dcant.standards.tables.values import Field

TRUE_VALUES = ("true", "True", "TRUE", "1")
FALSE_VALUES = ("false", "False", "FALSE", "0")

_URI = re.compile(
    r"(?![a-zA-Z]:)(?!(?i:https?|ftp):(?!//[^/?#]))[a-zA-Z][a-zA-Z0-9+.-]+:"
    r"(?:[a-zA-Z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
)
_PORT = re.compile(r"[^:]*://[^/?#]*:([0-9]+)(?:[/?#]|\Z)")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LABEL = "[a-z0-9]+(?:-[a-z0-9]+)*"


def string_reader(field: Field) -> Reader:
    """Every text, or what the libraries of the reference implementation take for the format."""
    reads, standard = _FORMATS.get(field.format, (always, always))

    def value(cell: Native) -> str | None:
        return cell if isinstance(cell, str) and reads(cell) else None

    return Reader(value, standard)


def string_shape(field: Field) -> Shape | None:
    return _SHAPES.get(field.format, ANY_TEXT)


def _reads_uri(text: str) -> bool:
    try:
        Validator().require_presence_of("scheme").validate(rfc3986.uri_reference(text))
    except (rfc3986.exceptions.RFC3986Exception, ValueError):
        return False
    return True


def _standard_uri(text: str) -> bool:
    port = _PORT.match(text)
    return _URI.fullmatch(text) is not None and (port is None or (len(port[1]) <= 5 and int(port[1]) <= 65535))


def _reads_email(text: str) -> bool:
    return validators.email(text) is True


def _reads_uuid(text: str) -> bool:
    return bool(validators.uuid(text))


def _standard_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _reads_binary(text: str) -> bool:
    try:
        base64.b64decode(text)
    except (binascii.Error, ValueError):
        return False
    return True


def _standard_binary(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


_FORMATS = {
    "uri": (_reads_uri, _standard_uri),
    "email": (_reads_email, always),
    "uuid": (_reads_uuid, _standard_uuid),
    "binary": (_reads_binary, _standard_binary),
}
_SHAPES = {
    "uri": Shape(rf"\Ahttps?://(?:{_LABEL}\.)+[a-z]+(?:/(?:[a-zA-Z0-9._~/?!$&'()*+,;=:@-]|%[0-9A-Fa-f]{{2}})*)?\z"),
    "email": Shape(rf"\A[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*@(?:{_LABEL}\.){{1,3}}[a-z]{{2,8}}\z", longest=60),
    "uuid": Shape(rf"\A{_UUID.pattern}\z"),
    "binary": Shape(r"\A(?:[A-Za-z0-9+/]{4})+\z"),
}


def any_reader(_field: Field) -> Reader:
    """Whatever stands in the cell."""
    return Reader(lambda cell: cell, always)


def any_shape(_field: Field) -> Shape:
    return ANY_TEXT


def boolean_reader(field: Field) -> Reader:
    """Exactly one of the words of the field."""
    words = boolean_words(field)

    def value(cell: Native) -> bool | None:
        if isinstance(cell, bool):
            return cell
        return words.get(cell) if isinstance(cell, str) else None

    return Reader(value, always)


def boolean_words(field: Field) -> dict[str, bool]:
    true: Any = field.options.get("trueValues", TRUE_VALUES)
    false: Any = field.options.get("falseValues", FALSE_VALUES)
    return dict.fromkeys(true, True) | dict.fromkeys(false, False)


def boolean_shape(field: Field) -> Shape:
    words = "|".join(map(re.escape, boolean_words(field)))
    return Shape(rf"\A(?:{words})\z")


def any_key(value: Any) -> str:
    """Texts as they are; a spreadsheet's numbers apart, for 1 is not the text « 1 »."""
    return value if isinstance(value, str) else f"\0{type(value).__name__}:{value}"
