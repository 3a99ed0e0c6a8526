#!/usr/bin/env python3
"""What a release depends on: a list of parts (SBOM), their licences, and whether advisories are known against them.

Usage: audit.py CONSTRAINTS FOLDER [PIP_AUDIT]

Writes FOLDER/sbom.cdx.json (CycloneDX 1.6) and FOLDER/licences.csv of the packages that are pinned in CONSTRAINTS, and
asks PIP_AUDIT for advisories. Exit status: 0 none known; 1 some are; 3 they could not be fetched, so nothing is known.
Licences are those of the packages installed in the Python that runs this script; another is said to be unknown.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

NONE, SOME, UNKNOWN = 0, 1, 3
NO_LICENCE = "unknown: not installed here"
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass
class Part:
    """One pinned package."""

    name: str
    version: str
    hashes: list[str] = field(default_factory=list)

    @property
    def licence(self) -> str:
        """As the package itself says."""
        try:
            found = metadata(self.name)
        except PackageNotFoundError:
            return NO_LICENCE
        stated = found.get("License-Expression") or ""
        classified = [line.rpartition(" :: ")[2] for line in found.get_all("Classifier") or () if "License ::" in line]
        plain = (found.get("License") or "").strip()
        return stated or "; ".join(classified) or (plain.splitlines()[0] if plain else "not stated")


def read_pins(text: str) -> list[Part]:
    """The packages of a file of constraints, with their hashes."""
    parts: list[Part] = []
    for line in text.splitlines():
        if pin := _PIN.match(line):
            parts.append(Part(pin[1], pin[2]))
        if parts and (found := _HASH.search(line)):
            parts[-1].hashes.append(found[1])
    return parts


def sbom(parts: list[Part]) -> dict[str, object]:
    """The parts as CycloneDX 1.6."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [
            {
                "type": "library",
                "bom-ref": f"{part.name}=={part.version}",
                "name": part.name,
                "version": part.version,
                "purl": f"pkg:pypi/{part.name.lower().replace('_', '-')}@{part.version}",
                "licenses": [{"license": {"name": part.licence}}],
                "externalReferences": [
                    {
                        "type": "distribution",
                        "url": f"https://pypi.org/project/{part.name}/{part.version}/",
                        "hashes": [{"alg": "SHA-256", "content": digest} for digest in part.hashes],
                    }
                ],
            }
            for part in parts
        ],
    }


def audited(report: str, parts: list[Part]) -> tuple[int, list[str]]:
    """What a report of pip-audit says of the parts: a status, and lines for people.

    A report that is no report, or that leaves parts out, is no all-clear.
    """
    try:
        found = json.loads(report)["dependencies"]
        seen = {entry["name"].lower() for entry in found if "vulns" in entry}
        lines = [
            f"{entry['name']} {entry['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'none yet'}"
            for entry in found
            for one in entry.get("vulns", ())
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return UNKNOWN, ["Advisories could not be fetched: whether any are known is UNKNOWN. Run this again online."]
    if lines:
        return SOME, lines
    if not seen:
        return UNKNOWN, ["Advisories could not be fetched for any package: whether any are known is UNKNOWN."]
    if left := sorted({part.name for part in parts} - {part.name for part in parts if part.name.lower() in seen}):
        return UNKNOWN, [f"Advisories were not looked up for {', '.join(left)}: of these nothing is known."]
    return NONE, [f"No advisory is known against {len(parts)} pinned packages."]


def main(arguments: list[str]) -> int:
    """Write the two lists and report the advisories."""
    constraints, folder = Path(arguments[0]), Path(arguments[1])
    parts = read_pins(constraints.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sbom.cdx.json").write_text(json.dumps(sbom(parts), indent=2) + "\n", encoding="utf-8")
    with (folder / "licences.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["package", "version", "licence"])
        rows.writerows([part.name, part.version, part.licence] for part in parts)
    report = ""
    if len(arguments) > 2:
        command = [
            arguments[2],
            "-r",
            str(constraints),
            "--disable-pip",
            "--format",
            "json",
            "--progress-spinner",
            "off",
        ]
        try:
            report = subprocess.run(command, capture_output=True, text=True, timeout=600).stdout
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"{arguments[2]}: {error}", file=sys.stderr)
    status, lines = audited(report, parts)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
