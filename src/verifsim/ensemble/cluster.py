"""A Dask scheduler as the executor: one that runs somewhere, or one of this machine's own for the while.

Whoever can reach a scheduler can run code on its workers, and read what is sent to them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from verifsim.ensemble.pool import interrupts_blocked
from verifsim.ensemble.worth import n_cpus
from verifsim.errors import UsageError

LOCAL = "local"
"""Said in place of an address: a scheduler and workers of this machine, which end with the work."""

ALLOWED = "local, tcp://HOST:PORT or tls://HOST:PORT"

_SECONDS_TO_ANSWER = 10

SECONDS_BETWEEN_LOOKS = 5.0
"""How often one looks whether a scheduler has workers."""


@contextmanager
def scheduler(
    address: str,
    jobs: int | None,
    tell: Callable[[str], Any] = lambda sentence: None,
    warn: Callable[[str], Any] = lambda sentence: None,
) -> Iterator[tuple[Executor, int]]:
    """Reach a scheduler; let go of it at the end, and of one that was started for it.

    Parameters
    ----------
    address
        ``tcp://HOST:PORT``, ``tls://HOST:PORT`` or ``local``.
    jobs
        How many workers there are; those that the scheduler has at the start, if not said, and of ``local``
        as many as there are processors.
    tell
        Called with a sentence on what is worth knowing: where the dashboard is.
    warn
        Called with a sentence where nothing that is sent is encrypted, or there is nobody to do the work.

    Yields
    ------
    The executor, and how many workers it has.

    Raises
    ------
    UsageError
        If Dask is not installed, the address is none, or nobody answers there.
    """
    if address != LOCAL and not _is_address(address):
        raise UsageError(f"--scheduler: no address (given '{address}'); allowed: {ALLOWED}")
    try:
        import distributed
    except ImportError:
        raise UsageError("--scheduler needs Dask: pip install 'verifsim[distributed]'") from None
    with _unlogged(), ExitStack() as stack:
        if address == LOCAL:
            reached: Any = stack.enter_context(_cluster(distributed, jobs or n_cpus()))
        else:
            _warn_if_open(address, warn)
            reached = address
        client = stack.enter_context(_client(distributed, reached, address))
        if address == LOCAL:
            tell(f"what the workers do is shown on {client.dashboard_link}")
        elif not client.nthreads():
            warn(f"{address} has no workers yet; waiting for the first (Ctrl-C ends it)")
            client.wait_for_workers(1)
        stack.enter_context(_watched(client, address, warn))
        yield client.get_executor(pure=False), jobs or sum(client.nthreads().values())


@contextmanager
def _watched(client: Any, address: str, warn: Callable[[str], Any]) -> Iterator[None]:
    """Say, once each time, that a scheduler has lost all its workers: the work waits for others."""
    over = threading.Event()

    def watch() -> None:
        before = True
        while not over.wait(SECONDS_BETWEEN_LOOKS):
            with suppress(Exception):  # a scheduler that is gone is told of by whoever waits for a result
                some = bool(client.nthreads())
                if before and not some:
                    warn(f"{address} has no workers any more; waiting for others (Ctrl-C ends it)")
                before = some

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join(1.0)


def _cluster(distributed: Any, n_workers: int) -> Any:
    """A scheduler and workers of this machine, which nobody reaches from elsewhere."""
    with interrupts_blocked():
        return distributed.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )


@contextmanager
def _client(distributed: Any, reached: Any, address: str) -> Iterator[Any]:
    client = distributed.Client.__new__(distributed.Client)  # held, so that a half-made one can be closed
    try:
        client.__init__(reached, timeout=_SECONDS_TO_ANSWER, set_as_default=False)
    except Exception as error:
        with suppress(Exception):
            client.close(timeout=1)
        client.status = "closed"  # else it tries once more as it is dropped, and says so
        why = " ".join(str(error).split()) or type(error).__name__
        if "ssl_context" in why:
            raise UsageError(
                f"--scheduler: {address} needs certificates, and Dask's configuration names none: "
                "distributed.comm.tls, see https://distributed.dask.org/en/latest/tls.html"
            ) from None
        if isinstance(error, MemoryError):  # another's first bytes, taken for a length
            why = "what does answer is not one of Dask"
        raise UsageError(f"--scheduler: no scheduler answers at {address} ({why})") from None
    try:
        yield client
    finally:
        client.close(timeout=2)


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("tcp", "tls") and bool(parts.hostname) and parts.port is not None
    except ValueError:
        return False


def _warn_if_open(address: str, warn: Callable[[str], Any]) -> None:
    """Say that an address of another machine wants TLS."""
    parts = urlsplit(address)
    if parts.scheme != "tls" and not _is_this_machine(parts.hostname or ""):
        warn(
            f"warning: {address} is another machine, and nothing that is sent there is encrypted: whoever "
            "reaches a scheduler can run code on its workers; let it listen on tls:// (docs/scale.md)"
        )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep Dask from logging on the screen; what goes wrong is said in a sentence."""
    logs = [
        logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith("distributed")
    ]
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)
