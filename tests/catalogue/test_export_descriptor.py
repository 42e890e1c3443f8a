"""publiccode.yml out: what the sheet states, in the words of the standard; what it does not, asked of the producer."""

import pytest
import yaml
from hypothesis import example
from hypothesis import given as tried
from hypothesis import strategies as st

from dcant.catalogue.exports.descriptor import CATEGORIES, composed
from dcant.catalogue.exports.licences import _BY_FOLDED, spdx_expression, spdx_licence
from dcant.catalogue.exports.redistribution import Given
from dcant.catalogue.exports.site import Site
from dcant.catalogue.models import Resource
from dcant.harvest.rules.yaml_text import decode, parse_yaml
from factories import resource, shown

NODE = Site("https://socle.example", "socle.example/registre")
# The mandatory keys of publiccode.yml 0.7, as its reference validator asks them.
MANDATORY = {
    "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType",
    "description.fr.shortDescription", "description.fr.longDescription", "description.fr.features",
    "legal.license", "maintenance.type", "localisation.localisationReady", "localisation.availableLanguages",
}  # fmt: skip
TEXTS = st.text(max_size=200).filter(bool)


def sheet(**facts: object) -> Given:
    return Given(
        Resource(slug="outil", kind="software", title="Outil"),
        {field: shown(value) for field, value in facts.items()},
        {},
    )


def keys(value: object, prefix: str = "") -> set[str]:
    if not isinstance(value, dict):
        return {prefix}
    return {key for name, inner in value.items() for key in keys(inner, f"{prefix}.{name}" if prefix else name)}


@tried(
    st.fixed_dictionaries(
        {"title": TEXTS},
        optional=dict.fromkeys(("purpose", "description", "version", "producer", "licence", "phase"), TEXTS),
    )
)
@example({"title": "yes", "version": "0.10", "licence": "no", "purpose": "a: b # c", "producer": "null"})
@example({"title": "200:1", "version": "1e3", "description": "\x85\u2028\ufeff", "purpose": "- a\n- b"})
def test_any_text_comes_back_from_the_file_and_every_mandatory_key_is_there_or_asked(facts):
    told = composed(sheet(**facts), NODE)
    read = yaml.safe_load(told.text)
    assert read["name"] == facts["title"]
    assert read.get("softwareVersion") == facts.get("version")
    assert read.get("organisation", {}).get("name") == facts.get("producer")
    assert read.get("description", {}).get("fr", {}).get("longDescription") == facts.get("description")
    assert keys(read) | set(told.missing) >= MANDATORY
    for key in told.missing:
        assert f"# - {key} : " in told.text


def test_our_own_reader_of_yaml_reads_the_same():
    told = composed(sheet(title="« Outil » : n° 1", version="0.10", released_on="2026-01-31", licence="EUPL-1.2"), NODE)
    assert parse_yaml(decode(told.text.encode())).value == yaml.load(told.text, Loader=yaml.BaseLoader)


def test_only_words_of_the_standard_are_written_where_it_asks_its_own():
    told = yaml.safe_load(
        composed(sheet(title="x", phase="Accélération", keywords=["mairie", "procurement"]), NODE).text
    )
    assert "developmentStatus" not in told
    assert told["categories"] == ["procurement"]
    assert len(CATEGORIES) == 106


def test_a_text_of_the_wrong_length_is_kept_and_asked_again():
    told = composed(sheet(title="x", purpose="a" * 151, description="b" * 149), NODE)
    assert set(told.missing) >= {"description.fr.shortDescription", "description.fr.longDescription"}
    fits = composed(sheet(title="x", purpose="a" * 150, description="b" * 150), NODE)
    assert not {"description.fr.shortDescription", "description.fr.longDescription"} & set(fits.missing)


def test_the_sources_and_what_their_licences_keep_are_named_at_the_top():
    one = sheet(title="x")
    told = composed(Given(one.resource, one.sheet, {"betagouv": 2}), NODE).text.splitlines()
    assert told[0] == "# publiccode.yml 0.7 composé d’après la fiche https://socle.example/ressources/outil/"
    assert "# Source : Les sources citées par chaque fiche, licence : EUPL-1.2" in told
    assert "# Laissé de côté : 2 champs de « betagouv », dont la licence retient la diffusion" in told


@pytest.mark.parametrize(
    ("written", "expression"),
    [
        ("MIT", "MIT"),
        ("mit", "MIT"),
        ("GPL-3.0+", "GPL-3.0+"),
        ("EUPL-1.2-or-later", "EUPL-1.2-or-later"),
        ("MIT OR (Apache-2.0 AND ISC)", "MIT OR (Apache-2.0 AND ISC)"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("Licence Ouverte 2.0", "etalab-2.0"),
        ("", ""),
        ("LICENSE.md", ""),
        ("MIT Apache-2.0", ""),
        ("MIT OR", ""),
        ("OR MIT", ""),
        ("(MIT", ""),
        ("MIT)", ""),
        ("()", ""),
        ("MIT or ISC", ""),
    ],
)
def test_a_licence_is_an_expression_or_nothing(written, expression):
    assert spdx_expression(written) == expression


def test_the_identifiers_known_here_are_those_of_spdx():
    spdx = pytest.importorskip("packaging.licenses._spdx", reason="no list of SPDX at hand")
    listed = {one["id"] for one in spdx.LICENSES.values()}
    assert set(_BY_FOLDED.values()) <= listed


@tried(st.text(alphabet="MIT()ORANDWHisc-+ ", max_size=20))
def test_any_text_is_judged_without_a_fault(text):
    assert spdx_expression(text) == "" or spdx_expression(spdx_expression(text)) == spdx_expression(text)
    assert spdx_licence(text) == "" or spdx_licence(spdx_licence(text)) == spdx_licence(text)


@pytest.mark.django_db
def test_only_software_has_one_and_a_former_address_leads_to_it(client):
    resource("outil", kind="software", repository_url="https://forge.example/o")
    resource("interface", kind="api")
    answer = client.get("/ressources/outil/publiccode.yml")
    assert yaml.safe_load(answer.content)["url"] == "https://forge.example/o"
    assert answer["Content-Type"] == "application/yaml; charset=utf-8"
    assert client.get("/ressources/outil/publiccode.yml", headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert client.get("/ressources/interface/publiccode.yml").status_code == 404
