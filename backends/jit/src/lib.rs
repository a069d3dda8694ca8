//! Mir to running code through Cranelift.
//!
//! Reads what `own` made, before the idioms, as basic blocks (`batuta_flow`). Ints, floats, bools and
//! lists of them are machine values; everything else is an object behind one word, and what is not
//! done inline is a row of [`host`]: safe Rust over the runtime that emitted programs link, so that
//! both say the same. Each call gives a status word; an error waits beside it.
//!
//! What has no code yet is a [`Gap`]: the program is refused as a whole, never run differently.
#![deny(unsafe_code)]

mod c;
mod desc;
mod emit;
mod host;
mod item;
mod machine;
mod memory;
mod run;
mod told;

pub use c::{check as check_c, run as run_c};
pub use emit::{Gap, Options, Place};
pub use machine::{Machine, Owner, Stop, Variable, captured, on_large_stack};
pub use memory::live;

use batuta_core::{Lang, Mir, Program};
use std::sync::mpsc;

/// Compiles and runs a program. Comes back with the gaps when it cannot be compiled, with none after it
/// ran; an error that nothing catches, or `sys.exit`, ends the process with its status.
pub fn run(program: Program<Mir>, options: Options) -> Vec<Gap> {
    let (sender, receiver) = mpsc::channel();
    let start = if program.lang() == Lang::Ruchy { run::start_ruchy } else { run::start };
    start(Box::new(move || {
        batuta_rt::sys::set_argv(options.args.clone());
        match emit::compile(&program, &options) {
            Ok(compiled) => run::execute(&compiled),
            Err(gaps) => {
                // The receiver waits until this thread ends.
                let _ = sender.send(gaps);
                Ok(())
            }
        }
    }));
    receiver.try_recv().unwrap_or_default()
}

/// Compiles a program and gives what stands in its way.
pub fn check(program: &Program<Mir>, options: &Options) -> Vec<Gap> {
    emit::compile(program, options).err().unwrap_or_default()
}
