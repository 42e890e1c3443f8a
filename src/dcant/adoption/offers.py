"""Offers as the operators' own lists tell them: who brings which resource, no price where none is published."""

from datetime import date

from django.db import transaction

from dcant.adoption.models import Offer
from dcant.catalogue.models import Resource
from dcant.territories.models import OperatorService

SOURCE = "Liste publique des opérateurs et services de la Suite territoriale (ANCT)"
READ_ON = date(2026, 11, 21)


@transaction.atomic
def link_offers() -> int:
    """One offer for each service that an operator lists and that a resource names by its number; returns how many are new.

    Run again after each load: what is already there is left alone.
    """
    by_service: dict[int, Resource] = {}
    for resource in Resource.objects.shown().order_by("slug"):  # two that claim one number: the first by slug keeps it
        for number in resource.facts.get("suite_service_ids") or ():
            by_service.setdefault(int(number), resource)
    created = 0
    services = OperatorService.objects.filter(service_id__in=list(by_service)).select_related("operator")
    for service in services.order_by("operator", "service_id"):
        _, new = Offer.objects.get_or_create(
            operator=service.operator,
            resource=by_service[service.service_id],
            demo=False,
            defaults={"source": SOURCE, "source_url": service.url, "read_on": READ_ON},
        )
        created += new
    return created
