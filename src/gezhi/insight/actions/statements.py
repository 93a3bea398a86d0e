"""The statements that make tallies. Each works on the cases in the temporary table `chosen` and on nothing else.

`told`: their events in order, with the unit that led (`led`, in `era`: from one change of the leading unit to the next)
and how often they had been closed (`round`). Joins are left out of it: they carry no limit. So are
steps that were undone, and their undoing, which follows at once.
"""

from typing import Final

from gezhi.insight.counts import FORMAL_DAYS, PRESENT_DAYS, flags_of

_LOCK: Final = 7_410_031  # of this node's database: no case is tallied twice at once
TOGETHER: Final = f"SELECT pg_advisory_xact_lock_shared({_LOCK})"  # parts of one tally of all
ALONE: Final = f"SELECT pg_advisory_xact_lock({_LOCK})"
CHOOSE_RANGE: Final = "SELECT id FROM cases_case WHERE id BETWEEN %s AND %s"
CHOOSE_SOME: Final = "SELECT DISTINCT unnest(%s::bigint[]) AS id"
CHOOSE: Final = "CREATE TEMPORARY TABLE chosen ON COMMIT DROP AS {choice}"

FINDERS: Final = """
CREATE TEMPORARY TABLE finders ON COMMIT DROP AS
SELECT e.case_id, array_agg(DISTINCT p.unit_id) AS units
FROM cases_caseevent e JOIN chosen ON chosen.id = e.case_id
JOIN people_post p ON p.account_id = e.account_id AND p.valid_from <= (e.at AT TIME ZONE %(zone)s)::date
    AND (p.valid_to IS NULL OR p.valid_to > (e.at AT TIME ZONE %(zone)s)::date)
WHERE e.kind = 'report' AND e.facts ->> 'source' = 'field'
GROUP BY e.case_id
"""

TOLD: Final = """
CREATE TEMPORARY TABLE told ON COMMIT DROP AS
WITH every AS (
    SELECT e.case_id, e.seq, e.at, e.kind, e.role, e.due_at, e.facts ? 'unit' AS moves,
        CASE WHEN e.facts ? 'unit' THEN (e.facts ->> 'unit')::bigint END AS unit_id,
        CASE WHEN e.kind = 'rate' THEN (e.facts ->> 'rating')::int END AS rating,
        e.from_state <> e.to_state AND (c.procedure || ' ' || e.to_state) = ANY(%(ended)s)
            AND e.kind NOT IN ('reject', 'withdraw', 'merge', 'report', 'reopen', 'overturn')
            AND NOT (c.procedure || ' ' || e.from_state) = ANY(%(ended)s) AS closes,
        lead(e.kind) OVER (PARTITION BY e.case_id ORDER BY e.seq) AS next
    FROM cases_caseevent e JOIN chosen ON chosen.id = e.case_id JOIN cases_case c ON c.id = e.case_id
), plain AS (
    SELECT * FROM every WHERE kind NOT IN ('join', 'undo') AND next IS DISTINCT FROM 'undo'
), eras AS (
    SELECT *, sum(moves::int) OVER so_far AS era, sum(closes::int) OVER so_far AS round,
        lag(due_at) OVER so_far AS due_before
    FROM plain WINDOW so_far AS (PARTITION BY case_id ORDER BY seq)
), led AS (
    SELECT *, first_value(unit_id) OVER in_era AS led,
        coalesce(sum((closes OR kind = 'finish')::int)
            OVER (in_era ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS finished
    FROM eras WINDOW in_era AS (PARTITION BY case_id, era ORDER BY seq)
)
SELECT *, bool_or(finished = 0 AND (kind = 'overdue' OR (kind = 'finish' OR closes) AND due_before < at))
    OVER (PARTITION BY case_id, era ORDER BY seq) AS late
FROM led
"""

STINTS: Final = """
CREATE TEMPORARY TABLE stints ON COMMIT DROP AS
WITH eras AS (
    SELECT case_id, era, min(led) AS led, min(seq) AS seq, min(at) AS begun_at,
        (array_agg(kind ORDER BY seq))[1] AS began_by,
        min(at) FILTER (WHERE kind = 'receive') AS received_at,
        min(at) FILTER (WHERE finished = 0 AND (kind = 'finish' OR closes)) AS done_at,
        min(due_before) FILTER (WHERE finished = 0 AND (kind = 'finish' OR closes)) AS done_due,
        min(due_at) FILTER (WHERE finished = 0 AND kind = 'overdue') AS passed_at,
        coalesce(bool_or(kind = 'extend'), false) AS extended,
        coalesce(bool_or(kind = 'rework'), false) AS reworked
    FROM told GROUP BY case_id, era
)
SELECT *, lead(began_by) OVER after AS ended_by, lead(begun_at) OVER after AS ended_at
FROM eras WINDOW after AS (PARTITION BY case_id ORDER BY era)
"""

FORGET: Final = "DELETE FROM insight_tally t USING chosen WHERE t.case_id = chosen.id"

_INSERT: Final = """
INSERT INTO insight_tally (case_id, origin, ref, at, unit_id, place_code, category, flags, minutes, appealed)
SELECT x.case_id, {origin}, x.ref, x.at, x.unit_id, c.place_code, c.category, x.flags, x.minutes,
    a.id IS NOT NULL
FROM ({rows} OFFSET 0) AS x
JOIN cases_case c ON c.id = x.case_id
LEFT JOIN insight_appeal a ON a.case_id = x.case_id AND a.unit_id = x.unit_id AND a.state = 'accepted'
WHERE x.flags <> 0
"""

_REPORTS: Final = f"""
SELECT case_id, ref, at, unit_id, minutes,
    {flags_of("reported")}::bigint
    | CASE WHEN source = 'field' THEN {flags_of("found")} ELSE 0 END
    | CASE WHEN resident THEN {flags_of("reported_by_residents")} ELSE 0 END
    | CASE WHEN resident AND opens AND length(place_code) > 12 AND NOT category = ANY(%(beyond)s) AND EXISTS (
            SELECT 1 FROM insight_presence p WHERE p.place_code = said.place_code
            AND p.day BETWEEN said.day - {PRESENT_DAYS} AND said.day - 1)
        THEN {flags_of("missed")} ELSE 0 END AS flags
FROM (
    SELECT e.case_id, e.seq AS ref, e.at, f.led AS unit_id, NULL::int AS minutes, e.kind = 'report' AS opens,
        c.place_code, c.category, (e.at AT TIME ZONE %(zone)s)::date AS day, said.source,
        said.source IN ('portal', 'hotline', 'agent') OR said.source LIKE 'open311:%%' OR said.source LIKE 'file:%%'
            AS resident
    FROM cases_caseevent e JOIN chosen ON chosen.id = e.case_id JOIN cases_case c ON c.id = e.case_id
    LEFT JOIN (SELECT DISTINCT ON (case_id) case_id, led FROM stints WHERE led IS NOT NULL ORDER BY case_id, era) f
        ON f.case_id = e.case_id
    CROSS JOIN LATERAL (SELECT e.facts ->> 'source' AS source OFFSET 0) AS said
    WHERE e.kind IN ('report', 'join')
) AS said
"""

_STINTS: Final = f"""
SELECT case_id, seq AS ref, at, led AS unit_id, CASE WHEN NOT own THEN minutes END AS minutes,
    CASE WHEN NOT own THEN flags
        WHEN flags & {flags_of("handled_on_time")} <> 0 AND NOT extended AND NOT reworked
            THEN flags & ~{flags_of("received")}::bigint | {flags_of("own")}
        ELSE {flags_of("own")} END AS flags
FROM (
    SELECT s.*, s.led = ANY(f.units) IS TRUE AS own,
        CASE WHEN done_at IS NOT NULL THEN least(done_at, done_due)
            WHEN passed_at IS NOT NULL THEN least(passed_at, ended_at) ELSE ended_at END AS at,
        CASE WHEN received_at IS NOT NULL
            THEN floor(extract(epoch FROM received_at - begun_at))::bigint / 60 END::int AS minutes,
        {flags_of("given")}::bigint
        | CASE WHEN received_at IS NOT NULL THEN {flags_of("received")} ELSE 0 END
        | CASE WHEN done_at IS NULL AND ended_by = 'return' THEN {flags_of("returned")} ELSE 0 END
        | CASE WHEN done_at IS NOT NULL THEN {flags_of("should_handle", "handled", "should_close")} ELSE 0 END
        | CASE WHEN done_at IS NOT NULL AND (done_due IS NULL OR done_at <= done_due) AND passed_at IS NULL
            THEN {flags_of("handled_on_time")} ELSE 0 END
        | CASE WHEN done_at IS NULL AND passed_at IS NOT NULL
            AND (ended_by IS NULL OR ended_by IN ('return', 'transfer')) THEN {flags_of("should_handle")} ELSE 0 END
        | CASE WHEN done_at IS NULL AND passed_at IS NOT NULL AND ended_by IS NULL
            THEN {flags_of("overdue_open")} ELSE 0 END
        | CASE WHEN extended AND (done_at IS NOT NULL OR passed_at IS NOT NULL
                AND (ended_by IS NULL OR ended_by IN ('return', 'transfer')))
            THEN {flags_of("extended")} ELSE 0 END
        | CASE WHEN reworked THEN {flags_of("reworked")} ELSE 0 END AS flags
    FROM stints s LEFT JOIN finders f ON f.case_id = s.case_id
    WHERE s.led IS NOT NULL AND (done_at IS NOT NULL OR passed_at IS NOT NULL OR ended_at IS NOT NULL)
) AS stint
"""

_CLOSINGS: Final = f"""
SELECT case_id, ref, at, unit_id, NULL::int AS minutes,
    CASE WHEN NOT own THEN flags
        WHEN flags & {flags_of("closed_on_time")} <> 0
            AND flags & {flags_of("reopened", "overturned", "rated_dissatisfied", "rated_basically")}::bigint = 0
            THEN flags
        ELSE 0 END AS flags
FROM (
    SELECT t.case_id, t.ref, t.at, t.led AS unit_id, t.led = ANY(f.units) IS TRUE AS own,
        {flags_of("closed")}::bigint
        | CASE WHEN NOT t.late THEN {flags_of("closed_on_time")} ELSE 0 END
        | CASE WHEN t.reopened THEN {flags_of("reopened")} ELSE 0 END
        | CASE WHEN t.overturned THEN {flags_of("overturned")} ELSE 0 END
        | CASE WHEN t.overturned OR t.reopened_by_reporter <= t.at + interval '{FORMAL_DAYS} days'
            THEN {flags_of("formal_closed")} ELSE 0 END
        | CASE WHEN t.rating IS NULL THEN 0 WHEN t.rating >= 4 THEN {flags_of("rated", "rated_satisfied")}
            WHEN t.rating = 3 THEN {flags_of("rated", "rated_basically")}
            ELSE {flags_of("rated", "rated_dissatisfied")} END AS flags
    FROM (
        SELECT case_id, round, min(seq) FILTER (WHERE closes) AS ref, min(at) FILTER (WHERE closes) AS at,
            min(led) FILTER (WHERE closes) AS led, coalesce(bool_or(late) FILTER (WHERE closes), false) AS late,
            bool_or(kind = 'reopen') AS reopened, bool_or(kind = 'overturn') AS overturned,
            min(at) FILTER (WHERE kind = 'reopen' AND role = 'reporter') AS reopened_by_reporter,
            min(rating) AS rating
        FROM told WHERE round > 0 GROUP BY case_id, round
    ) AS t LEFT JOIN finders f ON f.case_id = t.case_id
) AS closing
"""

_CALLBACKS: Final = f"""
SELECT case_id, id AS ref, done_at AS at, unit_id, NULL::int AS minutes,
    CASE WHEN own AND flags <> {flags_of("asked", "responded", "resolved", "satisfied")} THEN 0 ELSE flags END AS flags
FROM (
    SELECT b.*, b.unit_id = ANY(f.units) IS TRUE AS own,
        {flags_of("asked")}::bigint
        | CASE WHEN b.responded THEN {flags_of("responded")} ELSE 0 END
        | CASE WHEN b.outcome = 'resolved' THEN {flags_of("resolved")} ELSE 0 END
        | CASE WHEN b.rating IS NULL THEN 0 WHEN b.rating >= 4 THEN {flags_of("satisfied")}
            WHEN b.rating = 3 THEN {flags_of("basically_satisfied")} ELSE {flags_of("dissatisfied")} END AS flags
    FROM cases_callback b JOIN chosen ON chosen.id = b.case_id LEFT JOIN finders f ON f.case_id = b.case_id
    WHERE b.done_at IS NOT NULL AND b.outcome IN ('resolved', 'not-resolved')
) AS asked
"""

_CALLS: Final = f"""
SELECT s.case_id, s.id AS ref, s.assigned_at AS at, s.unit_id, NULL::int AS minutes,
    {flags_of("whistled")}::bigint
    | CASE WHEN s.received_at IS NOT NULL THEN {flags_of("reported_in")} ELSE 0 END
    | CASE WHEN s.absent_at IS NOT NULL THEN {flags_of("absent")} ELSE 0 END AS flags
FROM cases_assignment s JOIN chosen ON chosen.id = s.case_id
WHERE s.kind <> 'lead' AND (s.state <> 'cancelled' OR s.absent_at IS NOT NULL)
"""

_CARDS: Final = f"""
SELECT s.case_id, s.id AS ref, s.at, s.unit_id, NULL::int AS minutes,
    CASE s.level WHEN 'yellow' THEN {flags_of("yellow_cards")} WHEN 'red' THEN {flags_of("red_cards")}
        ELSE {flags_of("orders")} END::bigint
    | CASE WHEN s.overdue_at IS NOT NULL AND s.level = 'order' THEN {flags_of("orders_late")} ELSE 0 END AS flags
FROM cases_supervision s JOIN chosen ON chosen.id = s.case_id LEFT JOIN finders f ON f.case_id = s.case_id
WHERE (s.unit_id = ANY(f.units)) IS NOT TRUE
"""

MAKE: Final = tuple(
    _INSERT.format(origin=origin, rows=rows)
    for origin, rows in enumerate((_REPORTS, _STINTS, _CLOSINGS, _CALLBACKS, _CALLS, _CARDS), start=1)
)

NOTE_PRESENCE: Final = """
INSERT INTO insight_presence (place_code, day)
SELECT DISTINCT c.place_code, (e.at AT TIME ZONE %(zone)s)::date
FROM cases_caseevent e JOIN chosen ON chosen.id = e.case_id JOIN cases_case c ON c.id = e.case_id
WHERE e.kind IN ('report', 'join') AND e.facts ->> 'source' = 'field' AND length(c.place_code) > 12
ON CONFLICT DO NOTHING
"""

NOTE_ROUNDS: Final = """
INSERT INTO insight_presence (place_code, day)
SELECT DISTINCT place_code, (ended_at AT TIME ZONE %(zone)s)::date
FROM rounds_round
WHERE state = 'done' AND length(place_code) > 12 AND ended_at IS NOT NULL
    AND (%(since)s::timestamptz IS NULL OR due_at >= %(since)s)
ON CONFLICT DO NOTHING
"""
