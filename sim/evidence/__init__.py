"""The model against evidence: targets from published figures, validation, calibration.

It needs scenarios and runs; rules, weaving and measures do not depend on it.
"""
