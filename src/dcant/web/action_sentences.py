"""The sentences of how an action ends and of how a charter changes, beside those of `rule_sentences`, which takes them in."""

from django.utils.translation import gettext_noop as _

ACTION_SENTENCES = (
    _("On ne termine qu’une action adoptée, et une seule fois."),
    _("Une action fusionnée dit dans laquelle ; une action achevée ou abandonnée n’en nomme aucune."),
    _("On fusionne dans une autre action, adoptée et qui continue."),
    _("Cette action peut être proposée à son terme."),
    _("Terminer une action demande de dire pourquoi."),
    _("Le texte de cette action a changé depuis cette proposition : proposez de nouveau son terme."),
    _("Une autre décision est ouverte sur cette action : closez-la d’abord."),
    _("Cette action est terminée : son texte ne change plus."),
    _("La première charte n’est pas encore publiée : complétez-la d’abord."),
    _("La charte fondatrice se publie ; on met au vote celles qui la changent."),
    _("Cette charte est mot pour mot celle qui est en vigueur."),
    _("Un collège a un nom."),
    _("Un collège de ce nom existe déjà."),
)
ACTION_PATTERNS = (_("Le collège « {college} » commence par une voix consultative."),)
