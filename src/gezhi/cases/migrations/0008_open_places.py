from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0007_live'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['place_code', 'due_at'], name='case_open_place'),
        ),
    ]
