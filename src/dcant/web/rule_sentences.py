"""The fixed sentences and words that rules return in French, declared here so that catalogues hold them.

Rules know no language; pages translate what is in this list (filter `translated`). A sentence that carries a value (a price,
a limit, a day) cannot be listed: it is shown in French, and marked as French.
"""

from django.utils.translation import gettext_noop as _

ELIGIBILITY = (
    _("Les conditions d’accès ne sont pas renseignées."),
    _("Ouvert aux collectivités."),
    _("Ouvert aux collectivités, avec un compte."),
    _("Ouvert aux collectivités, après une demande d’accès."),
    _("Ouvert aux collectivités sous conditions : voyez les démarches."),
    _("Fermé aux collectivités, d’après la source."),
    _("Ouvert à votre public."),
    _("Ouvert à votre public, avec un compte."),
    _("Ouvert à votre public, après une demande d’accès."),
    _("Ouvert sous conditions : voyez les démarches."),
    _("Fermé à ce public, d’après la source."),
    _("Ouvert à tous, sans demande."),
    _("Ouvert à tous après création d’un compte."),
    _("Accès restreint ; les conditions pour une collectivité ne sont pas renseignées."),
)
STATES = (
    _("rien n’est déclaré"),
    _("proposée"),
    _("demandée"),
    _("prévue"),
    _("installée"),
    _("utilisée"),
    _("refusée"),
    _("retirée"),
    _("à confirmer"),
)
PRICES = (_("Gratuit"),)
REFUSALS = (
    _("Seule la collectivité elle-même peut déclarer qu’elle utilise cette ressource."),
    _("Une collectivité déclare ; seuls un opérateur ou un producteur proposent."),
    _("Cette ressource est retirée du socle commun : voyez ce qui la remplace."),
    _("Cette ressource est refusée chez vous : faites d’abord une nouvelle demande."),
    _("Cette ressource est retirée chez vous : faites d’abord une nouvelle demande."),
    _("Ce site n’est pas une démonstration : les rôles fictifs y sont fermés."),
    _("Seule une personne qui a mandat pour cette organisation peut agir en son nom."),
    _("Réunir ou séparer des fiches revient à une personne mandatée par un producteur ou par un collège."),
    _("Ces deux fiches ont changé depuis : rechargez la page."),
    _("Ces deux fiches ne sont pas réunies."),
    _("Accepter une perte revient à une personne mandatée par un producteur ou par un collège."),
    _("Seul le dernier passage, s’il est suspect, peut être accepté."),
    _("Dites en une phrase pourquoi cette perte est réelle."),
)
PERSONAS = (
    _("Secrétaire de mairie"),
    _("Une petite commune, sans service informatique."),
    _("Responsable numérique d’un département"),
    _("Voit les manques, prépare l’offre commune."),
    _("Producteur d’une ressource"),
    _("Publie une API ou un logiciel partagé."),
    _("Association d’élus"),
    _("Siège au collège des territoires."),
    _("Équipe de programme de l’État"),
    _("Siège au collège de l’État."),
    _("Auditeur"),
    _("Lit tout, vérifie tout, n’agit pas."),
)
RELATIONS = (
    _("fournit"),
    _("fourni par"),
    _("utilise"),
    _("utilisé par"),
    _("dépend de"),
    _("nécessaire à"),
    _("fait partie de"),
    _("comprend"),
    _("fondé sur"),
    _("sert de fondation à"),
    _("conforme à"),
    _("suivi par"),
    _("remplace"),
    _("remplacé par"),
    _("hébergé sur"),
    _("héberge"),
    _("décrit"),
    _("décrit par"),
)
HARVEST = (
    _("vu"),
    _("non vu"),
    _("retiré"),
    _("revenu"),
    _("créé"),
    _("mis à jour"),
    _("inchangé"),
    _("déplacé"),
    _("signalé"),
    _("rejeté"),
)
TERRITORIES = (
    _("Commune"),
    _("Intercommunalité"),
    _("Établissement public territorial"),
    _("Département"),
    _("Région"),
)
MATCHES = (
    _("nom"),
    _("ancienne commune"),
    _("début du nom"),
    _("nom proche"),
    _("mots du nom"),
    _("code postal"),
    _("code INSEE"),
    _("ancien code"),
    _("numéro SIREN"),
)
# Sentences with places: translated as patterns, then filled.
PATTERNS = frozenset(
    (
        _("Réservé jusqu’à {limit} habitants ; votre population n’est pas connue."),
        _("Réservé jusqu’à {limit} habitants."),
        _("Réutilisable par tous sous licence {licence}."),
        _("Le {day} n’est pas encore venu : déclarez ce qui est."),
        _("Cette ressource est {state} chez vous : faites d’abord une nouvelle demande."),
        _("Cette ressource est {state} chez vous : on ne revient pas à « {wanted} »."),
        _("Sur devis : demander à {operator}"),
        _("Prix non publié : demander à {operator}"),
        _("{price} par habitant et par an ; votre population n’est pas connue"),
        _("{total} par an ({price} par habitant)"),
        _("{price} par an, compris dans l’adhésion"),
        _("{price} par an"),
    )
)
FIXED = frozenset(
    (*ELIGIBILITY, *STATES, *PRICES, *REFUSALS, *PERSONAS, *RELATIONS, *HARVEST, *TERRITORIES, *MATCHES),
)
