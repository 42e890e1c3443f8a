"""The sentences of indicators and of their tables that pages show, beside those of `rule_sentences`, which takes them in."""

from django.utils.translation import gettext_noop as _

INDICATOR_SENTENCES = (
    _("Un indicateur a un nom, une unité, et dit d’où vient sa cible."),
    _("Un indicateur monte ou descend vers sa cible."),
    _("La cible n’est pas du bon côté du point de départ."),
    _("Une valeur calculée se calcule des usages d’une ressource : choisissez-la."),
    _("Une couverture se dit en « % »."),
    _("L’indicateur est complet."),
    _("Vous tenez le secrétariat ou un siège du programme."),
    _("Seuls le secrétariat et les sièges du programme disent une mesure."),
    _("Cette valeur se calcule : elle ne s’écrit pas."),
    _("Cette valeur s’écrit : elle ne se calcule pas."),
    _("Une mesure dit d’où elle vient."),
    _("Cette action est d’un autre programme."),
    _("Cette action ou cette ressource n’est pas connue ici."),
    _("Aucune commune n’est connue ici : la couverture ne se calcule pas."),
    _("La première ligne nomme quatre colonnes : indicateur, semestre, valeur et source."),
    _("Ce tableau dit deux fois ce semestre de cet indicateur."),
    _("Une ligne au moins est à corriger : rien n’a été enregistré."),
)
INDICATOR_PATTERNS = (
    _("« {text} » n’est pas un nombre : écrivez 1234,5."),
    _("« {period} » n’est pas un semestre : écrivez 2018-S1."),
    _("Le semestre {period} n’est pas encore venu."),
    _("Aucun indicateur n’a le code « {code} »."),
    _("Un tableau pèse {most} octets au plus."),
)
