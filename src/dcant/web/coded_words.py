"""What the coded values of a field mean to a person; a value that is not here is shown as it is."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from dcant.web.catalogue_words import CATALOGUE_WORDS
from dcant.web.table_words import CODES, DETECTED, FIELD_TYPES

_YES_NO = {"yes": gettext_lazy("oui"), "no": gettext_lazy("non"), "under_condition": gettext_lazy("sous conditions")}
WORDS = {
    "kind": {
        "api": gettext_lazy("API"),
        "service": gettext_lazy("Service"),
        "software": gettext_lazy("Logiciel"),
        "standard": gettext_lazy("Référentiel"),
        "dataset": gettext_lazy("Jeu de données"),
        "infrastructure": gettext_lazy("Infrastructure"),
        "practice": gettext_lazy("Bonne pratique"),
    },
    "access_type": {
        "open": gettext_lazy("ouvert à tous"),
        "open_with_account": gettext_lazy("ouvert avec un compte"),
        "restricted": gettext_lazy("restreint, sur demande"),
    },
    "audience_local": _YES_NO,
    "audience_company": _YES_NO,
    "audience_private": _YES_NO,
    "producer_level": {
        "state": gettext_lazy("État"),
        "local": gettext_lazy("collectivités"),
        "joint": gettext_lazy("État et collectivités ensemble"),
        "other": gettext_lazy("autre"),
    },
    "control": {
        "state": gettext_lazy("l’État"),
        "local": gettext_lazy("collectivités"),
        "joint": gettext_lazy("l’État et des collectivités ensemble"),
        "private": gettext_lazy("une entreprise"),
    },
    "price_basis": {
        "free": gettext_lazy("gratuit"),
        "membership": gettext_lazy("compris dans une adhésion"),
        "per_inhabitant": gettext_lazy("par habitant"),
        "usage": gettext_lazy("à l’usage"),
        "unit": gettext_lazy("à l’unité"),
        "quote": gettext_lazy("sur devis"),
        "unknown": gettext_lazy("non publié"),
    },
    "infra_type": {
        "cloud": gettext_lazy("informatique en nuage"),
        "hosting": gettext_lazy("hébergement"),
        "network": gettext_lazy("réseau"),
        "service_platform": gettext_lazy("plateforme de services"),
        "api_platform": gettext_lazy("plateforme d’API"),
        "archiving": gettext_lazy("archivage électronique"),
        "computing": gettext_lazy("calcul"),
    },
    "audience": {
        "local": gettext_lazy("collectivités"),
        "company": gettext_lazy("entreprises et associations"),
        "private": gettext_lazy("particuliers"),
    },
    "standing": {
        "valid": gettext_lazy("valable"),
        "expiring": gettext_lazy("valable, à échéance dans les six mois"),
        "expired": gettext_lazy("échue"),
        "unverified": gettext_lazy("à vérifier auprès de l’organisme qui la donne"),
    },
    "cycle": {
        "planned": gettext_lazy("prévu"),
        "open": gettext_lazy("ouvert"),
        "roadmap_published": gettext_lazy("feuille de route publiée"),
        "review": gettext_lazy("évaluation"),
        "closed": gettext_lazy("bilan publié"),
    },
    "decision": {
        "draft": gettext_lazy("à ouvrir"),
        "open": gettext_lazy("ouverte"),
        "adopted": gettext_lazy("adoptée"),
        "rejected": gettext_lazy("rejetée"),
        "no_quorum": gettext_lazy("sans quorum"),
        "withdrawn": gettext_lazy("retirée"),
    },
    "budget": {
        "proposing": gettext_lazy("on propose des projets"),
        "voting": gettext_lazy("vote ouvert"),
        "closed": gettext_lazy("partagé"),
    },
    "outcome": {
        "adopted": gettext_lazy("adoptée"),
        "rejected": gettext_lazy("rejetée"),
        "no_quorum": gettext_lazy("sans quorum"),
    },
    "amendment": {
        "draft": gettext_lazy("brouillon"),
        "submitted": gettext_lazy("soumis"),
        "integrated": gettext_lazy("intégré"),
        "rejected": gettext_lazy("rejeté"),
        "withdrawn": gettext_lazy("retiré"),
        "lapsed": gettext_lazy("caduc"),
    },
    "objection": {
        "raised": gettext_lazy("soulevée"),
        "standing": gettext_lazy("maintenue"),
        "withdrawn": gettext_lazy("retirée"),
        "integrated": gettext_lazy("intégrée"),
    },
    "rule": {
        "double_majority": gettext_lazy("double majorité équilibrée"),
        "qualified": gettext_lazy("majorité qualifiée dans chaque collège"),
        "consent": gettext_lazy("consentement"),
    },
    "field_type": FIELD_TYPES,
    "table_code": CODES,
    "detected": DETECTED,
    "standard_kind": {
        "tabular": gettext_lazy("tableau"),
        "json": gettext_lazy("document JSON"),
        "package": gettext_lazy("jeu de tableaux"),
        "other": gettext_lazy("autre"),
    },
    "standard_state": {
        "current": gettext_lazy("en vigueur"),
        "superseded": gettext_lazy("dépassée"),
        "withdrawn": gettext_lazy("retirée"),
    },
    "part": {"titular": gettext_lazy("titulaire"), "alternate": gettext_lazy("suppléance")},
    "followed": {
        "resource": gettext_lazy("ressource"),
        "search": gettext_lazy("recherche"),
        "territory": gettext_lazy("territoire"),
        "infra": gettext_lazy("infrastructures"),
    },
    "news": {
        "entered": gettext_lazy("entrée au socle"),
        "changed": gettext_lazy("fiche modifiée"),
        "withdrawn": gettext_lazy("retirée du socle"),
        "declared": gettext_lazy("utilisée par"),
    },
    "voice": {"deliberative": gettext_lazy("délibérative"), "consultative": gettext_lazy("consultative")},
    "ballot": {
        "for": gettext_lazy("pour"),
        "against": gettext_lazy("contre"),
        "abstain": gettext_lazy("abstention"),
        "ack": gettext_lazy("prend acte"),
    },
    "fate": {
        "kept": gettext_lazy("maintenue"),
        "enriched": gettext_lazy("enrichie"),
        "completed": gettext_lazy("réalisée"),
        "dropped": gettext_lazy("abandonnée"),
        "merged": gettext_lazy("réunie à une autre"),
        "added": gettext_lazy("nouvelle"),
    },
    "grade": {
        "realisee": gettext_lazy("réalisée"),
        "engagee": gettext_lazy("engagée"),
        "en_retard": gettext_lazy("en retard"),
        "non_engagee": gettext_lazy("non engagée"),
        "abandonnee": gettext_lazy("abandonnée"),
        "non_evaluee": gettext_lazy("non évaluée"),
    },
    "meeting": {
        "draft": gettext_lazy("à convoquer"),
        "convened": gettext_lazy("convoquée"),
        "held": gettext_lazy("tenue"),
        "cancelled": gettext_lazy("annulée"),
    },
    "presence": {
        "present": gettext_lazy("présent"),
        "excused": gettext_lazy("excusé"),
        "absent": gettext_lazy("absent"),
    },
    "college": {"etat": gettext_lazy("État"), "territoires": gettext_lazy("Territoires")},
    "facet": {
        "genre": gettext_lazy("Genre"),
        "theme": gettext_lazy("Thème"),
        "acces": gettext_lazy("Accès"),
        "public": gettext_lazy("Public"),
        "niveau": gettext_lazy("Producteur"),
        "origine": gettext_lazy("Source"),
    },
    "nature": {
        "proposed": gettext_lazy("proposée sur ce site"),
        "announced": gettext_lazy("action annoncée"),
        "quoted": gettext_lazy("contribution citée"),
        "beside": gettext_lazy("présentée à côté du programme"),
    },
    "run": {
        "running": pgettext_lazy("passage", "en cours"),
        "complete": pgettext_lazy("passage", "complet"),
        "partial": pgettext_lazy("passage", "partiel"),
        "suspect": pgettext_lazy("passage", "suspect"),
        "failed": pgettext_lazy("passage", "échoué"),
        "interrupted": pgettext_lazy("passage", "interrompu"),
    },
}
WORDS |= CATALOGUE_WORDS
WORDS |= {
    "genre": WORDS["kind"],
    "acces": WORDS["access_type"],
    "public": WORDS["audience"],
    "niveau": WORDS["producer_level"],
}
