"""`logging.Handler`: what a program's own handlers inherit."""
import logging


class Handler:
    def __init__(self, level=0):
        self.level = logging._checkLevel(level)
        self.formatter = None
        self.filters = []

    def setLevel(self, level):
        self.level = logging._checkLevel(level)

    def setFormatter(self, fmt):
        self.formatter = fmt

    def addFilter(self, filter):
        self.filters.append(filter)

    def format(self, record):
        if self.formatter is None:
            return record.getMessage()
        return self.formatter.format(record)

    def emit(self, record):
        raise NotImplementedError("emit must be implemented by Handler subclasses")

    def handle(self, record):
        for filter in self.filters:
            if not filter(record):
                return False
        self.emit(record)
        return True

    def flush(self):
        pass

    def close(self):
        pass

    def acquire(self):
        pass

    def release(self):
        pass

    def __call__(self, record):
        if record.levelno >= self.level:
            self.handle(record)
