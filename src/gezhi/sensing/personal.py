"""What the tables of things keep of people: who registered them, and nothing else. A thing stands at a place."""

from typing import Final

from gezhi.lib.personal import Held, Personal, of_staff

_BY: Final = "t.account_id = %(account)s"

TAGS: Final[dict[str, Personal]] = {
    "sensing_thing.account_id": of_staff("登记设备的账号", "Who registered a thing"),
    "sensing_location.account_id": of_staff("登记位置的账号", "Who registered a location"),
    "sensing_sensor.account_id": of_staff("登记传感器的账号", "Who registered a sensor"),
    "sensing_observedproperty.account_id": of_staff(
        "登记观测项的账号", "Who registered an observed property"
    ),
    "sensing_datastream.account_id": of_staff("登记数据流的账号", "Who registered a datastream"),
    "sensing_featureofinterest.account_id": of_staff("登记观测对象的账号", "Who registered a feature"),
    "sensing_eventsource.account_id": of_staff(
        "设备所属的系统账户", "System account whose key a device uses"
    ),
    "sensing_sensedwarning.acknowledged_by_id": of_staff(
        "确认预警的账号", "Who acknowledged a warning of a monitor"
    ),
    "sensing_postnotice.account_id": of_staff("预警告知到的人员", "Whom a warning was told to"),
    "sensing_silencerow.account_id": of_staff("设定静默的账号", "Who silenced alarms"),
    "sensing_backfillrun.account_id": of_staff("补录读数的账号", "Who brought in readings of the past"),
    "sensing_publicnotice.account_id": of_staff("发布告知的账号", "Who told the public something"),
    "sensing_publicnotice.source_id": of_staff("转来告知的系统账户", "System account by which a notice came"),
}
_WORDS: Final = "name description properties"
_BOX: Final = "west south east north"
PLAIN: Final[dict[str, str]] = {
    "sensing_thing": f"{_WORDS} key kind lon lat part_code place_code",
    "sensing_location": f"{_WORDS} {_BOX} encoding_type location place_code",
    "sensing_sensor": f"{_WORDS} encoding_type metadata",
    "sensing_observedproperty": f"{_WORDS} definition code",
    "sensing_datastream": f"{_WORDS} key unit observation_type observed_area low high max_step code place_code",
    "sensing_featureofinterest": f"{_WORDS} {_BOX} encoding_type feature place_code",
    "sensing_reading": "value",
    "sensing_extra": "body",
    "sensing_block": "state",
    "sensing_watch": "monitor state",
    "sensing_transition": "monitor value",
    "sensing_refusal": "source reason",
    "sensing_alarm": "monitor value",
    "sensing_sensedwarning": "monitor area place_code",
    "sensing_warningmember": "muted",
    "sensing_postnotice": "role place_code",
    "sensing_silencerow": "why monitors place_code told",
    "sensing_eventsource": "key name way secret place_code lon lat",
    "sensing_publicnotice": (
        "sender identifier message level category event event_en headline headline_en text text_en todo todo_en places"
    ),
    "sensing_eventtally": "source fate",
    "sensing_feed": "way key name options secret",
    "sensing_pulse": "process counted",
    "sensing_scene": "source",
    "sensing_archivedday": "file sha256 holds",
    "sensing_backfillrun": "name state error",
    "sensing_backfillfault": "series field cell code",
    "sensing_trainedforecast": "kind code threshold series content digest skills fault",
    "sensing_forecast": "value low high chance",
}
HELD: Final[dict[str, Held]] = {
    table: Held(staff=_BY, context=("id", "name"))
    for table in ("thing", "location", "sensor", "observedproperty", "datastream", "featureofinterest")
    for table in (f"sensing_{table}",)
} | {
    "sensing_eventsource": Held(staff=_BY, context=("key", "way")),
    "sensing_sensedwarning": Held(staff="t.acknowledged_by_id = %(account)s", context=("monitor", "area")),
    "sensing_publicnotice": Held(
        staff="%(account)s IN (t.account_id, t.source_id)", context=("headline", "sent_at")
    ),
    "sensing_backfillrun": Held(staff=_BY, context=("name", "started_at")),
    "sensing_postnotice": Held(staff=_BY, context=("role", "at")),
    "sensing_silencerow": Held(staff=_BY, context=("why",)),
}
