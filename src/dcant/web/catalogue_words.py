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
}
