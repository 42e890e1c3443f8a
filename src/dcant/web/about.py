"""Pages that speak of the site itself: the guided visit, accessibility, legal notice."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Tour:
    """A three-minute visit for one reader: the role it takes, where it begins, what to look at."""

    who: object
    question: object
    persona: str
    start: str
    steps: tuple[tuple[object, str], ...]


TOURS = (
    Tour(
        _("Secrétaire de mairie"),
        _("Qu’avons-nous le droit d’utiliser, qui s’en sert près d’ici, à quel prix ?"),
        "secretaire",
        "/territoires/35345/",
        (
            (_("La page de votre commune"), "/territoires/35345/"),
            (_("Une ressource, vue de chez vous"), "/ressources/rdv-service-public/?commune=35345"),
            (_("La fiche à donner au maire"), "/territoires/35345/fiche-maire/"),
        ),
    ),
    Tour(
        _("Responsable numérique d’un département"),
        _("Où sont les manques, que proposer ensemble ?"),
        "departement",
        "/territoires/35/",
        (
            (_("Le département"), "/territoires/35/"),
            (_("La couverture, en communes et en habitants"), "/couverture/"),
            (_("Ce qui est ouvert aux collectivités"), "/ressources/?public=local"),
        ),
    ),
    Tour(
        _("Producteur d’une ressource"),
        _("Que dit-on de ma ressource, et d’où cela vient-il ?"),
        "producteur",
        "/ressources/quotient-familial/",
        (
            (_("Une fiche, fait par fait, avec ses sources"), "/ressources/quotient-familial/"),
            (_("Les sources et leurs passages"), "/ressources/sources/"),
        ),
    ),
    Tour(
        _("Responsable des données"),
        _("Ce fichier suit-il le référentiel partagé, et sinon que corriger ?"),
        "departement",
        "/verifier/table/",
        (
            (_("Vérifier un fichier"), "/verifier/table/"),
            (_("Les référentiels et leurs versions"), "/standards/"),
            (_("Un référentiel : les délibérations"), "/ressources/scdl-deliberations/"),
        ),
    ),
    Tour(
        _("Équipe de programme de l’État"),
        _("Qu’avons-nous annoncé, et qu’est-ce que cela a changé ?"),
        "etat",
        "/programme/",
        ((_("Le programme et ses quatre axes"), "/programme/"), (_("Une action et ses chiffres"), "/actions/apis/")),
    ),
    Tour(
        _("Association d’élus"),
        _("Qu’a-t-on décidé, qu’est-ce qui est fait, et ensuite ?"),
        "association",
        "/programme/",
        ((_("Le programme"), "/programme/"), (_("La couverture"), "/couverture/")),
    ),
    Tour(
        _("Citoyen ou entreprise"),
        _("Qui se sert de quoi, et où est-ce écrit ?"),
        "auditeur",
        "/registre/",
        (
            (_("Le journal public"), "/registre/"),
            (_("Une brique de la vie courante"), "/ressources/franceconnect/"),
        ),
    ),
    Tour(
        _("Auditeur"),
        _("Puis-je croire ce que le site affirme ?"),
        "auditeur",
        "/registre/",
        (
            (_("Le journal public"), "/registre/"),
            (_("Les sources de chaque fait"), "/ressources/sources/"),
            (_("Les données, à côté des pages"), "/programme.json"),
        ),
    ),
)


def visit(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about/visit.html", {"tours": TOURS})


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about/accessibility.html")


def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about/legal.html")


API_EXAMPLES = (
    (_("trouver une commune"), "/api/v1/territories?q=treverien"),
    (_("lire une commune"), "/api/v1/territories/35345"),
    (_("ce qu’elle peut reprendre"), "/api/v1/territories/35345/reusable"),
    (_("chercher une ressource"), "/api/v1/resources?q=cantine"),
    (_("qui l’utilise"), "/api/v1/resources/rdv-service-public/adoptions"),
    (_("le programme"), "/api/v1/programme"),
    (_("le journal public"), "/api/v1/record/entries"),
    (_("les sources"), "/api/v1/sources"),
    (_("les logiciels, pour un autre catalogue (Software Catalog API)"), "/v1/software"),
    (_("tout le socle, pour un catalogue DCAT-AP"), "/catalogue.ttl"),
    (_("tout le socle, en un fichier"), "/api/v1/dump.jsonl.gz"),
    (_("suivre les nouveautés (Atom)"), "/ressources.atom"),
)


def api_page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about/api.html", {"examples": API_EXAMPLES, "description": "/api/v1/openapi.json"})
