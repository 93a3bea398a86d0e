import subprocess

from tests.house.tree import ROOT

FIXED = {"help", "setup", "demo", "test", "check", "bench", "sbom", "gallery", "tasks", "lock", "clean"}


def test_make_alone_lists_every_target_with_what_it_does() -> None:
    answer = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = {line.split()[1] for line in answer.stdout.splitlines()}
    assert listed == FIXED
    assert all(len(line.split()) > 3 for line in answer.stdout.splitlines())
