"""Places of use: a program each, with holes for a kind's values (program.py says which)."""
import re
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    name: str
    template: str


def read(text):
    parts = re.split(r"(?m)^## (\w+)\n", text)
    return [Place(name, body) for name, body in zip(parts[1::2], parts[2::2])]


PLACES = read((Path(__file__).parent / "places.txt").read_text())
