"""Keys of parameters for tests where any parameter would do: if one is retired, choose another one here."""

PARAMETER = "trust.decay"
OTHER, THIRD, FOURTH = "giving.base", "giving.cost", "giving.value"
