"""What a process does once, when the application is made and nothing was served yet."""

import contextlib
import ctypes
import gc

ARENAS = 2
M_ARENA_MAX, M_TRIM_THRESHOLD = -8, -1


def settle() -> None:
    """Let processes share what is there already, and keep little of what they free.

    Objects made so far live as long as the process: the collector need not look at them
    again (a page took a third longer), and forked processes go on sharing their memory.
    glibc's allocator would keep an arena for each thread; two are enough for eight threads
    (web processes and worker together: 272 MB became 147).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    with contextlib.suppress(OSError, AttributeError):
        allocator = ctypes.CDLL(None)
        allocator.mallopt(M_ARENA_MAX, ARENAS)
        allocator.mallopt(M_TRIM_THRESHOLD, 65_536)
