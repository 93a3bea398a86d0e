"""What the tables of appraisal keep of people. Figures are of units and places, never of a person."""

from typing import Final

from gezhi.lib.personal import RECORD, SUPERVISION_DUTY, Held, Personal, in_words, of_staff

_APPEAL: Final = ("supervision",)

TAGS: Final[dict[str, Personal]] = {
    "insight_appeal.reason": in_words("申诉理由", "Why a unit appeals", RECORD, SUPERVISION_DUTY, _APPEAL),
    "insight_appeal.evidence": in_words("申诉佐证", "What it offers", RECORD, SUPERVISION_DUTY, _APPEAL),
    "insight_appeal.answer": in_words("申诉答复", "Answer to an appeal", RECORD, SUPERVISION_DUTY, _APPEAL),
    "insight_appeal.account_id": of_staff("申诉人", "Who appealed"),
    "insight_appeal.decided_by_id": of_staff("申诉裁定人", "Who decided the appeal"),
    "insight_bulletin.account_id": of_staff("通报发布人", "Who published a bulletin"),
}
PLAIN: Final[dict[str, str]] = {
    "insight_tally": "place_code category",
    "insight_presence": "place_code",
    "insight_tallymark": "gaps",
    "insight_appeal": "state",
    "insight_bulletin": "appraisal period content sha256 xlsx pdf",
}
HELD: Final[dict[str, Held]] = {
    "insight_appeal": Held(
        staff="%(account)s IN (t.account_id, t.decided_by_id)",
        about="t.case_id = ANY(%(cases)s)",
        context=("case_id", "at", "state"),
    ),
    "insight_bulletin": Held(staff="t.account_id = %(account)s", context=("appraisal", "period", "made_at")),
}
