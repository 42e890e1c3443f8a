"""People, and the mandates by which they act for an organisation."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from dcant.territories.models import Organisation


class PersonManager(BaseUserManager["Person"]):
    def demo(self, *, key: str, label: str) -> "Person":
        """The invented person behind a demonstration role: no name, no address, no password that opens anything."""
        person, _ = self.get_or_create(key=key, defaults={"label": label, "is_demo": True, "password": "!"})
        return person


class Person(AbstractBaseUser):
    """Someone who signs in. Nothing but a key and a label: an address or a name, where there is one, is not kept here."""

    key = models.CharField(max_length=60, unique=True)
    label = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "key"
    objects = PersonManager()

    def __str__(self) -> str:
        return self.label


class Role(models.TextChoices):
    """What a person may do for an organisation."""

    AGENT = "agent", "Déclare ce que sa collectivité utilise"
    OFFICER = "officer", "Suit les usages de son territoire"
    PRODUCER = "producer", "Tient à jour les fiches de son organisation"
    ASSOCIATION = "association", "Siège pour une association d’élus"
    STATE = "state", "Siège pour l’État"
    SECRETARIAT = "secretariat", "Tient le secrétariat du programme"
    AUDITOR = "auditor", "Lit et vérifie, n’agit pas"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def active(self, day: date) -> "MandateQuerySet":
        """Mandates in force that day."""
        return self.filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Mandate(models.Model):
    """A person may act for an organisation, from a day to a day, on the evidence stated."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mandates")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates")
    role = models.CharField(max_length=20, choices=Role)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    evidence = models.CharField(max_length=200, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="accounts_mandate_dates",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "role", "valid_from"], name="accounts_mandate_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} · {self.organisation}"


class RememberedAnswer(models.Model):
    """What was answered to a request that carried a key of its own, for a day (accounts.answers)."""

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    asked = models.CharField(max_length=71)
    body = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mandate", "key"], name="accounts_answer_once")]

    def __str__(self) -> str:
        return self.key
