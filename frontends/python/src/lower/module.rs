//! A file: its names, its items in order, its top-level statements.

use super::Binding;
use super::context::{Cx, Lowerer};
use super::function::clean;
use crate::LowerOptions;
use crate::parse::{self, Part, SYNTAX, TOO_DEEP};
use crate::scan::{Bound, BoundBy, Scan};
use batuta_base::{FxHashMap, FxHashSet, IndexMap, Name, Origin, SourceText};
use batuta_core::*;
use batuta_syntax::{Syntax, Trivia, comments, each_of_kind};

/// A top-level statement and how it runs.
#[derive(Clone, Copy)]
enum Top<'t> {
    Stmt(Syntax<'t>),
    /// Under `if TYPE_CHECKING:`: names without effect.
    Typing(Syntax<'t>),
    /// `if __name__ == "__main__":` of a file that is not the entry; also such a block's head.
    Dropped(Syntax<'t>),
    Broken(usize),
}

/// Lowers one file.
pub(crate) fn file(source: &SourceText, module: Name, options: &LowerOptions<'_>) -> FileIr {
    let parts = parse::parse(&source.text);
    let ranges = parts.iter().flat_map(|part| comments(&part.tree));
    // The shebang line is no comment of the program.
    let ranges = ranges.filter(|(start, _)| *start > 0 || !source.text.starts_with("#!"));
    let trivia = Trivia::new(&source.text, ranges.collect(), "#");
    let text = source.text.as_str();
    let mut cx = Cx::new(module.join("<init>"), FnKind::Init, 0, text.len());
    cx.home = module;
    let out = FileIr {
        module: Module {
            path: module,
            file: Name::new(&source.path),
            lang: Lang::Python,
            doc: None,
            items: Vec::new(),
            aliases: IndexMap::default(),
            end_comments: Vec::new(),
        },
        classes: Vec::new(),
        globals: Vec::new(),
        fns: Vec::new(),
        diags: Vec::new(),
    };
    let mut lowerer = Lowerer {
        source: text,
        options,
        parts: &parts,
        module,
        trivia,
        cx,
        outer: Vec::new(),
        names: FxHashMap::default(),
        stars: Vec::new(),
        lib_modules: FxHashSet::default(),
        classes: FxHashMap::default(),
        aliases: FxHashMap::default(),
        exception_tuples: FxHashMap::default(),
        globals: IndexMap::default(),
        listed: FxHashSet::default(),
        building: Vec::new(),
        enums: IndexMap::default(),
        out,
        unknown: Ty::unknown(),
    };
    lowerer.run(&parts);
    lowerer.finish()
}

impl<'t> Lowerer<'t> {
    fn run(&mut self, parts: &'t [Part]) {
        let tops = self.tops(parts);
        self.module_doc(&tops);
        self.bind_names(&tops, parts);
        self.find_aliases(&tops);
        if self.options.is_entry {
            self.import_packages();
        }
        for top in tops {
            match top {
                Top::Stmt(stmt) => self.top_statement(stmt),
                Top::Typing(_) => {}
                Top::Dropped(stmt) => self.trivia.skip(stmt.end()),
                Top::Broken(index) => self.broken_part(&parts[index]),
            }
        }
        self.out.module.end_comments = self.trivia.rest();
    }

    fn finish(mut self) -> FileIr {
        self.drop_enum_bases();
        let root = self.cx.body.root;
        self.cx.body.blocks[root].stmts.append(&mut self.cx.stmts);
        self.out.fns.push(self.cx.body);
        self.out.globals = self.globals.into_values().collect();
        self.out
    }

    /// Top-level statements in order, with the blocks that are part of the top level opened.
    fn tops(&self, parts: &'t [Part]) -> Vec<Top<'t>> {
        let mut tops = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if part.is_broken() {
                tops.push(Top::Broken(index));
                continue;
            }
            for stmt in Syntax::new(part.tree.root_node(), self.source).named() {
                self.open(stmt, &mut tops);
            }
        }
        tops
    }

    fn open(&self, stmt: Syntax<'t>, tops: &mut Vec<Top<'t>>) {
        let cond = stmt.field("condition").filter(|_| stmt.is("if_statement")).map_or("", |cond| cond.text());
        let body = stmt.field("consequence").map(Syntax::named).unwrap_or_default();
        let has_else = !stmt.fields("alternative").is_empty();
        let squeezed: String = cond.split_whitespace().collect::<String>().replace('\'', "\"");
        match squeezed.trim_matches(['(', ')']) {
            "__name__==\"__main__\"" | "\"__main__\"==__name__" if !has_else => {
                if self.options.is_entry {
                    tops.extend(body.into_iter().map(Top::Stmt));
                } else {
                    tops.push(Top::Dropped(stmt));
                }
            }
            "TYPE_CHECKING" | "typing.TYPE_CHECKING" if !has_else => {
                tops.extend(body.into_iter().map(Top::Typing))
            }
            _ => tops.push(Top::Stmt(stmt)),
        }
    }

    fn module_doc(&mut self, tops: &[Top<'t>]) {
        if let Some(Top::Stmt(first)) = tops.first()
            && first.is("expression_statement")
            && let [text] = first.named()[..]
            && let Some(doc) = self.literal_text(text)
        {
            self.out.module.doc = Some(clean(&doc));
        }
    }

    /// Decides what each module-level name stands for.
    fn bind_names(&mut self, tops: &[Top<'t>], parts: &'t [Part]) {
        let mut stmts = Vec::new();
        for top in tops {
            match top {
                Top::Stmt(stmt) | Top::Typing(stmt) => stmts.push(*stmt),
                Top::Dropped(_) => {}
                Top::Broken(index) => self.broken_names(&parts[*index]),
            }
        }
        let mut groups: IndexMap<&'t str, Vec<Bound<'t>>> = IndexMap::default();
        for found in Scan::of(&stmts) {
            groups.entry(found.name).or_default().push(found);
        }
        stmts.iter().for_each(|stmt| self.star_imports(*stmt));
        let declared = self.declared_globals(parts);
        // Imports first: what a `namedtuple` is depends on them.
        for imports in [true, false] {
            for (name, found) in &groups {
                if found.iter().any(|found| found.by == BoundBy::Import) == imports {
                    self.bind_name(name, found, &declared);
                }
            }
        }
        for name in declared {
            if !self.names.contains_key(&Name::new(name)) {
                let path = self.module.join(name);
                self.names.insert(Name::new(name), Binding::Global(path));
                self.global(path, true, Origin::default());
            }
        }
    }

    /// Star imports at module level, also under conditions.
    fn star_imports(&mut self, node: Syntax<'t>) {
        match node.kind() {
            "import_from_statement" => self.prepare_import(node),
            "if_statement" | "try_statement" | "else_clause" | "elif_clause" | "except_clause" | "block" => {
                node.named().into_iter().for_each(|part| self.star_imports(part));
            }
            _ => {}
        }
    }

    fn bind_name(&mut self, name: &'t str, found: &[Bound<'t>], declared: &[&'t str]) {
        let path = self.module.join(name);
        let is_overload = |found: &Bound<'t>| {
            let parent = found.node.raw().parent().filter(|parent| parent.kind() == "decorated_definition");
            parent.is_some_and(|parent| Syntax::new(parent, self.source).text().contains("overload\n"))
        };
        let found: Vec<_> =
            found.iter().filter(|found| found.by != BoundBy::Function || !is_overload(found)).collect();
        let has = |by: BoundBy| found.iter().any(|found| found.by == by);
        let is_declared = declared.contains(&name);
        let binding = if has(BoundBy::Import) && !is_declared {
            let import = found.iter().rev().find(|found| found.by == BoundBy::Import);
            import.map_or(Binding::Unknown, |import| self.import_binding(import.node, name))
        } else if let [only] = found[..]
            && only.by == BoundBy::Function
            && !only.is_conditional
            && !is_declared
        {
            Binding::Fn(path)
        } else if has(BoundBy::Class) && !has(BoundBy::Variable) {
            self.classes.insert(path, Default::default());
            Binding::Class(path)
        } else if found.iter().all(|found| found.by == BoundBy::Handler) {
            return;
        } else if self.is_made_class(&found) {
            Binding::Class(path)
        } else {
            let is_rebound = is_declared || found.len() > 1 || found.iter().any(|found| found.is_in_loop);
            let origin = found.first().map_or(Origin::default(), |found| found.node.origin(0));
            self.global(path, is_rebound, origin);
            Binding::Global(path)
        };
        self.names.insert(Name::new(name), binding);
    }

    /// Whether a name is bound by one `NAME = namedtuple(..)` or `NAME = Enum(..)` and nothing else.
    pub(super) fn is_made_class(&self, found: &[&Bound<'t>]) -> bool {
        let [only] = found else { return false };
        let stmt = only.node.raw().parent().and_then(|assign| assign.parent());
        stmt.map(|stmt| Syntax::new(stmt, self.source))
            .is_some_and(|stmt| self.named_tuple_call(stmt).or_else(|| self.enum_call(stmt)).is_some())
    }

    fn global(&mut self, path: Name, is_rebound: bool, origin: Origin) {
        let ty = self.unknown;
        self.globals.insert(path, GlobalDef { path, ty, is_rebound, storage: Storage::default(), origin });
    }

    /// Names that functions declare `global`.
    fn declared_globals(&self, parts: &'t [Part]) -> Vec<&'t str> {
        let mut names = Vec::new();
        for part in parts.iter().filter(|part| !part.is_broken()) {
            each_of_kind(&part.tree, "global_statement", |node| {
                names.extend(Syntax::new(node, self.source).named().into_iter().map(Syntax::text));
            });
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn top_statement(&mut self, stmt: Syntax<'t>) {
        if self.is_type_alias(stmt) || self.is_export_list(stmt) {
            return;
        }
        let items = self.out.module.items.len();
        self.stmt(stmt);
        if stmt.kind().starts_with("import")
            && let Some(Item::Import(_)) = self.out.module.items.get(items).map(|row| row.item)
        {
            let mut above = self.trivia.above(stmt.start());
            let beside = self.trivia.beside(self.source, stmt.end());
            above.extend(beside.map(|text| Comment { text, blank_before: false }));
            self.out.module.items[items].above = above;
        }
    }

    /// `__all__ = [..]` says what `import *` takes; it is no value that a program reads.
    fn is_export_list(&self, stmt: Syntax<'t>) -> bool {
        let assign =
            stmt.first().filter(|inner| matches!(inner.kind(), "assignment" | "augmented_assignment"));
        assign.and_then(|assign| assign.field("left")).is_some_and(|left| left.text() == "__all__")
    }

    /// Registers `X = list[int]`, `T = TypeVar("T")`, `Id = NewType("Id", int)`.
    fn find_aliases(&mut self, tops: &[Top<'t>]) {
        for top in tops {
            let (Top::Stmt(stmt) | Top::Typing(stmt)) = top else { continue };
            self.find_exception_tuple(*stmt);
            if let Some((name, ty)) = self.alias(*stmt) {
                let path = self.module.join(name.text());
                self.aliases.insert(path, ty);
                self.names.insert(Name::new(name.text()), Binding::Global(path));
                self.global(path, false, name.origin(0));
                if let Some(global) = self.globals.get_mut(&path) {
                    global.ty = ty;
                }
            }
        }
    }

    fn is_type_alias(&self, stmt: Syntax<'t>) -> bool {
        stmt.is("type_alias_statement")
            || self
                .alias(stmt)
                .is_some_and(|(name, _)| self.aliases.contains_key(&self.module.join(name.text())))
    }

    fn alias(&self, stmt: Syntax<'t>) -> Option<(Syntax<'t>, Ty)> {
        if stmt.is("type_alias_statement") {
            return Some((stmt.field("left")?.first()?, self.hint(stmt.field("right")?)));
        }
        let assign =
            stmt.first().filter(|inner| stmt.is("expression_statement") && inner.is("assignment"))?;
        let left = assign.field("left").filter(|left| left.is("identifier"))?;
        let right = assign.field("right")?;
        if let Some(hint) = assign.field("type") {
            let is_alias = hint.text().ends_with("TypeAlias");
            return is_alias.then(|| (left, self.hint(right)));
        }
        let ty = match right.kind() {
            "subscript" => self.alias_subscript(right)?,
            "identifier" | "attribute" if self.is_typing_name(right) => self.hint(right),
            "binary_operator" if self.is_type_union(right) => self.hint(right),
            "call" => self.alias_call(left, right)?,
            _ => return None,
        };
        Some((left, ty))
    }

    /// `Hashable`, `typing.Any`: a name that only annotations use.
    fn is_typing_name(&self, node: Syntax<'t>) -> bool {
        let name = self.library_name(node);
        let parts = name.and_then(|name| name.as_str().rsplit_once('.'));
        parts.is_some_and(|(module, last)| module == "typing" && last != "TYPE_CHECKING")
    }

    /// `list[int]`, `Union[..]`: a subscript of something that is a type.
    fn alias_subscript(&self, node: Syntax<'t>) -> Option<Ty> {
        let base = self.library_name(node.field("value")?)?;
        let (module, last) = base.as_str().rsplit_once('.')?;
        let is_type = match module {
            "typing" | "collections.abc" => true,
            "builtins" => crate::names::is_builtin_type(last),
            _ => false,
        };
        is_type.then(|| self.hint(node))
    }

    fn is_type_union(&self, node: Syntax<'t>) -> bool {
        let Some(operator) = node.field("operator") else { return false };
        let is_type = |part: Option<Syntax<'t>>| {
            part.is_some_and(|part| match part.kind() {
                "none" => true,
                "subscript" => self.alias_subscript(part).is_some(),
                "binary_operator" => self.is_type_union(part),
                "identifier" => match self.look_up(part.text()) {
                    Binding::Class(_) => true,
                    Binding::Builtin(name) => crate::names::is_builtin_type(name.as_str()),
                    _ => false,
                },
                _ => false,
            })
        };
        operator.is("|") && is_type(node.field("left")) && is_type(node.field("right"))
    }

    fn alias_call(&self, left: Syntax<'t>, node: Syntax<'t>) -> Option<Ty> {
        let function = self.library_name(node.field("function")?)?;
        match function.as_str() {
            "typing.TypeVar" | "typing.ParamSpec" | "typing.TypeVarTuple" => {
                Some(Ty::new(TyKind::Var(Name::new(left.text()))))
            }
            "typing.NewType" => super::call::arguments(node).get(1).map(|hint| self.hint(*hint)),
            _ => None,
        }
    }

    /// Registers `ERRORS = (KeyError, ValueError)` for `except ERRORS`.
    fn find_exception_tuple(&mut self, stmt: Syntax<'t>) {
        let Some(assign) = stmt.first().filter(|inner| inner.is("assignment")) else { return };
        let (Some(left), Some(right)) = (assign.field("left"), assign.field("right")) else { return };
        if !left.is("identifier") || !right.is("tuple") {
            return;
        }
        let classes: Option<Vec<Name>> =
            right.named().into_iter().map(|part| self.class_name(part)).collect();
        if let Some(classes) = classes.filter(|classes| !classes.is_empty()) {
            self.exception_tuples.insert(self.module.join(left.text()), classes);
        }
    }

    /// Diagnostics of a stretch of text that does not parse, and a hole in its place.
    fn broken_part(&mut self, part: &'t Part) {
        let source = self.source;
        for fault in part.faults.iter().take(if part.too_deep.is_some() { 0 } else { 3 }) {
            let line = source.get(fault.start..).and_then(|rest| rest.lines().next()).unwrap_or("").trim();
            let message = match &fault.missing {
                Some(token) => format!("`{token}` is missing here"),
                None if line.is_empty() => "the file ends in the middle of a statement".to_owned(),
                None => format!("this is not Python 3.11: `{}`", line.chars().take(60).collect::<String>()),
            };
            self.report_at(SYNTAX, Origin::new(fault.start, fault.end), message);
        }
        if let Some(at) = part.too_deep {
            let found = self.report_at(TOO_DEEP, Origin::new(at, at), TOO_DEEP.title);
            found.hint("name a part of the expression, or move inner blocks to a function");
        }
        let root = Syntax::new(part.tree.root_node(), source);
        let text = source.get(part.start..part.end).unwrap_or("").trim_end();
        let hole = self.node(Node::Hole { why: SYNTAX.title.into(), source: text.into() }, root);
        let above = self.trivia.above(part.end);
        self.push(StmtKind::Expr(hole), root);
        if let Some(row) = self.cx.stmts.last_mut() {
            row.above = above;
        }
    }

    /// Names that broken code would bind: they are not unknown.
    fn broken_names(&mut self, part: &'t Part) {
        let text = self.source.get(part.start..part.end).unwrap_or("");
        let words: Vec<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        for word in words.into_iter().filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        {
            if !crate::names::is_builtin(word) {
                self.names.entry(Name::new(word)).or_insert(Binding::Broken);
            }
        }
    }
}
