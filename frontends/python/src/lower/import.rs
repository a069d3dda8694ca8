//! Imports: what each name stands for, and which modules of the project run first.

use super::{Binding, Lowerer};
use batuta_base::{Code, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

/// A relative import that leaves the project.
pub const NO_MODULE: Code = Code::error("B0203", "the project has no such module");

/// One imported name.
struct Imported<'t> {
    /// The name that is bound; `None` for `*`.
    name: Option<&'t str>,
    binding: Binding,
}

impl<'t> Lowerer<'t> {
    /// What a name that an import statement binds stands for.
    pub fn import_binding(&mut self, node: Syntax<'t>, name: &str) -> Binding {
        let found = self.imported(node).into_iter().rev().find(|found| found.name == Some(name));
        found.map_or(Binding::Unknown, |found| found.binding)
    }

    /// Notes what the tables must know before names are resolved: star imports, library modules.
    pub fn prepare_import(&mut self, node: Syntax<'t>) {
        for found in self.imported(node) {
            if found.name.is_none() {
                self.stars.push(found.binding);
            }
        }
    }

    fn imported(&mut self, node: Syntax<'t>) -> Vec<Imported<'t>> {
        match node.kind() {
            "import_statement" => self.plain_import(node),
            "import_from_statement" => self.names_from(node),
            _ => Vec::new(),
        }
    }

    fn plain_import(&mut self, node: Syntax<'t>) -> Vec<Imported<'t>> {
        let mut out = Vec::new();
        for part in node.fields("name") {
            let path = module_name(part.field("name").unwrap_or(part));
            self.note_module(&path);
            let binding = |this: &Self, path: &str| this.module_binding(Name::new(path));
            out.push(match part.field("alias") {
                Some(alias) => Imported { name: Some(alias.text()), binding: binding(self, &path) },
                None => {
                    let first = part.first().map_or("", |first| first.text());
                    Imported { name: Some(first), binding: binding(self, first) }
                }
            });
        }
        out
    }

    fn names_from(&mut self, node: Syntax<'t>) -> Vec<Imported<'t>> {
        let Some(base) = self.base_module(node) else { return Vec::new() };
        let base_binding = self.module_binding(base);
        if matches!(base_binding, Binding::Lib(_)) {
            self.note_module(base.as_str());
        }
        if node.child("wildcard_import").is_some() {
            return vec![Imported { name: None, binding: base_binding }];
        }
        let mut out = Vec::new();
        for part in node.fields("name") {
            let item = part.field("name").unwrap_or(part);
            let bound = part.field("alias").unwrap_or(item);
            let path = base.join(item.text());
            let binding = match base_binding {
                _ if self.is_project_module(path.as_str()) => Binding::ProjectModule(path),
                Binding::Lib(_) => match self.in_python(path) {
                    Some(own) => Binding::Imported(own),
                    None => Binding::Lib(path),
                },
                _ => Binding::Imported(path),
            };
            out.push(Imported { name: Some(bound.text()), binding });
        }
        out
    }

    /// The module after `from`: dots count up from the package.
    fn base_module(&self, node: Syntax<'t>) -> Option<Name> {
        let module = node.field("module_name")?;
        if !module.is("relative_import") {
            return Some(Name::new(&module_name(module)));
        }
        let dots = module.child("import_prefix").map_or(1, |prefix| prefix.text().matches('.').count());
        let mut base = if self.options.is_package { self.module } else { self.module.parent() };
        for _ in 1..dots {
            base = base.parent();
        }
        Some(match module.child("dotted_name") {
            Some(name) => base.join(&module_name(name)),
            None => base,
        })
    }

    /// The item of the program that a library class is where it is written in Python.
    pub fn in_python(&self, path: Name) -> Option<Name> {
        let source = batuta_catalog::source(path.as_str())?;
        self.is_project_module(source.module).then(|| Name::new(source.module).join(source.name()))
    }

    fn module_binding(&self, path: Name) -> Binding {
        let is_own = path == self.module || self.is_project_module(path.as_str());
        if is_own { Binding::ProjectModule(path) } else { Binding::Lib(path) }
    }

    fn note_module(&mut self, path: &str) {
        if self.is_project_module(path) {
            return;
        }
        for (at, _) in path.match_indices('.') {
            self.lib_modules.insert(Name::new(&path[..at]));
        }
        self.lib_modules.insert(Name::new(path));
    }

    /// Lowers an import statement: modules of the project are listed, names become aliases. A name
    /// that is also a variable is assigned.
    pub fn import(&mut self, node: Syntax<'t>) {
        self.import_items(node);
        for found in self.imported(node) {
            match (found.name, found.binding) {
                (Some(name), binding) => self.bind_import(node, name, binding),
                (None, Binding::ProjectModule(module)) => {
                    let number = self.out.module.aliases.len();
                    self.out.module.aliases.insert(self.module.join(&format!("*{number}")), module.join("*"));
                }
                _ => {}
            }
        }
    }

    fn bind_import(&mut self, node: Syntax<'t>, name: &str, binding: Binding) {
        let is_module_level = self.cx.scopes.is_empty() && self.outer.is_empty();
        let target = match binding {
            Binding::Imported(path) | Binding::ProjectModule(path) => {
                if is_module_level {
                    self.out.module.aliases.insert(self.module.join(name), path);
                }
                path
            }
            Binding::Lib(path) => path,
            _ => return,
        };
        let place = match self.look_up(name) {
            Binding::Local(local) => Place::local(local),
            Binding::Global(path) => {
                self.list_global(path, node);
                Place::global(path)
            }
            _ => return,
        };
        let value = match binding {
            Binding::Lib(_) => self.node(Node::Item(target), node),
            _ => self.use_place(Place::global(target), node),
        };
        self.push_set(place, value, node);
    }

    /// The project's modules that the statement loads: packages before what is in them.
    fn import_items(&mut self, node: Syntax<'t>) {
        let mut paths = Vec::new();
        if node.is("import_statement") {
            let names = node.fields("name").into_iter();
            paths.extend(names.map(|part| Name::new(&module_name(part.field("name").unwrap_or(part)))));
        } else if let Some(base) = self.base_module(node) {
            let is_relative = node.field("module_name").is_some_and(|module| module.is("relative_import"));
            let names: Vec<_> = node
                .fields("name")
                .into_iter()
                .map(|part| part.field("name").unwrap_or(part).text())
                .collect();
            let are_modules = !names.is_empty()
                && names.iter().all(|name| self.is_project_module(base.join(name).as_str()));
            if is_relative && !are_modules && base != self.module && !self.is_project_module(base.as_str()) {
                let found = if base.as_str().is_empty() {
                    self.report(NO_MODULE, node, "a relative import in a module without a package")
                } else {
                    self.report(NO_MODULE, node, format!("the project has no module `{base}`"))
                };
                found.hint("name the module from the project's root");
            }
            paths.push(base);
            paths.extend(
                names.iter().map(|name| base.join(name)).filter(|path| self.is_project_module(path.as_str())),
            );
        }
        for path in paths {
            self.import_path(path, node);
        }
    }

    /// The packages around the start of a program run before it: `python -m pkg`.
    pub fn import_packages(&mut self) {
        let own = self.module.as_str();
        for (end, _) in own.match_indices('.') {
            if self.is_project_module(&own[..end]) {
                let item = Item::Import(Name::new(&own[..end]));
                self.out.module.items.push(ItemRow { item, above: Vec::new(), base: 0 });
            }
        }
    }

    fn import_path(&mut self, path: Name, node: Syntax<'t>) {
        let text = path.as_str();
        let ends = text.match_indices('.').map(|(at, _)| at).chain([text.len()]);
        for end in ends {
            let prefix = &text[..end];
            let own = self.module.as_str();
            let is_running =
                own == prefix || own.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
            if is_running || !self.is_project_module(prefix) {
                continue;
            }
            let item = Item::Import(Name::new(prefix));
            if !self.out.module.items.iter().any(|row| row.item == item) {
                let base = node.start() as u32;
                self.out.module.items.push(ItemRow { item, above: Vec::new(), base });
            }
        }
    }
}

/// A dotted name without white space.
fn module_name(node: Syntax<'_>) -> String {
    node.text().split_whitespace().collect()
}
