"""The keys by which a person moves through rows of cases."""

from typing import Final

from django.utils.translation import gettext_lazy as _

_ROWS: Final = (("J", _("下一行")), ("K", _("上一行")))
DAY_KEYS: Final = (*_ROWS, ("Enter", _("打开这一件")), ("?", _("显示这些快捷键")))
LIST_KEYS: Final = (
    *_ROWS,
    ("Enter", _("打开案件页")),
    ("X", _("勾选这一件")),
    ("M", _("显示或收起地图")),
    ("Esc", _("收起右侧的案件")),
    ("?", _("显示这些快捷键")),
)
