"""What the command centre reads: every number within the sight of whoever looks."""

from gezhi.lib.memo import Memo

memo = Memo()
