"""Readings, and what some of them carry beside a number."""

from django.db import migrations

UP = """
CREATE TABLE sensing_reading (
    datastream_id int NOT NULL, at timestamptz NOT NULL, value float8 NOT NULL, mark int2 NOT NULL DEFAULT 0,
    PRIMARY KEY (datastream_id, at)
);
CREATE TABLE sensing_extra (
    datastream_id int NOT NULL, at timestamptz NOT NULL, body jsonb NOT NULL, PRIMARY KEY (datastream_id, at)
);
CREATE INDEX extra_of_feature ON sensing_extra (((body->>'feature')::bigint))
    WHERE (body->>'feature')::bigint IS NOT NULL;
CREATE INDEX extra_moved ON sensing_extra (datastream_id, ((body->>'from')::bigint))
    WHERE (body->>'from')::bigint IS NOT NULL;
"""
DOWN = "DROP TABLE sensing_extra; DROP TABLE sensing_reading;"


class Migration(migrations.Migration):

    dependencies = [
        ('sensing', '0001_things'),
    ]

    operations = [migrations.RunSQL(UP, DOWN)]
