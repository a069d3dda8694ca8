//! Arrays of static storage that are only indexed: cells of Rust's own.

use super::body::{CPrinter, ty_text};
use super::{CEnv, CUses};
use crate::layout;
use crate::tree::{Expr, StmtKind};
use batuta_base::Name;
use batuta_core::{self as core, Image, NodeId, ObjectStorage, Place, Proj, Root, Ty, TyKind};

/// Bytes above which an array is not made in the storage of the thread.
const MOST_INLINE: u64 = 1 << 21;

impl CPrinter<'_, '_> {
    /// The array that a place lies in, if it is one of cells.
    pub(crate) fn cells_of(&self, place: &Place) -> Option<Name> {
        let Root::Global(path) = place.root else { return None };
        let def = self.env.image.objects.get(&path)?;
        (def.storage == ObjectStorage::Cells).then_some(path)
    }

    /// `array.fill(item)`, where all items of an array of cells or a local one become alike.
    pub(crate) fn filled(&mut self, place: &Place, value: NodeId) -> Option<StmtKind> {
        if !place.proj.is_empty() || !matches!(self.body.ty(value).kind(), TyKind::Array(..)) {
            return None;
        }
        let is_cells = self.cells_of(place).is_some();
        let item = self.each_item(value, is_cells)?;
        if is_cells {
            self.uses.runtime.insert("WholeCells");
        }
        let array = self.place(place);
        Some(StmtKind::Expr(array.method("fill", vec![item])))
    }

    /// The value of each item; `deep`: of the items of arrays in an array.
    fn each_item(&mut self, value: NodeId, deep: bool) -> Option<Expr> {
        let item_ty = self.body.ty(value).children().first().copied()?;
        let is_nested = matches!(item_ty.kind(), TyKind::Array(..));
        if is_nested && !deep {
            return None;
        }
        match &self.body.nodes[value].kind {
            core::Node::Op { op: core::Op::PtrOp(core::PtrOp::Zero), .. } => {
                let mut item = item_ty;
                while let TyKind::Array(inner, _) = item.kind() {
                    item = *inner;
                }
                Some(match item.kind() {
                    TyKind::Int(_) => Expr::atom("0"),
                    TyKind::Float(_) => Expr::atom("0.0"),
                    _ => self.zero(item),
                })
            }
            core::Node::Op { op: core::Op::ListOp(core::ListOp::Repeat), args, .. } if is_nested => {
                self.each_item(args[0], deep)
            }
            core::Node::Op { op: core::Op::ListOp(core::ListOp::Repeat), args, .. } => {
                Some(self.expr(args[0]))
            }
            _ => None,
        }
    }

    /// The value of an item, or of a field of it, or of everything.
    pub(crate) fn read_cell(&mut self, path: Name, place: &Place) -> Expr {
        let (cells, index, fields) = self.cell(path, place);
        let item = match index {
            Some(index) => cells.method("item", vec![index]),
            None => cells.method("value", vec![]),
        };
        fields.into_iter().fold(item, Expr::field)
    }

    pub(crate) fn set_cell(&mut self, path: Name, place: &Place, value: Expr) -> StmtKind {
        let (cells, index, fields) = self.cell(path, place);
        match index {
            _ if !fields.is_empty() => self.change(cells, index, fields, "", value),
            Some(index) => StmtKind::Expr(cells.method("set_item", vec![index, value])),
            None => StmtKind::Expr(cells.method("set_value", vec![value])),
        }
    }

    /// `place op= value`
    pub(crate) fn update_cell(
        &mut self,
        path: Name,
        place: &Place,
        operator: &'static str,
        value: Expr,
    ) -> StmtKind {
        let (cells, index, fields) = self.cell(path, place);
        self.change(cells, index, fields, operator, value)
    }

    fn change(
        &mut self,
        cells: Expr,
        index: Option<Expr>,
        fields: Vec<String>,
        operator: &'static str,
        value: Expr,
    ) -> StmtKind {
        let name = ["item", "cell", "it", "the_item"]
            .into_iter()
            .find(|name| !self.has_name(name))
            .unwrap_or("changed_item");
        let own = if fields.is_empty() { Expr::unary("*", Expr::atom(name)) } else { Expr::atom(name) };
        let target = fields.into_iter().fold(own, Expr::field);
        let assign = Expr::Assign(Box::new(target), operator, Box::new(value));
        let change = Expr::closure(name.to_owned(), assign);
        StmtKind::Expr(match index {
            Some(index) => cells.method("change", vec![index, change]),
            None => cells.method("with_mut", vec![change]),
        })
    }

    /// Cells, index and fields of a place.
    fn cell(&mut self, path: Name, place: &Place) -> (Expr, Option<Expr>, Vec<String>) {
        let array = Expr::atom(self.env.path(path, self.module, self.uses));
        let (mut indexes, mut fields) = (Vec::new(), Vec::new());
        for proj in &place.proj {
            match proj {
                Proj::Nth(index) | Proj::Index(index) => indexes.push(self.count(*index)),
                Proj::Field(name) => fields.push(crate::names::snake(name.as_str())),
                _ => {}
            }
        }
        let index = match indexes.len() {
            0 => None,
            1 => indexes.pop(),
            _ => Some(Expr::Tuple(indexes)),
        };
        self.uses.runtime.insert(if index.is_some() { "Cells" } else { "WholeCells" });
        (array, index, fields)
    }
}

/// The item of an object in cells.
pub(crate) fn cells(env: &CEnv<'_>, path: Name, module: Name, vis: &str, uses: &mut CUses) -> String {
    uses.cell = true;
    let name = env.names.item(path);
    let ty = env.image.objects[&path].ty;
    let text = ty_text(env, ty, module, uses);
    if size(env.image, ty) > MOST_INLINE {
        uses.module = true;
        let item = ty.children().first().copied().unwrap_or(ty);
        let value = layout::render(&super::items::zero(env, path, item, module, uses), 4, 32, 2);
        let line = format!("{vis}static {name}: &'static Cell<{text}> = c::array({value});");
        return format!("thread_local! {{\n    {line}\n}}\n");
    }
    let value = super::items::value(env, path, module, uses);
    let made = Expr::call("Cell::new", vec![value]);
    let head = format!("{vis}static {name}: Cell<{text}> = const {{");
    let one_line = layout::render(&made, 8, head.len() + 5, 3);
    let line = if one_line.contains('\n') {
        format!("{head}\n        {}\n    }};", layout::render(&made, 8, 8, 0))
    } else {
        format!("{head} {one_line} }};")
    };
    format!("thread_local! {{\n    {line}\n}}\n")
}

fn size(image: &Image, ty: Ty) -> u64 {
    match ty.kind() {
        TyKind::Array(item, count) => size(image, *item).saturating_mul(*count),
        TyKind::Class(path, _) => image.records.get(path).map_or(0, |def| def.size),
        TyKind::Bool | TyKind::Int(core::Width::I8 | core::Width::U8) => 1,
        TyKind::Int(core::Width::I128 | core::Width::U128) => 16,
        _ => 8,
    }
}
