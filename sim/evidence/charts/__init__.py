"""Figures of claims, open questions and published figures."""
