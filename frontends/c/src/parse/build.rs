//! Typed nodes: conversions, operators, assignments.

use super::*;

impl Parser {
    /// An operand as a value: arrays and functions become pointers.
    pub(super) fn rvalue(&mut self, of: Expr) -> Expr {
        let pos = of.pos;
        match &of.ty {
            CTy::Array(item, _) | CTy::Vla(item, _) => {
                let ty = CTy::Ptr(item.clone(), ToConst(false));
                Expr::new(ExprKind::Decay(of.boxed()), ty, pos)
            }
            CTy::Func(_) => {
                let ty = of.ty.clone().ptr();
                Expr::new(of.kind, ty, pos)
            }
            _ => of,
        }
    }

    /// Width of the bit-field that an expression names.
    fn bit_width(&self, of: &Expr) -> Option<u32> {
        let ExprKind::Member(_, id, index) = &of.kind else { return None };
        let fields = self.tree.records.get(*id).fields.as_ref()?;
        fields[*index].bits.map(|(_, width)| width)
    }

    /// Integer promotion.
    pub(super) fn promote(&mut self, of: Expr) -> Expr {
        let of = self.rvalue(of);
        let ty = match (&of.ty, self.bit_width(&of)) {
            (CTy::Int(kind), Some(width)) if width < 32 || width == 32 && kind.signed() => INT,
            (ty, _) => ty.promoted(),
        };
        self.cast(of, &ty)
    }

    /// The value in another type; nothing where it has that type.
    pub(super) fn cast(&mut self, of: Expr, ty: &CTy) -> Expr {
        let of = self.rvalue(of);
        if of.ty == *ty {
            return of;
        }
        let pos = of.pos;
        if let ExprKind::Cond(cond, a, b) = of.kind {
            let (a, b) = (self.cast(*a, ty), self.cast(*b, ty));
            return Expr::new(ExprKind::Cond(cond, a.boxed(), b.boxed()), ty.clone(), pos);
        }
        if let Some(folded) = fold::cast(&of, ty) {
            return folded;
        }
        Expr::new(ExprKind::Cast(of.boxed()), ty.clone(), pos)
    }

    pub(super) fn explicit_cast(&mut self, of: Expr, ty: CTy, pos: Pos) -> Expr {
        let of = self.rvalue(of);
        let is_ok = ty.is_void()
            || ty == of.ty
            || ty.is_scalar()
                && of.ty.is_scalar()
                && !(ty.is_ptr() && of.ty.is_float() || ty.is_float() && of.ty.is_ptr());
        if !is_ok {
            if let CTy::Record(id) = ty
                && self.tree.records.get(id).is_union
            {
                return self.hole(pos, "a cast to a union");
            }
            self.issue(codes::TYPE, pos, "this cast is not possible");
            return Expr::new(ExprKind::Hole("a cast".to_owned()), ty, pos);
        }
        // A bit-field has another type than its unit: what it is promoted to.
        let is_bits = ty == of.ty && self.bit_width(&of).is_some();
        let mut out = match is_bits {
            true => Expr::new(ExprKind::Cast(of.boxed()), ty, pos),
            false => self.cast(of, &ty),
        };
        out.pos = pos.to(out.pos);
        out
    }

    /// The value as an assignment to `ty` takes it.
    pub(super) fn assigned(&mut self, of: Expr, ty: &CTy) -> Expr {
        let of = self.rvalue(of);
        let is_ok = of.ty == *ty
            || ty.is_scalar()
                && of.ty.is_scalar()
                && !(ty.is_ptr() && of.ty.is_float() || ty.is_float() && of.ty.is_ptr())
            || matches!(of.kind, ExprKind::Hole(_));
        if !is_ok {
            self.issue(codes::TYPE, of.pos, "a value of another type is assigned");
            return Expr::new(ExprKind::Hole("an assignment".to_owned()), ty.clone(), of.pos);
        }
        self.cast(of, ty)
    }

    pub(super) fn arithmetic_unary(&mut self, op: &str, of: Expr, pos: Pos) -> Expr {
        let of = self.rvalue(of);
        let whole = pos.to(of.pos);
        if op == "!" {
            if let Some(value) = of.as_int() {
                return Expr::int(i128::from(value == 0), INT, whole);
            }
            return Expr::new(ExprKind::Not(of.boxed()), INT, whole);
        }
        let of = self.promote(of);
        if !of.ty.is_arith() || op == "~" && !of.ty.is_integer() {
            self.issue(codes::TYPE, whole, format!("`{op}` of what is no number"));
            return of;
        }
        let ty = of.ty.clone();
        if let Some(folded) = fold::unary(op, &of) {
            return Expr { pos: whole, ..folded };
        }
        match op {
            "-" => Expr::new(ExprKind::Neg(of.boxed()), ty, whole),
            "~" => Expr::new(ExprKind::BitNot(of.boxed()), ty, whole),
            _ => of,
        }
    }

    pub(super) fn binary(&mut self, op: &str, a: Expr, b: Expr) -> Expr {
        let pos = a.pos.to(b.pos);
        let (a, b) = (self.rvalue(a), self.rvalue(b));
        match op {
            "&&" | "||" => {
                if let Some(folded) = fold::logic(op, &a, &b) {
                    return Expr { pos, ..folded };
                }
                let kind = if op == "&&" {
                    ExprKind::And(a.boxed(), b.boxed())
                } else {
                    ExprKind::Or(a.boxed(), b.boxed())
                };
                Expr::new(kind, INT, pos)
            }
            "==" => self.compare(CmpOp::Eq, a, b, pos),
            "!=" => self.compare(CmpOp::Ne, a, b, pos),
            "<" => self.compare(CmpOp::Lt, a, b, pos),
            "<=" => self.compare(CmpOp::Le, a, b, pos),
            ">" => self.compare(CmpOp::Gt, a, b, pos),
            ">=" => self.compare(CmpOp::Ge, a, b, pos),
            "+" if a.ty.is_ptr() && b.ty.is_integer() => self.pointer_sum(a, b, pos),
            "+" if b.ty.is_ptr() && a.ty.is_integer() => self.pointer_sum(b, a, pos),
            "-" if a.ty.is_ptr() && b.ty.is_integer() => {
                let b = self.cast(b, &LONG);
                let b = self.arithmetic_unary("-", b, pos);
                self.pointer_sum(a, b, pos)
            }
            "-" if is_row_ptr(&a.ty) && is_row_ptr(&b.ty) => {
                // Both as pointers to the items of the rows.
                let mut item = a.ty.pointee().cloned().unwrap_or(CTy::Void);
                let mut size = Expr::int(1, LONG, pos);
                while let CTy::Vla(inner, held) = &item {
                    let held = Expr::new(ExprKind::Local(*held), LONG, pos);
                    size = self.binary("*", size, held);
                    let inner = (**inner).clone();
                    item = inner;
                }
                let (a, b) = (self.cast(a, &item.clone().ptr()), self.cast(b, &item.ptr()));
                let items = Expr::new(ExprKind::PtrDiff(a.boxed(), b.boxed()), LONG, pos);
                self.binary("/", items, size)
            }
            "-" if a.ty.is_ptr() && b.ty.is_ptr() => {
                Expr::new(ExprKind::PtrDiff(a.boxed(), b.boxed()), LONG, pos)
            }
            _ => self.arithmetic_binary(op, a, b, pos),
        }
    }

    fn pointer_sum(&mut self, pointer: Expr, count: Expr, pos: Pos) -> Expr {
        let count = self.cast(count, &LONG);
        let ty = pointer.ty.clone();
        if is_row_ptr(&ty) {
            // Rows of variable length: count in the objects that they are made of.
            return self.row_sum(pointer, count, pos);
        }
        if count.as_int() == Some(0) {
            return Expr { pos, ..pointer };
        }
        Expr::new(ExprKind::PtrAdd(pointer.boxed(), count.boxed()), ty, pos)
    }

    /// `p += n` of a pointer to rows of variable length.
    fn row_moved(&mut self, place: Expr, count: Expr, pos: Pos) -> Expr {
        if !matches!(place.kind, ExprKind::Local(_) | ExprKind::Global(_)) {
            return self.hole(pos, "a step of this pointer to rows of variable length");
        }
        let moved = self.row_sum(place.clone(), count, pos);
        self.assign(place, moved)
    }

    fn row_sum(&mut self, pointer: Expr, count: Expr, pos: Pos) -> Expr {
        let ty = pointer.ty.clone();
        let mut item = ty.pointee().cloned().unwrap_or(CTy::Void);
        let mut count = count;
        while let CTy::Vla(inner, held) = &item {
            let held = Expr::new(ExprKind::Local(*held), LONG, pos);
            count = self.binary("*", count, held);
            let inner = (**inner).clone();
            item = inner;
        }
        let flat = self.cast(pointer, &item.ptr());
        let flat_ty = flat.ty.clone();
        let sum = Expr::new(ExprKind::PtrAdd(flat.boxed(), count.boxed()), flat_ty, pos);
        self.cast(sum, &ty)
    }

    fn arithmetic_binary(&mut self, op: &str, a: Expr, b: Expr, pos: Pos) -> Expr {
        let Some(bin) = bin_op(op) else { return a };
        let is_wide = |of: &Expr| self.bit_width(of).is_some_and(|width| (33..64).contains(&width));
        if matches!(bin, BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Shl) && (is_wide(&a) || is_wide(&b)) {
            let message = "gcc cuts what comes out to the width of the bit-field, this program does not";
            self.issue(codes::WIDE_BITS, pos, message);
        }
        let (a, b) = (self.promote(a), self.promote(b));
        let whole_only =
            matches!(bin, BinOp::Rem | BinOp::And | BinOp::Or | BinOp::Xor | BinOp::Shl | BinOp::Shr);
        let is_ok = |of: &Expr| if whole_only { of.ty.is_integer() } else { of.ty.is_arith() };
        if !is_ok(&a) || !is_ok(&b) {
            if !matches!((&a.kind, &b.kind), (ExprKind::Hole(_), _) | (_, ExprKind::Hole(_))) {
                self.issue(codes::TYPE, pos, format!("`{op}` does not take these operands"));
            }
            return Expr::new(ExprKind::Hole(format!("`{op}`")), INT, pos);
        }
        let (a, b, ty) = if matches!(bin, BinOp::Shl | BinOp::Shr) {
            let ty = a.ty.clone();
            (a, b, ty)
        } else {
            let ty = usual(&a.ty, &b.ty);
            (self.cast(a, &ty), self.cast(b, &ty), ty)
        };
        if let Some(mut folded) = fold::binary(bin, &a, &b, &ty) {
            // What gcc computes for a static object has no sign.
            if let (ExprKind::Float(value), true) = (&mut folded.kind, self.in_static) {
                *value = if value.is_nan() { value.abs() } else { *value };
            }
            return Expr { pos, ..folded };
        }
        Expr::new(ExprKind::Binary(bin, a.boxed(), b.boxed()), ty, pos)
    }

    fn compare(&mut self, op: CmpOp, a: Expr, b: Expr, pos: Pos) -> Expr {
        let (a, b) = if a.ty.is_ptr() || b.ty.is_ptr() {
            let ty = if a.ty.is_ptr() && !is_void_ptr(&a.ty) || !b.ty.is_ptr() {
                a.ty.clone()
            } else {
                b.ty.clone()
            };
            (self.cast(a, &ty), self.cast(b, &ty))
        } else if a.ty.is_arith() && b.ty.is_arith() {
            let (a, b) = (self.promote(a), self.promote(b));
            let ty = usual(&a.ty, &b.ty);
            (self.cast(a, &ty), self.cast(b, &ty))
        } else {
            self.issue(codes::TYPE, pos, "these operands cannot be compared");
            return Expr::int(0, INT, pos);
        };
        if let Some(folded) = fold::compare(op, &a, &b) {
            return Expr { pos, ..folded };
        }
        Expr::new(ExprKind::Compare(op, a.boxed(), b.boxed()), INT, pos)
    }

    /// The common type of the branches of `?:`.
    fn branch_type(&mut self, a: &Expr, b: &Expr) -> CTy {
        let is_null = |of: &Expr| of.as_int() == Some(0) || is_null_constant(of);
        match (&a.ty, &b.ty) {
            (x, y) if x == y && !x.is_arith() => x.clone(),
            (CTy::Void, _) | (_, CTy::Void) => CTy::Void,
            (x, y) if x.is_arith() && y.is_arith() => usual(x, y),
            (x, y) if x.is_ptr() && y.is_ptr() => {
                if is_null(a) || is_void_ptr(y) && !is_null(b) {
                    y.clone()
                } else {
                    x.clone()
                }
            }
            (x, _) if x.is_ptr() => x.clone(),
            (_, y) => y.clone(),
        }
    }

    pub(super) fn choice(&mut self, cond: Expr, then: Expr, els: Expr) -> Expr {
        let cond = self.rvalue(cond);
        let pos = cond.pos.to(els.pos);
        let (then, els) = (self.rvalue(then), self.rvalue(els));
        let (then, els) = if then.ty.is_arith() && els.ty.is_arith() {
            (self.promote(then), self.promote(els))
        } else {
            (then, els)
        };
        let ty = self.branch_type(&then, &els);
        let (then, els) = (self.cast(then, &ty), self.cast(els, &ty));
        if let Some(value) = cond.as_int() {
            return if value != 0 { then } else { els };
        }
        Expr::new(ExprKind::Cond(cond.boxed(), then.boxed(), els.boxed()), ty, pos)
    }

    /// `a ?: b`.
    pub(super) fn elvis(&mut self, cond: Expr, els: Expr) -> Expr {
        let (cond, els) = (self.rvalue(cond), self.rvalue(els));
        let pos = cond.pos.to(els.pos);
        let (cond, els) = if cond.ty.is_arith() && els.ty.is_arith() {
            (self.promote(cond), self.promote(els))
        } else {
            (cond, els)
        };
        let ty = self.branch_type(&cond, &els);
        let (cond, els) = (self.cast(cond, &ty), self.cast(els, &ty));
        Expr::new(ExprKind::Elvis(cond.boxed(), els.boxed()), ty, pos)
    }

    fn check_place(&mut self, of: &Expr) {
        let is_place = match &of.kind {
            ExprKind::Local(_) | ExprKind::Global(_) | ExprKind::Deref(_) | ExprKind::Member(..) => {
                !of.ty.is_array()
            }
            ExprKind::Compound(..) | ExprKind::Hole(_) => true,
            _ => false,
        };
        if !is_place {
            self.issue(codes::TYPE, of.pos, "what stands left of an assignment is no object");
        }
    }

    pub(super) fn assign(&mut self, left: Expr, right: Expr) -> Expr {
        self.check_place(&left);
        let ty = left.ty.clone();
        let right = self.assigned(right, &ty);
        let pos = left.pos.to(right.pos);
        Expr::new(ExprKind::Assign(left.boxed(), right.boxed()), ty, pos)
    }

    /// `left op= right`.
    pub(super) fn update(&mut self, op: BinOp, left: Expr, right: Expr) -> Expr {
        self.check_place(&left);
        let ty = left.ty.clone();
        let pos = left.pos.to(right.pos);
        if ty.is_ptr() {
            let mut right = self.cast(right, &LONG);
            if op == BinOp::Sub {
                right = self.arithmetic_unary("-", right, pos);
            }
            if is_row_ptr(&ty) {
                return self.row_moved(left, right, pos);
            }
            return Expr::new(ExprKind::Update(BinOp::Add, ty.clone(), left.boxed(), right.boxed()), ty, pos);
        }
        let right = self.promote(right);
        if !ty.is_arith() || !right.ty.is_arith() {
            self.issue(codes::TYPE, pos, "the operands of this assignment are no numbers");
            return left;
        }
        let width = self.bit_width(&left);
        let promoted = match (&ty, width) {
            (CTy::Int(kind), Some(width)) if width < 32 || width == 32 && kind.signed() => INT,
            (ty, _) => ty.promoted(),
        };
        let is_shift = matches!(op, BinOp::Shl | BinOp::Shr);
        let calc = if is_shift { promoted } else { usual(&promoted, &right.ty) };
        let right = if is_shift { right } else { self.cast(right, &calc) };
        Expr::new(ExprKind::Update(op, calc, left.boxed(), right.boxed()), ty, pos)
    }

    pub(super) fn step(&mut self, of: Expr, down: bool, post: bool, pos: Pos) -> Expr {
        self.check_place(&of);
        let ty = of.ty.clone();
        let pos = if post { of.pos.to(pos) } else { pos.to(of.pos) };
        if is_row_ptr(&ty) {
            let by = Expr::int(if down { -1 } else { 1 }, LONG, pos);
            let back = Expr::int(if down { 1 } else { -1 }, LONG, pos);
            let moved = self.row_moved(of, by, pos);
            return if post { self.row_sum(moved, back, pos) } else { moved };
        }
        Expr::new(ExprKind::Step { of: of.boxed(), down, post }, ty, pos)
    }

    pub(super) fn address(&mut self, of: Expr, pos: Pos) -> Expr {
        let whole = pos.to(of.pos);
        let ty = of.ty.clone().ptr();
        match of.kind {
            ExprKind::Func(_) => Expr::new(of.kind, ty, whole),
            // A pointer to the first item of a row reaches the rows behind it; an index of that row does not.
            ExprKind::Deref(ref inner) if matches!(&inner.kind, ExprKind::Decay(row) if matches!(row.kind, ExprKind::Deref(_))) => {
                Expr::new(ExprKind::Addr(of.boxed()), ty, whole)
            }
            ExprKind::Deref(inner) => Expr { pos: whole, ..*inner },
            ExprKind::Member(..) if self.bit_width(&of).is_some() => {
                self.issue(codes::TYPE, whole, "a bit-field has no address");
                of
            }
            _ => Expr::new(ExprKind::Addr(of.boxed()), ty, whole),
        }
    }

    pub(super) fn deref(&mut self, of: Expr, pos: Pos) -> Expr {
        let of = self.rvalue(of);
        let whole = pos.to(of.pos);
        let Some(ty) = of.ty.pointee().cloned() else {
            if !matches!(of.kind, ExprKind::Hole(_)) {
                self.issue(codes::TYPE, whole, "`*` of what is no pointer");
            }
            return of;
        };
        if matches!(ty, CTy::Func(_)) {
            return of;
        }
        // `*&x` is `x`.
        match of.kind {
            ExprKind::Addr(inner) if inner.ty == ty => *inner,
            kind => Expr::new(ExprKind::Deref(Box::new(Expr { kind, ..of })), ty, whole),
        }
    }
}

/// A pointer to an array whose length a variable holds.
fn is_row_ptr(ty: &CTy) -> bool {
    ty.is_ptr() && matches!(ty.pointee(), Some(CTy::Vla(..)))
}

pub(super) fn is_void_ptr(ty: &CTy) -> bool {
    matches!(ty, CTy::Ptr(inner, _) if inner.is_void())
}

/// `(void *)0`.
pub(super) fn is_null_constant(of: &Expr) -> bool {
    match &of.kind {
        ExprKind::Cast(inner) => is_void_ptr(&of.ty) && inner.as_int() == Some(0),
        _ => false,
    }
}

fn bin_op(op: &str) -> Option<BinOp> {
    Some(match op {
        "+" => BinOp::Add,
        "-" => BinOp::Sub,
        "*" => BinOp::Mul,
        "/" => BinOp::Div,
        "%" => BinOp::Rem,
        "&" => BinOp::And,
        "|" => BinOp::Or,
        "^" => BinOp::Xor,
        "<<" => BinOp::Shl,
        ">>" => BinOp::Shr,
        _ => return None,
    })
}
