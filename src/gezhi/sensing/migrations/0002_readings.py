"""Readings in a partition for each day, states of series in blocks, what monitors saw, and what was refused.

`sensing_stamp` counts changes of things, datastreams and their properties: whoever holds what they were reads them again.
What is older than 2024 lies together: there is no default
partition, which every new day would have to be held against. Days are made by a function of the tables' owner: the application's role may not make tables. A day is made beside the
readings and then attached, so that nobody who reads or writes waits for it.
"""

from django.db import migrations

UP = """
CREATE TABLE sensing_reading (
    datastream_id int NOT NULL, at timestamptz NOT NULL, value float8 NOT NULL, mark int2 NOT NULL DEFAULT 0,
    PRIMARY KEY (datastream_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE sensing_reading_rest PARTITION OF sensing_reading FOR VALUES FROM (MINVALUE) TO ('2024-01-01 00:00+00');
CREATE TABLE sensing_extra (
    datastream_id int NOT NULL, at timestamptz NOT NULL, body jsonb NOT NULL, PRIMARY KEY (datastream_id, at)
);
CREATE INDEX extra_of_feature ON sensing_extra (((body->>'feature')::bigint)) WHERE (body->>'feature')::bigint IS NOT NULL;
CREATE INDEX extra_moved ON sensing_extra (datastream_id, ((body->>'from')::bigint)) WHERE (body->>'from')::bigint IS NOT NULL;
CREATE TABLE sensing_block (block int PRIMARY KEY, state bytea NOT NULL);
ALTER TABLE sensing_block ALTER state SET STORAGE EXTERNAL;
CREATE TABLE sensing_watch (
    monitor text NOT NULL, block int NOT NULL, state bytea NOT NULL, wake_at timestamptz, PRIMARY KEY (monitor, block)
);
ALTER TABLE sensing_watch ALTER state SET STORAGE EXTERNAL;
CREATE INDEX watch_wakes ON sensing_watch (wake_at) WHERE wake_at IS NOT NULL;
CREATE TABLE sensing_transition (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, monitor text NOT NULL, datastream_id int NOT NULL,
    at timestamptz NOT NULL, level_from int2 NOT NULL, level_to int2 NOT NULL, value float8, why int2 NOT NULL
);
CREATE INDEX transition_of_series ON sensing_transition (datastream_id, at);
CREATE TABLE sensing_refusal (
    source text NOT NULL, hour timestamptz NOT NULL, reason text NOT NULL, count bigint NOT NULL,
    PRIMARY KEY (source, hour, reason)
);
CREATE TABLE sensing_stamp (number bigint NOT NULL);
INSERT INTO sensing_stamp VALUES (0);
CREATE FUNCTION gezhi_sensing_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sensing_stamp SET number = number + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER stamp BEFORE INSERT OR DELETE OR UPDATE OF place_code, unit_id, kind ON sensing_thing
    FOR EACH STATEMENT EXECUTE FUNCTION gezhi_sensing_stamp();
CREATE TRIGGER stamp BEFORE INSERT OR DELETE
    OR UPDATE OF thing_id, observed_property_id, unit, low, high, max_step, every_s, silent_after_s ON sensing_datastream
    FOR EACH STATEMENT EXECUTE FUNCTION gezhi_sensing_stamp();
CREATE TRIGGER stamp BEFORE UPDATE OF code ON sensing_observedproperty
    FOR EACH STATEMENT EXECUTE FUNCTION gezhi_sensing_stamp();
CREATE FUNCTION gezhi_reading_day(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'sensing_reading_' || to_char(day, 'YYYYMMDD');
    low timestamptz := day::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF day < '2024-01-01' OR to_regclass(name) IS NOT NULL THEN RETURN false; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('gezhi_reading_day'));
    EXECUTE format('CREATE TABLE %I (LIKE sensing_reading INCLUDING ALL)', name);
    EXECUTE format('ALTER TABLE sensing_reading ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, low, low + interval '1 day');
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO %I', name, session_user);
    RETURN true;
EXCEPTION WHEN duplicate_table THEN
    RETURN false; -- somebody else made it while this waited
END
$$;
CREATE FUNCTION gezhi_drop_reading_day(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'sensing_reading_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(name) IS NULL THEN RETURN false; END IF;
    EXECUTE format('DROP TABLE %I', name);
    RETURN true;
END
$$;
"""
DOWN = """
DROP FUNCTION gezhi_drop_reading_day(date); DROP FUNCTION gezhi_reading_day(date);
DROP TRIGGER stamp ON sensing_thing; DROP TRIGGER stamp ON sensing_datastream;
DROP TRIGGER stamp ON sensing_observedproperty;
DROP FUNCTION gezhi_sensing_stamp(); DROP TABLE sensing_stamp;
DROP TABLE sensing_refusal, sensing_transition, sensing_watch, sensing_block, sensing_extra, sensing_reading;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sensing', '0001_things'),
    ]

    operations = [migrations.RunSQL(UP, DOWN)]
