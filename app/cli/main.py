"""The command line: finds the command, reads its options, runs it; an error is one line."""

from __future__ import annotations

import argparse
import errno
import importlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from app.cli.command_table import COMMANDS, PASSED_ON
from app.core.console import give_up, open_standard_streams, say
from app.runtime.errors import TRACEBACK, CommandError, defect, explained

logger = logging.getLogger(__name__)

DEFECT = 1
BAD_INPUT = 2
INTERRUPTED = 130  # what a shell expects after Ctrl-C
UNWRITABLE = (errno.EPIPE, errno.ENOSPC, errno.EIO)  # `| head`, a full disk, a terminal that was closed


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end with exit code 2."""
        message = message.removeprefix("argument ")
        self.exit(BAD_INPUT, f"{self.prog}: {message.removesuffix('.')}. Try: {self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Without a command: `play`."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "play")
    if words[0] in PASSED_ON:
        args = argparse.Namespace(command=words[0], rest=words[1:])
    else:
        args = build_parser().parse_args(words)
    command = COMMANDS[args.command]
    open_standard_streams()
    try:
        with _log_on_stderr():
            code = int(importlib.import_module(f"app.commands.{command.module}").run(args))
            if sys.stdout is not None:
                sys.stdout.flush()
        return code
    except CommandError as error:
        return _tell(args.command, str(error), BAD_INPUT)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is not None:
            return _tell(args.command, explained(error), BAD_INPUT)
        if sys.stdout is not None:
            give_up(sys.stdout)
        if error.errno != errno.EPIPE:
            say(f"ghostjam {args.command}: {error.strerror}.", is_error=True)
        return 1
    except MemoryError:
        return _tell(args.command, "expected more memory than this machine has left", BAD_INPUT)
    except Exception as error:  # the last door: nobody who plays reads a traceback
        if os.environ.get(TRACEBACK):
            raise
        logger.debug("A defect.", exc_info=error)
        return _tell(args.command, defect(error), DEFECT)


def _tell(command: str, text: str, code: int) -> int:
    say(f"ghostjam {command}: {text}", is_error=True)
    return code


class _OneLine(logging.Formatter):
    """A record as one line, also of what failed, with its traceback only for who asks for it."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return f"ghostjam: {record.getMessage()}"
        if os.environ.get(TRACEBACK):
            return f"ghostjam: {super().format(record)}"
        return f"ghostjam: {record.getMessage()} {defect(error)}"


@contextmanager
def _log_on_stderr() -> Iterator[None]:
    """Show what the engine tells a person, and errors; the rest of the log is for whoever configures it."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    handler.addFilter(lambda record: record.name == "app.core.status" or record.levelno >= logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def build_parser() -> Parser:
    """The parser of every command and option."""
    parser = Parser(
        prog="ghostjam",
        description="An instrument that answers: touch the canvas, stop, and a ghost goes on in your manner.",
        epilog="Without a command, ghostjam plays: `ghostjam --mode duet` is `ghostjam play --mode duet`.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.help, description=command.help + ".", allow_abbrev=False)
        command.add_options(sub)
    return parser


class _Version(argparse.Action):
    """Prints the version of the installed distribution; looks it up only when asked."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"ghostjam {version('ghostjam')}")
        parser.exit()
