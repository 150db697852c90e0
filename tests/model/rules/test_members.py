"""Members' traits: keyed by member number, distributed as declared."""

import numpy as np
import pytest
from scipy.stats import chisquare

from sim.model.rules.members import somebody
from sim.model.state import ORGANISATION
from tests.model.worlds import check_bounds, lucks, make_world, view


@pytest.fixture(scope="module")
def many():
    """Return a world of a thousand members, one in five an organisation."""
    kinds = [int(i % 5 == 0) for i in range(1000)]
    return make_world(1000, kinds=kinds, sectors=[i % 4 for i in range(1000)], even=False)


def test_traits_do_not_depend_on_other_members():
    small, large = make_world(10, even=False), make_world(300, even=False)
    assert small.members[:10].tobytes() == large.members[:10].tobytes()


def test_traits_differ_between_replicates_and_seeds():
    traits = [
        make_world(9, replicate=r, seed=s, even=False).members.generosity[:9].tolist()
        for r, s in ((0, 1), (1, 1), (0, 2))
    ]
    assert traits[0] != traits[1] != traits[2] != traits[0]


def test_traits_are_distributed_as_declared(many):
    me = many.members[:1000]
    assert me.generosity.mean() == pytest.approx(0.5, abs=0.03) and me.generosity.std() == pytest.approx(0.2, abs=0.03)
    assert me.activity.mean() == pytest.approx(1.0, abs=0.15) and np.log(me.activity).std() == pytest.approx(
        1.0, abs=0.08
    )
    assert np.allclose(me.silence, np.exp(-me.activity))
    assert me.ability.mean() == pytest.approx(0.4, abs=0.03) and me.engagement.mean() == pytest.approx(0.65, abs=0.03)
    assert me.need.min() >= 0.3 and me.need.max() <= 1.0 and me.need.mean() == pytest.approx(0.65, abs=0.02)
    assert (me.groups == -1).all() and (me.left == -1).all() and (me.constraint == 9.0).all()
    for trait in (me.popularity, me.outlook[:, 0], me.outlook[:, 1]):
        assert trait.mean() == pytest.approx(0.0, abs=0.1) and trait.std() == pytest.approx(1.0, abs=0.1)
    check_bounds(many)


def test_organisations_have_more_resources_to_give(many):
    me = many.members[:1000]
    organisation = me.kind == ORGANISATION
    assert (me.endowment[organisation, 3] == 1.0).all() and me.endowment[~organisation, 3].mean() < 0.7
    assert me.endowment[organisation, 0].mean() == pytest.approx(me.endowment[~organisation, 0].mean(), abs=0.06)


def test_viewpoints_within_a_sector_are_similar(many):
    me = many.members[:1000]
    within = np.mean([me.viewpoint[me.sector == s].var(axis=0).mean() for s in range(4)])
    assert within < me.viewpoint.var(axis=0).mean()
    own = make_world(1000, sectors=[i % 4 for i in range(1000)], given={"members.viewpoint_spread": 0.0}, even=False)
    assert len(np.unique(own.members.viewpoint[:1000], axis=0)) == 4


def looked(world, number=4000):
    """Return the members drawn in `number` looks."""
    return [somebody(luck, look, view(world)) for luck in lucks(number // 4) for look in range(4)]


@pytest.mark.parametrize(("n", "gone"), [(64, 0), (65, 0), (66, 50), (20, 12)])
def test_every_active_member_is_equally_likely_to_be_drawn(n, gone):
    world = make_world(n)
    world.members.active[:gone] = 0
    names = np.array(looked(world))
    assert np.mean(names < 0) < 0.002
    found = np.bincount(names[names >= 0], minlength=n)
    assert not found[:gone].any()
    assert chisquare(found[gone:]).pvalue > 1e-4


def test_a_draw_gives_the_same_member_in_a_larger_network():
    small, large = looked(make_world(40)), looked(make_world(60))
    assert all(there in (here, *range(40, 60)) for here, there in zip(small, large, strict=True))


def test_no_member_is_drawn_from_an_empty_network():
    world = make_world(5)
    world.members.active[:5] = 0
    assert set(looked(world, 40)) == {-1}
