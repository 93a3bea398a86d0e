"""Reporting and following need no script."""

from pathlib import Path

from gezhi.cases.models import Case, Evidence
from tests import cast
from tests.browser.conftest import PHONE, Arrive


def test_a_resident_reports_a_place_and_a_photo_and_withdraws(arrive: Arrive, tmp_path: Path) -> None:
    photo = tmp_path / "lamp.png"
    photo.write_bytes(cast.picture(kind="PNG"))
    resident = arrive(PHONE, java_script_enabled=False)
    page = resident.page
    resident.go("/report/")
    assert page.get_by_role("button", name="用我现在的位置").count() == 0
    page.fill("#text", "门口的路灯不亮")
    page.set_input_files("#photos", photo)
    page.get_by_text("选择区域", exact=True).click()
    for at, code in enumerate((cast.HAISHU, cast.NANMEN, cast.WANAN), start=1):
        page.select_option(f"#place-{at}", code)
        page.get_by_role("button", name="选好了").click()
    assert "已收到 1 张照片" in page.inner_text("main")
    resident.snap("without-scripts")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("link", name="看进度").click()
    assert Case.objects.get().place_code == cast.WANAN
    assert Evidence.objects.count() == 1
    page.get_by_text("不用办了，撤回").click()
    page.get_by_role("button", name="确定撤回").click()
    assert "已撤回" in page.inner_text("main")
    assert Case.objects.get().state == "withdrawn"
