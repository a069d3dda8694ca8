import sys


def greet(names):
    # the longest name first
    for name in sorted(names, key=len, reverse=True):
        print(f"Hello, {name}!")


greet(sys.argv[1:] or ["world"])
