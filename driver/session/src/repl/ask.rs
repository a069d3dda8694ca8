//! Questions about a line: its type, its code, its tree.

use super::Variable;
use super::environment::{Environment, EvalError, variable};
use crate::stages::KEEP;
use crate::{Level, Start};
use batuta_core::text::print_program;
use batuta_core::{Lang, Program, Ty, TyKind};

/// The variable that holds what is asked about.
const ASKED: &str = "_asked_";

impl Environment {
    /// A line that gives the expression a name.
    fn naming(&self, code: &str) -> String {
        let code = code.trim().trim_end_matches(';');
        match self.lang() {
            Lang::Python => format!("{ASKED} = ({code}\n)"),
            _ => format!("let {ASKED} = {code}"),
        }
    }

    pub fn type_of(&mut self, code: &str) -> Result<String, EvalError> {
        self.try_next();
        let code = self.naming(code);
        self.guarded(|this| {
            let draft = this.draft(&code);
            let session = this.session(&draft, Start::Line);
            this.refused(&draft, &session)?;
            let ty = session.mir().globals.get(&variable(ASKED)).map(|def| def.ty);
            Ok(ty.map_or_else(|| "Nil".to_owned(), |ty| this.type_name(ty)))
        })
    }

    pub fn inspect(&mut self, code: &str) -> Result<Variable, EvalError> {
        let code = self.naming(code);
        self.eval_once(&code)?;
        let found = self.variables().into_iter().find(|variable| variable.name == ASKED);
        self.machine().forget(variable(ASKED));
        let nothing = || Variable { name: String::new(), ty: "Nil".to_owned(), value: "nil".to_owned() };
        Ok(found.unwrap_or_else(nothing))
    }

    pub fn ir(&mut self, code: &str, level: Level) -> Result<String, EvalError> {
        self.try_next();
        self.guarded(|this| {
            let draft = this.draft(code);
            let session = this.session(&draft, Start::Line);
            this.refused(&draft, &session)?;
            Ok(match level {
                Level::Typed => shown(session.typed()),
                Level::Mir | Level::Idiomatic => shown(session.mir()),
                Level::Hir => session.text(level),
            })
        })
    }

    pub fn clif(&mut self, code: &str) -> Result<String, EvalError> {
        self.try_next();
        self.guarded(|this| {
            let draft = this.draft(code);
            let session = this.session(&draft, Start::Line);
            this.refused(&draft, &session)?;
            let since = u32::try_from(draft.since).unwrap_or(u32::MAX);
            let options = session.jit_options(Vec::new());
            this.machine().clif(session.mir(), since, &options).map_err(EvalError::Gaps)
        })
    }

    pub fn rust(&mut self, code: &str) -> Result<String, EvalError> {
        self.try_next();
        self.guarded(|this| {
            let draft = this.draft(code);
            let session = this.session(&draft, Start::Value);
            this.refused(&draft, &session)?;
            Ok(session.output().files.remove("src/main.rs").unwrap_or_default())
        })
    }

    pub fn ast(&mut self, code: &str) -> Result<String, EvalError> {
        match self.lang() {
            Lang::Ruchy => Ok(batuta_ruchy::tree(code)),
            _ => Err(EvalError::Unanswered("trees are shown of Ruchy only".to_owned())),
        }
    }
}

/// The text form without the function that keeps variables alive.
fn shown<L: batuta_core::Level + Clone>(program: &Program<L>) -> String {
    let mut program = program.clone();
    program.fns.retain(|path, _| path.last() != KEEP);
    print_program(&program)
}

/// A type in the words of a language.
pub(super) fn type_name(ty: Ty, lang: Lang) -> String {
    if lang != Lang::Ruchy {
        return crate::signatures::python(ty.strip());
    }
    let ty = ty.strip();
    let inner = |items: &[Ty]| items.iter().map(|item| type_name(*item, lang)).collect::<Vec<_>>().join(", ");
    match ty.kind() {
        TyKind::Unit | TyKind::Never => "Nil".to_owned(),
        TyKind::Bool => "Boolean".to_owned(),
        TyKind::Int(_) => "Integer".to_owned(),
        TyKind::Float(_) => "Float".to_owned(),
        TyKind::Str => "String".to_owned(),
        TyKind::List(item) => format!("List<{}>", type_name(*item, lang)),
        TyKind::Set(item) => format!("Set<{}>", type_name(*item, lang)),
        TyKind::Dict(key, value) => format!("Map<{}>", inner(&[*key, *value])),
        TyKind::Tuple(items) => format!("({})", inner(items)),
        TyKind::Option(item) => format!("Option<{}>", type_name(*item, lang)),
        TyKind::Func(params, ret) => format!("fun({}) -> {}", inner(params), type_name(*ret, lang)),
        TyKind::Range => "Range".to_owned(),
        TyKind::Class(path, args) if args.is_empty() => path.last().to_owned(),
        TyKind::Class(path, args) | TyKind::Lib(path, args) if !args.is_empty() => {
            format!("{}<{}>", path.last(), inner(args))
        }
        TyKind::Lib(path, _) => path.last().to_owned(),
        _ => ty.to_string(),
    }
}
