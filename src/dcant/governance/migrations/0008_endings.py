"""How an action ends, and which action another was drawn from, kept by the database like the rest."""

import django.db.models.deletion
from django.db import migrations, models

from dcant.governance.immutability import install, remove

FINGERPRINT = "972ae16c23d0cd3bd1587485ba54c3c2a5bb8993f6d4978822e8f92087b6b2ba"


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0007_indicators'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='action',
            name='split_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='split_into', to='governance.action'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='purpose',
            field=models.CharField(choices=[('action', 'Adopter une action'), ('roadmap', 'Adopter la feuille de route'), ('balance_sheet', 'Adopter le bilan'), ('charter', 'Changer la charte'), ('ending', 'Terminer une action')], max_length=14),
        ),
        migrations.CreateModel(
            name='Ending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=71)),
                ('fate', models.CharField(max_length=10)),
                ('reason', models.TextField()),
                ('hash', models.CharField(max_length=71)),
                ('at', models.DateTimeField()),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='endings', to='governance.action')),
                ('into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='governance.action')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.seat')),
            ],
            options={
                'ordering': ['action', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='ending',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='governance.ending'),
        ),
        migrations.AddConstraint(
            model_name='ending',
            constraint=models.CheckConstraint(condition=models.Q(('fate__in', ['completed', 'dropped', 'merged'])), name='governance_ending_fate'),
        ),
        migrations.AddConstraint(
            model_name='ending',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fate', 'merged'), ('into__isnull', False)), models.Q(models.Q(('fate', 'merged'), _negated=True), ('into', None)), _connector='OR'), name='governance_ending_into'),
        ),
        migrations.RunPython(install, remove),
    ]
