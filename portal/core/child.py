"""The inside of a child process, see ``portal.core.children``; started by this file's path.

It imports the one module it is named, and answers what comes through the pipe until there is
nobody left to ask. Messages both ways are a JSON header and a body of bytes, see
``read_message``. Before an answer a child may say that it is getting on (``{"more": true}``),
which earns it time.
"""

import gc
import importlib
import json
import os
import resource
import select
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NoReturn

LENGTHS = struct.Struct(">II")
CANNOT_START = 3
"""Exit code: a library that the child needs is missing."""
PARENT_CHECK = 5.0
"""Seconds between looks at whether the parent is still there."""

Header = dict[str, Any]
Answer = Callable[[Header, bytes, Callable[[], None]], tuple[Header, bytes]]
"""From a question's header and body and a way to say that it gets on, an answer's."""


def read_message(pipe: IO[bytes]) -> tuple[Header, bytes]:
    """One message; raises EOFError when the other side is gone, even half way through."""
    header, body = LENGTHS.unpack(_read(pipe, LENGTHS.size))
    return json.loads(_read(pipe, header)), _read(pipe, body)


def write_message(pipe: IO[bytes], header: Mapping[str, Any], body: bytes = b"") -> None:
    """Write one message whole; raises BrokenPipeError when the other side is gone."""
    text = json.dumps(header).encode()
    for part in (LENGTHS.pack(len(text), len(body)) + text, body):
        rest = memoryview(part)
        while rest:
            rest = rest[pipe.write(rest) :]


def _read(pipe: IO[bytes], size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = pipe.read(size - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def limit(memory_bytes: int, cpu_seconds: float) -> None:
    """Bound this process for one question: over the time it is killed, over memory it fails."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + cpu_seconds) + 1
    for what, soft in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, until)):
        resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))


def refuse_the_world(event: str, _: tuple[object, ...]) -> None:
    """An audit hook: whatever a file talks a library into, it reaches no one."""
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn")):
        raise PermissionError(event)


def wait_for_work(pipe: IO[bytes], idle_seconds: float, parent: int) -> bool:
    """Wait for a message; False when idle for too long or when the parent is gone."""
    waited = 0.0
    while waited < idle_seconds and os.getppid() == parent:
        step = min(PARENT_CHECK, idle_seconds - waited)
        if select.select([pipe], [], [], step)[0]:
            return True
        waited += step
    return False


def serve(answer: Answer, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one question after another until there is nobody left to ask."""
    sys.addaudithook(refuse_the_world)
    gc.collect()
    gc.freeze()
    gc.disable()  # collect between questions, not while somebody waits
    write_message(answers, {"ready": True})
    parent, idle_seconds = os.getppid(), 60.0
    while wait_for_work(questions, idle_seconds, parent):
        question, body = read_message(questions)
        idle_seconds = question["idle_seconds"]
        limit(question["memory_bytes"], question["cpu_seconds"])
        try:
            header, result = answer(question, body, lambda: write_message(answers, {"more": True}))
        except Exception as error:
            header, result = {"failed": f"{type(error).__name__}: {error}"}, b""
        del body
        write_message(answers, header, result)
        if "failed" in header:
            return
        gc.collect()


def main(module: str, nice: str, rights: str) -> NoReturn:
    """Be the child: import ``module``, call its ``start`` and answer with what that gives."""
    questions = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # a library that prints would break the messages
    os.nice(int(nice))
    sys.path.insert(0, str(Path(__file__).parents[2]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer: Answer = importlib.import_module(module).start()
    except (ImportError, OSError):
        os._exit(CANNOT_START)
    if rights != "writes":
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with suppress(EOFError, BrokenPipeError):
        serve(answer, questions, answers)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
