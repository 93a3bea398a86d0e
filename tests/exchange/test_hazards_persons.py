"""What says something of a person is found, whatever it is called; what speaks of places is not taken for it."""

import pytest

from gezhi.exchange.hazards.persons import MOST_NODES, TooDeep, identifies, is_about_a_person, persons_in

OF_PERSONS = """
face faceRect face_rect FaceObject FaceID faceSnapPicUrl FACEFEATURE humanAttr HumanBody
pedestrianBox personId PersonInfoList gait gaitFeature gender GenderCode sex age ageGroup
AgeUpLimit name personName realname userName idCard idNo IDNumber certificateNo plateNo PlateNumber
licensePlate license_plate carPlateNum HasPlate clothesColor upperClothing CoatColor trousersStyle
HairStyle glasses mask beard hat ethnic EthicCode nationality embedding featureVector feature
trackId track_id trajectory tracklet reidFeature keypoints skeleton voicePrint fingerprint iris
imei phoneNumber mobile blacklist suspectId candidates similarity 人脸坐标 人脸 姓名 性别 年龄
步态特征 车牌号 身份证号 衣着颜色 上衣 轨迹编号 民族 证件号码 人员信息 renlian xingbie nianling
xingming chepaihao shenfenzheng XM XB SFZH HPHM CPHM xm xb
""".split()
OF_PLACES = """
id source kind at confidence lon lat crs place_code picture_base64 surface roadSurface interface
image stage message cameraName deviceName channel_name deviceAddress level waterLevel depth area
polygon packageVersion average usage coverage roadName siteName damage storage manage pageNumber
platform platformId template 设备名称 摄像机编号 积水深度 道路 位置 时间 置信度
""".split()


@pytest.mark.parametrize("name", OF_PERSONS)
def test_a_name_of_a_persons_attribute_is_known(name: str) -> None:
    assert is_about_a_person(name)


@pytest.mark.parametrize("name", OF_PLACES)
def test_a_name_of_a_place_or_device_is_none(name: str) -> None:
    assert not is_about_a_person(name)


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "fire", "face": None},
        {"kind": "fire", "extra": {"objects": [{"box": [1, 2, 3, 4]}, {"Attr": {"Gender": "unknown"}}]}},
        {"kind": "fire", "boxes": [{"label": "person", "xywh": [1, 2, 3, 4]}]},
        {"kind": "fire", "objects": [{"objectType": "Human"}]},
        {"kind": "人员徘徊"},
        {"kind": "face"},
        {"id": "11010519491231002X"},
        {"id": "call 13800138000"},
        {"id": "浙B·12345"},
        {"id": "浙bd12345"},
        {"ｆａｃｅ": 1},
    ],
)
def test_what_says_something_of_a_person_is_found_at_any_depth(sent: object) -> None:
    assert persons_in(sent)


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "fallen-tree", "id": "6f0a0e0e-52f6-4f9c-b7f2-a15912345678"},
        {"kind": "cover-missing", "id": "20260701083000123", "source": "33020300001320000001"},
        {"kind": "fire", "at": "2026-07-01T08:30:00+08:00", "confidence": 0.87, "lon": 121.5, "lat": 29.8},
    ],
)
def test_an_event_about_a_place_is_taken_for_nothing_else(sent: object) -> None:
    assert persons_in(sent) == []


def test_where_it_stands_is_told_by_names_and_never_by_what_was_said() -> None:
    found = persons_in({"extra": [{"xingming": "张三", "IDNumber": "11010519491231002X"}]})
    assert sorted(found) == ["extra.0.IDNumber", "extra.0.xingming"]


def test_a_number_with_a_wrong_check_digit_is_no_identity() -> None:
    assert identifies("11010519491231002X")
    assert not identifies("110105194912310021")


def test_what_is_nested_without_end_is_refused_and_not_looked_through() -> None:
    deep: object = 1
    for _ in range(100):
        deep = [deep]
    with pytest.raises(TooDeep):
        persons_in({"a": deep})
    with pytest.raises(TooDeep):
        persons_in({"a": list(range(MOST_NODES))})
