"""Writes random Python programs that end, print much, and do not depend on the hash seed."""

from .program import Program


def source(seed):
    """The text of one program."""
    return Program(seed).text()
