"""The same request sent twice is one act: the answer of the first is kept a day, by its key, and given again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from dcant.accounts.models import Mandate, RememberedAnswer

KEPT = timedelta(days=1)


class KeyServed(ValueError):
    """A key that already answered another request of the same mandate."""


@transaction.atomic
def answer_once(
    *, mandate: Mandate, key: str, asked: str, do: Callable[[], dict[str, object]], at: datetime
) -> dict[str, object]:
    """Does it the first time, and gives the same answer for a day to the same request under the same key.

    asked: a name of the whole request. `do` returns plain JSON. What it raises leaves nothing, the key included: a refused act
    wrote nothing, and may be tried again. Two at once: the second waits for the first, by the uniqueness of the key.
    Raises KeyServed.
    """
    RememberedAnswer.objects.filter(at__lt=at - KEPT).delete()
    row, first = RememberedAnswer.objects.get_or_create(
        mandate=mandate, key=key, defaults={"asked": asked, "body": {}, "at": at}
    )
    if row.asked != asked:
        raise KeyServed("Cette clé a déjà servi à une autre demande : prenez-en une nouvelle.")
    if first:
        row.body = do()
        row.save(update_fields=["body"])
    return dict(row.body)
