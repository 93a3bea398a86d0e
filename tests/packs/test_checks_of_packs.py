"""The checks of the shipped forms: each table says one whole answer, and what no longer fits."""

from functools import cache
from typing import Final

import pytest

from gezhi.packs.forms import check_answers
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Form
from tests.house.tree import ROOT

Said = dict[str, object]

VOTE: Final[Said] = {
    "vote_about": "更换电梯",
    "vote_kind": "special",
    "voted_on": "2026-07-06",
    "area_share": 66.67,
    "people_share": 70,
    "agree_area": 75,
    "agree_people": 80,
    "carried": True,
}
CONSENT: Final[Said] = {
    "all_agree": True,
    "rights_told": True,
    "mediation_kind": "people",
    "open_to_public": False,
}
AGREEMENT: Final[Said] = {
    "parties": "甲、乙",
    "facts": "漏水",
    "agreement": "修好并赔偿",
    "all_accept": True,
    "performance": "一次付清",
    "performance_until": "2026-08-01",
    "agreement_body": "人民调解委员会",
}
CONFIRMATION: Final[Said] = {
    "court_name": "区人民法院",
    "effective_on": "2026-06-06",
    "applied_on": "2026-07-06",
    "both_apply": True,
}
SURVEY: Final[Said] = {
    "survey_body": "鉴定所",
    "surveyors": 2,
    "survey_report": "鉴2026-7",
    "surveyed_on": "2026-07-06",
    "survey_standard": "jgj125",
    "grade": "D",
    "survey_advice": "demolish",
    "survey_summary": "整幢危房",
}
RECHECK: Final[Said] = {
    "rechecked_on": "2026-07-06",
    "recheck_by": "same-body",
    "recheck_result": "mended",
    "grade_after": "B",
}
LEAVING: Final[Said] = {
    "households_out": 3,
    "people_out": 7,
    "sealed": ["cordon"],
    "checked_empty": True,
}
NOTICE: Final[Said] = {
    "notice_place": "菜场",
    "notice_state": "closed",
    "notice_from": "2026-07-06T08:00",
    "notice_until": "2026-07-06T20:00",
    "notice_basis": "区指挥部〔2026〕3号",
}
FIRE: Final[Said] = {
    "checked_on": "2026-07-06",
    "checked_by": "town",
    "officers": 2,
    "hazard_found": True,
    "hazard_text": "楼道堆物",
    "hazard_rule": "消防法第二十八条",
    "mend_who": "物业",
    "mend_ask": "清走",
}
ENFORCEMENT: Final[Said] = {
    "enforce_party": "某公司",
    "enforce_reason": "逾期未拆",
    "enforce_on": "2026-07-06",
    "enforce_how": "机械拆除",
    "entrusted_by": "区人民政府",
    "appeal_time_over": True,
    "reminded": True,
    "enforce_appeal": "六个月内起诉",
}
SAMPLE: Final[Said] = {
    "sampled_on": "2026-07-06",
    "sampled_by": "监测站",
    "sample_good": True,
    "oxygen_mg": 4.1,
}
INSPECTION: Final[Said] = {
    "inspected_org": "某厂",
    "inspected_on": "2026-07-06",
    "officers": 2,
    "certificates_shown": True,
    "inspection_item": "危险化学品储存",
    "hazard_level": "major",
    "hazards": "超量储存",
    "criteria": "判定标准第三条",
    "signed": "signed",
}
OWNER: Final[Said] = {
    "part_name": "井盖",
    "owner_kind": "water",
    "owner_unit": "水务公司",
    "owner_proof": ["marks"],
}
LAND: Final[Said] = {"asked_how": "written", "all_agree": True, "told_rights": True}
PENALTY: Final[Said] = {
    "penalty_number": "安罚〔2026〕1号",
    "penalty_on": "2026-07-06",
    "penalty_kind": ["warning", "fine"],
    "penalty_yuan": 20000,
    "penalty_basis": "安全生产法第一百零二条",
}

# pack, form, what fits; then each change with the field where it is told, "" where it fits as well
CASES: Final[list[tuple[str, str, Said, list[tuple[Said, str]]]]] = [
    (
        "property",
        "pm-vote",
        VOTE,
        [
            ({"area_share": 66.6}, "carried"),
            ({"people_share": 60}, "carried"),
            ({"agree_area": 74.9}, "carried"),
            ({"agree_people": 60, "vote_kind": "ordinary"}, ""),
            ({"agree_people": 50, "vote_kind": "ordinary"}, "carried"),
            ({"area_share": 20, "agree_area": 10, "carried": False}, ""),
        ],
    ),
    (
        "disputes-mediation",
        "dm-consent",
        CONSENT,
        [({"all_agree": False}, "all_agree"), ({"rights_told": False}, "rights_told")],
    ),
    ("disputes-mediation", "dm-agreement", AGREEMENT, [({"all_accept": False}, "all_accept")]),
    (
        "disputes-mediation",
        "dm-confirmation",
        CONFIRMATION,
        [
            ({"applied_on": "2026-07-07"}, "applied_on"),
            ({"applied_on": "2026-06-05"}, "applied_on"),
            ({"both_apply": False}, "both_apply"),
        ],
    ),
    (
        "dangerous-houses",
        "dh-survey",
        SURVEY,
        [
            ({"survey_advice": "stop-use"}, ""),
            ({"survey_advice": "mend"}, "survey_advice"),
            ({"grade": "C", "survey_advice": "mend"}, ""),
            ({"grade": "C", "survey_advice": "use"}, "survey_advice"),
            ({"grade": "C"}, "survey_advice"),
            ({"grade": "B", "survey_advice": "observe"}, ""),
            ({"grade": "B", "survey_advice": "stop-use"}, "survey_advice"),
            ({"grade": "A", "survey_advice": "mend"}, "survey_advice"),
            ({"grade": "A", "survey_advice": "use", "valid_until": "2026-07-05"}, "valid_until"),
        ],
    ),
    (
        "dangerous-houses",
        "dh-recheck",
        RECHECK,
        [
            ({"grade_after": "C"}, "grade_after"),
            ({"recheck_result": "still"}, "grade_after"),
            ({"recheck_result": "still", "grade_after": "D"}, ""),
            ({"recheck_by": "on-site"}, "recheck_by"),
            ({"recheck_by": "on-site", "recheck_result": "gone"}, ""),
        ],
    ),
    (
        "dangerous-houses",
        "dh-leaving",
        LEAVING,
        [({"checked_empty": False}, "checked_empty"), ({"people_out": 2}, "people_out")],
    ),
    (
        "epidemic",
        "ep-notice",
        NOTICE,
        [
            ({"notice_basis": None}, "notice_basis"),
            ({"notice_basis": None, "notice_state": "reopened"}, ""),
            ({"notice_until": "2026-07-06T07:30"}, "notice_until"),
        ],
    ),
    (
        "fire-hazards",
        "fh-check",
        FIRE,
        [({"hazard_rule": None}, "hazard_rule"), ({"hazard_found": False, "hazard_rule": None}, "")],
    ),
    (
        "illegal-building",
        "ib-enforcement",
        ENFORCEMENT,
        [({"appeal_time_over": False}, "appeal_time_over"), ({"reminded": None}, "reminded")],
    ),
    (
        "rivers",
        "rv-sample",
        SAMPLE,
        [
            ({"oxygen_mg": 1.9}, "sample_good"),
            ({"ammonia_mg": 9}, "sample_good"),
            ({"oxygen_mg": 1.9, "sample_good": False}, ""),
        ],
    ),
    (
        "rural-services",
        "rs-land-consent",
        LAND,
        [({"all_agree": False}, "all_agree"), ({"told_rights": None}, "")],
    ),
    (
        "street-parts",
        "sp-owner",
        OWNER,
        [
            ({"owner_unit": None}, "owner_unit"),
            ({"owner_proof": ["none"]}, "owner_proof"),
            ({"owner_kind": "unknown", "owner_proof": ["none"]}, ""),
        ],
    ),
    (
        "workplace-safety",
        "ws-inspection",
        INSPECTION,
        [
            ({"criteria": None}, "criteria"),
            ({"criteria": None, "hazard_level": "general"}, ""),
            ({"hazards": None}, "hazards"),
            ({"signed": "refused"}, "refusal_note"),
        ],
    ),
    (
        "workplace-safety",
        "ws-penalty",
        PENALTY,
        [({"penalty_yuan": None}, "penalty_yuan"), ({"penalty_kind": ["none", "other"]}, "penalty_kind")],
    ),
]


@cache
def form(pack: str, key: str) -> Form:
    return next(one for one in read_pack(ROOT / "packs" / pack).forms if one.key == key)


@pytest.mark.parametrize(("pack", "key", "whole", "changes"), CASES, ids=[one[1] for one in CASES])
def test_answers_that_the_law_or_sense_does_not_allow_together_are_told(
    pack: str, key: str, whole: Said, changes: list[tuple[Said, str]]
) -> None:
    asked = form(pack, key)
    assert not check_answers(asked, whole).faults
    told = [(change, list(check_answers(asked, whole | change).faults)) for change, _ in changes]
    assert told == [(change, [field] if field else []) for change, field in changes]
