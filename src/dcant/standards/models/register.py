"""The register: which standards exist, in which versions, and the very bytes of their documents."""

from django.db import models


class StandardQuerySet(models.QuerySet["Standard"]):
    def listed(self) -> "StandardQuerySet":
        return self.filter(state=Standard.State.LISTED)


class Standard(models.Model):
    """A référentiel as its catalogue names it: « owner/slug ». Facts come by harvest; nothing here is decided."""

    class Kind(models.TextChoices):
        TABULAR = "tabular", "tableau"
        JSON = "json", "document JSON"
        PACKAGE = "package", "jeu de tableaux"
        OTHER = "other", "autre"

    class State(models.TextChoices):
        LISTED = "listed", "au catalogue"
        WITHDRAWN = "withdrawn", "retiré du catalogue"

    slug = models.CharField(max_length=200, unique=True)
    title = models.CharField(max_length=500)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    producer = models.CharField(max_length=100)
    labels = models.JSONField(default=list)
    homepage = models.CharField(max_length=1000, blank=True)
    licence = models.CharField(max_length=100, blank=True)  # as its current document states it; empty: unknown
    source = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LISTED)
    read_at = models.DateTimeField()

    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=["listed", "withdrawn"]), name="standard_state_known")
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def owner(self) -> str:
        return self.slug.partition("/")[0]

    @property
    def name(self) -> str:
        return self.slug.partition("/")[2]


class StandardVersion(models.Model):
    """A number the index gives. Its document may not have been fetched yet; when it has, its bytes never change."""

    class State(models.TextChoices):
        CURRENT = "current", "en vigueur"
        SUPERSEDED = "superseded", "dépassée"
        WITHDRAWN = "withdrawn", "retirée"

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions")
    number = models.CharField(max_length=100)
    position = models.PositiveIntegerField()  # place in the index, oldest first
    url = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUPERSEDED)
    lints = models.JSONField(default=list)  # faults of the schema itself: code, pointer, fr, en
    plan_hash = models.CharField(max_length=64, blank=True)  # of the compiled rules; empty: not checkable here
    unreadable = models.CharField(max_length=300, blank=True)  # why the engine could not load it

    class Meta:
        ordering = ["standard", "-position"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="standard_version_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["current", "superseded", "withdrawn"]),
                name="standard_version_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard.slug}@{self.number}"


class Document(models.Model):
    """The bytes of one version, as fetched. Never changed nor deleted: the database refuses. A producer that publishes
    other bytes under the same number makes a second document, which is shown as a fault of theirs.
    """

    version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="documents")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    fetched_at = models.DateTimeField()

    class Meta:
        ordering = ["version", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "sha256"], name="standard_document_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.sha256[:12]}"
