"""Where the house may go: which addresses of the network, and which addresses of the Web.

Why not ask `ipaddress.is_private`: its tables changed between Python releases, it calls an IPv4 address hidden inside an
IPv6 one by the name of its wrapping, and it lets multicast pass. The tables below are the IANA special-purpose registries.
IPv6 is closed unless it is global unicast.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, urlsplit

import idna

from dcant.fetch.errors import FetchError

WEB_PORTS = frozenset({80, 443})
_SCHEMES = {"http": 80, "https": 443}
_LONGEST_URL = 2000

# What an operator may have on their own network: open to an address the operator wrote, closed to one found in data.
_INSIDE_V4 = {
    "10.0.0.0/8": "réseau privé",
    "100.64.0.0/10": "réseau partagé d’un fournisseur d’accès",
    "127.0.0.0/8": "cette machine",
    "172.16.0.0/12": "réseau privé",
    "192.168.0.0/16": "réseau privé",
}
_INSIDE_V6 = {"::1/128": "cette machine", "fc00::/7": "réseau privé"}
# What nobody has a site on: closed to everyone.
_CLOSED_V4 = {
    "0.0.0.0/8": "adresse non précisée",
    "168.63.129.16/32": "service interne d’un hébergeur",
    "169.254.0.0/16": "adresse de lien local, où les hébergeurs mettent leurs secrets",
    "192.0.0.0/24": "adresse réservée",
    "192.0.2.0/24": "adresse de documentation",
    "192.88.99.0/24": "relais 6to4",
    "198.18.0.0/15": "adresse de banc d’essai",
    "198.51.100.0/24": "adresse de documentation",
    "203.0.113.0/24": "adresse de documentation",
    "224.0.0.0/4": "multidiffusion",
    "240.0.0.0/4": "adresse réservée",
}
_CLOSED_V6 = {
    "2001::/23": "adresse réservée",
    "2001:db8::/32": "adresse de documentation",
    "3fff::/20": "adresse de documentation",
    "fe80::/10": "adresse de lien local",
    "ff00::/8": "multidiffusion",
    "::/128": "adresse non précisée",
}
_V4 = [(IPv4Network(net), why, True) for net, why in _INSIDE_V4.items()]
_V4 += [(IPv4Network(net), why, False) for net, why in _CLOSED_V4.items()]
_V6 = [(IPv6Network(net), why, True) for net, why in _INSIDE_V6.items()]
_V6 += [(IPv6Network(net), why, False) for net, why in _CLOSED_V6.items()]
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)

_LOCAL_ENDINGS = ("localhost", "localdomain", "local", "internal", "home.arpa", "lan", "intranet")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_BRACKETS = re.compile(r"\[[^\[\]]+\](?::[0-9]*)?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_FORBIDDEN_CHARACTER = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
_REMEDY = "Donnez l’adresse publique d’un site, en https://."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed or not, and because. Same shape as the Permit of `identifiers`, which this room may not import."""

    allowed: bool
    because: str

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address of the Web, parsed once: what was vetted is what is connected to. `host` is ASCII, without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """As the Host header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _SCHEMES[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def allowed(address: str, *, trusted: bool = False) -> Verdict:
    """May a connection be opened to this IP address?

    `trusted`: an operator wrote it (settings, policy file, command line), so it may lie on their own network. Link-local,
    multicast and reserved addresses stay closed even so: a name an operator trusts may still be made to point there.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return Verdict(allowed=False, because=f"« {address[:60]} » n’est pas une adresse IP.")
    if isinstance(parsed, IPv6Address):
        return _allowed_v6(parsed, trusted=trusted)
    return _allowed_v4(parsed, trusted=trusted)


def parse_address(url: str, *, trusted: bool = False, ports: frozenset[int] = WEB_PORTS) -> WebAddress:
    """The parts of an http(s) address, its name in ASCII (IDNA 2008).

    Raises FetchError BAD_ADDRESS when it is not one, FORBIDDEN_ADDRESS when it may not be asked for: credentials, another
    port, a name or an address of a private network. A name is vetted again once resolved.
    """
    parts = _split(url)
    host = _host(parts)
    port = _port(parts)
    if not trusted and port not in ports:
        raise _forbidden(f"Le port {port} n’est pas celui d’un site.", _REMEDY)
    literal = _literal(host)
    if literal is not None:
        verdict = allowed(literal, trusted=trusted)
        if not verdict:
            raise _forbidden(verdict.because, _REMEDY)
    elif not trusted and ("." not in host or host.endswith(tuple(f".{ending}" for ending in _LOCAL_ENDINGS))):
        raise _forbidden(f"« {host} » est un nom de réseau privé.", _REMEDY)
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return WebAddress(parts.scheme.lower(), literal or host, port, target)


def _allowed_v4(address: IPv4Address, *, trusted: bool) -> Verdict:
    for network, why, inside in _V4:
        if address in network:
            return _inside_or_closed(str(address), why, inside=inside, trusted=trusted)
    return Verdict(allowed=True, because="Adresse publique.")


def _allowed_v6(address: IPv6Address, *, trusted: bool) -> Verdict:
    if address.scope_id:
        return Verdict(allowed=False, because="Une adresse attachée à une interface n’est pas celle d’un site.")
    wrapped = _wrapped_v4(address)
    if wrapped is not None and not (verdict := _allowed_v4(wrapped, trusted=trusted)):
        return verdict
    for network, why, inside in _V6:
        if address in network:
            return _inside_or_closed(str(address), why, inside=inside, trusted=trusted)
    if wrapped is None and address not in _GLOBAL_UNICAST:
        return Verdict(allowed=False, because=f"{address} : adresse réservée.")
    return Verdict(allowed=True, because="Adresse publique.")


def _wrapped_v4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets for this IPv6 one end up at: mapped, 6to4, NAT64 or ISATAP."""
    found = address.ipv4_mapped or address.sixtofour
    number = int(address)
    if found is None and (address in _NAT64 or (address in _GLOBAL_UNICAST and (number >> 32) % 2**32 in _ISATAP)):
        found = IPv4Address(number % 2**32)
    return found


def _inside_or_closed(address: str, why: str, *, inside: bool, trusted: bool) -> Verdict:
    if inside and trusted:
        return Verdict(allowed=True, because=f"{address} : {why}, écrit par l’opérateur.")
    return Verdict(allowed=False, because=f"{address} : {why}.")


def _split(url: str) -> SplitResult:
    if len(url) > _LONGEST_URL or _FORBIDDEN_CHARACTER.search(url):
        raise _bad("Cette adresse est trop longue, ou contient une espace ou un caractère interdit.")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _bad("Cette adresse ne se lit pas.") from error
    if parts.scheme.lower() not in _SCHEMES:
        raise _forbidden("Seules les adresses en https:// et http:// se moissonnent.", _REMEDY)
    if "@" in parts.netloc:
        remedy = "Retirez le nom et le mot de passe de l’adresse."
        raise _forbidden("Une adresse ne porte ni nom ni mot de passe.", remedy)
    return parts


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise _bad("Le port de cette adresse ne se lit pas.") from error
    if port == 0:
        raise _bad("Le port de cette adresse ne se lit pas.")
    return port or _SCHEMES[parts.scheme.lower()]


def _host(parts: SplitResult) -> str:
    """The name in lower-case ASCII, without its final dot."""
    host = (parts.hostname or "").removesuffix(".")
    if "[" in parts.netloc:
        if not _BRACKETS.fullmatch(parts.netloc):
            raise _bad("Cette adresse IP ne s’écrit pas ainsi.")
        return host
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii").removesuffix(".")
        except (idna.IDNAError, UnicodeError) as error:
            raise _bad("Le nom de ce site ne se lit pas.") from error
    host = host.lower()
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise _bad("Le nom de ce site ne se lit pas.")
    return host


def _literal(host: str) -> str | None:
    """The IP address this host is, if it is one. « 127.1 » or « 0x7f000001 » are neither name nor address: refused."""
    try:
        return str(ip_address(host))
    except ValueError:
        if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
            raise _bad("Cette adresse IP ne s’écrit pas ainsi.") from None
        return None


def _bad(message: str) -> FetchError:
    return FetchError("BAD_ADDRESS", message, _REMEDY)


def _forbidden(message: str, remedy: str) -> FetchError:
    return FetchError("FORBIDDEN_ADDRESS", message, remedy)
