"""Identity: gifts from strangers and from exchange partners, news, meetings, outputs, fading."""

import pytest

from tests.model.worlds import do, make_world, tie


def after(**now):
    """Return the identity after one week with the given values."""
    world = make_world(1)
    for name, value in now.items():
        target = world.members[0] if name in world.members.dtype.names else world.network[0]
        target[name] = value
    do(world, "belong", 0)
    return float(world.members[0].identity)


def test_value_from_strangers_counts_more():
    nothing = after()
    assert nothing < after(direct_now=1.0) < after(network_now=1.0)


def test_identity_fades():
    assert after() == pytest.approx(0.2 * (1 - 0.01))


@pytest.mark.parametrize("name", ["issue", "worth_last", "meeting_now"])
def test_news_outputs_and_meetings_raise_identity(name):
    assert after(**{name: 1}) > after()


def test_channels_carry_news_of_outputs():
    assert after(worth_last=1.0, channel=1.0) > after(worth_last=1.0)
    assert after(channel=1.0) == after()


def test_identity_stays_a_share():
    assert after(network_now=1e6) <= 1.0
    assert 0.0 <= after(identity=1.0, meeting_now=1.0) <= 1.0


def test_a_newsletter_makes_contacts_work_known_to_active_readers():
    world = make_world(3, [(0, 1), (1, 2)])
    before = float(tie(world, 0, 1).known)
    do(world, "read_news")
    assert tie(world, 0, 1).known == before
    world.network[0].issue = 1
    do(world, "read_news", 0)
    assert before < tie(world, 0, 1).known <= 1.0
    assert tie(world, 1, 0).known == before


def test_members_who_left_read_no_news_and_keep_their_identity():
    world = make_world(2, [(0, 1)])
    world.network[0].issue = 1
    world.members[0].active = 0
    before = world.members[:1].tobytes(), world.ties[:1].tobytes()
    do(world, "read_news", 0)
    do(world, "belong", 0)
    assert (world.members[:1].tobytes(), world.ties[:1].tobytes()) == before
