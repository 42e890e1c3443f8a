"""Where a half-year stands: two programmes may have the same one, and an address says which."""

from django.http import Http404, HttpRequest
from django.urls import reverse

from dcant.governance.models import Cycle
from dcant.governance.questions import cycles_named
from dcant.web.asked import asked


def cycle_address(cycle: Cycle, name: str = "cycle") -> str:
    """The address of one of its pages or documents."""
    return f"{reverse(name, args=[cycle.half_year])}?programme={cycle.programme.slug}"


def asked_cycle(request: HttpRequest, code: str) -> tuple[Cycle, list[Cycle]]:
    """The half-year of the programme named in the address, and the same one of the other programmes.

    Without a name: the one under way, else that of the newest programme. Raises Http404.
    """
    found = cycles_named(code)
    slug = asked(request, "programme", longest=40)
    chosen = next((one for one in found if not slug or one.programme.slug == slug), None)
    if chosen is None:
        raise Http404
    return chosen, [one for one in found if one is not chosen]
