"""A first mapping from the columns' names, for a person to correct. Pure."""

from collections.abc import Sequence

from gezhi.exchange.files.mapping import Mapping, mapping_from

NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        "source_id",
        "id",
        "case_id",
        "case_enquiry_id",
        "service_request_id",
        "编号",
        "工单编号",
        "留言编号",
        "案件编号",
    ),
    "title": ("title", "subject", "主题", "标题", "留言主题"),
    "text": ("text", "description", "content", "内容", "描述", "诉求内容", "留言详情", "问题描述"),
    "lon": ("lon", "lng", "long", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "place_code": ("place_code", "grid_code", "网格编码", "区划代码"),
    "address": ("address", "location", "地址", "地点", "位置", "事发地址"),
    "category": ("category", "service_code", "类别", "类别编码"),
    "occurred_at": (
        "occurred_at",
        "time",
        "open_dt",
        "requested_datetime",
        "时间",
        "上报时间",
        "留言时间",
        "受理时间",
    ),
    "reporter_name": ("reporter_name", "name", "姓名", "诉求人", "联系人"),
    "reporter_phone": ("reporter_phone", "phone", "tel", "电话", "联系电话", "手机号"),
    "reporter_email": ("reporter_email", "email", "邮箱"),
}


def suggested(columns: Sequence[str], source: str) -> Mapping:
    """`text` falls back on the title, then on the first column."""
    found = {field: column for field, names in NAMES.items() if (column := _column(columns, names))}
    title, text = found.pop("title", ""), found.pop("text", "")
    own_id = found.pop("id", "")
    fields: dict[str, object] = {"text": [one for one in (title, text) if one] or [columns[0]], **found}
    return mapping_from({"source": source, "id": own_id or [], "fields": fields})


def _column(columns: Sequence[str], names: tuple[str, ...]) -> str:
    plain = {column.strip().lower().replace(" ", "_"): column for column in columns}
    return next((plain[name] for name in names if name in plain), "")
