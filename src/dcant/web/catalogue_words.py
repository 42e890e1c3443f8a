"""What the coded values of the common base mean to a person, beside those of the template words, which take them in."""

from django.utils.translation import gettext_lazy

CATALOGUE_WORDS = {
    "health_data": {
        "yes": gettext_lazy("oui"),
        "no": gettext_lazy("non"),
        "under_condition": gettext_lazy("sous conditions"),
    },
    "data_accepted": {
        "public": gettext_lazy("données publiques seulement"),
        "ordinary": gettext_lazy("données ordinaires"),
        "sensitive": gettext_lazy("données sensibles"),
        "restricted": gettext_lazy("diffusion restreinte"),
    },
    "readiness": {
        "pass": gettext_lazy("oui"),
        "fail": gettext_lazy("non, d’après la source"),
        "not_applicable": gettext_lazy("sans objet"),
        "unknown": gettext_lazy("inconnu"),
    },
    "readiness_level": {
        "0": gettext_lazy("à présenter"),
        "1": gettext_lazy("présentée"),
        "2": gettext_lazy("réutilisable"),
        "3": gettext_lazy("partagée"),
    },
    "readiness_group": {
        "findable": gettext_lazy("On la trouve"),
        "lawful": gettext_lazy("On a le droit de la reprendre"),
        "understandable": gettext_lazy("On la comprend"),
        "alive": gettext_lazy("Elle vit"),
        "open": gettext_lazy("On peut y contribuer"),
        "shared": gettext_lazy("Elle se partage"),
        "obligations": gettext_lazy("Ses obligations"),
    },
    "who_fixes": {
        "producer": gettext_lazy("le producteur peut le faire"),
        "user": gettext_lazy("qui s’en sert peut le faire"),
        "platform": gettext_lazy("ce site peut le faire"),
    },
    "again": {
        "yes": gettext_lazy("oui"),
        "with_changes": gettext_lazy("oui, autrement"),
        "no": gettext_lazy("non"),
    },
    "spread": {"cost": gettext_lazy("Le coût réel"), "months": gettext_lazy("La durée réelle")},
    "population_class": {
        "0": gettext_lazy("moins de 500 habitants"),
        "1": gettext_lazy("de 500 à 999 habitants"),
        "2": gettext_lazy("de 1 000 à 3 499 habitants"),
        "3": gettext_lazy("de 3 500 à 9 999 habitants"),
        "4": gettext_lazy("10 000 habitants ou plus"),
    },
    "error_state": {
        "open": gettext_lazy("sans réponse"),
        "answered": gettext_lazy("répondue"),
        "fixed": gettext_lazy("corrigée"),
        "declined": gettext_lazy("écartée"),
    },
    "error_step": {
        "answered": gettext_lazy("Répondre"),
        "fixed": gettext_lazy("C’est corrigé"),
        "declined": gettext_lazy("Écarter, avec la raison"),
    },
}
