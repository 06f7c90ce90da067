"""The database's calls off the event loop: few at once, and none of them waits behind an answer being made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Got = TypeVar("Got")


class OffLoop:
    """Runs blocking calls in threads of its own."""

    def __init__(self, threads: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def __call__(self, call: Callable[Given, Got], *given: Given.args, **named: Given.kwargs) -> Got:
        """The call's result. A call that has begun goes to its end, even when nobody waits for it any more."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: call(*given, **named))

    def close(self) -> None:
        """Takes no more calls; those that have begun end."""
        self._pool.shutdown(wait=False, cancel_futures=True)
