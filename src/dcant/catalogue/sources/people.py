"""Mailboxes at providers of the general public belong to a person, whatever stands before the sign."""

import re

from dcant.harvest.rules.redaction import ADDRESS_MARK, redact

_PRIVATE = re.compile(
    r"(?<![\w.+-])(?:mailto:)?[\w.+'-]{1,64}@"
    r"(?:gmail|googlemail|outlook|hotmail|live|yahoo|laposte|orange|wanadoo|free|sfr|icloud|protonmail)\.[a-z]{2,4}\b",
    re.IGNORECASE,
)


def without_private_mailboxes(text: str) -> str:
    """The text with a mark in place of each address of a private mailbox; a second time changes nothing."""
    return _PRIVATE.sub(ADDRESS_MARK, text)


def without_people(text: str) -> str:
    """The same, and without nominative addresses and phone numbers."""
    return redact(without_private_mailboxes(text))
