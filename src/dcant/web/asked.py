"""What an address or a form asks, as text that any database can hold."""

from django.http import HttpRequest


def asked(request: HttpRequest, name: str, *, longest: int) -> str:
    """A parameter of the address, cut, without the NUL that PostgreSQL refuses; empty when it is not there."""
    return _clean(request.GET.get(name, ""), longest)


def posted(request: HttpRequest, name: str, *, longest: int) -> str:
    """A field of a form, cut, without the NUL; empty when it is not there."""
    return _clean(request.POST.get(name, ""), longest)


def asked_all(request: HttpRequest, name: str, *, longest: int) -> list[str]:
    """Every value of a parameter given several times, in order, each once."""
    return list(dict.fromkeys(_clean(text, longest) for text in request.GET.getlist(name)))


def _clean(text: str, longest: int) -> str:
    return text.replace("\x00", "").strip()[:longest]
