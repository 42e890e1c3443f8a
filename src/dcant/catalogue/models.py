"""The common base: resources, what they hold, how they relate."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from dcant.accounts.models import Person
from dcant.catalogue.rules import error_report, experience
from dcant.catalogue.rules.eligibility import Applicant, Eligibility, eligibility
from dcant.catalogue.rules.following import Followed
from dcant.catalogue.rules.usage import UsageView
from dcant.harvest.models import Item
from dcant.record.models import Entry
from dcant.territories.models import Organisation, Territory


class Kind(models.TextChoices):
    """The seven kinds of the common base."""

    API = "api", "API"
    SERVICE = "service", "Service"
    SOFTWARE = "software", "Logiciel"
    STANDARD = "standard", "Référentiel"
    DATASET = "dataset", "Jeu de données"
    INFRASTRUCTURE = "infrastructure", "Infrastructure"
    PRACTICE = "practice", "Bonne pratique"


RELATION_NAMES = {
    "provides": ("fournit", "fourni par"),
    "consumes": ("utilise", "utilisé par"),
    "depends_on": ("dépend de", "nécessaire à"),
    "part_of": ("fait partie de", "comprend"),
    "based_on": ("fondé sur", "sert de fondation à"),
    "conforms_to": ("conforme à", "suivi par"),
    "replaces": ("remplace", "remplacé par"),
    "hosted_on": ("hébergé sur", "héberge"),
    "describes": ("décrit", "décrit par"),
    "same_codebase": ("partage son code avec", "partage son code avec"),
}
# The source of the relations that no source states: this room sees them, by comparing sheets.
COMPARED = "catalogue"


class ResourceQuerySet(models.QuerySet["Resource"]):
    def shown(self) -> "ResourceQuerySet":
        """What lists and searches may show: not withdrawn, not merged into another, not unpublished at the source."""
        return self.filter(state=Resource.State.ACTIVE)

    def at_address(self, slug: str) -> "Resource | None":
        """The resource an address leads to: its own, or that of the resource it was joined to or renamed. Two queries."""
        found = self.filter(slug=slug).exclude(state=Resource.State.MERGED).first()
        if found is None:
            alias = Alias.objects.filter(slug=slug).select_related("resource").first()
            found = alias.resource if alias else None
        return None if found is not None and found.state == Resource.State.UNPUBLISHED else found

    def by_slugs(self, slugs: Iterable[str]) -> dict[str, "Resource"]:
        return {resource.slug: resource for resource in self.filter(slug__in=list(slugs))}


class Resource(models.Model):
    """A thing to reuse. Everything but slug, kind and state is a projection of harvested statements (rules.merge)."""

    class State(models.TextChoices):
        ACTIVE = "active", "Présente"
        WITHDRAWN = "withdrawn", "Retirée"
        UNPUBLISHED = "unpublished", "Non publiée par sa source"
        MERGED = "merged", "Réunie à une autre"

    slug = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    title = models.CharField(max_length=300)
    purpose = models.CharField(max_length=600, blank=True)
    producer_name = models.CharField(max_length=300, blank=True)
    producer_level = models.CharField(max_length=10, blank=True)
    sheet = models.JSONField(default=dict)
    facts = models.JSONField(
        default=dict
    )  # the few facts that lists need: access, audiences, limits, licence, price, services
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering = ["title", "slug"]
        indexes = [models.Index(fields=["state", "kind", "title"])]
        constraints = [
            models.CheckConstraint(condition=~Q(slug__in=["sources", "comparer"]), name="catalogue_reserved_slugs")
        ]

    def __str__(self) -> str:
        return self.title

    def eligibility_for(self, applicant: Applicant) -> Eligibility:
        return eligibility(applicant, self.facts)

    def value(self, field: str) -> object:
        """The shown value of a field, or None when no source states it (« non renseigné »)."""
        shown = self.sheet.get(field)
        return shown["value"] if shown else None


class Holding(models.Model):
    """A resource rests on one harvested item or more; a split gives an item back, with nothing lost."""

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="holdings")
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="holding")

    def __str__(self) -> str:
        return f"{self.resource} ← {self.item}"


class Alias(models.Model):
    """A former address of a resource: it answers 301, and is never given to another."""

    slug = models.CharField(max_length=80, unique=True)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="aliases")

    def __str__(self) -> str:
        return f"{self.slug} → {self.resource}"


class JoinProposal(models.Model):
    """Two resources that may be one thing: applied at once when certain, read by a person when probable; undone by a split."""

    class State(models.TextChoices):
        OPEN = "open", "À relire"
        JOINED = "joined", "Réunies"
        REFUSED = "refused", "Distinctes"
        SPLIT = "split", "Séparées de nouveau"

    kept = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    likeness = models.CharField(max_length=10)
    because = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)  # the actor of the record: an organisation, or the system
    items = models.JSONField(default=list)  # the items that moved, so that a split gives them back

    class Meta:
        ordering = ["-proposed_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["kept", "other"], name="catalogue_proposal_once")]

    def __str__(self) -> str:
        return f"{self.kept} = {self.other} ? {self.state}"


class RelationQuerySet(models.QuerySet["Relation"]):
    def around(self, resource: Resource) -> "RelationQuerySet":
        """Relations of a resource, read from both ends, whose other end is known and shown; ends come without their sheets."""
        active = Q(subject__state=Resource.State.ACTIVE, target__state=Resource.State.ACTIVE)
        both = self.filter(Q(subject=resource) | Q(target=resource)).filter(active)
        named = both.select_related("subject", "target").defer("subject__sheet", "target__sheet")
        return named.order_by("name", "pk")


class Relation(models.Model):
    """Stored once, read both ways. A target not known yet keeps the source's own words and is resolved after each run."""

    subject = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="relations")
    name = models.CharField(max_length=20, choices=[(name, pair[0]) for name, pair in RELATION_NAMES.items()])
    target = models.ForeignKey(Resource, on_delete=models.CASCADE, null=True, blank=True, related_name="related")
    target_ref = models.CharField(max_length=400)
    source = models.CharField(max_length=40)

    objects = RelationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "name", "target_ref", "source"], name="catalogue_relation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.name} {self.target or self.target_ref}"

    def seen_from(self, resource: Resource) -> tuple[str, Resource | None]:
        """The words of the relation and its other end, read from one of its ends."""
        forward, backward = RELATION_NAMES[self.name]
        return (forward, self.target) if self.subject_id == resource.pk else (backward, self.subject)


class UsageSnapshot(models.Model):
    """The last known use of a resource, as the room of adoption counted it on a day: for lists, facets and sorting.

    No row is « non renseigné », never 0. A projection: it can be counted again.
    """

    resource = models.OneToOneField(Resource, on_delete=models.CASCADE, related_name="usage_snapshot")
    as_of = models.DateField()
    organisations = models.PositiveIntegerField()
    communes = models.PositiveIntegerField()
    people = models.PositiveBigIntegerField()
    freshest = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(organisations__gt=0), name="catalogue_usage_is_known"),
            models.CheckConstraint(
                condition=Q(communes__lte=models.F("organisations")), name="catalogue_usage_communes_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} : {self.organisations} le {self.as_of}"

    @property
    def view(self) -> UsageView:
        return UsageView(self.organisations, self.communes, self.people, None, self.freshest)


class ReportQuerySet(models.QuerySet["ExperienceReport"]):
    def published(self) -> "ReportQuerySet":
        """The versions that stand today, with who tells and the reply."""
        standing = self.filter(state=experience.State.PUBLISHED)
        return standing.select_related("organisation__territory", "resource", "reply__organisation", "entry")


class ExperienceReport(models.Model):
    """What a territory learnt from a resource. One row a version; a published one never changes (migration 0004)."""

    code = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField(default=1)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="experiences")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="experiences")
    number = models.CharField(max_length=14, blank=True)  # SIRET, else SIREN, of that day
    population_class = models.SmallIntegerField(null=True)  # of that day
    problem = models.TextField()
    done = models.TextField()
    planned_cost = models.PositiveIntegerField(null=True)  # euros
    real_cost = models.PositiveIntegerField(null=True)
    planned_months = models.PositiveSmallIntegerField(null=True)
    real_months = models.PositiveSmallIntegerField(null=True)
    again = models.CharField(max_length=12)
    obstacles = models.TextField(blank=True)
    know_first = models.TextField(blank=True)
    contact_role = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, default=experience.State.DRAFT.value)
    written_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=80, blank=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    demo = models.BooleanField(default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="catalogue_report_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="published"), name="catalogue_report_one_published"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "withdrawn"]) | ~Q(digest=""),
                name="catalogue_report_published_is_named",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in experience.State]), name="catalogue_report_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def was_published(self) -> bool:
        return self.published_at is not None

    @property
    def said(self) -> dict[str, str | int]:
        """What it says, field → value, without what it leaves out."""
        values = {question.field: getattr(self, question.field) for question in experience.QUESTIONS}
        return {field: value for field, value in values.items() if value not in (None, "")}


class ExperienceReply(models.Model):
    """The right of reply of the producer, shown beside the version it answers; never changed."""

    report = models.OneToOneField(ExperienceReport, on_delete=models.PROTECT, related_name="reply")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")
    demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"↪ {self.report}"


class ErrorReport(models.Model):
    """Someone says that a sheet or a resource is wrong; the producer answers, then corrects it or says why not."""

    code = models.CharField(max_length=20, unique=True)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="errors")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=100, blank=True)
    message = models.TextField()
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default=error_report.State.OPEN.value)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in error_report.State]), name="catalogue_error_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="catalogue_declined_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} : {self.resource}"


class FollowQuerySet(models.QuerySet["Follow"]):
    def of(self, person: Person) -> "FollowQuerySet":
        return self.filter(person=person)


class Follow(models.Model):
    """A person wants to be told what becomes of something. Never public, never in the record: it is that person's own affair.

    target: slug of the resource, code of the territory, words of the search (« q=cantine&kind=api ») or type of infrastructure.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Followed])
    target = models.CharField(max_length=400)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, null=True, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, null=True, related_name="+")
    since = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    objects = FollowQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "target"]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "target"], name="catalogue_follow_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class Digest(models.Model):
    """A weekly letter of what one follows: its address is that person's, kept only while they want the letter.

    key: drawn by lot, the only thing that its links carry.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField()
    key = models.CharField(max_length=32, unique=True)
    confirmed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"lettre {self.key}"
