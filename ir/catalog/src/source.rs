//! Library classes that are written in Python, as CPython has them: they join the program that uses them.

/// A module of the program that holds a class of the library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Source {
    /// The library's path of the class: `collections.ChainMap`.
    pub path: &'static str,
    /// The module that it is in a program: `chain_map`.
    pub module: &'static str,
    pub text: &'static str,
    /// Only classes below it need it: otherwise it is a type of the library.
    pub as_base: bool,
}

/// All of them.
pub const SOURCES: &[Source] = &[
    Source {
        path: "collections.ChainMap",
        module: "chain_map",
        text: include_str!("../python/source/chain_map.py"),
        as_base: false,
    },
    Source {
        path: "types.MappingProxyType",
        module: "mapping_proxy",
        text: include_str!("../python/source/mapping_proxy.py"),
        as_base: false,
    },
    Source {
        path: "logging.Handler",
        module: "log_handler",
        text: include_str!("../python/source/log_handler.py"),
        as_base: true,
    },
    Source {
        path: "logging.Filter",
        module: "log_filter",
        text: include_str!("../python/source/log_filter.py"),
        as_base: false,
    },
    Source {
        path: "logging.Formatter",
        module: "log_formatter",
        text: include_str!("../python/source/log_formatter.py"),
        as_base: true,
    },
    Source {
        path: "graphlib.TopologicalSorter",
        module: "graph_sorter",
        text: include_str!("../python/source/graph_sorter.py"),
        as_base: false,
    },
    Source {
        path: "graphlib.CycleError",
        module: "graph_sorter",
        text: include_str!("../python/source/graph_sorter.py"),
        as_base: false,
    },
    Source {
        path: "threading.Lock",
        module: "threads",
        text: include_str!("../python/source/threads.py"),
        as_base: false,
    },
    Source {
        path: "threading.RLock",
        module: "threads",
        text: include_str!("../python/source/threads.py"),
        as_base: false,
    },
    Source {
        path: "threading.Semaphore",
        module: "threads",
        text: include_str!("../python/source/threads.py"),
        as_base: false,
    },
    Source {
        path: "threading.BoundedSemaphore",
        module: "threads",
        text: include_str!("../python/source/threads.py"),
        as_base: false,
    },
    Source {
        path: "threading.Event",
        module: "threads",
        text: include_str!("../python/source/threads.py"),
        as_base: false,
    },
    Source {
        path: "threading.Thread",
        module: "threads",
        text: include_str!("../python/source/threads.py"),
        as_base: false,
    },
    Source {
        path: "threading.current_thread",
        module: "threads",
        text: include_str!("../python/source/threads.py"),
        as_base: false,
    },
    Source {
        path: "threading.main_thread",
        module: "threads",
        text: include_str!("../python/source/threads.py"),
        as_base: false,
    },
    Source {
        path: "http.HTTPStatus",
        module: "http_status",
        text: include_str!("../python/source/http_status.py"),
        as_base: false,
    },
    Source {
        path: "difflib.SequenceMatcher",
        module: "difflib_source",
        text: include_str!("../python/source/difflib_source.py"),
        as_base: false,
    },
    Source {
        path: "difflib.get_close_matches",
        module: "difflib_source",
        text: include_str!("../python/source/difflib_source.py"),
        as_base: false,
    },
    Source {
        path: "difflib.unified_diff",
        module: "difflib_source",
        text: include_str!("../python/source/difflib_source.py"),
        as_base: false,
    },
    Source {
        path: "configparser.ConfigParser",
        module: "config_parser",
        text: include_str!("../python/source/config_parser.py"),
        as_base: false,
    },
    Source {
        path: "configparser.Error",
        module: "config_parser",
        text: include_str!("../python/source/config_parser.py"),
        as_base: false,
    },
    Source {
        path: "configparser.NoSectionError",
        module: "config_parser",
        text: include_str!("../python/source/config_parser.py"),
        as_base: false,
    },
    Source {
        path: "configparser.NoOptionError",
        module: "config_parser",
        text: include_str!("../python/source/config_parser.py"),
        as_base: false,
    },
    Source {
        path: "configparser.DuplicateSectionError",
        module: "config_parser",
        text: include_str!("../python/source/config_parser.py"),
        as_base: false,
    },
    Source {
        path: "concurrent.futures.ThreadPoolExecutor",
        module: "futures",
        text: include_str!("../python/source/futures.py"),
        as_base: false,
    },
    Source {
        path: "concurrent.futures.Future",
        module: "futures",
        text: include_str!("../python/source/futures.py"),
        as_base: false,
    },
    Source {
        path: "concurrent.futures.as_completed",
        module: "futures",
        text: include_str!("../python/source/futures.py"),
        as_base: false,
    },
];

impl Source {
    /// The name of the class.
    pub fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// Whether a program of this text may use the class.
    pub fn is_named_in(&self, text: &str) -> bool {
        let library = self.path.split('.').next().unwrap_or_default();
        let is_asked = match self.as_base {
            true => text.lines().any(|line| self.is_base_in(line)),
            false => text.contains(self.name()),
        };
        is_asked && text.contains(library)
    }

    /// `class Memory(logging.Handler):`.
    fn is_base_in(&self, line: &str) -> bool {
        let bases = line.trim_start().strip_prefix("class ").and_then(|line| line.split_once('('));
        let ends = |base: &str| base.trim_end_matches("):").rsplit('.').next() == Some(self.name());
        bases.is_some_and(|(_, bases)| bases.trim_end().split(',').any(|base| ends(base.trim())))
    }
}

/// The class of a library path that is written in Python.
pub fn source(path: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.path == path)
}
