//! Running a program in this process.

use crate::db::Session;
use crate::queries;
use batuta_base::{Anchor, Name, Origin};
use batuta_jit::{Options, Place};
use std::sync::Arc;

pub use batuta_jit::Gap;

impl Session {
    /// Runs the program; `args` is what it sees as `sys.argv`. Comes back when the program ends well,
    /// or at once with what the compiler has no code for yet. A program that fails ends the process.
    pub fn run(&self, args: Vec<String>) -> Vec<Gap> {
        if let Some(gap) = self.is_of_c() {
            return vec![gap];
        }
        let program = self.mir().clone();
        batuta_jit::run(program, self.jit_options(args))
    }

    /// What stands in the way of running the program in this process.
    pub fn jit_gaps(&self) -> Vec<Gap> {
        if let Some(gap) = self.is_of_c() {
            return vec![gap];
        }
        batuta_jit::check(self.mir(), &self.jit_options(Vec::new()))
    }

    /// Programs of C need checked memory, which the JIT has no code for yet.
    fn is_of_c(&self) -> Option<Gap> {
        let is_c = self.mir().lang() == batuta_core::Lang::C;
        is_c.then(|| Gap { what: "programs in C".to_owned(), place: None })
    }

    pub(crate) fn jit_options(&self, args: Vec<String>) -> Options {
        let locator = queries::locator(self.db(), self.workspace());
        let locate = move |item: Name, origin: Origin| {
            let at = locator.position(Anchor { item, origin })?;
            Some(Place { file: at.file, line: at.line })
        };
        Options { args, locate: Arc::new(locate), can_stop: false, listing: None }
    }
}
