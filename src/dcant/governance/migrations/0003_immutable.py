"""Published rows are never changed, and states follow the arrows of their machine: held by the database, not by Python.

The SQL is made from `rules.machines` by `rules.immutability`. When either changes, a new migration installs it again with the
new fingerprint; a test says when that is due.
"""

from django.db import migrations

from dcant.governance.immutability import install, remove

FINGERPRINT = "75206652c3a05a5712f6700f2bf45cd1b90d5e7e0386b7e0b375b53822999792"


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_half_years")]
    operations = [migrations.RunPython(install, remove)]
