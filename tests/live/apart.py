"""Runs a story of coroutines where no loop runs yet: the browser's tests leave one in their thread."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor


def run(story: Coroutine[object, object, None]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, story).result()
