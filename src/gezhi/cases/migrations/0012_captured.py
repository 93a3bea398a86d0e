from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_objection")]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="captured_sha256",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddField(
            model_name="evidence", name="captured_at", field=models.DateTimeField(null=True)
        ),
    ]
