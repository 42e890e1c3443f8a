"""The one way out to the network: an address policy, caps, manners. Knows nothing of Django."""

from dcant.fetch.address import Verdict, WebAddress, allowed, parse_address
from dcant.fetch.answer import Fetched, Reply, Validators
from dcant.fetch.body import DESCRIPTOR, LIST, Limits
from dcant.fetch.client import Fetcher, Policy
from dcant.fetch.errors import FetchError
from dcant.fetch.json_body import is_page, read_json

__all__ = [
    "DESCRIPTOR",
    "LIST",
    "FetchError",
    "Fetched",
    "Fetcher",
    "Limits",
    "Policy",
    "Reply",
    "Validators",
    "Verdict",
    "WebAddress",
    "allowed",
    "is_page",
    "parse_address",
    "read_json",
]
