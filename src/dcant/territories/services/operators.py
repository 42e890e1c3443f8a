"""The operators of the shipped list: their organisations, the départements they state, the services they offer."""

from typing import Any

from dcant.territories.models import College, Operator, OperatorService, Organisation, Territory
from dcant.territories.services.bodies import Place
from dcant.territories.services.organisations import new_organisation


def operator_organisations(listed: dict[str, Any]) -> list[Organisation]:
    """The organisation of each operator, not yet saved; the national agency sits on the side of the State."""
    return [_organisation(row) for row in listed["operators"]]


def load_operators(listed: dict[str, Any], places: dict[Place, Territory]) -> None:
    """Write operators and services as listed; their organisations are already saved. Services no longer listed go."""
    services = {row["id"]: row for row in listed["services"]}
    source = "{title}, {url}, lu le {date}, licence {licence}".format(**listed["source"])
    keys = {row["id"]: _organisation(row).key for row in listed["operators"]}
    organisations = {row.key: row for row in Organisation.objects.filter(key__in=keys.values())}
    for row in listed["operators"]:
        operator, _ = Operator.objects.update_or_create(
            source_id=row["id"],
            defaults={
                "organisation": organisations[keys[row["id"]]],
                "status": row.get("status", ""),
                "url": row["url"],
                "name_with_article": row.get("name_with_article", ""),
                "source": source,
                "note": row.get("note", ""),
            },
        )
        operator.departements.set([places[Territory.Kind.DEPARTEMENT, code] for code in row.get("departements", [])])
        offered = row.get("services", [])
        operator.services.exclude(service_id__in=offered).delete()
        OperatorService.objects.bulk_create(
            [_service(operator, services[number]) for number in offered],
            update_conflicts=True,
            unique_fields=["operator", "service_id"],
            update_fields=["name", "description", "url", "instance", "maturity"],
        )


def _organisation(row: dict[str, Any]) -> Organisation:
    national = row.get("national", False)
    return new_organisation(
        name=row["name"],
        kind=Organisation.Kind.AGENCY if national else Organisation.Kind.OPERATOR,
        siret=row.get("siret", ""),
        slug=f"operateur-{row['name'].lower()}",
        college=College.STATE if national else College.TERRITORIES,
    )


def _service(operator: Operator, row: dict[str, Any]) -> OperatorService:
    return OperatorService(
        operator=operator,
        service_id=row["id"],
        name=row["name"],
        description=row.get("description", ""),
        url=row["url"],
        instance=row.get("instance", ""),
        maturity=row["maturity"],
    )
