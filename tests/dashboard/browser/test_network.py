"""Uploading a network in a real browser."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from sim.inputs.networks import build
from sim.inputs.networks.kinds import Karate
from sim.inputs.networks.network_writing import to_csv
from tests.dashboard.browser.conftest import FINAL

EXAMPLES = Path(__file__).parents[3] / "scenarios" / "networks"
FILES = [str(EXAMPLES / "example-members.csv"), str(EXAMPLES / "example-ties.csv")]
TAIL = "members=60&years=2&futures=20&a=personal&b=mass"


def upload(page, files):
    """Choose files, as the file dialog would, and wait for what was understood."""
    page.set_input_files("[data-testid=files]", files)
    page.wait_for_selector("[data-testid=own]")


def overlap(a, b):
    """Whether two boxes, which have room around their letters, share more than an edge."""
    sides = (("x", "width"), ("y", "height"))
    return all(a[at] + a[size] > b[at] + 6 and b[at] + b[size] > a[at] + 6 for at, size in sides)


def test_a_network_is_understood_and_used_on_every_page(visit, tmp_path):
    one = visit()
    page = one.open(f"/network?{TAIL}", "[data-testid=files]")
    upload(page, FILES)
    assert "24 members, 33 ties" in one.text("understood")
    assert "Ties per member" in one.text("health") and page.locator(".gn-own-member").count() == 24
    assert "Whom it depends on" in one.text("profile")
    boxes = [name.bounding_box() for name in page.locator(".gn-map-name").all()]
    assert 20 <= len(boxes) <= 24 and not [1 for a, b in combinations(boxes, 2) if overlap(a, b)]
    page.select_option("[data-testid=map-colour]", "group")
    page.select_option("[data-testid=map-size]", "Damage if they leave")
    assert page.locator("[data-testid=map-key] li").count() >= 4
    page.select_option("[data-testid=map-find]", label="Shelter")
    assert "4 others would be cut off" in one.text("map-picked")
    page.click("[data-testid=use]")
    page.wait_for_selector(FINAL)
    assert "example-members.csv and example-ties.csv: 24 members, 33 ties" in one.text("own-in-use")
    assert page.locator("[data-testid=members]").count() == 0
    verdict, link = one.text("verdict"), page.url.removeprefix(one.address)
    assert re.search(r"own=[0-9a-f]{12}", link)
    page.click("nav >> text=Watch")
    page.wait_for_selector("[data-testid=film][data-ready=true]")
    assert "Food bank" in page.text_content("[data-testid=member]")

    other = visit()
    other.open(link, "[data-testid=fault]")
    assert "links do not carry" in other.text("fault") and other.page.locator("[data-testid=verdict]").count() == 0
    other.page.click("nav >> text=Your network")
    other.page.wait_for_selector("[data-testid=wanted]")
    upload(other.page, FILES)
    other.page.click("[data-testid=use]")
    other.page.wait_for_selector(FINAL)
    assert other.text("verdict") == verdict


def test_an_earlier_survey_shows_what_changed(visit):
    one = visit()
    page = one.open(f"/network?{TAIL}", "[data-testid=files]")
    upload(page, FILES)
    ties = b"from,to\nfood-bank,garden\nfood-bank,m03\nfood-bank,m04\n"
    files = {"example-members.csv": Path(FILES[0]).read_bytes(), "ties.csv": ties}
    sent = [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in files.items()]
    page.set_input_files("[data-testid=earlier]", sent)
    page.wait_for_selector("[data-testid=change]")
    assert "24 members stayed" in one.text("change") and "came" in one.text("map-ties-key")
    assert page.locator(".gn-own-tie.is-new").count() > 10
    page.fill("[data-testid=hours]", "5")
    page.click("[data-testid=forecast]")
    page.wait_for_selector("[data-testid=since] .gn-progress, [data-testid=next]")
    page.click("[data-testid=forget-earlier]")
    page.wait_for_selector("[data-testid=earlier]")
    assert page.locator(".gn-own-tie").count() == 33


def test_of_a_table_with_dates_the_latest_wave_is_the_network(visit):
    one = visit()
    page = one.open(f"/network?{TAIL}", "[data-testid=files]")
    upload(page, [str(EXAMPLES / "example-members.csv"), str(EXAMPLES / "example-waves.csv")])
    assert "The network shown is the latest" in one.text("waves") and "ended" in one.text("map-ties-key")
    assert page.locator("[data-testid=since] .gn-table tbody tr").count() > 5
    latest = page.get_attribute("[data-testid=own]", "data-fingerprint")
    page.click("[data-testid=reading] summary")
    page.check("[data-testid=merged]")
    page.wait_for_selector("[data-testid=earlier]")
    assert page.get_attribute("[data-testid=own]", "data-fingerprint") != latest
    assert page.locator("[data-testid=waves]").count() == 0


def test_a_removed_network_is_deleted_from_disk(visit, server):
    before = set(server.temporary.glob("gennet-own-*"))
    one = visit()
    page = one.open(f"/network?{TAIL}", "[data-testid=files]")
    upload(page, FILES)
    (mine,) = set(server.temporary.glob("gennet-own-*")) - before
    assert mine.stat().st_mode & 0o077 == 0
    page.click("[data-testid=leave]")
    page.wait_for_selector("[data-testid=own]", state="detached")
    assert not mine.exists()


BAD = {
    "no-ties.csv": (b"id,name\na,Ann\n", "no table of ties"),
    "odd.csv": (b"from,to,strength\na,b,lots\nb,c,-1\n", "odd.csv, line 3: strength is -1"),
    "damaged.xlsx": (b"PK\x03\x04" + bytes(range(200)), "damaged.xlsx: is damaged"),
    "entity.graphml": (b'<!DOCTYPE x [<!ENTITY a "b">]><graphml/>', "holds <!DOCTYPE"),
    "picture.pdf": (b"%PDF", "allowed are .csv"),
    "small.csv": (b"from,to\na,a\n", "small.csv: has one member"),
    "large.csv": (b"from,to\n" + b"a,b\n" * 1_100_000, "the limit is 4,000,000"),
}


def test_bad_files_are_refused_with_a_sentence_and_the_network_before_stays(visit, tmp_path):
    one = visit()
    page = one.open(f"/network?{TAIL}", "[data-testid=files]")
    upload(page, FILES)
    for name, (content, message) in BAD.items():
        (tmp_path / name).write_bytes(content)
        page.set_input_files("[data-testid=files]", str(tmp_path / name))
        page.wait_for_function(
            """text => { const found = document.querySelector('[data-testid=own-fault]');
                return found && found.innerText.includes(text); }""",
            arg=message,
        )
        assert page.locator("[data-testid=own]").count() == 1
    upload(page, FILES)
    page.wait_for_selector("[data-testid=own-fault]", state="detached")


def test_columns_are_chosen_and_missing_people_added(visit, tmp_path):
    one = visit()
    page = one.open(f"/network?{TAIL}", "[data-testid=files]")
    people = [("Mia", "Kitchen"), ("Noor", "Orchard"), ("Oki", "Kitchen"), ("Pia", "Orchard")]
    (tmp_path / "m.csv").write_text("name,organisation\n" + "".join(f"{a},{b}\n" for a, b in people))
    (tmp_path / "t.csv").write_text("from,to\nMia,Noor\nNoor,Oki\nOki,Pia\nPia,Rex\n")
    page.set_input_files("[data-testid=files]", [str(tmp_path / "m.csv"), str(tmp_path / "t.csv")])
    page.wait_for_selector("[data-testid=own-fault]")
    assert "t.csv, line 5: to is 'Rex'" in one.text("own-fault")
    page.check("[data-testid=add-missing]")
    page.wait_for_selector("[data-testid=own]")
    assert "1 person added: 'Rex'" in one.text("understood")
    page.click("[data-testid=reading] summary")
    page.select_option("[data-testid=column-sector]", "organisation")
    page.wait_for_function(
        "document.querySelector('[data-testid=understood]').innerText.includes('sectors: 0 Kitchen, 1 Orchard')"
    )


def test_the_example_can_be_downloaded_and_uploaded(visit, tmp_path):
    page = visit().open(f"/network?{TAIL}", "[data-testid=files]")
    paths = []
    for what, text in zip(("members", "ties"), to_csv(build(Karate(), 1, 0)), strict=True):
        with page.expect_download() as waiting:
            page.click(f"[data-testid=example-{what}]")
        paths.append(str(tmp_path / f"{what}.csv"))
        waiting.value.save_as(paths[-1])
        assert len(Path(paths[-1]).read_text().splitlines()) == len(text.splitlines())
    upload(page, paths)
    assert "34 members, 78 ties" in page.text_content("[data-testid=understood]")


def test_the_keyboard_alone_takes_a_network_to_compare(visit):
    page = visit().open(f"/network?{TAIL}", "[data-testid=files]")

    def tab_to(name):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.dataset.testid || ''") == name:
                return
        raise AssertionError(f"{name} was not reached")

    tab_to("try-example")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-testid=understood]")
    tab_to("use")
    page.keyboard.press("Enter")
    page.wait_for_selector(FINAL)
    assert "34 members" in page.text_content("[data-testid=own-in-use]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_access(visit, scheme):
    one = visit(color_scheme=scheme)
    upload(one.open(f"/network?{TAIL}", "[data-testid=files]"), FILES)
    assert one.faults_in_access() == []


def test_a_kept_network_survives_a_reload_and_opens_elsewhere_until_it_is_deleted(visit):
    one = visit()
    page = one.open(f"/network?{TAIL}", "[data-testid=files]")
    upload(page, FILES)
    page.click("[data-testid=use]")
    page.wait_for_selector("[data-testid=own-in-use]")
    page.click("nav >> text=Your network")
    page.click("[data-testid=keep]")
    page.wait_for_selector("[data-testid=kept]")
    link = page.get_attribute("[data-testid=kept-link]", "href")
    page.click("nav >> text=Compare")
    page.wait_for_selector("[data-testid=own-in-use]")
    page.reload()
    page.wait_for_selector("[data-testid=own-in-use]")

    other = visit()
    other.open(link.removeprefix(one.address), "[data-testid=own]")
    assert "24 members, 33 ties" in other.text("understood")
    other.page.click("[data-testid=delete]")
    other.page.wait_for_selector("[data-testid=kept]", state="detached")
    third = visit()
    third.open(link.removeprefix(one.address), "[data-testid=own-fault]")
    assert "no longer kept" in third.text("own-fault")
