"""Marks on commands of the command line."""

from collections.abc import Callable
from typing import TypeVar

import click

C = TypeVar("C", bound=click.Command)

_pure: set[int] = set()


def pure(command: C) -> C:
    """This command needs neither database nor settings; put it outermost."""
    _pure.add(id(command))
    return command


def is_pure(command: click.Command) -> bool:
    return id(command) in _pure


def wrap_leaves(command: click.Command, before: Callable[[], None]) -> click.Command:
    """Run `before` ahead of every command below that is not pure."""
    if isinstance(command, click.Group):
        for child in command.commands.values():
            wrap_leaves(child, before)
    elif not is_pure(command) and command.callback is not None:
        command.callback = _after(before, command.callback)
    return command


def _after(before: Callable[[], None], callback: Callable[..., object]) -> Callable[..., object]:
    def run(*args: object, **kwargs: object) -> object:
        before()
        return callback(*args, **kwargs)

    return run
