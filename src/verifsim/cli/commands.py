"""All commands, and how the command line ends."""

from __future__ import annotations

import atexit
import signal
import sys
from contextlib import suppress
from typing import NoReturn

import click

from verifsim.cli import begin, look
from verifsim.cli.compare import compare
from verifsim.cli.draw import plot
from verifsim.cli.report import report
from verifsim.cli.run import run
from verifsim.cli.say import EXIT_CODES, count, say
from verifsim.errors import OutputError, ScenarioError, VerifsimError


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(package_name="verifsim")
def cli() -> None:
    """Simulate a verification regime for missiles after the INF Treaty.

    Start with: verifsim run scenarios/moratorium.yaml
    """


for command in (
    run,
    compare,
    plot,
    report,
    look.validate,
    look.show,
    begin.new,
    begin.init,
    look.list_,
    look.schema,
):
    cli.add_command(command)


def _speak_safely() -> None:
    """Let a console that lacks a letter show a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line, and leave with its exit code."""
    _speak_safely()
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # the work is done: nothing to interrupt
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: list[str] | None) -> int:
    try:
        return int(cli.main(args=arguments, prog_name="verifsim", standalone_mode=False) or 0)
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted; nothing was left half-written", 130)
    except click.ClickException as error:
        error.show()
        return 2
    except ScenarioError as error:
        n = count(len(error.problems), "problem")
        return _fail(f"{error}\n{n}; nothing was run or written", error.exit_code)
    except VerifsimError as error:
        return _fail(str(error), error.exit_code)
    except MemoryError:
        return _fail("not enough memory; fewer runs (-n) need less, and so does --keep outcomes", 1)


def _fail(sentence: str, exit_code: int) -> int:
    with suppress(OutputError):
        say(sentence, err=True)
    return exit_code
