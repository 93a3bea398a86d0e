from django.db import migrations


class Migration(migrations.Migration):
    """Stands for the tables of things, which are made on another branch."""

    initial = True
    dependencies = []
    operations = []
