"""Personal data that has no business in a catalogue is dropped before anything is kept or read.

A nominative address is first.last@domain; a mailbox of a role or of a service is kept. When in doubt the address goes:
a lost mailbox is a warning on a sheet, a kept name is somebody's. Phone numbers in the French forms go too.
The hash of an item is that of its original bytes; what is stored and parsed is the redacted copy.
"""

import re

from dcant.identifiers import fold

ADDRESS_MARK = "(adresse nominative retirée)"
PHONE_MARK = "(numéro retiré)"
_ADDRESS = re.compile(r"(?<![\w.+-])(?:mailto:)?([\w.+'-]{1,64})@((?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24})", re.IGNORECASE)
_NAME_PART = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
# Neither part of an address or a path, nor digits of a longer number.
_PHONE = re.compile(r"(?<![\w/=.+-])(?:(?:\+|00)33[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[ .-]?\d{2}){4}(?![\w/=-])")
_ROLE_WORDS = frozenset(
    """
    accueil admin administration agence aide aides api apis appui assistance bureau calculette cassation
    catalogue cellule centre collectivite collectivites com communication contact contacts courdecassation
    courrier data demande dev developer developers developpeur direction disi donnees dpd dpo editeur editeurs
    equipe formulaire geoservices groupe habilitation hello help info informations infos innovation lab
    licence mairie marche mission mon ne no noreply numerique numeriques open opendata partenaire partenaires
    plateforme pole portail presse production produit projet projets recherche recrutement referent relation
    reply reponse resultat resultats retours secretariat securite service services sg si siege site startup
    statut support systeme team tech technique usager usagers usages utilisateur utilisateurs webmaster
    """.split()  # noqa: SIM905 -- a table of words reads better so
)


def redact(text: str) -> str:
    """The text without nominative e-mail addresses and phone numbers, each replaced by a mark; a second time changes
    nothing.
    """
    without_addresses = _ADDRESS.sub(
        lambda found: ADDRESS_MARK if is_nominative(found[1], found[2]) else found[0], text
    )
    return _PHONE.sub(PHONE_MARK, without_addresses)


def is_nominative(local: str, domain: str) -> bool:
    """True for first.last and its like: two or three words of letters, none of them a role or a part of the domain."""
    parts = fold(local.partition("+")[0]).replace("_", ".").split(".")
    if not 2 <= len(parts) <= 3 or not all(_NAME_PART.fullmatch(part) for part in parts):
        return False
    words = {word for part in parts for word in part.split("-")}
    return not words & (_ROLE_WORDS | set(re.split(r"[.-]", fold(domain))))


def redact_bytes(data: bytes) -> bytes:
    """The same on UTF-8 bytes; bytes that are not UTF-8 come back untouched, for the reader to refuse."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    return redact(text).encode()
