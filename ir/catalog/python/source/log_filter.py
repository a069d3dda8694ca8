"""`logging.Filter`: lets the records of one logger and those below it pass."""


class Filter:
    def __init__(self, name=""):
        self.name = name

    def filter(self, record):
        if self.name == "" or self.name == record.name:
            return True
        return record.name.startswith(self.name + ".")

    def __call__(self, record):
        return self.filter(record)
