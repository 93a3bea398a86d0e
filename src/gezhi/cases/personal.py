"""What the tables of cases keep of people."""

from typing import Final

from gezhi.lib.personal import (
    CONTACT,
    FILES,
    GIVEN_FREELY,
    IN_POST,
    LESSONS,
    PICTURES,
    RECORD,
    RIGHTS_DUTY,
    STORY,
    TALK,
    Grade,
    Held,
    Personal,
    Since,
    in_words,
    of_reporter,
    of_staff,
)

_CONTACT_FOR: Final = ("handling", "callback")
_DESK: Final = ("由谁办理", "Who did it")
_CLOSED: Final = "(SELECT c.closed_at FROM cases_case c WHERE c.id = t.case_id AND NOT c.is_open)"
_CLOSED_OF_REPORT: Final = (
    "(SELECT c.closed_at FROM cases_report r JOIN cases_case c ON c.id = r.case_id"
    " WHERE r.id = t.report_id AND NOT c.is_open)"
)
_FIRST: Final = (
    "EXISTS (SELECT 1 FROM cases_report r WHERE r.id = ANY(%(reports)s) AND r.case_id = t.id"
    " AND r.id = (SELECT min(one.id) FROM cases_report one WHERE one.case_id = t.id))"
)
_OWN_WORDS: Final = (
    "t.case_id = ANY(%(cases)s) AND (t.facts->>'report')::bigint = ANY(%(reports)s)"
    " AND (t.role = 'reporter' OR t.kind IN ('report', 'join'))"
)
_ABOUT: Final = "t.case_id = ANY(%(cases)s)"
_SIGNED: Final = (
    "jsonb_path_exists(t.facts, '$.parts[*].sign[*]')"  # has lines for signatures: a formal document
)
_FACTS_LEFT: Final = (
    "jsonb_build_object('title', t.facts->'title', 'language', t.facts->'language', 'to', t.facts->'to',"
    " 'report_id', t.facts->'report_id', 'issuer', t.facts->'issuer', 'date', t.facts->'date',"
    " 'parts', '[]'::jsonb, 'address', coalesce(t.facts->'address', '\"\"'::jsonb))"
)
_GONE: Final = "'（内容已依法删除）'"
_NEW_CODE: Final = "upper(left(encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex'), 16))"

_REPORT: Final[dict[str, Personal]] = {
    "cases_report.source_id": of_reporter("来源系统里的编号", "Number in the system it came from", STORY),
    "cases_report.tracking_code": of_reporter("查询码", "Tracking code", STORY),
    "cases_report.text": of_reporter("您说的事", "What you said", STORY),
    "cases_report.lon": of_reporter("事情的位置（经度）", "Where it is (longitude)", STORY),
    "cases_report.lat": of_reporter("事情的位置（纬度）", "Where it is (latitude)", STORY),
    "cases_report.address": of_reporter("事情的地址", "Address of the matter", STORY),
    "cases_reporter.name": of_reporter("称呼", "Name", CONTACT, basis=GIVEN_FREELY, purpose=_CONTACT_FOR),
    "cases_reporter.phone": of_reporter(
        "电话", "Telephone number", CONTACT, Grade.SENSITIVE, GIVEN_FREELY, _CONTACT_FOR
    ),
    "cases_reporter.email": of_reporter(
        "电子邮箱", "E-mail address", CONTACT, basis=GIVEN_FREELY, purpose=_CONTACT_FOR
    ),
    "cases_report.language": of_reporter("答复用的语言", "Language of the answers", CONTACT),
    "cases_report.attributes": of_reporter("表单里的回答", "Answers to the form", STORY),
    "cases_report.rating": of_reporter(
        "评价", "Rating", RECORD, Grade.INSIDE, purpose=("callback", "statistics")
    ),
    "cases_report.rating_text": of_reporter(
        "评价时说的话", "What you said with the rating", STORY, purpose=("callback", "statistics")
    ),
    "cases_report.salt": of_reporter(
        "存证用的盐值（凭它可核对存证链里您说过的话）",
        "The salt with which the ledger's hash of your words can be checked",
        STORY,
        purpose=("audit",),
    ),
    "cases_report.words": of_reporter("供检索的字词", "Words kept for searching", STORY),
    "cases_report.submitted_by_id": of_staff("代为登记的人员", "Who entered it for the reporter"),
}
_CASE: Final[dict[str, Personal]] = {
    "cases_case.title": of_reporter("事项标题（取自首个上报）", "Title, from the first report", STORY),
    "cases_case.address": of_reporter("事项地址", "Address of the matter", STORY),
    "cases_case.lon": of_reporter("事项位置（经度）", "Where the matter is (longitude)", STORY),
    "cases_case.lat": of_reporter("事项位置（纬度）", "Where the matter is (latitude)", STORY),
    "cases_case.asked": in_words("等待批准的申请", "A step that waits for approval"),
    "cases_caseevent.text": in_words("办理过程中写下的话", "Words written at a step"),
    "cases_caseevent.facts": in_words("办理步骤的内容和表单", "What a step changed, and its form"),
    "cases_caseevent.salt": in_words("步骤存证用的盐值", "Salt of a step's words in the ledger"),
    "cases_caseevent.account_id": of_staff(*_DESK),
    "cases_assignment.outcome": in_words("协办单位写的结果", "What a called unit wrote"),
    "cases_assignment.account_id": of_staff(*_DESK),
    "cases_supervision.reason": in_words("督办理由", "Why it is supervised", purpose=("supervision",)),
    "cases_supervision.answer": in_words("对督办的答复", "Answer to an order", purpose=("supervision",)),
    "cases_supervision.account_id": of_staff(*_DESK),
    "cases_callback.text": of_reporter(
        "回访时您说的话", "What you said when called back", STORY, purpose=("callback",)
    ),
    "cases_callback.rating": of_reporter(
        "回访评价", "Rating when called back", RECORD, Grade.INSIDE, purpose=("callback", "statistics")
    ),
    "cases_callback.account_id": of_staff("回访人员", "Who called back"),
    "cases_issueddocument.facts": in_words("文书的内容", "What a document says"),
    "cases_issueddocument.account_id": of_staff("出具文书的人员", "Who issued it"),
    "cases_note.text": in_words("内部备注", "Note among colleagues", TALK),
    "cases_note.salt": in_words("备注存证用的盐值", "Salt of a note in the ledger", TALK),
    "cases_note.account_id": of_staff("备注人", "Who wrote the note", TALK),
    "cases_note.mentions": of_staff("备注里提到的同事", "Colleagues named in a note", TALK),
    "cases_mention.account_id": of_staff("被提到的同事", "Colleague named in a note", TALK),
}
_PICTURES: Final[dict[str, Personal]] = {
    "evidence/": of_reporter(
        "照片本身", "The photos themselves", PICTURES, purpose=("handling", "verifying")
    ),
    "cases_evidence.lon": of_reporter(
        "照片自带的拍摄位置（经度）", "Where a photo was taken (longitude)", PICTURES, basis=GIVEN_FREELY
    ),
    "cases_evidence.lat": of_reporter(
        "照片自带的拍摄位置（纬度）", "Where a photo was taken (latitude)", PICTURES, basis=GIVEN_FREELY
    ),
    "cases_evidence.look": of_reporter(
        "照片的相似特征（防止旧照片冒充）",
        "How a photo looks, to find one used before",
        PICTURES,
        Grade.INSIDE,
        purpose=("verifying",),
    ),
    "cases_evidence.look_bands": of_reporter(
        "照片相似特征的索引", "Index of how a photo looks", PICTURES, Grade.INSIDE, purpose=("verifying",)
    ),
    "cases_evidence.account_id": of_staff("拍摄或上传的人员", "Who took or sent it"),
}
_OTHERS: Final[dict[str, Personal]] = {
    "documents/": in_words("文书的 PDF", "PDFs of documents"),
    "uploads/": in_words("导入的原始文件", "Files that were imported", FILES),
    "cases_importrun.name": in_words("导入文件名", "Name of an imported file", FILES),
    "cases_importrun.path": in_words("导入文件的位置", "Where an imported file lies", FILES),
    "cases_importrun.error": in_words("导入出错的说明", "Why an import failed", FILES),
    "cases_importrun.account_id": of_staff("导入人员", "Who imported it"),
    "cases_importrow.value": in_words("未能导入的一格内容", "A cell that could not be imported", FILES),
    "cases_importrow.problem": in_words("未能导入的原因", "Why a cell could not be imported", FILES),
    "cases_lesson.text": of_reporter(
        "用来改进自动分类的原话", "Your words, to improve the classifier", LESSONS, purpose=("statistics",)
    ),
    "cases_lesson.account_id": of_staff("更正分类的人员", "Who corrected the category", LESSONS),
    "cases_phrase.account_id": of_staff("常用语的作者", "Author of a ready answer"),
    "cases_savedview.account_id": of_staff("保存视图的人员", "Whose saved view it is", IN_POST),
    "cases_savedview.name": of_staff("视图名称", "Name of a saved view", IN_POST),
    "cases_savedview.query": of_staff("视图的筛选词", "Filters of a saved view", IN_POST),
    "cases_objection.digest": of_reporter(
        "您拒绝自动处理或用于训练的记录（号码的散列）",
        "That you object to automated handling or teaching (hash of your number)",
        RECORD,
        Grade.INSIDE,
        RIGHTS_DUTY,
        ("rights",),
    ),
    "cases_seen.account_id": of_staff("看过收件箱的人员", "Who looked at the inbox", IN_POST),
    "cases_trainedmodel.asked_by_id": of_staff("要求训练的人员", "Who asked for training"),
}
TAGS: Final[dict[str, Personal]] = {**_REPORT, **_CASE, **_PICTURES, **_OTHERS}

PLAIN: Final[dict[str, str]] = {
    "cases_report": "source place_code category",
    "cases_reporter": "number",  # the database makes it of the phone, and it goes with that
    "cases_case": ("number procedure category state place_code confidence held_code limits function source"),
    "cases_caseevent": "transition kind from_state to_state role",
    "cases_assignment": "kind state",
    "cases_supervision": "level",
    "cases_evidence": "sha256 original_sha256 captured_sha256 content_type kind",
    "cases_callback": "place_code reason outcome",
    "cases_issueddocument": "template number code sha256",
    "cases_importrun": "state mapping",
    "cases_importrow": "field",
    "cases_phrase": "kind title text",
    "cases_lesson": "category",
    "cases_trainedmodel": "state progress macro_f1 content error",  # weights of hashed pairs of characters
    "cases_calendarday": "source",
}

_STAFF_ROWS: Final = "t.account_id = %(account)s"
HELD: Final[dict[str, Held]] = {
    "cases_report": Held(
        name=("您反映的事：内容、地址、联系方式", "What you reported: words, address, contact data"),
        reporter="t.id = ANY(%(reports)s)",
        staff="t.submitted_by_id = %(account)s",
        begins={Since.CLOSED: _CLOSED},
        blanks={
            "source_id": "'gone-' || t.id",
            "tracking_code": _NEW_CODE,
            "language": "'zh-hans'",
            "words": "''::tsvector",
        },
        context=("id", "source", "category", "place_code", "occurred_at", "received_at", "rated_at"),
    ),
    "cases_reporter": Held(
        name=("称呼、电话、电子邮箱", "Name, telephone number, e-mail address"),
        reporter="t.report_id = ANY(%(reports)s)",
        begins={Since.CLOSED: _CLOSED_OF_REPORT},
        delete=True,
        context=("report_id",),
    ),
    "cases_case": Held(
        name=("事项的标题和地址", "Title and address of the matter"),
        reporter=_FIRST,
        about="t.id = ANY(%(cases)s)",
        begins={Since.CLOSED: "(CASE WHEN t.is_open THEN NULL ELSE t.closed_at END)"},
        blanks={"title": _GONE, "asked": "NULL"},
        context=("number", "category", "state", "place_code", "opened_at", "closed_at"),
    ),
    "cases_caseevent": Held(
        name=("您补充、评价时说的话", "What you added, and said with a rating"),
        reporter=_OWN_WORDS,
        staff=_STAFF_ROWS,
        about=_ABOUT,
        begins={Since.CLOSED: _CLOSED},
        blanks={"facts": "t.facts - 'form'"},
        context=("case_id", "seq", "at", "kind"),
    ),
    "cases_assignment": Held(
        staff=_STAFF_ROWS, about=_ABOUT, begins={Since.CLOSED: _CLOSED}, context=("case_id", "assigned_at")
    ),
    "cases_supervision": Held(
        staff=_STAFF_ROWS, about=_ABOUT, begins={Since.CLOSED: _CLOSED}, context=("case_id", "seq", "at")
    ),
    "cases_evidence": Held(
        name=("照片", "Photos"),
        reporter="t.report_id = ANY(%(reports)s)",
        staff=_STAFF_ROWS,
        begins={Since.CLOSED: _CLOSED},
        delete=True,
        context=("key", "case_id", "report_id", "sha256", "content_type", "size", "taken_at", "stored_at"),
    ),
    "cases_callback": Held(
        name=("回访时您说的话", "What you said when called back"),
        reporter="t.report_id = ANY(%(reports)s)",
        staff=_STAFF_ROWS,
        about=_ABOUT,
        begins={Since.CLOSED: _CLOSED},
        context=("id", "case_id", "reason", "at", "done_at", "outcome"),
    ),
    "cases_issueddocument": Held(
        name=("发给您的文书", "Documents that were issued to you"),
        reporter="(t.facts->>'report_id')::bigint = ANY(%(reports)s)",
        staff=_STAFF_ROWS,
        about=_ABOUT,
        begins={Since.CLOSED: f"(CASE WHEN {_SIGNED} THEN NULL ELSE {_CLOSED} END)"},
        lasts=_SIGNED,
        why=(
            "需要签字的正式文书，依照档案法和行政（调解）程序规定留存",
            "A formal document with signatures, kept by the Archives Law and the rules of its procedure",
        ),
        blanks={"facts": _FACTS_LEFT},
        context=("number", "template", "code", "at", "sha256"),
    ),
    "cases_note": Held(
        staff=_STAFF_ROWS, about=_ABOUT, begins={Since.CLOSED: _CLOSED}, context=("id", "case_id", "at")
    ),
    "cases_mention": Held(
        staff=_STAFF_ROWS,
        begins={
            Since.CLOSED: "(SELECT c.closed_at FROM cases_case c JOIN cases_note n ON n.case_id = c.id"
            " WHERE n.id = t.note_id AND NOT c.is_open)"
        },
        delete=True,
        context=("note_id", "at", "read_at"),
    ),
    "cases_importrun": Held(
        names_in={"name": "blot", "error": "blot"},
        staff=_STAFF_ROWS,
        begins={Since.ENDED: "t.ended_at"},
        context=("key", "state", "started_at", "total"),
    ),
    "cases_importrow": Held(
        names_in={"value": "delete", "problem": "delete"},
        begins={Since.ENDED: "(SELECT run.ended_at FROM cases_importrun run WHERE run.id = t.run_id)"},
        delete=True,
        context=("run_id", "row", "field"),
    ),
    "cases_lesson": Held(
        name=("用来改进自动分类的原话", "Words that taught the classifier"),
        reporter="t.report_id = ANY(%(reports)s)",
        staff=_STAFF_ROWS,
        begins={Since.MADE: "t.at"},
        delete=True,
        context=("report_id", "category", "at"),
    ),
    "cases_objection": Held(
        name=("您拒绝自动处理的记录", "That you object to machines"),
        reporter="t.digest = %(digest)s",
        context=("automation", "teaching", "at"),
    ),
    "cases_phrase": Held(staff=_STAFF_ROWS, context=("title", "text", "at")),
    "cases_savedview": Held(staff=_STAFF_ROWS, names_in={"name": "delete", "query": "delete"}),
    "cases_seen": Held(staff=_STAFF_ROWS, context=("at",)),
    "cases_trainedmodel": Held(staff="t.asked_by_id = %(account)s", context=("asked_at",)),
}
