"""The model against evidence: targets from published figures, validation, calibration.

It needs scenarios and runs; nothing in rules, weaving or measures knows of it.
"""
