"""One program of a kind and a place."""
import re


def filled(kind, template):
    """The template with `$A $B $C` the values, `$T` the annotation, `$(x)` a value shown, `$!(x)` a statement that changes it."""
    a, b, c = kind.values
    text = re.sub(r"\$!\(([^()]*(?:\([^()]*\)[^()]*)*)\)", lambda m: changed(kind, m[1]), template)
    text = re.sub(r"\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)", lambda m: kind.show.replace("@", m[1]), text)
    wrapped = lambda value: f"({value})" if re.match(r"lambda|-|\d+[*+]|Mode\.\w+ \|", value) else value
    for name, value in (("A", a), ("B", b), ("C", c)):
        # After `= ` and `return ` an expression needs no parentheses.
        text = re.sub(rf"(?m)((?:^|\s)= |return )\${name}$", lambda m: m[1] + value, text)
        text = re.sub(rf"\${name}\b", lambda m: wrapped(value), text)
    return re.sub(r"\$T\b", lambda m: kind.typed, text)


def changed(kind, place):
    return (kind.change or "@ = $C").replace("@", place)


def source(kind, place):
    return kind.before + filled(kind, place.template.strip("\n") + "\n")
