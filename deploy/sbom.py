"""Write the list of components (SBOM, CycloneDX) of an installation from that of an environment, as `make sbom` does.

Reads what cyclonedx-py says of the environment, keeps what requirements.txt and requirements-optional.txt name, and
adds what is copied into static/vendor/.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UNSAID = {"pyrage": "MIT"}
"""Licences of packages that have a licence file and do not name it in their metadata."""


def main():
    """Read an SBOM from standard input, write that of the product to standard output."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415, for development only
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415

    text = json.dumps(of_the_product(json.load(sys.stdin)), ensure_ascii=False, indent=2)
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"The SBOM is not as CycloneDX wants it: {fault}")
    print(text)


def of_the_product(bom):
    """Return the SBOM cut to what an installation has, optional packages marked, with what is vendored."""
    scopes = dict.fromkeys(named("requirements-optional.txt"), "optional")
    scopes |= dict.fromkeys(named("requirements.txt"), "required")
    found = {plain(part["name"]): part for part in bom["components"]}
    kept = [part | {"scope": scopes[name]} for name, part in found.items() if name in scopes]
    if missing := scopes.keys() - found.keys():
        sys.exit(f"Not installed here: {', '.join(sorted(missing))}")
    kept += vendored()
    refs = {part["bom-ref"] for part in kept}
    root = bom["metadata"]["component"]["bom-ref"]
    leads = [_cut(one, refs) for one in bom["dependencies"] if one["ref"] in refs]
    whole = {"ref": root, "dependsOn": sorted(refs)}
    return bom | {"components": [_licensed(part) for part in kept], "dependencies": [whole, *leads]}


def named(file):
    """Return the names of the packages that a requirements file pins, in plain writing."""
    return [plain(name) for name in re.findall(r"^([\w.-]+)(?:\[\w+\])?==", (ROOT / file).read_text(), re.MULTILINE)]


def plain(name):
    """Return the name of a package as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def vendored():
    """Return what static/vendor/ holds as components, by the table in its README."""
    text = (ROOT / "static" / "vendor" / "README.md").read_text()
    rows = re.findall(r"^\| `[\w-]+?-([\d.]+)` \| (\S+)[^|]*\| ([\w.-]+)", text, re.MULTILINE)
    return [
        {
            "bom-ref": f"{name}@{version}",
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{version}",
            "scope": "required",
            "licenses": [{"license": {"id": licence}}],
        }
        for version, name, licence in rows
    ]


def _cut(one, refs):
    return one | {"dependsOn": [ref for ref in one.get("dependsOn", ()) if ref in refs]}


def _licensed(part):
    """Return a component with its licence, also where its metadata do not name one."""
    if part.get("licenses") or part["name"] not in UNSAID:
        return part
    return part | {"licenses": [{"license": {"id": UNSAID[part["name"]]}}]}


if __name__ == "__main__":
    main()
