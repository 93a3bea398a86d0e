import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_signing_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('session_key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('begun_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField()),
                ('address', models.CharField(blank=True, max_length=45)),
                ('device', models.CharField(blank=True, max_length=60)),
                ('provider_session', models.CharField(blank=True, max_length=64)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('provider_session', ''), _negated=True), fields=['provider_session'], name='session_by_provider')],
            },
        ),
        # Sessions lived here under the very key of the cookie; everybody signs in once more.
        migrations.RunSQL('DROP TABLE IF EXISTS django_session', migrations.RunSQL.noop),
    ]
