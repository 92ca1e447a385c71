"""Prints which operation ran in which language, from what the scenario runners wrote down, and
fails on a gap.
"""

import sys
from pathlib import Path

from cyberark_identity import operations

LANGUAGES = ["rust", "python-sync", "python-async", "node"]
NOTES = Path(__file__).parent.parent / "target" / "scenario-coverage.txt"


def main() -> int:
    ran = set(NOTES.read_text(encoding="utf-8").split("\n"))
    names = [operation["name"] for operation in operations()]
    width = max(len(name) for name in names)
    print(f"{'operation':{width}}  " + "  ".join(LANGUAGES))
    for name in names:
        cells = [
            f"{'yes' if f'{language} {name}' in ran else 'NO':{len(language)}}"
            for language in LANGUAGES
        ]
        print(f"{name:{width}}  " + "  ".join(cells).rstrip())
    counts = {
        language: sum(f"{language} {name}" in ran for name in names) for language in LANGUAGES
    }
    print(", ".join(f"{language} {count} of {len(names)}" for language, count in counts.items()))
    return 0 if all(count == len(names) for count in counts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
