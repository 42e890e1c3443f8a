"""Who holds a seat; and published rows are never changed, and states follow the arrows of their machine: held by the database, not by Python.

The SQL is made from `rules.machines` by `rules.immutability`. When either changes, a new migration installs it again with the
new fingerprint; a test says when that is due.
"""

import django.db.models.deletion
from django.db import migrations, models

from dcant.governance.immutability import install, remove

FINGERPRINT = "c4b5ac61d81e5ca699ac1558de1e7d777dddd4c03c933731ae3ea7bc3f297bdb"


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_half_years")]
    operations = [
        migrations.CreateModel(
            name="SeatHolder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=10)),
                ("commitment", models.CharField(max_length=71, unique=True)),
                ("salt", models.BinaryField(null=True)),
                ("personal", models.JSONField(null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holders", to="governance.seat"
                    ),
                ),
            ],
            options={
                "ordering": ["seat", "valid_from", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ("titular", "alternate"))), name="governance_holder_part"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to", None)),
                        fields=("seat", "part"),
                        name="governance_one_holder_each",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(("personal__isnull", True), ("salt__isnull", True)),
                            _connector="OR",
                        ),
                        name="governance_holder_erased",
                    ),
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
