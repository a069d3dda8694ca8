//! Programs that are entered line by line.
//!
//! [`Repl`] keeps one environment for each language. An environment is the text of the lines that were accepted and a
//! [`Machine`](batuta_jit::Machine) that holds their variables. A line is compiled together with that text, so that
//! inference sees the whole program; only its own statements run. A line with a finding is refused before anything
//! runs; one that fails at run time leaves no names behind, what it did to older variables stays done.
//!
//! [`SharedRepl`] is the same for several clients: it evaluates on a thread of its own, one line after the other.

mod ask;
mod environment;
mod shared;
mod words;

pub use environment::{EvalError, Refusal, Reply};
pub use shared::{SharedRepl, block_on};
pub use words::words;

use batuta_core::Lang;
use batuta_jit::Owner;
use environment::Environment;

/// What a variable is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    pub name: String,
    /// Its type in the words of the language.
    pub ty: String,
    /// Its value as the prompt shows it.
    pub value: String,
}

/// Environments for Ruchy and Python, and which of them a line goes to.
///
/// It stays on the thread that made it, which must have a large stack; [`SharedRepl`] takes care of that.
pub struct Repl {
    lang: Lang,
    owner: Owner,
    ruchy: Environment,
    python: Environment,
}

impl Repl {
    /// Its owner may stop what it runs.
    fn new(owner: Owner) -> Self {
        let (ruchy, python) = (Environment::new(Lang::Ruchy, owner), Environment::new(Lang::Python, owner));
        Self { lang: Lang::Ruchy, owner, ruchy, python }
    }

    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The language of the lines to come.
    pub fn set_lang(&mut self, lang: Lang) {
        self.lang = lang;
    }

    /// What is printed goes into the replies instead of standard output.
    pub fn set_capture(&mut self, captures: bool) {
        self.ruchy.captures = captures;
        self.python.captures = captures;
    }

    fn here(&mut self) -> &mut Environment {
        match self.lang {
            Lang::Python => &mut self.python,
            _ => &mut self.ruchy,
        }
    }

    /// Runs a line, or several.
    pub fn eval(&mut self, code: &str) -> Result<Reply, EvalError> {
        self.here().eval(code)
    }

    /// The type of an expression, which is not run.
    pub fn type_of(&mut self, code: &str) -> Result<String, EvalError> {
        self.here().type_of(code)
    }

    /// Type and value of an expression, which is run and leaves no name.
    pub fn inspect(&mut self, code: &str) -> Result<Variable, EvalError> {
        self.here().inspect(code)
    }

    /// The code of a line before it runs: `hir`, `typed`, `mir`, or what Cranelift reads.
    pub fn ir(&mut self, code: &str, level: crate::Level) -> Result<String, EvalError> {
        self.here().ir(code, level)
    }

    /// The code of a line as Cranelift reads it.
    pub fn clif(&mut self, code: &str) -> Result<String, EvalError> {
        self.here().clif(code)
    }

    /// The Rust that all lines together with this one become.
    pub fn rust(&mut self, code: &str) -> Result<String, EvalError> {
        self.here().rust(code)
    }

    /// The syntax tree of a line.
    pub fn ast(&mut self, code: &str) -> Result<String, EvalError> {
        self.here().ast(code)
    }

    pub fn variables(&mut self) -> Vec<Variable> {
        self.here().variables()
    }

    /// Names of functions and types that lines have defined.
    pub fn definitions(&mut self) -> Vec<String> {
        self.here().definitions()
    }

    /// What is known of a function.
    pub fn doc(&mut self, name: &str) -> Option<String> {
        self.here().doc(name)
    }

    /// The accepted lines as one program.
    pub fn source(&mut self) -> String {
        self.here().source()
    }

    /// Number of lines that were accepted.
    pub fn count(&mut self) -> usize {
        self.here().count()
    }

    /// Number of objects that the code of all lines has made and not freed.
    pub fn objects(&self) -> i64 {
        batuta_jit::live()
    }

    /// Forgets everything of the language's environment.
    pub fn reset(&mut self) {
        let captures = self.here().captures;
        *self.here() = Environment::new(self.lang, self.owner);
        self.here().captures = captures;
    }

    /// Whether a text stops in the middle, so that the next line belongs to it.
    pub fn is_open(lang: Lang, text: &str) -> bool {
        match lang {
            Lang::Python => batuta_python::is_open(text),
            _ => batuta_ruchy::is_open(text),
        }
    }
}
