"""Identity: gifts from the network and from exchange partners, news and its readers, events, outputs, fading."""

import numpy as np
import pytest

from sim.model.rules.identity import gather_news
from tests.model.worlds import do, make_world, row_of, tie, turn_page, view


def after(**now):
    """Return the identity after one week with the given values."""
    world = make_world(1)
    for name, value in now.items():
        target = world.members[0] if name in world.members.dtype.names else world.network[0]
        target[name] = value
    do(world, "belong", 0)
    return float(world.members[0].identity)


def test_value_from_the_network_counts_and_value_from_an_exchange_does_not():
    nothing = after()
    assert nothing == after(direct_now=1.0) < after(network_now=1.0)


def test_identity_fades():
    assert after() == pytest.approx(0.2 * (1 - 0.01))


@pytest.mark.parametrize("name", ["worth_last", "news_now"])
def test_outputs_and_events_raise_identity(name):
    assert after(**{name: 1}) > after()


def test_channels_carry_news_of_outputs():
    assert after(worth_last=1.0, channel=1.0) > after(worth_last=1.0)
    assert after(channel=1.0) == after()


def test_identity_stays_a_share():
    assert after(network_now=1e6) <= 1.0
    assert 0.0 <= after(identity=1.0, news_now=1.0) <= 1.0


EVERYONE = {"identity.readers": 1.0}


def test_a_newsletter_makes_contacts_work_known_to_active_readers():
    world = make_world(3, [(0, 1), (1, 2)], given=EVERYONE)
    before = float(tie(world, 0, 1).known)
    do(world, "read_news")
    assert tie(world, 0, 1).known == before and not world.members.news_now[:3].any()
    world.network[0].issue = 1.0
    do(world, "read_news", 0)
    assert tie(world, 0, 1).known == pytest.approx(before + 0.1 * (1 - before))
    assert tie(world, 1, 0).known == before and world.members.news_now[:3].tolist() == [0.01, 0.0, 0.0]


def test_what_a_newsletter_does_is_in_proportion_to_its_news():
    gains = []
    for issue in (0.25, 0.5, 1.0):
        world = make_world(1, given=EVERYONE)
        world.network[0].issue = issue
        do(world, "read_news", 0)
        gains.append(float(world.members[0].news_now))
    assert gains == pytest.approx([0.0025, 0.005, 0.01])


def test_some_members_read_an_issue_and_not_always_the_same():
    readers = np.zeros(200)
    for week in range(20):
        world = make_world(200)
        world.network[0].issue = 1.0
        turn_page(world, week)
        do(world, "read_news")
        readers += world.members.news_now[:200] > 0
    assert readers.mean() / 20 == pytest.approx(0.25, abs=0.03) and readers.max() < 20 and readers.std() < 3


def test_news_are_gifts_newcomers_and_outputs_a_member():
    def news(members=40, **counts):
        world = make_world(members)
        for name, value in counts.items():
            target = world.network[0] if name == "worth_now" else world.tally[0]
            target[name] = value
        gather_news(view(world))
        return float(world.network[0].news)

    assert news() == 0.0 < news(gifts=10) < news(gifts=20)
    assert news(newcomers=1) > 0.0 and news(worth_now=1.0) == 1.0
    assert news(members=80, gifts=20) == news(gifts=10)


def test_members_who_left_read_no_news_and_keep_their_identity():
    world = make_world(2, [(0, 1)], given=EVERYONE)
    world.network[0].issue = 1.0
    world.members[0].active = 0
    before = world.members[:1].tobytes(), world.ties[row_of(world, 0)].tobytes()
    do(world, "read_news", 0)
    do(world, "belong", 0)
    assert (world.members[:1].tobytes(), world.ties[row_of(world, 0)].tobytes()) == before
