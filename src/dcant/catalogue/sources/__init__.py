"""The sources of the common base: one data file and one reader each."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from dcant.catalogue.sources.apigouv import ApiGouvReader, Audiences
from dcant.catalogue.sources.betagouv import BetaGouvReader
from dcant.catalogue.sources.catalogapi import CatalogApiReader
from dcant.catalogue.sources.comptoir import ComptoirReader
from dcant.catalogue.sources.datagouv import DataGouvReader
from dcant.catalogue.sources.operator import OperatorReader
from dcant.catalogue.sources.publiccode import PublicCodeReader
from dcant.catalogue.sources.seed import SeedReader
from dcant.catalogue.sources.sill import SillReader
from dcant.catalogue.sources.standards import StandardsReader
from dcant.catalogue.sources.suite import SuiteReader
from dcant.harvest.remote import Remote
from dcant.harvest.rules import Reader, SourceFile

Loaded = tuple[SourceFile, Reader]


class UnknownSource(KeyError):
    """No source of that name: the French sentence lists those that are known."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.message = f"Source inconnue : « {name} ». Sources connues : {', '.join(sorted(SOURCES))}."

    def __str__(self) -> str:
        return self.message


def load_source(name: str) -> Loaded:
    """The data file and the reader of a source, by its name or its other name. Raises UnknownSource, or SourceFileError
    when the file is wrong.
    """
    name = ALIASES.get(name, name)
    if name not in SOURCES:
        raise UnknownSource(name)
    return SOURCES[name]()


def remote_of(name: str) -> Remote | None:
    """Where a source says it is on the network; None when it must be given a folder. Raises SourceFileError."""
    path = files("dcant.catalogue.sources").joinpath(f"{name}.toml")
    return Remote.from_toml(path.read_text(encoding="utf-8")) if path.is_file() else None


@cache
def source_titles() -> Mapping[str, str]:
    """What each known source is called by people, by its name."""
    return {name: load_source(name)[0].title for name in SOURCES}


def _apigouv() -> Loaded:
    source = SourceFile.from_toml(_text("apigouv.toml"))
    audiences = Audiences.from_table(tomllib.loads(_text("who.toml")))
    return source, ApiGouvReader(audiences, max_item_bytes=source.max_item_bytes)


def _betagouv() -> Loaded:
    source = SourceFile.from_toml(_text("betagouv.toml"))
    table = tomllib.loads(_text("usertypes.toml"))
    phases = table.pop("phases")
    return source, BetaGouvReader(Audiences.from_table(table), phases, max_item_bytes=source.max_item_bytes)


def _catalogapi() -> Loaded:
    source = SourceFile.from_toml(_text("catalogapi.toml"))
    return source, CatalogApiReader(max_list_bytes=source.max_list_bytes)


def _comptoir() -> Loaded:
    source = SourceFile.from_toml(_text("comptoir.toml"))
    return source, ComptoirReader(max_list_bytes=source.max_list_bytes)


def _datagouv() -> Loaded:
    source = SourceFile.from_toml(_text("datagouv.toml"))
    return source, DataGouvReader(max_list_bytes=source.max_list_bytes)


def _operator() -> Loaded:
    source = SourceFile.from_toml(_text("operator.toml"))
    return source, OperatorReader(max_item_bytes=source.max_item_bytes)


def _publiccode() -> Loaded:
    source = SourceFile.from_toml(_text("publiccode.toml"))
    return source, PublicCodeReader(max_item_bytes=source.max_item_bytes)


def _standards() -> Loaded:
    source = SourceFile.from_toml(_text("standards.toml"))
    return source, StandardsReader(max_item_bytes=source.max_item_bytes, max_list_bytes=source.max_list_bytes)


def _sill() -> Loaded:
    source = SourceFile.from_toml(_text("sill.toml"))
    return source, SillReader(max_list_bytes=source.max_list_bytes)


def _suite() -> Loaded:
    source = SourceFile.from_toml(_text("suite.toml"))
    return source, SuiteReader(max_list_bytes=source.max_list_bytes)


def _seed() -> Loaded:
    source = SourceFile.from_toml(_text("seed.toml"))
    return source, SeedReader(max_item_bytes=source.max_item_bytes)


def _text(name: str) -> str:
    return files("dcant.catalogue.sources").joinpath(name).read_text(encoding="utf-8")


SOURCES: dict[str, Callable[[], Loaded]] = {
    "apigouv": _apigouv,
    "betagouv": _betagouv,
    "catalogapi": _catalogapi,
    "comptoir": _comptoir,
    "datagouv": _datagouv,
    "operator": _operator,
    "publiccode": _publiccode,
    "seed": _seed,
    "sill": _sill,
    "standards": _standards,
    "suite": _suite,
}
ALIASES = {"schemas": "standards"}
