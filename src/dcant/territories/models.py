"""Who takes part: territories, the organisations that govern or serve them, and the two colleges."""

from django.db import models
from django.db.models import F, Q

from dcant.territories.rules.names import area_of, commune_of, group_of
from dcant.territories.rules.organisations import Numbers, actor_of

_ORDERED_DATES = Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def communes(self) -> "TerritoryQuerySet":
        return self.filter(kind=Territory.Kind.COMMUNE)

    def epci(self) -> "TerritoryQuerySet":
        return self.filter(kind=Territory.Kind.EPCI)

    def departements(self) -> "TerritoryQuerySet":
        """The 101 départements, without the overseas collectivities kept at the same rank."""
        return self.filter(kind=Territory.Kind.DEPARTEMENT).exclude(zone=Territory.OVERSEAS)

    def overseas_collectivities(self) -> "TerritoryQuerySet":
        return self.filter(kind=Territory.Kind.DEPARTEMENT, zone=Territory.OVERSEAS)

    def regions(self) -> "TerritoryQuerySet":
        return self.filter(kind=Territory.Kind.REGION)

    def communes_of(self, territory: "Territory") -> "TerritoryQuerySet":
        """The communes that make up a territory; a commune is made of itself."""
        column = {
            Territory.Kind.COMMUNE: "code",
            Territory.Kind.EPCI: "epci_code",
            Territory.Kind.EPT: "ept_code",
            Territory.Kind.DEPARTEMENT: "departement_code",
            Territory.Kind.REGION: "region_code",
        }[Territory.Kind(territory.kind)]
        return self.communes().filter(**{column: territory.code})

    def neighbours_of(self, territory: "Territory") -> "TerritoryQuerySet":
        """The other communes of the same EPCI, or of the same département for a commune that is in no EPCI."""
        near = (
            {"epci_code": territory.epci_code}
            if territory.epci_code
            else {"departement_code": territory.departement_code}
        )
        return self.communes().filter(**near).exclude(pk=territory.pk)


class Territory(models.Model):
    """A place with a code. What governs it is an Organisation: one does not stand for the other."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", "Commune"
        EPCI = "epci", "Intercommunalité"
        EPT = "ept", "Établissement public territorial"
        DEPARTEMENT = "departement", "Département"
        REGION = "region", "Région"

    OVERSEAS = "com"  # zone of the overseas collectivities, kept at the rank of a département

    code = models.CharField(max_length=9)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=160)
    article = models.SmallIntegerField(default=0, help_text="TNCC de l’INSEE")
    sort_key = models.CharField(max_length=160)
    zone = models.CharField(max_length=8, blank=True)
    departement_code = models.CharField(max_length=3, blank=True)
    region_code = models.CharField(max_length=3, blank=True)
    epci_code = models.CharField(max_length=9, blank=True)
    ept_code = models.CharField(max_length=9, blank=True)
    siren = models.CharField(max_length=9, blank=True)
    postcodes = models.JSONField(default=list, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_kind = models.CharField(max_length=12, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    size_class = models.SmallIntegerField(null=True, blank=True)
    category = models.CharField(max_length=8, blank=True)
    source = models.CharField(max_length=200, blank=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="territories_territory_once")]
        indexes = [
            models.Index(fields=["departement_code", "kind"], name="territories_departement"),
            models.Index(fields=["epci_code"], name="territories_epci"),
            models.Index(fields=["region_code", "kind"], name="territories_region"),
            models.Index(fields=["kind", "sort_key"], name="territories_sort"),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} ({self.code})"

    @property
    def display_name(self) -> str:
        """The name as one writes it alone: the sources give the article of a commune in its name (« Le Havre »)."""
        return self.name

    @property
    def public_facts(self) -> dict[str, object]:
        """What pages and API give of it as data; None for what is not known."""
        return {
            "code": self.code,
            "kind": self.kind,
            "name": self.display_name,
            "departement": self.departement_code or None,
            "region": self.region_code or None,
            "epci": self.epci_code or None,
            "siren": self.siren or None,
            "postcodes": self.postcodes,
            "population": self.population,
            "population_kind": self.population_kind or None,
            "population_year": self.population_year,
            "source": self.source,
        }

    @property
    def of_name(self) -> str:
        """« de Trévérien », « du Havre », « de l'Ain », « de la CC Bretagne Romantique »."""
        if self.kind == self.Kind.COMMUNE:
            return commune_of(self.name, self.article)
        if self.kind in {self.Kind.DEPARTEMENT, self.Kind.REGION}:
            return area_of(self.name, self.article)
        return group_of(self.name)


class FormerCode(models.Model):
    """A code or a name that is no longer that of a commune, and the commune where it went."""

    old_code = models.CharField(max_length=5, db_index=True)
    old_name = models.CharField(max_length=160, blank=True)
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="former_codes")
    via = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["old_code", "old_name", "territory"], name="territories_former_once")
        ]

    def __str__(self) -> str:
        return f"{self.old_code} → {self.territory_id}"


class Membership(models.Model):
    """A territory belongs to a group, from a day to a day; an empty date is not known, or not set."""

    class Kind(models.TextChoices):
        EPCI = "epci", "Intercommunalité"
        EPT = "ept", "Établissement public territorial"
        SYNDICAT = "syndicat", "Syndicat"
        OPSN = "opsn", "Opérateur public de services numériques"
        CDG = "cdg", "Centre de gestion"

    member = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="members")
    kind = models.CharField(max_length=10, choices=Kind)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "group", "kind", "valid_from"], name="territories_membership_once"
            ),
            models.UniqueConstraint(
                fields=["member", "group", "kind"],
                condition=Q(valid_from=None),
                name="territories_membership_undated_once",
            ),
            models.CheckConstraint(condition=_ORDERED_DATES, name="territories_membership_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} ∈ {self.group_id} ({self.kind})"


class College(models.Model):
    """One of the two sides that decide together, never summed: the State and the territories."""

    STATE = "etat"
    TERRITORIES = "territoires"

    key = models.SlugField(primary_key=True, max_length=20)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A public body, an association or a company. Its numbers are those a source states: see rules/organisations.py."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", "Commune"
        EPCI = "epci", "Intercommunalité"
        DEPARTEMENT = "departement", "Département"
        REGION = "region", "Région"
        OPERATOR = "operator", "Opérateur de mutualisation"
        STATE = "state", "Service de l’État"
        AGENCY = "agency", "Établissement public national"
        ASSOCIATION = "association", "Association"
        COMPANY = "company", "Entreprise"
        OTHER = "other", "Autre"

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    college = models.ForeignKey(College, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations")
    name = models.CharField(max_length=200)
    siren = models.CharField(max_length=9, blank=True, db_index=True)
    siret = models.CharField(max_length=14, blank=True)
    is_demo = models.BooleanField(default=False)
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="main_organisations"
    )
    territories: "models.ManyToManyField[Territory, OrganisationTerritory]" = models.ManyToManyField(
        Territory, through="OrganisationTerritory", related_name="organisations"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["siret"], condition=~Q(siret=""), name="territories_siret_once"),
            models.CheckConstraint(condition=Q(siret="") | ~Q(siren=""), name="territories_siret_has_siren"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> str:
        """How the public record names it: org:siret:…, org:siren:…, or system:org-<key> without number."""
        return actor_of(Numbers(self.key, self.siren, self.siret))


class OrganisationTerritory(models.Model):
    """An organisation governs a territory, from a day to a day: the Collectivité de Corse governs three."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="governs")
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="governed_by")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "territory", "valid_from"], name="territories_governs_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "territory"],
                condition=Q(valid_from=None),
                name="territories_governs_undated_once",
            ),
            models.CheckConstraint(condition=_ORDERED_DATES, name="territories_governs_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} → {self.territory_id}"


class OperatorQuerySet(models.QuerySet["Operator"]):
    def covering(self, commune: Territory) -> "OperatorQuerySet":
        """Operators that state they serve the département of a commune; what they state nothing of is not guessed."""
        return self.filter(
            departements__kind=Territory.Kind.DEPARTEMENT, departements__code=commune.departement_code
        ).order_by("organisation__name")


class Operator(models.Model):
    """A public operator of digital services shared by communes (OPSN), or the national agency."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="operator")
    source_id = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=40, blank=True)
    url = models.URLField(max_length=300, blank=True)
    name_with_article = models.CharField(max_length=200, blank=True)
    departements = models.ManyToManyField(Territory, related_name="operators", blank=True)
    source = models.TextField(blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = OperatorQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name_with_article or self.organisation.name


class OperatorService(models.Model):
    """A service an operator offers, as its source lists it."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="services")
    service_id = models.PositiveIntegerField()
    name = models.CharField(max_length=160)
    description = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=300, blank=True)
    instance = models.CharField(max_length=120, blank=True)
    maturity = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "service_id"], name="territories_operator_service_once")
        ]

    def __str__(self) -> str:
        return self.name


class LoadedReference(models.Model):
    """Which shipped file the tables hold: its digest, written in the same transaction as the rows."""

    name = models.SlugField(primary_key=True, max_length=20)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:12]}"
