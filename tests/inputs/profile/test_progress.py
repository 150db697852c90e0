"""Two waves of one network."""

import pytest

from sim.inputs.profile.network_profile import profile_of
from sim.inputs.profile.progress import progress_of
from tests.inputs.reading.reading_helpers import read

pytestmark = pytest.mark.fast
FIRST = "id,name\n1,Mia\n2,Noor\n3,Oki\n4,Pia\n", "from,to\n1,2\n2,3\n3,4\n"
SECOND = "id,name\n1,Mia\n2,Noor Berg\n3,Oki\n5,Rex\n", "from,to\n1,2\n1,3\n3,5\n"


def profiled(members, ties):
    """The profile of a wave."""
    return profile_of(read(("m.csv", members), ("t.csv", ties)))


def test_what_changed():
    found = progress_of(profiled(*FIRST), profiled(*SECOND))
    assert found.matched == "id" and found.stayed == ["Mia", "Noor Berg", "Oki"]
    assert found.joined == ["Rex"] and found.left == ["Pia"]
    assert found.kept == [("Mia", "Noor Berg")] and found.new == [("Mia", "Oki"), ("Oki", "Rex")]
    assert found.lost == [("Noor", "Oki"), ("Oki", "Pia")]
    assert (found.lost_with_leavers, found.new_with_joiners) == (1, 1) and found.jaccard == pytest.approx(1 / 3)
    measures = {label: (before, after) for label, before, after in found.measures}
    assert measures["Members"] == (4, 4) and measures["Steps between members"] == pytest.approx((5 / 3, 5 / 3))


def test_people_without_ids_are_matched_by_name():
    found = progress_of(
        profile_of(read(("a.csv", "from,to\nMia,Noor\nNoor,Oki\n"))),
        profile_of(read(("b.csv", "from,to\nOKI,mia\nmia,Pia\n"))),
    )
    assert found.matched == "name" and found.joined == ["Pia"] and found.left == ["Noor"]
    assert found.lost_with_leavers == 2 and found.jaccard == 0.0


def test_the_same_wave_twice_has_no_changes():
    found = progress_of(profiled(*FIRST), profiled(*FIRST))
    assert found.jaccard == 1.0 and not found.joined + found.left + found.lost + found.new
    assert found.payload()["stage_before"] == found.payload()["stage_after"]
