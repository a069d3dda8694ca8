//! Units to one program: which module each item belongs to, what it is called, where objects live.

use super::facts::{Facts, Use};
use crate::lex::Pos;
use crate::pp::{File, Issue};
use crate::tree::*;
use crate::types::*;
use batuta_base::{FxHashMap, FxHashSet, IndexMap, Name, Origin};
use batuta_core::{FloatWidth, Image, ObjectStorage, SourcePlace, Ty, TyKind, Width};

/// A parsed unit and the module that it becomes.
pub(crate) struct UnitTree {
    pub(crate) module: Name,
    pub(crate) tree: Tree,
    pub(crate) files: Vec<File>,
    pub(crate) issues: Vec<Issue>,
    /// Module of each of its files, where it is one of the project's.
    pub(crate) homes: Vec<Name>,
    /// Module of the items of each of its files.
    pub(crate) items: Vec<Name>,
}

/// A function as calls see it.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Item path.
    Own(Name),
    /// Name in the runtime.
    Library(String),
    /// Name in another library.
    Foreign(Name, batuta_core::ForeignDef),
    /// Nobody defines it, and why no other library can.
    Missing(Option<String>),
}

/// An object as code sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    pub(crate) path: Name,
    pub(crate) storage: ObjectStorage,
}

/// Everything that bodies ask about the whole program.
pub(crate) struct Linked {
    pub(crate) image: Image,
    /// By unit and id.
    pub(crate) records: Vec<Vec<Option<Name>>>,
    pub(crate) funcs: Vec<Vec<Target>>,
    pub(crate) objects: Vec<Vec<Option<Object>>>,
    pub(crate) constants: Vec<FxHashMap<Name, Name>>,
    /// Parameters and result of each function that is defined.
    pub(crate) signatures: FxHashMap<Name, (Vec<Ty>, Ty)>,
    /// Functions that change nothing outside of themselves.
    pub(crate) quiet: FxHashSet<Name>,
    pub(crate) choices: crate::Choices,
    /// Names that are taken, by module: types, functions, values.
    taken: FxHashSet<Name>,
}

/// Types that the runtime has: tag or typedef in a bundled header, and name in the runtime.
const LIBRARY_RECORDS: &[(&str, &str)] = &[
    ("__FILE", "c.File"),
    ("tm", "c.Tm"),
    ("timespec", "c.Timespec"),
    ("timeval", "c.Timeval"),
    ("stat", "c.Stat"),
    ("__DIR", "c.Dir"),
    ("dirent", "c.Dirent"),
    ("lconv", "c.Lconv"),
    ("__mbstate", "c.MbState"),
    ("option", "c.LongOption"),
    ("div_t", "c.Div"),
    ("ldiv_t", "c.LDiv"),
    ("lldiv_t", "c.LDiv"),
    ("imaxdiv_t", "c.LDiv"),
];

impl UnitTree {
    pub(crate) fn place(&self, pos: Pos) -> SourcePlace {
        let module = self.homes.get(pos.file as usize).copied().unwrap_or(self.module);
        SourcePlace { module, origin: Origin { start: pos.start, end: pos.end } }
    }
    /// The module that an item declared at a place belongs to.
    fn home(&self, pos: Pos) -> Name {
        match self.files.get(pos.file as usize) {
            Some(file) if !file.bundled => self.items[pos.file as usize],
            _ => self.module,
        }
    }
    fn is_bundled(&self, pos: Pos) -> bool {
        self.files.get(pos.file as usize).is_some_and(|file| file.bundled)
    }
}

impl Linked {
    pub(crate) fn new(units: &[UnitTree], libraries: &[String]) -> Self {
        let mut linked = Self {
            image: Image::default(),
            records: Vec::new(),
            funcs: Vec::new(),
            objects: Vec::new(),
            constants: Vec::new(),
            signatures: FxHashMap::default(),
            quiet: FxHashSet::default(),
            choices: crate::Choices::default(),
            taken: FxHashSet::default(),
        };
        linked.image.libraries = libraries.to_vec();
        linked.link_records(units);
        linked.link_funcs(units);
        linked.link_objects(units);
        linked.link_constants(units);
        linked
    }

    /// A free item path.
    fn free(&mut self, module: Name, name: &str) -> Name {
        let mut path = module.join(name);
        let mut count = 1;
        while !self.taken.insert(path) {
            count += 1;
            path = module.join(&format!("{name}_{count}"));
        }
        path
    }

    fn link_records(&mut self, units: &[UnitTree]) {
        // One definition in a header is one type, whoever includes it.
        let mut shared: FxHashMap<(Name, u32, usize, String), Name> = FxHashMap::default();
        for unit in units {
            let mut paths = Vec::new();
            // A macro may define several in one place.
            let mut counts: FxHashMap<(Name, u32), usize> = FxHashMap::default();
            for (index, row) in unit.tree.records.rows.iter().enumerate() {
                if unit.is_bundled(row.pos) {
                    let name = row.tag.or(row.alias);
                    let known =
                        LIBRARY_RECORDS.iter().find(|(tag, _)| name.is_some_and(|name| name == **tag));
                    paths.push(known.map(|(_, path)| Name::new(path)));
                    continue;
                }
                let home = unit.home(row.pos);
                let count = counts.entry((home, row.pos.start)).or_default();
                *count += 1;
                let key = (home, row.pos.start, *count, shape(row, &unit.tree.records));
                let path = match shared.get(&key) {
                    Some(path) => *path,
                    None => {
                        let name = record_name(&unit.tree, index);
                        let path = self.free(home, &name);
                        shared.insert(key, path);
                        path
                    }
                };
                paths.push(Some(path));
            }
            self.records.push(paths);
        }
        self.same_tags(units);
        for (index, unit) in units.iter().enumerate() {
            for (id, row) in unit.tree.records.rows.iter().enumerate() {
                if !unit.is_bundled(row.pos) {
                    self.add_record(index, unit, id, row);
                }
            }
        }
    }

    /// `struct s;` in one unit and its fields in another are one type.
    fn same_tags(&mut self, units: &[UnitTree]) {
        let mut full: FxHashMap<Name, Name> = FxHashMap::default();
        for (index, unit) in units.iter().enumerate() {
            for (id, row) in unit.tree.records.rows.iter().enumerate() {
                if let (Some(tag), Some(path), true) =
                    (row.tag, self.records[index][id], row.fields.is_some())
                {
                    full.entry(tag).or_insert(path);
                }
            }
        }
        for (index, unit) in units.iter().enumerate() {
            for (id, row) in unit.tree.records.rows.iter().enumerate() {
                let found = row.tag.and_then(|tag| full.get(&tag));
                if let (Some(found), true, false) = (found, row.fields.is_none(), unit.is_bundled(row.pos)) {
                    self.records[index][id] = Some(*found);
                }
            }
        }
    }

    fn add_record(&mut self, index: usize, unit: &UnitTree, id: usize, row: &Record) {
        let Some(path) = self.records[index][id] else { return };
        let is_known = self.image.records.get(&path).is_some_and(|def| !def.fields.is_empty());
        if is_known || row.fields.is_none() && self.image.records.contains_key(&path) {
            return;
        }
        let ty = CTy::Record(RecordId(id as u32));
        let names = field_names(row);
        let fields = row.fields.iter().flatten().zip(names).map(|(field, name)| batuta_core::RecordField {
            name,
            ty: self.ty(index, &field.ty),
            offset: field.offset,
            bits: field.bits,
            beside: None,
            above: Vec::new(),
        });
        let def = batuta_core::RecordDef {
            fields: fields.collect(),
            size: row.size,
            align: row.align,
            is_bytes: row.fields.is_none() || unit.tree.records.is_bytes(&ty),
            place: unit.place(row.pos),
            above: Vec::new(),
        };
        self.image.records.insert(path, def);
    }

    fn link_funcs(&mut self, units: &[UnitTree]) {
        let mut shared: FxHashMap<Name, Name> = FxHashMap::default();
        let mut own: Vec<Vec<Option<Name>>> = Vec::new();
        for unit in units {
            let mut paths = Vec::new();
            for row in &unit.tree.funcs {
                let path = row.body.is_some().then(|| self.free(unit.module, row.name.as_str()));
                if let (Some(path), false) = (path, row.is_static) {
                    shared.entry(row.name).or_insert(path);
                    if row.name == "main" {
                        self.image.main = Some(path);
                    }
                }
                paths.push(path);
            }
            own.push(paths);
        }
        for (index, (unit, own)) in units.iter().zip(&own).enumerate() {
            for (row, path) in unit.tree.funcs.iter().zip(own) {
                let text = unit.place(row.pos).module;
                if let Some(path) = path.filter(|_| text != unit.module) {
                    self.image.texts.insert(path, text);
                }
                let ty = self.ty(index, &CTy::Func(row.ty.clone()));
                if let (Some(path), TyKind::Func(params, ret)) = (path, ty.kind()) {
                    self.signatures.insert(*path, (params.clone(), *ret));
                }
            }
        }
        for (unit, own) in units.iter().zip(own) {
            let targets =
                unit.tree.funcs.iter().zip(own).map(|(row, path)| match (path, shared.get(&row.name)) {
                    (Some(path), _) => Target::Own(path),
                    (None, Some(path)) if !row.is_static => Target::Own(*path),
                    _ if row.is_library => Target::Library(library_name(row.name)),
                    _ if self.image.libraries.is_empty() => Target::Missing(None),
                    _ => match super::foreign::definition(&row.ty, &unit.tree.records, |ty| {
                        self.ty(self.funcs.len(), ty)
                    }) {
                        Ok(def) => Target::Foreign(row.name, def),
                        Err(why) => Target::Missing(Some(why)),
                    },
                });
            let targets = targets.collect();
            self.funcs.push(targets);
        }
    }

    fn link_objects(&mut self, units: &[UnitTree]) {
        let mut uses: Vec<Vec<Use>> = units.iter().map(global_uses).collect();
        // What one unit does with an object all others must know.
        let mut all: FxHashMap<Name, (Use, bool)> = FxHashMap::default();
        for (unit, uses) in units.iter().zip(&uses) {
            for (row, found) in unit.tree.globals.iter().zip(uses).filter(|(row, _)| !row.is_static) {
                let entry = all.entry(row.name).or_default();
                entry.0.addressed |= found.addressed;
                entry.0.assigned |= found.assigned;
                entry.1 |= !row.is_extern;
            }
        }
        for (unit, uses) in units.iter().zip(&mut uses) {
            for (row, found) in unit.tree.globals.iter().zip(uses).filter(|(row, _)| !row.is_static) {
                *found = all[&row.name].0;
            }
        }
        let mut shared: FxHashMap<Name, Object> = FxHashMap::default();
        let mut rows: Vec<Vec<Option<Object>>> = Vec::new();
        for (index, unit) in units.iter().enumerate() {
            let mut made = Vec::new();
            for (id, row) in unit.tree.globals.iter().enumerate() {
                let is_definition = row.is_static || !row.is_extern;
                let defined_with_value = units.iter().enumerate().any(|(other, unit)| {
                    other != index
                        && unit
                            .tree
                            .globals
                            .iter()
                            .any(|of| of.name == row.name && !of.is_static && of.init.is_some())
                });
                // `int x;` in several units is one object; the one with a value counts.
                let is_tentative = !row.is_static
                    && row.init.is_none()
                    && (defined_with_value || shared.contains_key(&row.name));
                if !is_definition || is_tentative {
                    made.push(None);
                    continue;
                }
                let object = self.add_object(index, unit, row, uses[index][id]);
                if !row.is_static {
                    shared.insert(row.name, object);
                }
                made.push(Some(object));
            }
            rows.push(made);
        }
        for (unit, rows) in units.iter().zip(&mut rows) {
            for (row, object) in unit.tree.globals.iter().zip(rows) {
                if object.is_none() && !row.is_static {
                    *object = shared.get(&row.name).copied();
                }
            }
        }
        self.objects = rows;
    }

    fn add_object(&mut self, index: usize, unit: &UnitTree, row: &Global, uses: Use) -> Object {
        let name = match row.owner {
            Some(owner) => format!("{owner}_{}", row.name),
            None => row.name.to_string(),
        };
        let path = self.free(unit.module, &name.to_uppercase());
        let ty = self.ty(index, &row.ty);
        let memory =
            self.image.objects.values().filter(|def| matches!(def.storage, ObjectStorage::Memory(_)));
        let number = memory.count() as u32;
        let is_table = (matches!(row.ty, CTy::Array(..)) || row.ty.is_arith())
            && row.is_const
            && !uses.addressed
            && !uses.assigned
            && row.init.as_ref().is_some_and(|init| is_table(init, &row.ty))
            && unit.tree.records.size(&row.ty).is_some_and(|size| size <= 1 << 16);
        let is_cell = row.ty.is_scalar() && !uses.addressed;
        let storage = if is_table {
            ObjectStorage::Table
        } else if is_cell {
            ObjectStorage::Cell
        } else if !uses.addressed && fits_cells(row, &unit.tree.records) {
            ObjectStorage::Cells
        } else {
            ObjectStorage::Memory(number)
        };
        let place = unit.place(row.pos);
        let def = batuta_core::ObjectDef { ty, storage, place, above: Vec::new() };
        self.image.objects.insert(path, def);
        Object { path, storage }
    }

    fn link_constants(&mut self, units: &[UnitTree]) {
        let mut shared: FxHashMap<(Name, Name), Name> = FxHashMap::default();
        for (index, unit) in units.iter().enumerate() {
            let mut made: FxHashMap<Name, Name> = FxHashMap::default();
            for row in unit.tree.constants.iter().filter(|row| !unit.is_bundled(row.pos)) {
                let home = unit.home(row.pos);
                let key = (home, row.name);
                let ty = self.ty(index, &row.ty);
                let path = match shared.get(&key) {
                    // Two units may give a name different values.
                    Some(path) if self.image.constants[path].value == row.value => *path,
                    _ => {
                        let path = self.free(home, &row.name.as_str().to_uppercase());
                        let def = batuta_core::NumberDef { value: row.value, ty, place: unit.place(row.pos) };
                        self.image.constants.insert(path, def);
                        shared.insert(key, path);
                        path
                    }
                };
                made.insert(row.name, path);
            }
            self.constants.push(made);
        }
    }

    /// The type of the IR.
    pub(crate) fn ty(&self, index: usize, ty: &CTy) -> Ty {
        use IntKind::*;
        Ty::new(match ty {
            CTy::Void => TyKind::Unit,
            CTy::Bool => TyKind::Bool,
            CTy::Int(kind) => TyKind::Int(match kind {
                Char | SChar => Width::I8,
                UChar => Width::U8,
                Short => Width::I16,
                UShort => Width::U16,
                Int => Width::I32,
                UInt => Width::U32,
                Long | LLong => Width::I64,
                ULong | ULLong => Width::U64,
                I128 => Width::I128,
                U128 => Width::U128,
            }),
            CTy::Float => TyKind::Float(FloatWidth::F32),
            CTy::Double | CTy::LongDouble => TyKind::Float(FloatWidth::F64),
            CTy::Ptr(inner, _) => return pointer(self.ty(index, inner)),
            CTy::Vla(inner, _) => return self.ty(index, inner),
            CTy::Array(inner, len) => TyKind::Array(self.ty(index, inner), len.unwrap_or(0)),
            CTy::Func(func) => {
                let mut params: Vec<Ty> = func.params.iter().map(|param| self.ty(index, param)).collect();
                if func.variadic {
                    params.push(Ty::lib("c.Args", []));
                }
                TyKind::Func(params, self.ty(index, &func.ret))
            }
            CTy::Record(id) => match self.records[index].get(id.0 as usize).copied().flatten() {
                Some(path) if path.as_str().starts_with("c.") => TyKind::Lib(path, Vec::new()),
                Some(path) => TyKind::Class(path, Vec::new()),
                None => TyKind::Unit,
            },
            CTy::VaList => TyKind::Lib(Name::new("c.VaList"), Vec::new()),
        })
    }
}

/// A pointer to a type.
pub(crate) fn pointer(to: Ty) -> Ty {
    Ty::lib("c.Ptr", [to])
}

/// What a pointer points to.
pub(crate) fn pointee(ty: Ty) -> Ty {
    match ty.kind() {
        TyKind::Lib(name, args) if *name == "c.Ptr" => args[0],
        _ => Ty::unit(),
    }
}

/// The name of a library function in the runtime: `__builtin_popcount`, `__isnan` lose their fronts.
fn library_name(name: Name) -> String {
    let text = name.as_str().trim_start_matches("__builtin_");
    text.trim_start_matches('_').to_owned()
}

fn record_name(tree: &Tree, index: usize) -> String {
    let row = &tree.records.rows[index];
    if let Some(name) = row.tag.or(row.alias) {
        return name.to_string();
    }
    // Inside of another one: that one's name and the field's.
    for (outer, other) in tree.records.rows.iter().enumerate() {
        for field in other.fields.iter().flatten() {
            let mut ty = &field.ty;
            while let Some(inner) = ty.pointee() {
                ty = inner;
            }
            if *ty == CTy::Record(RecordId(index as u32)) && outer != index {
                let field = field.name.map_or("part".to_owned(), |name| name.to_string());
                return format!("{}_{field}", record_name(tree, outer));
            }
        }
    }
    if row.is_union { "union_".to_owned() } else { "record".to_owned() }
}

/// Names of a record's fields, anonymous ones numbered.
pub(crate) fn field_names(row: &Record) -> Vec<Name> {
    let mut out: Vec<Name> = Vec::new();
    for (index, field) in row.fields.iter().flatten().enumerate() {
        let name = field.name.unwrap_or_else(|| Name::new(&format!("part{index}")));
        out.push(name);
    }
    out
}

/// What has to be equal in two units for a record to be one type.
fn shape(row: &Record, records: &Records) -> String {
    let fields = row.fields.iter().flatten().map(|field| {
        let name = field.name.map_or("", |name| name.as_str());
        let size = records.size(&field.ty).unwrap_or(0);
        let kind = if field.ty.is_float() {
            'f'
        } else if field.ty.is_ptr() {
            'p'
        } else {
            'i'
        };
        format!("{name}:{kind}{size}@{}", field.offset)
    });
    format!("{}{}", row.size, fields.collect::<String>())
}

fn global_uses(unit: &UnitTree) -> Vec<Use> {
    let mut facts = Facts::new(0, &unit.tree);
    for row in &unit.tree.globals {
        row.init.iter().for_each(|init| facts.init(init));
    }
    for func in &unit.tree.funcs {
        facts.locals = vec![Use::default(); func.vars.len()];
        func.body.iter().for_each(|body| facts.stmt(body));
    }
    facts.globals
}

/// Whether an initialiser is nothing but numbers, so that it can be a constant.
fn is_table(init: &Init, ty: &CTy) -> bool {
    match init {
        Init::Expr(value) => matches!(value.kind, ExprKind::Int(..) | ExprKind::Float(_)) && ty.is_arith(),
        Init::Array(items) => {
            let Some(item) = ty.pointee() else { return false };
            (item.is_arith() || item.is_array()) && items.values().all(|init| is_table(init, item))
        }
        Init::Record(_) => false,
        Init::Text(_) => true,
    }
}

/// Deepest nesting of an array of cells, largest record in one, most bytes of one and of one that says its values.
const DEEPEST: usize = 3;
const MOST_OF_RECORD: u64 = 64;
const MOST_BYTES: u64 = 1 << 26;
const MOST_BYTES_WITH_VALUES: u64 = 1 << 16;

/// Whether a small struct, or the items of an array, can be cells.
fn fits_cells(row: &Global, records: &Records) -> bool {
    let (mut item, mut depth) = (&row.ty, 0);
    while let CTy::Array(inner, Some(1..)) = item {
        (item, depth) = (inner, depth + 1);
    }
    let size = records.size(&row.ty).unwrap_or(0);
    let fits = match &row.init {
        None => size <= MOST_BYTES,
        Some(init) => size <= MOST_BYTES_WITH_VALUES && is_constant(init),
    };
    depth <= DEEPEST && fits && (depth > 0 && item.is_scalar() || is_small_record(item, records))
}

/// Whether a value is made of numbers alone.
fn is_constant(init: &Init) -> bool {
    match init {
        Init::Expr(value) => matches!(value.kind, ExprKind::Int(..) | ExprKind::Float(_)),
        Init::Array(items) => items.values().all(is_constant),
        Init::Record(fields) => fields.values().all(is_constant),
        Init::Text(_) => true,
    }
}

/// A struct of a few numbers and pointers.
fn is_small_record(ty: &CTy, records: &Records) -> bool {
    let CTy::Record(id) = ty else { return false };
    let row = records.get(*id);
    let fields = row.fields.as_deref().unwrap_or_default();
    !records.is_bytes(ty)
        && !row.is_union
        && records.size(ty).is_some_and(|size| size <= MOST_OF_RECORD)
        && fields.iter().all(|field| field.ty.is_scalar() && field.bits.is_none())
}

/// Files of the project by module, in the order in which they were first read.
pub(crate) fn file_modules(units: &[UnitTree]) -> IndexMap<Name, Name> {
    let mut out = IndexMap::default();
    for unit in units {
        for (file, home) in unit.files.iter().zip(&unit.homes).filter(|(file, _)| !file.bundled) {
            out.entry(*home).or_insert_with(|| Name::new(&file.path));
        }
    }
    out
}
