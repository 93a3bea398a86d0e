"""Whether something that was sent says who somebody is, or what a person looks like or does. Pure.

Names of attributes are told apart at any depth, in English, Chinese and pinyin, in the spellings of GA/T 1400 and of
the makers of cameras; words that say what an object is; and values that are an identity number, a mobile number or a
number plate. What a picture shows is not looked at: see the guide.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

MOST_NODES: Final = 20_000
DEEPEST: Final = 64
MOST_TOLD: Final = 20
_SHORT: Final = (
    200  # characters; longer values are pictures and texts, which have no place in an event anyway
)

_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[\u3400-\u9fff]+")
_WORDS: Final = frozenset(
    """
    face faces facial person persons people pedestrian pedestrians human humans body bodies head heads gait age ages
    gender genders sex male female man woman men women boy girl child children elder elderly adult
    plate plates licenseplate vin driver drivers rider riders passenger passengers
    clothes clothing cloth dress coat coats trousers pants skirt shirt jacket shoes hair hairstyle glasses glass mask
    masks beard hat hats cap helmet bag backpack umbrella ethnic ethnicity ethic nation nationality race skin
    expression emotion smile attractive eye eyes mouth nose ear ears
    identity idcard idno idnumber idtype certno citizen passport name names surname nickname username
    phone mobile telephone tel email wechat openid imei imsi mac address birthday birth
    fingerprint voiceprint voice iris retina palm dna biometric biometrics
    embedding embeddings feature features vector descriptor similarity reid candidate candidates
    track tracks trackid tracker tracking tracklet trajectory pose skeleton keypoint keypoints landmark landmarks
    employee staff worker resident residents visitor visitors suspect suspects blacklist whitelist watchlist
    loitering loiter intrusion crowd fight fighting running gathering behavior behaviour
    xm xb nl mz sfz sfzh zjhm zjlx hphm hpzl cphm lxdh sjhm csrq
    """.split()
)
_RUN_TOGETHER: Final = re.compile(
    "face|person|people|pedestrian|human|gait|gender|licen[sc]eplate|platen|plateno|carplate|carno|idcard|idno|idnum|certno"
    "|certificat|embedding|featurevec|trackid|tracklet|trajector|biometric|fingerprint|voiceprint|clothes|clothing"
    "|hairstyle|eyeglass|falldown|fallover|ethnic|skeleton|keypoint|landmark|imei|imsi|username|realname|fullname|nickname"
    "|renlian|renti|renyuan|xingren|xingming|xingbie|nianling|chepai|haopai|shenfenzheng|shoujihao|dianhua|minzu|butai"
    "|yifu|yizhuo|guiji|shengwen|zhiwen|tezheng"
)
_NOT_FACES: Final = re.compile("surface|interface|preface|typeface")
_CHINESE: Final = re.compile(
    "人脸|面部|脸部|人像|人体|人员|人群|人数|行人|路人|姓名|名字|身份|证件|性别|年龄|步态|步幅|声纹|指纹|虹膜|掌纹|生物|特征|车牌|号牌"
    "|车主|驾驶|骑行|民族|发型|头发|衣|裤|裙|帽|眼镜|口罩|胡须|轨迹|跟踪|追踪|手机|电话|微信|住址|户籍|国籍|表情|情绪|肤色|身高|体型"
    "|住户|居民|访客|业主|名单|布控|嫌疑|老人|儿童|男|女|徘徊|入侵|打架|聚集|尾随|摔倒|奔跑"
)
_OF_THINGS: Final = frozenset(
    "camera device channel point site road place area host file kind station model".split()
)
_SAYS_WHAT: Final = frozenset(
    "type kind class classes label labels object target category event subject tag tags".split()
)
_IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
_MOBILE: Final = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d{9}(?![0-9A-Za-z])")
_PLATE: Final = re.compile(
    "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新使领][A-HJ-NP-Z][·. -]?"
    "[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]"
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class TooDeep(ValueError):
    """Nested too deeply, or too many parts, to be looked through."""


def persons_in(sent: object) -> list[str]:
    """Where something is about a person: paths such as `objects.0.faceRect`, with names alone and never a value; at
    most twenty. Raises TooDeep."""
    found: list[str] = []
    for path, name, value in _walk(sent):
        if is_about_a_person(name) or (isinstance(value, str) and _told_in(name, value)):
            found.append(path)
            if len(found) == MOST_TOLD:
                break
    return found


def is_about_a_person(name: str) -> bool:
    """The name of an attribute, or a word for what an object is."""
    plain = unicodedata.normalize("NFKC", name)
    if _CHINESE.search(plain):
        return True
    parts = [part.lower() for part in _PART.findall(plain)]
    if any(part in _WORDS and not _of_a_thing(parts, at) for at, part in enumerate(parts)):
        return True
    return bool(_RUN_TOGETHER.search(_NOT_FACES.sub("", "".join(parts))))


def identifies(text: str) -> bool:
    """Whether a text holds an identity number (GB 11643, its check digit too), a mobile number or a number plate."""
    return (
        any(_is_identity(found) for found in _IDENTITY.findall(text))
        or bool(_MOBILE.search(text))
        or bool(_PLATE.search(unicodedata.normalize("NFKC", text).upper()))
    )


def _of_a_thing(parts: list[str], at: int) -> bool:
    """The name or address of a camera is nobody's; what a device's face or person is, is."""
    return parts[at] in ("name", "names", "address", "mac") and at > 0 and parts[at - 1] in _OF_THINGS


def _told_in(name: str, value: str) -> bool:
    if len(value) > _SHORT:
        return False
    said = bool(_SAYS_WHAT.intersection(part.lower() for part in _PART.findall(name)))
    return identifies(value) or (said and is_about_a_person(value))


def _walk(sent: object) -> Iterator[tuple[str, str, object]]:
    """(path, name, value) of everything inside; what stands in a list has the name of the list."""
    waiting: list[tuple[str, str, object, int]] = [("", "", sent, 0)]
    seen = 0
    while waiting:
        path, name, value, depth = waiting.pop()
        seen += 1
        if seen > MOST_NODES or depth > DEEPEST:
            raise TooDeep(f"over {MOST_NODES} parts, or nested over {DEEPEST} deep")
        if name:
            yield path, name, value
        inside: Iterator[tuple[str, str, object]] = iter(())
        if isinstance(value, Mapping):
            inside = ((f"{path}.{key}".lstrip("."), str(key), one) for key, one in value.items())
        elif isinstance(value, list | tuple):
            inside = ((f"{path}.{at}".lstrip("."), name, one) for at, one in enumerate(value))
        waiting.extend((*one, depth + 1) for one in inside)


def _is_identity(text: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()
