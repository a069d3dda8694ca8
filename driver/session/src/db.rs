//! The salsa database and the session around it.

use crate::finding::{Finding, Position};
use crate::options::{Level, Options};
use crate::project::Project;
use crate::signatures::{Signature, signatures};
use crate::{Output, check, queries};
use batuta_base::{Name, SourceText};
use batuta_core::{Mir, Program, Ty, Typed};
use rayon::prelude::*;
use salsa::Setter;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

/// One source file.
#[salsa::input(debug)]
pub(crate) struct SourceFile {
    pub(crate) text: Arc<SourceText>,
    #[returns(copy)]
    pub(crate) module: Name,
    #[returns(copy)]
    pub(crate) is_package: bool,
}

/// The files of a project and how they are to be translated.
#[salsa::input(debug)]
pub(crate) struct Workspace {
    pub(crate) name: String,
    pub(crate) files: Vec<SourceFile>,
    #[returns(copy)]
    pub(crate) entry: Option<Name>,
    pub(crate) options: Options,
}

/// The database: inputs, and what the queries made of them.
#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    /// Names of the queries that ran, in their order.
    executed: Arc<Mutex<Vec<String>>>,
}

#[salsa::db]
impl salsa::Database for Database {}

impl Database {
    fn new() -> Self {
        let executed: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = executed.clone();
        let record = move |event: salsa::Event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind {
                let name = format!("{database_key:?}");
                let name = name.split('(').next().unwrap_or_default().to_owned();
                log.lock().expect("no panic while logging").push(name);
            }
        };
        Self { storage: salsa::Storage::new(Some(Box::new(record))), executed }
    }
}

/// Threads for work on files. Their stacks are large because nesting in a source is recursion here.
static POOL: LazyLock<rayon::ThreadPool> = LazyLock::new(|| {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(512 << 20);
    pool.thread_name(|index| format!("batuta-{index}")).build().expect("threads can be started")
});

/// A project under translation: edit texts, ask again, and only what changed is computed.
pub struct Session {
    db: Database,
    workspace: Workspace,
    files: BTreeMap<String, SourceFile>,
    notes: Vec<String>,
}

/// The library's classes in Python that a project uses; a module of its own name goes first.
fn used_sources(project: &Project) -> Vec<&'static batuta_catalog::Source> {
    let is_used = |source: &&batuta_catalog::Source| {
        project.files.iter().all(|file| file.module != source.module)
            && project
                .files
                .iter()
                .any(|file| !crate::stages::is_ruchy(&file.path) && source.is_named_in(&file.text))
    };
    let mut used: Vec<&batuta_catalog::Source> = batuta_catalog::SOURCES.iter().filter(is_used).collect();
    // Several classes may stand in one module.
    used.dedup_by_key(|source| source.module);
    used
}

impl Session {
    pub fn new(project: &Project, mut options: Options) -> Self {
        options.preprocessing.put_before(&project.preprocessing);
        let db = Database::new();
        let mut files = BTreeMap::new();
        let mut list = Vec::new();
        for file in &project.files {
            let text = Arc::new(SourceText::new(file.path.clone(), file.text.to_string()));
            let input = SourceFile::new(&db, text, Name::new(&file.module), file.is_package);
            files.insert(file.path.clone(), input);
            list.push(input);
        }
        for source in used_sources(project) {
            let path = format!("{}.py", source.module);
            let text = Arc::new(SourceText::new(path, source.text.to_owned()));
            list.push(SourceFile::new(&db, text, Name::new(source.module), false));
        }
        let entry = project.entry.as_deref().map(Name::new);
        let workspace = Workspace::new(&db, project.name.clone(), list, entry, options);
        Self { db, workspace, files, notes: project.notes.clone() }
    }

    /// Replaces a file's text. `false`: the project has no file of this path.
    pub fn set_text(&mut self, path: &str, text: &str) -> bool {
        let Some(file) = self.files.get(path).copied() else { return false };
        if file.text(&self.db).text != text {
            file.set_text(&mut self.db).to(Arc::new(SourceText::new(path, text)));
        }
        true
    }

    pub fn set_options(&mut self, options: Options) {
        self.workspace.set_options(&mut self.db).to(options);
    }

    #[cfg(feature = "jit")]
    pub(crate) fn db(&self) -> &Database {
        &self.db
    }

    #[cfg(feature = "jit")]
    pub(crate) fn workspace(&self) -> Workspace {
        self.workspace
    }

    /// What was left out of the project and why.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Lowers all files, in parallel where there are several.
    fn lower_all(&self) {
        let files = self.workspace.files(&self.db);
        if files.len() < 2 {
            return;
        }
        let (workspace, files, db) = (self.workspace, files.clone(), self.db.clone());
        POOL.install(move || {
            files.par_iter().for_each_with(db, |db, file| {
                queries::lowered(db, workspace, *file);
            });
        });
    }

    /// Rust and findings. Nothing is written for a project with errors.
    pub fn output(&self) -> Output {
        let mut findings = self.findings();
        if findings.iter().any(Finding::is_error) {
            return Output { files: BTreeMap::new(), findings };
        }
        let emitted = queries::rust(&self.db, self.workspace);
        findings.extend(emitted.problems.iter().map(|problem| check::problem(problem)));
        Output { files: emitted.files.clone(), findings }
    }

    /// Findings without printing Rust.
    pub fn findings(&self) -> Vec<Finding> {
        self.lower_all();
        queries::findings(&self.db, self.workspace).to_vec()
    }

    /// The text form of a level, whole program.
    pub fn text(&self, level: Level) -> String {
        self.lower_all();
        queries::level_text(&self.db, self.workspace, level)
    }

    /// The program at Typed.
    pub fn typed(&self) -> &Program<Typed> {
        self.lower_all();
        &queries::types(&self.db, self.workspace).program
    }

    /// The program at Mir, before the idioms: what the JIT reads.
    pub fn mir(&self) -> &Program<Mir> {
        self.lower_all();
        &queries::mir(&self.db, self.workspace).program
    }

    /// Position, name and type of each local that a statement assigns.
    pub fn assigned_types(&self) -> Vec<(Position, Name, Ty)> {
        self.lower_all();
        queries::assigned_types(&self.db, self.workspace)
    }

    /// Each function as inference sees it, and where its dynamic values come from.
    pub fn signatures(&self) -> Vec<Signature> {
        signatures(self.typed(), &queries::locator(&self.db, self.workspace))
    }

    /// Where the variables of a program in C live; none of another language.
    pub fn homes(&self) -> Vec<crate::Homes> {
        if !queries::is_c(&self.db, self.workspace) {
            return Vec::new();
        }
        let lowered = queries::linked(&self.db, self.workspace);
        crate::homes::homes(lowered, &queries::locator(&self.db, self.workspace))
    }

    /// Names of the queries that ran since the last call, in their order.
    pub fn take_executed(&self) -> Vec<String> {
        std::mem::take(&mut *self.db.executed.lock().expect("no panic while logging"))
    }
}
