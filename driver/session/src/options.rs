//! What a user can choose.

pub use batuta_ruchy::Start;

/// How Python's unbounded `int` is stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum IntPolicy {
    /// `i64` unless growth is seen.
    #[default]
    Auto,
    /// `rt::Int` everywhere.
    Big,
}

/// How much the emitted program is worked over. Its output never depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Optimize {
    /// No idioms: the Rust follows the source step by step.
    None,
    #[default]
    Default,
    /// Link-time optimisation and one codegen unit.
    Aggressive,
}

/// A level of the IR that can be looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Level {
    Hir,
    Typed,
    /// What the JIT reads.
    Mir,
    /// Mir after the idioms: what the Rust printer reads.
    Idiomatic,
}

/// How units of C are read.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Preprocessing {
    /// Folders of `-I`, in order: those of [`Project::add_headers`](crate::Project::add_headers).
    pub folders: Vec<String>,
    /// Folders of a system's headers, behind those that are bundled: those of
    /// [`Project::add_system_headers`](crate::Project::add_system_headers).
    pub system: Vec<String>,
    /// `NAME` or `NAME=VALUE` of each `-D`.
    pub defines: Vec<String>,
    /// Names of `-U`: no macro has them at the start of a unit.
    pub undefines: Vec<String>,
    /// Libraries that hold what no unit defines, as a linker knows them.
    pub libraries: Vec<String>,
    /// Signed arithmetic wraps instead of stopping on overflow.
    pub wrapping_signed: bool,
    /// A program that runs in this process stops where it reads what nothing was written to.
    pub check_uninit: bool,
}

impl Preprocessing {
    /// Macros that say which standard a unit follows (`-std`), and those that it does without; `None` for a name
    /// that is no standard.
    pub fn standard(name: &str) -> Option<(Vec<String>, Vec<String>)> {
        let year = match name.trim_start_matches(['c', 'g', 'n', 'u']).split(':').next()? {
            "89" | "90" | "ansi" => None,
            "9x" | "99" => Some("199901L"),
            "1x" | "11" => Some("201112L"),
            "17" | "18" => Some("201710L"),
            "2x" | "23" => Some("202000L"),
            _ => return None,
        };
        let is_strict = !name.starts_with("gnu");
        let (mut defines, mut undefines) = (Vec::new(), Vec::new());
        match year {
            Some(year) => defines.push(format!("__STDC_VERSION__={year}")),
            None => undefines.push("__STDC_VERSION__".to_owned()),
        }
        if is_strict {
            defines.push("__STRICT_ANSI__".to_owned());
            undefines.extend(["unix", "linux"].map(str::to_owned));
        }
        Some((defines, undefines))
    }

    /// Puts other flags before these.
    pub(crate) fn put_before(&mut self, other: &Self) {
        let rows = [
            (&mut self.folders, &other.folders),
            (&mut self.system, &other.system),
            (&mut self.defines, &other.defines),
            (&mut self.undefines, &other.undefines),
        ];
        for (own, first) in rows {
            own.splice(0..0, first.iter().cloned());
        }
    }
}

/// Options of a session.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Options {
    /// A hole or a dynamic value is an error.
    pub strict: bool,
    pub int: IntPolicy,
    pub optimize: Optimize,
    /// Folder of the runtime crate, written into the emitted `Cargo.toml`.
    pub runtime: String,
    /// Whether each level is verified after the pass that makes it.
    pub verify: bool,
    /// What the program does behind its top-level statements.
    pub start: Start,
    pub preprocessing: Preprocessing,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            strict: false,
            int: IntPolicy::default(),
            optimize: Optimize::default(),
            runtime: "batuta-rt".to_owned(),
            verify: cfg!(debug_assertions),
            start: Start::default(),
            preprocessing: Preprocessing::default(),
        }
    }
}
