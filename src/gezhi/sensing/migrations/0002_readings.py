from django.db import migrations


class Migration(migrations.Migration):
    """Stands for the tables of readings, which are made on another branch."""

    dependencies = [('sensing', '0001_things')]
    operations = []
