//! Programs that grow: each run goes on with the variables of those before it.
//!
//! A run is given the whole program as it now is. Only the top-level statements behind a place in its file run; what
//! stands before has run, and its variables keep their words, at the same addresses. Code of the runs before stays,
//! so that function values go on to work. A variable keeps its type: a program in which one has another
//! representation is refused, and changes nothing.

use crate::desc::{Kind, names_class};
use crate::emit::{Gap, Kept, Options, compile_after};
use crate::host::empty_word;
use crate::host::ruchy_show::Nested;
use crate::item::Item;
use crate::memory::{set_word, word_at};
use crate::{run, told};
use batuta_base::Name;
use batuta_core::{ClassDef, ClassKind, GlobalDef, Lang, Mir, Program, Storage, Ty, TyKind};
use batuta_rt as rt;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Who may stop the machines that were made for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owner(u64);

impl Owner {
    /// One that differs from all others of the process.
    #[allow(clippy::new_without_default, reason = "no two are equal")]
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Asks the program that one of its machines runs now to stop; it does at its next turn of a loop, or call of a
    /// recursive function, if it was compiled with `can_stop`.
    pub fn stop(self) {
        if RUNS_FOR.load(Ordering::Relaxed) == self.0 {
            run::STOP.store(1, Ordering::Relaxed);
        }
    }
}

/// Variables and the code that knows them; they stay on their thread.
pub struct Machine {
    owner: Owner,
    kept: Kept,
    /// The variables that have values.
    live: HashMap<Name, Live>,
    classes: HashMap<Name, Arc<ClassDef>>,
}

/// The storage of a variable.
#[derive(Clone, Copy)]
struct Live {
    ty: Ty,
    /// It is an option that is empty before the first value.
    is_late: bool,
}

/// Why a run gave nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Nothing ran: there is no code for these parts.
    Gaps(Vec<Gap>),
    /// Nothing ran: a variable would have another type.
    Changed { name: Name, before: Ty, after: Ty },
    /// Nothing ran: the class of a variable's objects would have other fields.
    Redefined { name: Name, class: Name },
    /// The program raised an error that nothing caught: its report.
    Failed(String),
    /// It was asked to stop.
    Interrupted,
    /// It ended itself with a status.
    Exit(i32),
}

/// A variable of the programs so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    pub name: Name,
    pub ty: Ty,
    /// Its value as the prompt shows it.
    pub value: String,
}

/// Code of one machine runs at a time: it shares the stack limit and the wish to stop.
static RUNNING: Mutex<()> = Mutex::new(());

/// The owner of the machine that runs; 0 for none.
static RUNS_FOR: AtomicU64 = AtomicU64::new(0);

/// Runs a job on a thread whose stack is as large as a program's, and waits for it.
pub fn on_large_stack(job: impl FnOnce() + Send + 'static) {
    run::start(Box::new(move || {
        job();
        Ok(())
    }));
}

/// Runs a job and gives what it printed, if that is wanted.
pub fn captured<T>(is_wanted: bool, job: impl FnOnce() -> T) -> (T, String) {
    if !is_wanted {
        return (job(), String::new());
    }
    let target = rt::StringIO::new("");
    let value = {
        let _redirected = (rt::redirect_stdout(&target), rt::redirect_stderr(&target));
        job()
    };
    (value, target.getvalue())
}

impl Machine {
    pub fn new(owner: Owner) -> Self {
        Self { owner, kept: Kept::default(), live: HashMap::new(), classes: HashMap::new() }
    }

    /// Runs the top-level statements of a program from a byte of its file on; gives what it tells.
    ///
    /// The statements before that byte are those of the runs before, unchanged.
    pub fn run(
        &mut self,
        program: &Program<Mir>,
        since: u32,
        options: &Options,
    ) -> Result<Option<String>, Stop> {
        let _running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        run::STOP.store(0, Ordering::Relaxed);
        RUNS_FOR.store(self.owner.0, Ordering::Relaxed);
        let outcome = self.compile_and_run(program, since, options);
        RUNS_FOR.store(0, Ordering::Relaxed);
        outcome
    }

    fn compile_and_run(
        &mut self,
        program: &Program<Mir>,
        since: u32,
        options: &Options,
    ) -> Result<Option<String>, Stop> {
        let renewed = self.check(program)?;
        let program = rest_of(program, since);
        self.forget_changed(&program);
        let live = &self.live;
        self.kept.globals.retain(|path, _| live.contains_key(path));
        let compiled = compile_after(&program, options, &mut self.kept).map_err(Stop::Gaps)?;
        for (path, ty) in renewed {
            if let (Some(slot), Some(desc)) = (self.kept.globals.get(&path), self.kept.descs.get(ty)) {
                set_word(*slot, 0, empty_word(desc));
            }
        }
        told::listen();
        rt::sys::set_argv(options.args.clone());
        let outcome = rt::catch_end(|| run::execute(&compiled)).and_then(|outcome| outcome);
        rt::flush();
        let told = told::take();
        if let Err(error) = outcome {
            return Err(stop_of(&error));
        }
        let live = |def: &GlobalDef| Live { ty: def.ty, is_late: def.storage == Storage::Late };
        self.live = program.globals.iter().map(|(path, def)| (*path, live(def))).collect();
        self.classes = program.classes.iter().map(|(path, def)| (*path, def.clone())).collect();
        Ok(told)
    }

    /// Whether a program can go on with the variables; gives those that become what they were not known to be.
    fn check(&self, program: &Program<Mir>) -> Result<Vec<(Name, Ty)>, Stop> {
        let mut renewed = Vec::new();
        let mut shared = 0;
        for (name, Live { ty: before, .. }) in &self.live {
            let Some(def) = program.globals.get(name) else { continue };
            if program.classes.get(&name.parent()).is_some_and(|class| is_enum(class)) {
                continue;
            }
            if becomes_shared(*before, def.ty) {
                // Where a second one does, a line before may have copied what both should hold.
                shared += 1;
                if shared > 1 {
                    return Err(Stop::Changed { name: *name, before: *before, after: def.ty });
                }
            } else if !is_alike(*before, def.ty) {
                if !self.is_empty(*name) || !self.can_renew(program, def.ty) {
                    return Err(Stop::Changed { name: *name, before: *before, after: def.ty });
                }
                renewed.push((*name, def.ty));
            }
            if let Some(class) = self.changed(program).find(|class| names_class(*before, *class)) {
                return Err(Stop::Redefined { name: *name, class });
            }
        }
        Ok(renewed)
    }

    /// Whether an empty variable may get another type: no value of the session is code that knows the old one, and
    /// no other name stands for the same object.
    fn can_renew(&self, program: &Program<Mir>, after: Ty) -> bool {
        let may_be_code = |ty: Ty| {
            ty.any(&mut |part| {
                matches!(
                    part.kind(),
                    TyKind::Func(..) | TyKind::Iter(_) | TyKind::Value | TyKind::Union(_) | TyKind::Lib(..)
                )
            })
        };
        let fields = program.classes.values().flat_map(|class| &class.fields);
        !matches!(after.kind(), TyKind::Shared(_))
            && !self.live.values().any(|live| may_be_code(live.ty))
            && !fields.into_iter().any(|field| may_be_code(field.ty))
    }

    /// Whether a variable holds an empty container of nobody knows what: `[]`, `None`.
    fn is_empty(&self, path: Name) -> bool {
        let Some((item, ty)) = self.item(path) else { return false };
        let is_open = ty.children().iter().any(|part| part.any(&mut |part| *part.kind() == TyKind::Unit));
        is_open
            && match item.desc.kind {
                Kind::List(_) => item.list_items().is_empty(),
                Kind::Set(_) => item.set().is_empty(),
                Kind::Dict(..) => item.dict().is_empty(),
                Kind::Option(_) => item.word == 0,
                _ => false,
            }
    }

    /// Classes whose objects look different from before.
    fn changed<'s>(&'s self, program: &'s Program<Mir>) -> impl Iterator<Item = Name> + 's {
        let is_changed = |(path, old): &(&Name, &Arc<ClassDef>)| {
            let is_same = |new: &Arc<ClassDef>| {
                new.kind == old.kind
                    && new.is_shared == old.is_shared
                    && new.bases == old.bases
                    && new.fields == old.fields
            };
            !program.classes.get(*path).is_some_and(is_same)
        };
        self.classes.iter().filter(is_changed).map(|(path, _)| *path)
    }

    fn forget_changed(&mut self, program: &Program<Mir>) {
        let changed: Vec<Name> = self.changed(program).collect();
        for class in changed {
            self.kept.descs.forget(class);
            self.live.retain(|path, _| path.parent() != class);
        }
    }

    /// The value of a variable that is a text.
    pub fn text(&self, path: Name) -> Option<String> {
        let (item, ty) = self.item(path)?;
        (*ty.kind() == TyKind::Str).then(|| item.text().to_owned())
    }

    /// The value of a variable and its type.
    fn item(&self, path: Name) -> Option<(Item, Ty)> {
        let Live { ty, is_late } = *self.live.get(&path)?;
        let item = Item::new(word_at(*self.kept.globals.get(&path)?, 0), self.kept.descs.get(ty)?);
        match ty.kind() {
            TyKind::Option(inner) if is_late => Some((item.present()?, *inner)),
            _ => Some((item, ty)),
        }
    }

    /// Takes a variable away.
    pub fn forget(&mut self, path: Name) {
        self.live.remove(&path);
    }

    /// The variables of a module, by name.
    pub fn variables(&self, module: Name, lang: Lang) -> Vec<Variable> {
        let own = self.live.keys().filter(|path| path.parent() == module);
        let mut found: Vec<Variable> = own.filter_map(|path| self.variable(*path, lang)).collect();
        found.sort_by_key(|variable| variable.name);
        found
    }

    /// A variable that has a value.
    pub fn variable(&self, path: Name, lang: Lang) -> Option<Variable> {
        let (item, ty) = self.item(path)?;
        let value = rt::catch_end(|| match (lang, &item.desc.kind) {
            (Lang::Ruchy, Kind::Func(..)) => "<function>".to_owned(),
            (Lang::Ruchy, Kind::Range) => format!("<{}>", ty.strip()),
            (Lang::Ruchy, _) => Nested(&item).to_string(),
            _ => rt::repr(&item).to_string(),
        });
        let value = value.unwrap_or_else(|error| error.traceback_line());
        Some(Variable { name: Name::new(path.last()), ty, value })
    }

    /// The code of a program as Cranelift reads it.
    pub fn clif(&self, program: &Program<Mir>, since: u32, options: &Options) -> Result<String, Vec<Gap>> {
        let options = Options { listing: Some(Arc::default()), ..options.clone() };
        compile_after(&rest_of(program, since), &options, &mut Kept::default())?;
        let texts = options
            .listing
            .map(|texts| std::mem::take(&mut *texts.lock().unwrap_or_else(PoisonError::into_inner)));
        Ok(texts.unwrap_or_default().join("\n"))
    }
}

fn is_enum(class: &ClassDef) -> bool {
    matches!(class.kind, ClassKind::Enum | ClassKind::EnumOf(_))
}

/// Whether a word of one type is one of the other: nothing has to be done to it.
fn is_alike(before: Ty, after: Ty) -> bool {
    let inner = |ty: Ty| match ty.kind() {
        // A variable that may be empty before its first value.
        TyKind::Option(inner)
            if !matches!(inner.kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool) =>
        {
            *inner
        }
        _ => ty,
    };
    before == after || inner(before) == inner(after)
}

/// Whether a container is now held by several names; its word stays the same.
fn becomes_shared(before: Ty, after: Ty) -> bool {
    let is_container = matches!(before.kind(), TyKind::List(_) | TyKind::Set(_) | TyKind::Dict(..));
    is_container && matches!(after.kind(), TyKind::Shared(inner) if *inner == before)
}

/// The program whose start has the statements behind a place only.
fn rest_of(program: &Program<Mir>, since: u32) -> Program<Mir> {
    let mut out = program.clone();
    let Some(init) = program.entry.map(|entry| entry.join("<init>")) else { return out };
    if let Some(body) = out.fns.get_mut(&init) {
        let body = Arc::make_mut(body);
        let root = body.root;
        body.blocks[root].stmts.retain(|stmt| stmt.origin.start >= since);
    }
    out
}

fn stop_of(error: &rt::Error) -> Stop {
    if error.is_a(rt::SystemExit) {
        return Stop::Exit(error.exit_code());
    }
    if error.is_a(rt::KeyboardInterrupt) {
        return Stop::Interrupted;
    }
    Stop::Failed(rt::traceback(error))
}
