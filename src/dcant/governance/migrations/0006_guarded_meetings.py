"""Meetings, their agenda, their attendance and their minutes are kept by the database like the rest."""

from django.db import migrations

from dcant.governance.immutability import install, remove

FINGERPRINT = "b90251f83182e73f4a894e1368426cc7323902e05f6472bd369bc74183769ae7"


class Migration(migrations.Migration):
    dependencies = [("governance", "0005_budget")]
    operations = [migrations.RunPython(install, remove)]
