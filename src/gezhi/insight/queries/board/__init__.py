"""What the command centre reads: every number within the sight of whoever looks."""

from gezhi.lib.kept import Kept

memo = Kept()
