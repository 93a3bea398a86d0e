from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_what_has_a_place_stands")]

    operations = [
        migrations.AddField(
            model_name="outsider", name="contradicts", field=models.BooleanField(default=False)
        ),
    ]
