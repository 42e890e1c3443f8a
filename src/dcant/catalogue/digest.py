"""Asking for the weekly letter, confirming its address, stopping it: by links that carry nothing personal."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import transaction

from dcant.accounts.models import Person
from dcant.catalogue.models import Digest
from dcant.identifiers import Permit, Refused

_SIGNER = Signer(salt="dcant.catalogue.digest")


def link_token(digest: Digest) -> str:
    """What the links of a letter carry: a key drawn by lot, and its signature by this node."""
    return _SIGNER.sign(digest.key)


def digest_of(token: str) -> Digest | None:
    """The letter of a link; None once it was stopped, or when the link is not ours."""
    try:
        return Digest.objects.filter(key=_SIGNER.unsign(token)).first()
    except BadSignature:
        return None


@transaction.atomic
def ask_digest(*, person: Person | None, address: str) -> Digest:
    """Wants the letter at an address, which must be confirmed by its own link. Raises Refused DCANT-K006."""
    if person is None:
        raise Refused(Permit.no("Entrez d’abord : on ne suit qu’en son propre nom."), code="DCANT-K006")
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(Permit.no("Écrivez une adresse comme mairie@exemple.fr."), code="DCANT-K006") from None
    Digest.objects.filter(person=person).delete()  # an address that changes is confirmed anew, and its old links die
    return Digest.objects.create(person=person, address=address, key=secrets.token_hex(16))


@transaction.atomic
def confirm_digest(*, token: str, at: datetime) -> bool:
    """The address is that of a person who reads it: letters may be sent. False for a link that leads nowhere."""
    digest = digest_of(token)
    if digest and digest.confirmed_at is None:
        digest.confirmed_at = at
        digest.save(update_fields=["confirmed_at"])
    return digest is not None


@transaction.atomic
def stop_digest(*, token: str) -> None:
    """No more letters, and the address is forgotten. Done again, it does nothing."""
    digest = digest_of(token)
    if digest:
        digest.delete()
