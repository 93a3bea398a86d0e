from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0008_password_links'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='last_used_at',
            field=models.DateTimeField(null=True),
        ),
    ]
