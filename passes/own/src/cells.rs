//! Which fields of shared classes change after construction, and by what cell they do.

use crate::access::{Kind, accesses};
use crate::init;
use crate::types::{is_shared, place_tys};
use batuta_base::{FxHashMap, IndexMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// Writes the cells into the class table.
pub fn mark(program: &Program<Typed>, classes: &mut IndexMap<Name, Arc<ClassDef>>) {
    let mut found: FxHashMap<(Name, Name), FieldCell> = FxHashMap::default();
    for body in program.fns.values() {
        let mut marks = Marks { program, body, found: &mut found, made: None };
        marks.stmts();
        let all = accesses(program, body);
        for (node, kind) in &all.kinds {
            if let (Node::Use(place, _), true) = (&body.nodes[*node].kind, kind.changes()) {
                let kind = if *kind == Kind::LendMut { Kind::Mut } else { *kind };
                marks.change(place, kind);
            }
        }
    }
    let set = dynamic::set_dynamically(program);
    let made = dynamic::made_dynamic(program);
    for class in made.into_iter().flat_map(|class| program.subclasses(class)) {
        for field in program.all_fields(class).into_iter().filter(|field| set.contains(&field.name)) {
            let cell = if field.ty.is_copy() { FieldCell::Cell } else { FieldCell::RefCell };
            note(program, &mut found, Ty::class(class), field.name, cell);
        }
    }
    for class in classes.values_mut().filter(|class| class.is_shared) {
        let class = Arc::make_mut(class);
        for field in &mut class.fields {
            // A field that a class below assigns, too, stands in both classes, but there is one field.
            let marks = program.mro(class.path).into_iter().filter_map(|path| found.get(&(path, field.name)));
            field.cell = marks.copied().max_by_key(|cell| *cell as u8).unwrap_or_default();
        }
    }
}

struct Marks<'a> {
    program: &'a Program<Typed>,
    body: &'a Body<Typed>,
    found: &'a mut FxHashMap<(Name, Name), FieldCell>,
    /// The receiver of a constructor that has not made its object yet: its fields start with what is set.
    made: Option<LocalId>,
}

impl Marks<'_> {
    fn stmts(&mut self) {
        let body = self.body;
        let skip = if init::is_init(body) { batuta_core::before_object(body) } else { 0 };
        let receiver = body.params.first().map(|param| param.local);
        for (at, stmt) in body.blocks[body.root].stmts.iter().enumerate() {
            self.made = receiver.filter(|_| at < skip);
            self.stmt(stmt);
            stmt.for_each_child(&mut |child| {
                body.walk(child, &mut |node| {
                    body.nodes[node].kind.for_each_child(&mut |child| {
                        if let Child::Block(block) = child {
                            body.blocks[block].stmts.iter().for_each(|stmt| self.stmt(stmt));
                        }
                    });
                });
            });
        }
        self.made = None;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => self.pat(pat),
            StmtKind::Update { place, op, .. } => {
                self.change(place, Kind::Write);
                if matches!(op, Op::ListOp(_) | Op::SetOp(_) | Op::DictOp(_)) {
                    self.change(place, Kind::Mut);
                }
            }
            StmtKind::Del(place) => self.change(place, Kind::Write),
            StmtKind::Expr(_) => {}
        }
    }

    fn pat(&mut self, pat: &Pat) {
        if let Pat::Place(place) = pat {
            self.change(place, Kind::Write);
        }
        pat.for_each_part(&mut |part| self.pat(part));
    }

    /// The fields whose content a change of this place changes.
    fn change(&mut self, place: &Place, kind: Kind) {
        if self.made.is_some_and(|receiver| place.root == Root::Local(receiver)) {
            return;
        }
        let tys = place_tys(self.program, self.body, place);
        let mut depth = place.proj.len();
        if kind == Kind::Write {
            if let Some(Proj::Field(name)) = place.proj.last() {
                self.field(
                    tys[depth - 1],
                    *name,
                    if self.is_copied(tys[depth]) { FieldCell::Cell } else { FieldCell::RefCell },
                );
            }
            depth = depth.saturating_sub(1);
        }
        while depth > 0 {
            if is_shared(self.program, tys[depth]) {
                return;
            }
            if let Proj::Field(name) = place.proj[depth - 1] {
                self.field(tys[depth - 1], name, FieldCell::RefCell);
            }
            depth -= 1;
        }
    }

    /// Numbers and members of enums are read and written whole.
    fn is_copied(&self, ty: Ty) -> bool {
        let item = match ty.kind() {
            TyKind::Option(item) => *item,
            _ => ty,
        };
        let is_enum = |path| {
            let class = self.program.classes.get(&path);
            class.is_some_and(|class| class.kind == ClassKind::Enum)
        };
        item.is_copy() || item.class_path().is_some_and(is_enum)
    }

    fn field(&mut self, owner: Ty, name: Name, cell: FieldCell) {
        note(self.program, self.found, owner, name, cell);
    }
}

/// The field of a class, or of one above it, needs at least this cell.
fn note(
    program: &Program<Typed>,
    found: &mut FxHashMap<(Name, Name), FieldCell>,
    owner: Ty,
    name: Name,
    cell: FieldCell,
) {
    let owner = match owner.strip().kind() {
        TyKind::Option(item) => *item,
        _ => owner,
    };
    let Some(class) = owner.class_path() else { return };
    for path in program.mro(class) {
        let slot = found.entry((path, name)).or_default();
        if *slot != FieldCell::RefCell {
            *slot = cell;
        }
    }
}
