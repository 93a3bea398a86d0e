from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("people", "0004_powers")]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="signing_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("key", models.CharField(max_length=16, unique=True)),
                ("public", models.BinaryField(max_length=65)),
                ("held", models.CharField(max_length=6)),
                ("alone", models.BooleanField(default=False)),
                ("locked", models.CharField(blank=True, max_length=200)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at=None), fields=("account", "held"), name="signing_key_in_force"
                    ),
                    models.CheckConstraint(
                        condition=Q(held="server", alone=False) & (~Q(locked="") | ~Q(ended_at=None))
                        | Q(held="own", locked=""),
                        name="signing_key_held_or_own",
                    ),
                ],
            },
        ),
    ]
