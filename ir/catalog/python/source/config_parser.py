"""`configparser`: sections of keys and texts."""

import io
import re


class Error(Exception):
    def __init__(self, message=""):
        super().__init__(message)
        self.message = message


class NoSectionError(Error):
    def __init__(self, section: str):
        super().__init__(f"No section: {section!r}")
        self.section = section


class NoOptionError(Error):
    def __init__(self, option: str, section: str):
        super().__init__(f"No option {option!r} in section: {section!r}")
        self.option = option
        self.section = section


class DuplicateSectionError(Error):
    def __init__(self, section: str):
        super().__init__(f"Section {section!r} already exists")
        self.section = section


class SectionProxy:
    def __init__(self, parser, name: str):
        self._parser = parser
        self.name = name

    def __getitem__(self, key: str) -> str:
        if not self._parser.has_option(self.name, key):
            raise KeyError(key)
        return self._parser.get(self.name, key)

    def __setitem__(self, key: str, value: str):
        self._parser.set(self.name, key, value)

    def __delitem__(self, key: str):
        if not self._parser.remove_option(self.name, key):
            raise KeyError(key)

    def __contains__(self, key: str):
        return self._parser.has_option(self.name, key)

    def __iter__(self):
        return iter(self._parser.options(self.name))

    def __len__(self):
        return len(self._parser.options(self.name))

    def keys(self):
        return self._parser.options(self.name)

    def values(self):
        return [value for _, value in self._parser.items(self.name)]

    def items(self):
        return self._parser.items(self.name)

    def get(self, option: str, fallback: str = None):
        if not self._parser.has_option(self.name, option):
            return fallback
        return self._parser.get(self.name, option)

    def getint(self, option: str, fallback: int = None):
        if not self._parser.has_option(self.name, option):
            return fallback
        return int(self._parser.get(self.name, option))

    def getfloat(self, option: str, fallback: float = None):
        if not self._parser.has_option(self.name, option):
            return fallback
        return float(self._parser.get(self.name, option))

    def getboolean(self, option: str, fallback: bool = None):
        if not self._parser.has_option(self.name, option):
            return fallback
        return _as_bool(self._parser.get(self.name, option))


def _as_bool(text: str) -> bool:
    lowered = text.lower()
    if lowered in ("1", "yes", "true", "on"):
        return True
    if lowered in ("0", "no", "false", "off"):
        return False
    raise ValueError(f"Not a boolean: {text}")


class ConfigParser:
    def __init__(self):
        self._sections: dict[str, dict[str, str]] = {}
        self._defaults: dict[str, str] = {}

    def sections(self):
        return list(self._sections)

    def defaults(self):
        return self._defaults

    def add_section(self, section: str):
        if section in self._sections:
            raise DuplicateSectionError(section)
        self._sections[section] = {}

    def has_section(self, section: str) -> bool:
        return section in self._sections

    def _section(self, section: str) -> dict[str, str]:
        if section == "DEFAULT":
            return self._defaults
        if section not in self._sections:
            raise NoSectionError(section)
        return self._sections[section]

    def options(self, section: str) -> list[str]:
        out = list(self._section(section))
        out.extend(key for key in self._defaults if key not in out)
        return out

    def has_option(self, section: str, option: str) -> bool:
        key = option.lower()
        if section == "DEFAULT":
            return key in self._defaults
        if section not in self._sections:
            return False
        return key in self._sections[section] or key in self._defaults

    def _raw(self, section: str, option: str) -> str:
        own = self._section(section)
        key = option.lower()
        if key in own:
            return own[key]
        if key in self._defaults:
            return self._defaults[key]
        raise NoOptionError(option, section)

    def _expanded(self, section: str, text: str, depth: int = 0) -> str:
        if "%" not in text or depth > 10:
            return text

        def value(found):
            return self._expanded(section, self._raw(section, found.group(1)), depth + 1)

        return re.sub(r"%\((\w+)\)s", value, text).replace("%%", "%")

    def get(self, section: str, option: str, *, raw: bool = False, fallback: str = None) -> str:
        if fallback is not None and not self.has_option(section, option):
            return fallback
        text = self._raw(section, option)
        return text if raw else self._expanded(section, text)

    def getint(self, section: str, option: str, *, fallback: int = None) -> int:
        if fallback is not None and not self.has_option(section, option):
            return fallback
        return int(self.get(section, option))

    def getfloat(self, section: str, option: str, *, fallback: float = None) -> float:
        if fallback is not None and not self.has_option(section, option):
            return fallback
        return float(self.get(section, option))

    def getboolean(self, section: str, option: str, *, fallback: bool = None) -> bool:
        if fallback is not None and not self.has_option(section, option):
            return fallback
        return _as_bool(self.get(section, option))

    def set(self, section: str, option: str, value: str):
        self._section(section)[option.lower()] = value

    def items(self, section: str):
        return [(key, self.get(section, key)) for key in self.options(section)]

    def remove_option(self, section: str, option: str) -> bool:
        own = self._section(section)
        key = option.lower()
        if key not in own:
            return False
        del own[key]
        return True

    def remove_section(self, section: str) -> bool:
        if section not in self._sections:
            return False
        del self._sections[section]
        return True

    def __getitem__(self, section: str):
        if section != "DEFAULT" and section not in self._sections:
            raise KeyError(section)
        return SectionProxy(self, section)

    def __setitem__(self, section: str, values: dict[str, str]):
        own = {key.lower(): str(value) for key, value in values.items()}
        if section == "DEFAULT":
            self._defaults = own
        else:
            self._sections[section] = own

    def __contains__(self, section: str):
        return section == "DEFAULT" or section in self._sections

    def __iter__(self):
        return iter(["DEFAULT"] + list(self._sections))

    def __len__(self):
        return len(self._sections) + 1

    def read_dict(self, dictionary: dict[str, dict[str, str]]):
        for section, values in dictionary.items():
            if section != "DEFAULT" and section not in self._sections:
                self._sections[section] = {}
            for key, value in values.items():
                self._section(section)[key.lower()] = str(value)

    def read_string(self, text: str):
        own = self._defaults
        section = ""
        key = ""
        indent = 0
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.strip()
            if not line or line[0] in "#;":
                continue
            depth = len(raw) - len(raw.lstrip())
            if key and depth > indent:
                own[key] += "\n" + line
                continue
            indent = depth
            if line.startswith("[") and line.endswith("]"):
                section = line[1:-1]
                key = ""
                if section == "DEFAULT":
                    own = self._defaults
                elif section in self._sections:
                    raise DuplicateSectionError(section)
                else:
                    own = {}
                    self._sections[section] = own
                continue
            if not section:
                raise Error(f"File contains no section headers.\nfile: '<string>', line: {number}\n{raw!r}")
            parts = re.split(r"\s*[=:]\s*", line, maxsplit=1)
            if len(parts) < 2:
                raise Error(f"Source contains parsing errors: '<string>'\n\t[line {number:2d}]: {raw!r}")
            key = parts[0].strip().lower()
            own[key] = parts[1].strip()

    def read_file(self, lines: list[str]):
        self.read_string("\n".join(line.rstrip("\n") for line in lines))

    def write(self, target: io.TextIOBase, space_around_delimiters: bool = True):
        sign = " = " if space_around_delimiters else "="
        if self._defaults:
            target.write("[DEFAULT]\n")
            for key, value in self._defaults.items():
                target.write(f"{key}{sign}{value}\n")
            target.write("\n")
        for section, own in self._sections.items():
            target.write(f"[{section}]\n")
            for key, value in own.items():
                shown = value.replace("\n", "\n\t")
                target.write(f"{key}{sign}{shown}\n")
            target.write("\n")
