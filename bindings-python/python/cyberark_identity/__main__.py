"""The command line: `python -m cyberark_identity doctor`."""

from __future__ import annotations

import argparse
import json
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

EPILOG = """\
Whatever is not given here comes from the environment: CYBERARK_IDENTITY_TENANT_URL, _APP_ID,
_CLIENT_ID, _CLIENT_SECRET and _SCOPE, or _TOKEN, and _CA_FILE. Secrets are only read from there,
because anybody on a machine can read command lines.

exit status: 0 if nothing failed, 1 if something did, 2 for a mistake in the command line.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cyberark-identity", description="CyberArk Identity")
    commands = parser.add_subparsers(dest="command", required=True)
    doctor = commands.add_parser(
        "doctor",
        help="checks everything between this machine and the tenant, and says what to change",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    text = {
        "--tenant-url": "URL of the tenant, its host name, or its id, such as abc1234",
        "--domain": "domain that completes an id, such as my.idaptive.app",
        "--ca-file": "certificates (PEM) to trust in addition to the operating system's",
        "--proxy": "proxy for everything; by default the environment's; an empty string means none",
    }
    for option, help_text in text.items():
        doctor.add_argument(option, help=help_text)
    doctor.add_argument(
        "--no-proxy", action="append", default=[], metavar="HOST", help="host to reach without it"
    )
    doctor.add_argument(
        "--timeout", type=_seconds, metavar="SECONDS", help="for each request; 60 by default"
    )
    doctor.add_argument("--json", action="store_true", help="prints the report as JSON")
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command, and returns what to exit with."""
    given = vars(_parser().parse_args(arguments))
    del given["command"]
    as_json = given.pop("json")
    from ._doctor import doctor

    report = doctor(**given)
    print(json.dumps(report.to_dict(), indent=2) if as_json else report)
    return report.exit_status


if __name__ == "__main__":
    sys.exit(main())
