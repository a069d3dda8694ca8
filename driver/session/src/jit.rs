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
        let options = self.jit_options(args);
        if queries::is_c(self.db(), self.workspace()) {
            let lowered = queries::linked_to_run(self.db(), self.workspace()).clone();
            let tracks = self.workspace().options(self.db()).preprocessing.check_uninit;
            return batuta_jit::run_c(lowered.program, lowered.image, options, tracks);
        }
        batuta_jit::run(self.mir().clone(), options)
    }

    /// What stands in the way of running the program in this process.
    pub fn jit_gaps(&self) -> Vec<Gap> {
        let options = self.jit_options(Vec::new());
        if queries::is_c(self.db(), self.workspace()) {
            let lowered = queries::linked_to_run(self.db(), self.workspace());
            return batuta_jit::check_c(&lowered.program, &lowered.image, &options);
        }
        batuta_jit::check(self.mir(), &options)
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
