"""`logging.Formatter`: what a program's own formatters inherit."""
import logging


class Formatter:
    def __init__(self, fmt=None, datefmt=None, style="%"):
        self.plain = logging.PlainFormatter(fmt, datefmt, style)
        self.datefmt = datefmt

    def format(self, record):
        return self.plain.format(record)

    def formatTime(self, record, datefmt=None):
        return self.plain.formatTime(record, datefmt)

    def __call__(self, record):
        return self.format(record)
