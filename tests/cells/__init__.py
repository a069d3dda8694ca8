"""Kinds of values and places of use: each pair is a small program (tests/matrix.py)."""
from .kinds import KINDS
from .places import PLACES
from .program import source

__all__ = ["KINDS", "PLACES", "source"]
