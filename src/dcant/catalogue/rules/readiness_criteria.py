"""The criteria of readiness, group by group. Not applicable is a rule of the kind: no licence file is asked of a service."""

from dcant.catalogue.rules.readiness import Check, Criterion, Group
from dcant.catalogue.rules.readiness_checks import (
    accessible,
    best_of,
    described_for_machines,
    either,
    free_of_supplier,
    in_french,
    in_tree,
    lately,
    listed_twice,
    maintained,
    only_when_restricted,
    open_licence,
    read_as,
    related,
    said_true,
    stated,
    still_going,
    tagged,
    used_by_two,
    within_a_year,
)

_CODE = frozenset({"software"})
_RUNNING = frozenset({"api", "service", "infrastructure"})
_LICENSED = frozenset({"software", "dataset", "standard"})
_ENTERED = _RUNNING | {"dataset"}
_DESCRIBED = frozenset({"software", "api", "standard", "dataset"})
_PERSONAL = frozenset({"api", "service"})

# What is looked for in the tree of a repository, by what it tells.
_FILES = {
    "license": ("license", "licence", "copying", "licenses/"),
    "readme": ("readme",),
    "changes": ("changelog", "changes", "history", "news"),
    "contributing": ("contributing", ".github/contributing", "docs/contributing"),
    "governance": ("governance", ".github/governance", "docs/governance"),
    "conduct": ("code_of_conduct", ".github/code_of_conduct", "docs/code_of_conduct"),
    "security": ("security", ".github/security", "docs/security"),
    "ci": (".github/workflows/", ".gitlab-ci", ".circleci/", ".travis", "azure-pipelines", "jenkinsfile", ".woodpecker"),
    "style": (".editorconfig", ".pre-commit-config", ".eslintrc", "eslint.config", ".prettierrc", "ruff.toml", ".rubocop", ".golangci"),
}  # fmt: skip
TREE_NAMES = tuple(name for names in _FILES.values() for name in names)


def _tree(name: str, question: str, remedy: str, check: Check, points: int = 2) -> Criterion:
    return Criterion(name, Group.OPEN, question, remedy, check, points, _CODE)


CRITERIA = (
    Criterion(
        "purpose", Group.FINDABLE, "Une phrase dit à quoi elle sert",
        "Écrivez une phrase qu’une secrétaire de mairie comprend, sans sigle.", stated("purpose"), 5, level=1,
    ),
    Criterion(
        "producer", Group.FINDABLE, "Son producteur est nommé",
        "Nommez l’organisation qui la produit.", stated("producer_name", "producer"), 4, level=1,
    ),
    Criterion(
        "producer_number", Group.FINDABLE, "Son producteur est connu par son numéro",
        "Donnez le SIREN ou le SIRET du producteur dans une source.", stated("producer_key", "kept_by"), 3, level=2,
    ),
    Criterion(
        "contact", Group.FINDABLE, "On sait à quel service écrire",
        "Donnez une adresse de service ou un formulaire, jamais l’adresse d’une personne.", stated("contact"), 5, level=1,
    ),
    Criterion("website", Group.FINDABLE, "Elle a une page publique", "Donnez son adresse.", stated("website"), 2),
    Criterion(
        "persistent_id", Group.FINDABLE, "Un identifiant stable la désigne",
        "Inscrivez-la dans un catalogue qui donne un identifiant : data.gouv.fr, SILL, Wikidata.",
        stated("datagouv_id", "datagouv_uuid", "sill_id", "comptoir_id", "wikidata_id", "schema_name"), 2,
    ),
    Criterion(
        "descriptor", Group.FINDABLE, "Une machine peut lire sa description",
        "Publiez un publiccode.yml pour un logiciel, une description OpenAPI pour une API, un schéma pour un référentiel.",
        described_for_machines, 5, _DESCRIBED, level=2,
    ),
    Criterion(
        "listed", Group.FINDABLE, "Deux catalogues au moins la présentent",
        "Faites-la figurer dans un second catalogue.", listed_twice, 2, who="user",
    ),
    Criterion(
        "licence", Group.LAWFUL, "Sa licence est dite", "Écrivez sa licence par son nom SPDX, comme « EUPL-1.2 ».",
        stated("licence"), 8, _LICENSED, level=2,
    ),
    Criterion(
        "licence_open", Group.LAWFUL, "Sa licence permet à tous de la reprendre",
        "Choisissez une licence libre ou ouverte, sous son nom SPDX.", read_as("licence", open_licence), 6, _LICENSED, level=2,
    ),
    Criterion(
        "licence_file", Group.LAWFUL, "Le texte de la licence est dans le dépôt", "Ajoutez un fichier LICENSE à la racine.",
        in_tree(*_FILES["license"]), 4, _CODE,
    ),
    Criterion(
        "access", Group.LAWFUL, "Qui peut y entrer est dit", "Dites si elle est ouverte, avec un compte, ou sur demande.",
        stated("access_type", "audience_local"), 6, _ENTERED, level=1,
    ),
    Criterion(
        "access_reason", Group.LAWFUL, "Si l’accès est restreint, on sait pourquoi", "Citez le texte qui restreint l’accès.",
        only_when_restricted(stated("audience_because")), 3, _ENTERED, level=2,
    ),
    Criterion(
        "description", Group.UNDERSTANDABLE, "Un paragraphe l’explique", "Racontez ce qu’elle fait, pour qui, avec un exemple.",
        stated("description", "problem"), 3, level=2,
    ),
    Criterion(
        "documentation", Group.UNDERSTANDABLE, "Elle a une documentation", "Donnez l’adresse de la documentation.",
        stated("documentation_url", "openapi_url"), 5, _DESCRIBED | _RUNNING, level=2,
    ),
    Criterion(
        "readme", Group.UNDERSTANDABLE, "Le dépôt dit comment l’installer", "Ajoutez un README : installer, lancer, essayer.",
        in_tree(*_FILES["readme"]), 3, _CODE,
    ),
    Criterion(
        "french", Group.UNDERSTANDABLE, "Elle existe en français",
        "Traduisez l’interface, et ajoutez « fr » aux langues du publiccode.yml.",
        read_as("publiccode:localisation", in_french), 3, _CODE,
    ),
    Criterion(
        "version", Group.ALIVE, "Elle a un numéro de version", "Numérotez les versions.", either(stated("version"), tagged), 3,
        _CODE | {"standard"}, level=3,
    ),
    Criterion(
        "release", Group.ALIVE, "Sa dernière version a moins d’un an", "Publiez une version, même de maintenance.",
        best_of(read_as("released_on", within_a_year), lately(lambda known: known.tags)), 5, _CODE, level=3,
    ),
    Criterion(
        "commits", Group.ALIVE, "Son code a changé depuis moins d’un an",
        "Publiez les corrections, ou dites qu’elle n’est plus maintenue.", lately(lambda known: known.commits), 2, _CODE,
    ),
    Criterion(
        "changes", Group.ALIVE, "On lit ce qui change d’une version à l’autre", "Ajoutez un fichier CHANGELOG.",
        in_tree(*_FILES["changes"]), 2, _CODE,
    ),
    Criterion(
        "phase", Group.ALIVE, "Elle est en cours de vie", "Dites où elle en est, ou ce qui la remplace.",
        read_as("phase", still_going), 4, frozenset({"service", "software", "api"}), level=2,
    ),
    Criterion(
        "maintenance", Group.ALIVE, "Quelqu’un la maintient", "Dites dans le publiccode.yml qui maintient, et jusqu’à quand.",
        read_as("publiccode:maintenance", maintained), 4, _CODE, level=3,
    ),
    Criterion(
        "roadmap", Group.ALIVE, "Sa feuille de route est publique", "Donnez l’adresse de la feuille de route.",
        stated("roadmap_url"), 2, frozenset({"software", "service", "api"}),
    ),
    Criterion(
        "status", Group.ALIVE, "Sa disponibilité se voit", "Donnez l’adresse d’une page d’état.",
        stated("apigouv:monitoring_link", "uptime", "betagouv:dashlord_url", "service_level"), 3, _RUNNING,
    ),
    Criterion(
        "source_code", Group.OPEN, "Son code source se trouve", "Donnez l’adresse du dépôt.", stated("repository_url"), 5,
        _CODE, level=1,
    ),
    _tree("contributing", "Le dépôt dit comment contribuer", "Ajoutez un fichier CONTRIBUTING.", in_tree(*_FILES["contributing"])),
    _tree("governance", "Le dépôt dit qui décide", "Ajoutez un fichier GOVERNANCE.", in_tree(*_FILES["governance"])),
    _tree("conduct", "Le dépôt a un code de conduite", "Ajoutez un fichier CODE_OF_CONDUCT.", in_tree(*_FILES["conduct"]), 1),
    _tree("security", "Le dépôt dit comment signaler une faille", "Ajoutez un fichier SECURITY.", in_tree(*_FILES["security"]), 3),
    _tree("ci", "Des contrôles automatiques tournent", "Ajoutez une intégration continue.", in_tree(*_FILES["ci"])),
    _tree("style", "Un outil tient le style du code", "Ajoutez un outil de style, ou un fichier .editorconfig.", in_tree(*_FILES["style"]), 1),
    Criterion(
        "used", Group.SHARED, "Deux organisations au moins attestent s’en servir",
        "Invitez celles qui s’en servent à le déclarer ici.", used_by_two, 8, level=3, who="user",
    ),
    Criterion(
        "supplier", Group.SHARED, "Elle ne tient pas à un seul prestataire",
        "Maintenez-la en interne, en communauté, ou par deux prestataires.",
        read_as("publiccode:maintenance", free_of_supplier), 3, _CODE,
    ),
    Criterion(
        "exit", Group.SHARED, "On sait comment en sortir", "Dites le préavis, les formats rendus, et ce que coûte la sortie.",
        stated("exit_terms", "exit_notice", "exit_formats"), 4, _RUNNING, level=3,
    ),
    Criterion(
        "standards", Group.SHARED, "Elle suit des référentiels du socle", "Nommez les référentiels qu’elle suit.",
        either(related("conforms_to"), stated("conforms_to")), 3, frozenset({"api", "dataset", "software", "service"}),
    ),
    Criterion(
        "accessibility", Group.OBLIGATIONS, "Elle est accessible, au moins en partie",
        "Faites l’audit, publiez la déclaration d’accessibilité, corrigez.",
        read_as("betagouv:accessibility_status", accessible), 5, frozenset({"service"}),
    ),
    Criterion(
        "personal_data", Group.OBLIGATIONS, "Le traitement des données personnelles est décrit",
        "Publiez la mention d’information : responsable, finalité, durée.",
        stated("betagouv:rgpd", "personal_data_notice"), 4, _PERSONAL,
    ),
    Criterion(
        "homologation", Group.OBLIGATIONS, "Sa sécurité a été regardée",
        "Homologuez-la, et dites-le : MonServiceSécurisé y aide.",
        either(read_as("betagouv:mon_service_securise", said_true), read_as("betagouv:analyse_risques", said_true)),
        4, _PERSONAL,
    ),
    Criterion(
        "hosting", Group.OBLIGATIONS, "On sait où elle est hébergée", "Nommez l’infrastructure qui l’héberge.",
        either(related("hosted_on"), stated("hosting")), 3, _PERSONAL,
    ),
)  # fmt: skip
