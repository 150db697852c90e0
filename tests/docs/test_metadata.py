"""What the project says of itself to catalogues, and to people who report something."""

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).parents[2]
PERSON = {
    "type": "object",
    "required": ["family-names", "given-names"],
    "properties": {name: {"type": "string"} for name in ("family-names", "given-names", "orcid", "affiliation")},
    "additionalProperties": False,
}
ENTITY = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}},
    "additionalProperties": False,
}
TEXT, NUMBER = {"type": "string", "minLength": 1}, {"type": ["string", "integer"]}
REFERENCE = {
    "type": "object",
    "required": ["type", "title", "authors"],
    "properties": {
        "type": {"enum": ["article", "book", "report", "software"]},
        "authors": {"type": "array", "minItems": 1, "items": PERSON},
        "publisher": ENTITY,
        "year": {"type": "integer"},
        **dict.fromkeys(("title", "journal", "notes"), TEXT),
        **dict.fromkeys(("volume", "issue", "start", "end"), NUMBER),
    },
    "additionalProperties": False,
}
CITATION_FILE = {
    "type": "object",
    "required": ["cff-version", "message", "title", "authors", "version", "date-released", "license", "abstract"],
    "properties": {
        "cff-version": {"const": "1.2.0"},
        "type": {"enum": ["software", "dataset"]},
        "date-released": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "authors": {"type": "array", "minItems": 1, "items": {"anyOf": [PERSON, ENTITY]}},
        "keywords": {"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT},
        "references": {"type": "array", "minItems": 1, "items": REFERENCE},
        **dict.fromkeys(("message", "title", "abstract", "version", "license"), TEXT),
    },
    "additionalProperties": False,
}
"""What Citation File Format 1.2.0 asks of the keys that are used here."""


def text_of(name):
    """A file of the project."""
    return (ROOT / name).read_text("utf-8")


def citation():
    """CITATION.cff as data."""
    return yaml.safe_load(text_of("CITATION.cff"))


def releases():
    """Releases in the changelog, the latest first: version and date."""
    return re.findall(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)$", text_of("CHANGELOG.md"), re.M)


def test_version_and_date_agree_everywhere():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    codemeta = json.loads(text_of("codemeta.json"))
    version, date = releases()[0]
    assert {project["version"], citation()["version"], codemeta["version"], codemeta["softwareVersion"]} == {version}
    assert {citation()["date-released"], codemeta["dateModified"]} == {date}


def test_changelog_lists_releases_once_from_latest_to_first():
    versions = [tuple(map(int, version.split("."))) for version, _ in releases()]
    assert versions == sorted(set(versions), reverse=True)


def test_citation_file_is_valid():
    assert list(jsonschema.Draft202012Validator(CITATION_FILE).iter_errors(citation())) == []


def test_codemeta_names_what_the_project_is():
    codemeta = json.loads(text_of("codemeta.json"))
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    assert codemeta["@context"] == "https://w3id.org/codemeta/3.0"
    assert codemeta["@type"] == "SoftwareSourceCode"
    assert (codemeta["name"], codemeta["description"]) == (project["name"], project["description"])
    assert codemeta["license"].endswith(project["license"])
    assert codemeta["programmingLanguage"]["version"] == project["requires-python"]
    required = {re.split(r"[\[<>=]", line)[0] for line in project["dependencies"]}
    assert set(codemeta["softwareRequirements"]) <= required


def test_issue_forms_are_complete():
    forms = [path for path in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")) if path.stem != "config"]
    assert forms
    for path in forms:
        form = yaml.safe_load(path.read_text("utf-8"))
        assert {"name", "description", "body"} <= form.keys(), path.name
        ids = [part["id"] for part in form["body"]]
        assert len(ids) == len(set(ids)), path.name
        for part in form["body"]:
            assert part["type"] in ("input", "textarea", "dropdown", "markdown", "checkboxes"), path.name
            assert part["attributes"]["label"], path.name


def test_pull_request_template_points_to_a_section_that_exists():
    anchor = re.search(r"CONTRIBUTING\.md#([\w-]+)", text_of(".github/PULL_REQUEST_TEMPLATE.md"))[1]
    headings = re.findall(r"^#+ (.+)$", text_of("CONTRIBUTING.md"), re.M)
    assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
