"""How the commands that publish the log reach its witnesses: by `fetch`, at the addresses that the operator's policy gives."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dcant.record.cosigning import Cosigners, Post

SECONDS, BYTES = 4.0, 64 * 1024  # a request to a witness, and its answer


def cosigners() -> "Cosigners":
    """The witnesses of this node's policy, asked over the network."""
    from django.conf import settings

    from dcant.record.cosigning import Cosigners

    return Cosigners(settings.WITNESSES, post=poster())


def poster() -> "Post":
    """Posts to an address that an operator wrote, which may be of this machine."""
    from dcant.fetch import Fetcher, FetchError, Limits, Policy

    fetcher = Fetcher(policy=Policy(politeness=0))

    def post(address: str, body: bytes) -> tuple[int, bytes]:
        try:
            reply = fetcher.post(address, body, trusted=True, limits=Limits(BYTES, seconds=SECONDS))
        except FetchError as error:
            raise OSError(error.message_fr) from error
        return reply.status, reply.body

    return post
