from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_reporters_move'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='report', name='report_by_phone'),
        migrations.RemoveField(model_name='report', name='reporter_name'),
        migrations.RemoveField(model_name='report', name='reporter_phone'),
        migrations.RemoveField(model_name='report', name='reporter_email'),
    ]
