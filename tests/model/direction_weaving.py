"""Expected direction of each parameter of levers, stages and measures, as in `direction_rules`."""

DIRECTIONS = {
    # Customized weaving.
    "customized.introduction_hours": (0.5, 10.0, "triads", "sum new_ties_coordinator", -1),
    "customized.unconnected_hours": (0.5, 20.0, "unconnected", "sum new_ties_coordinator", -1),
    "customized.bridger_hours": (0.5, 20.0, "bridgers", "bridging", -1),
    "customized.asked_initiative": (0.0, 0.5, "triads", "mean mean_initiative", 1),
    "customized.crowding": (0.6, 1.0, "hub", "mean mean_initiative", 1),
    "customized.few": (0, 6, "unconnected", "sum new_ties_coordinator", 1),
    "customized.help_share": (0.0, 1.0, "unconnected and groups", "mean in_groups", 1),
    # Mass weaving.
    "mass.directory_entry": (0.1, 20.0, "directory", "sum new_ties_directory", -1),
    "mass.directory_decay": (0.0, 0.6, "directory", "sum new_ties_directory", -1),
    "mass.newsletter_hours": (5.0, 80.0, "newsletter", "mean mean_identity", -1),
    "mass.icebreaker_hours": (4.0, 80.0, "icebreakers", "sum new_ties_icebreaker", -1),
    "mass.icebreaker_places": (5, 40, "icebreakers", "sum new_ties_icebreaker", 1),
    # Convening.
    "convening.head_cost": (50.0, 6000.0, "convening", "sum convened", -1),
    "convening.head_hours": (0.0, 10.0, "convening and triads", "sum new_ties_coordinator", -1),
    # Support of groups.
    "support.session_hours": (1.0, 40.0, "sessions", "sum sessions", -1),
    "support.session_head_cost": (10.0, 8000.0, "sessions in person", "sum sessions_in_person", -1),
    "support.channel_group": (0.5, 100.0, "channels", "channel", -1),
    "support.channel_decay": (0.0, 0.6, "channels", "channel", -1),
    "support.group_hours": (0.5, 20.0, "group support", "mean work_by_members", 1),
    # Stages: stricter thresholds are met later.
    "stages.hold": (1, 30, "connecting", "connected", 1),
    "stages.connected_degree": (1.0, 14.0, "connecting", "connected", 1),
    "stages.connected_trust": (0.05, 0.6, "connecting", "connected", 1),
    "stages.connected_component": (0.2, 1.0, "connecting", "connected", 1),
    "stages.aligned_share": (0.1, 0.95, "groups", "aligned", 1),
    "stages.producing_outputs": (0.5, 15.0, "groups", "producing", 1),
    "stages.generative_several": (1.0, 6.0, "groups", "generative", 1),
    "stages.window": (2, 70, "groups", "generative", -1),
    # Measures.
    "measures.every": "numerical setting: how often structure is mapped",
}  # fmt: skip
