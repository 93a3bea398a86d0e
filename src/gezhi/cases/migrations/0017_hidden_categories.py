"""Categories that are kept to posts for security are kept so by the second wall too, whatever else a post is cleared for."""

from importlib import import_module

from django.db import migrations

before = import_module('gezhi.cases.migrations.0016_reporter_wall')

CASE = 'WHERE r.id = cases_reporter.report_id AND ('
HIDDEN = (
    'WHERE r.id = cases_reporter.report_id\n'
    "        AND c.category <> ALL (coalesce((SELECT gezhi_reach('hidden')::text[])::text[], '{}')) AND ("
)
ALL = before.UP.replace(CASE, HIDDEN)
assert ALL != before.UP


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0016_reporter_wall'),
    ]

    operations = [migrations.RunSQL(before.DOWN + ALL, before.DOWN + before.UP)]
