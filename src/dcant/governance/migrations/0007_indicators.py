"""Indicators and what was measured of them, kept by the database like the rest."""

import django.db.models.deletion
from django.db import migrations, models

from dcant.governance.immutability import install, remove

FINGERPRINT = "262186976bb2f90e0ee94f4b348ad76fd5329a337896ed7e05fe5df91cb764e8"


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0005_published_for_good'),
        ('governance', '0006_guarded_meetings'),
        ('territories', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('unit', models.CharField(max_length=40)),
                ('baseline', models.CharField(blank=True, max_length=24)),
                ('target', models.CharField(max_length=24)),
                ('direction', models.CharField(max_length=4)),
                ('due', models.CharField(blank=True, max_length=10)),
                ('source', models.JSONField()),
                ('computed', models.CharField(default='none', max_length=10)),
                ('defined_at', models.DateTimeField(null=True)),
                ('demo', models.BooleanField(default=False)),
                ('action', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='indicators', to='governance.action')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='governance.programme')),
                ('resource', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='indicators', to='catalogue.resource')),
            ],
            options={
                'ordering': ['programme', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=7)),
                ('value', models.CharField(max_length=24)),
                ('people', models.CharField(blank=True, max_length=24)),
                ('source', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(null=True)),
                ('demo', models.BooleanField(default=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.organisation')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='governance.indicator')),
            ],
            options={
                'ordering': ['indicator', 'period', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ('up', 'down'))), name='governance_indicator_direction'),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(('computed__in', ('none', 'coverage')), models.Q(models.Q(('computed', 'coverage'), ('resource__isnull', False)), models.Q(models.Q(('computed', 'coverage'), _negated=True), ('resource__isnull', True)), _connector='OR')), name='governance_indicator_computed'),
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('indicator', 'period'), name='governance_one_measure_in_force'),
        ),
        migrations.RunPython(install, remove),
    ]
