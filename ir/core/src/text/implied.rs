//! Types that follow from a node's parts, so that the text form need not write them.
//!
//! `print` leaves a type out exactly where [`implied`] gives it, `parse` puts it back from here.

use crate::*;

/// The type that a node has if nothing is written behind it; `None` where nothing follows.
pub(super) fn implied<L: Level>(body: &Body<L>, kind: &Node) -> Option<Ty> {
    if L::NAME == "hir" {
        return Some(Ty::unknown());
    }
    match kind {
        Node::Const(value) => constant::<L>(value),
        Node::Use(place, mode) => used(body, place, *mode),
        Node::Op { op, attr, args } => {
            let args: Vec<Ty> = args.iter().map(|arg| body.ty(*arg)).collect();
            operation::<L>(*op, attr, &args)
        }
        Node::Format(_) => Some(Ty::str()),
        Node::If { then, els: Some(_), .. } => Some(block(body, *then)),
        Node::Block { block: inner, .. } => Some(block(body, *inner)),
        Node::Match { arms, .. } => Some(arms.first().map_or(Ty::unit(), |arm| block(body, arm.body))),
        Node::Break { .. }
        | Node::Continue { .. }
        | Node::Return(_)
        | Node::Raise { .. }
        | Node::Hole { .. } => Some(Ty::never()),
        Node::Closure(closure) => {
            let params = closure.params.iter().map(|param| body.locals[param.local].ty);
            Some(Ty::func(params, closure.ret))
        }
        Node::Seq { sink, .. } => Some(match *sink {
            Sink::List(item) => Ty::list(body.ty(item)),
            Sink::Set(item) => Ty::set(body.ty(item)),
            Sink::Dict(key, value) => Ty::dict(body.ty(key), body.ty(value)),
            Sink::Iter(item) => Ty::iter(body.ty(item)),
        }),
        Node::Await(_) | Node::Item(_) => None,
        _ => Some(Ty::unit()),
    }
}

fn int<L: Level>() -> Ty {
    if L::NAME == "mir" { Ty::i64() } else { Ty::int() }
}

fn constant<L: Level>(value: &Const) -> Option<Ty> {
    let is_mir = L::NAME == "mir";
    Some(match value {
        Const::None => Ty::unit(),
        Const::Bool(_) => Ty::bool(),
        Const::Int(_) => int::<L>(),
        Const::Float(_) => Ty::float(),
        Const::Imag(_) => Ty::new(TyKind::Complex),
        Const::Str(_) if is_mir => Ty::str().reference(),
        Const::Str(_) => Ty::str(),
        Const::Bytes(_) if is_mir => Ty::bytes().reference(),
        Const::Bytes(_) => Ty::bytes(),
        Const::Ellipsis | Const::NotImplemented => return None,
    })
}

fn block<L>(body: &Body<L>, block: BlockId) -> Ty {
    body.blocks[block].tail.map_or(Ty::unit(), |tail| body.nodes[tail].ty)
}

fn used<L: Level>(body: &Body<L>, place: &Place, mode: Mode) -> Option<Ty> {
    let ty = place_ty(body, place)?;
    Some(match (mode, ty.kind()) {
        (Mode::Ref | Mode::Mut, TyKind::Ref(_)) => ty,
        (Mode::Ref, TyKind::RefMut(inner)) => inner.reference(),
        (Mode::Mut, TyKind::RefMut(_)) => ty,
        (Mode::Ref, _) => ty.reference(),
        (Mode::Mut, _) => ty.reference_mut(),
        (Mode::Clone | Mode::Take, _) => ty.strip_ref(),
        (Mode::Read | Mode::Copy | Mode::Move, _) => ty,
    })
}

/// Type of a place where it follows from the locals of the body alone.
fn place_ty<L: Level>(body: &Body<L>, place: &Place) -> Option<Ty> {
    let mut ty = match place.root {
        Root::Local(local) => body.locals[local].ty,
        Root::Node(node) => body.ty(node),
        Root::Global(_) => return None,
    };
    for proj in &place.proj {
        ty = match (proj, ty.strip().kind()) {
            (Proj::Deref, _) => match ty.kind() {
                TyKind::Ref(inner) | TyKind::RefMut(inner) | TyKind::Boxed(inner) | TyKind::Shared(inner) => {
                    *inner
                }
                _ => return None,
            },
            (Proj::Payload(_), TyKind::Option(inner)) => *inner,
            (Proj::Field(name), TyKind::Tuple(items)) => *items.get(name.as_str().parse::<usize>().ok()?)?,
            (Proj::Index(_) | Proj::Nth(_), TyKind::List(item) | TyKind::Array(item, _)) => *item,
            (Proj::Index(_), TyKind::Dict(_, value)) => *value,
            (Proj::Index(_), TyKind::Str) => Ty::str(),
            _ => return None,
        };
    }
    Some(ty)
}

fn operation<L: Level>(op: Op, attr: &Attr, args: &[Ty]) -> Option<Ty> {
    let first = args.first().copied();
    match op {
        Op::ObjOp(_) => None,
        Op::IntOp(op) => match op {
            IntOp::ToFloat | IntOp::TrueDiv => Some(Ty::float()),
            IntOp::Truth => Some(Ty::bool()),
            IntOp::Cast => None,
            _ => first.map(Ty::strip_ref).filter(|ty| ty.is_int()),
        },
        Op::FloatOp(op) => match op {
            FloatOp::ToInt => Some(int::<L>()),
            FloatOp::Truth => Some(Ty::bool()),
            _ => first.map(Ty::strip_ref),
        },
        Op::NumOp(op) => Some(match op {
            NumOp::ToFloat => Ty::float(),
            NumOp::ToInt => int::<L>(),
            NumOp::IsInt | NumOp::Truth => Ty::bool(),
            _ => Ty::num(),
        }),
        Op::BoolOp(BoolOp::ToInt) => Some(int::<L>()),
        Op::BoolOp(_) | Op::CmpOp(_) => Some(Ty::bool()),
        Op::IoOp(_) => Some(Ty::unit()),
        Op::ExcOp(op) => Some(match op {
            ExcOp::New => Ty::error(),
            ExcOp::Assert => Ty::unit(),
            ExcOp::IsA => Ty::bool(),
            ExcOp::Text => Ty::str(),
        }),
        Op::RsOp(op) => rust(op, first),
        Op::IterOp(op) => iteration(op, first?.strip()),
        _ => collection::<L>(op, attr, args),
    }
}

fn collection<L: Level>(op: Op, attr: &Attr, args: &[Ty]) -> Option<Ty> {
    let word = op.name().rsplit('.').next()?;
    let first = args.first().map(|ty| ty.strip());
    match (op, word) {
        (
            Op::StrOp(_) | Op::BytesOp(_) | Op::ListOp(_) | Op::DictOp(_) | Op::SetOp(_) | Op::RangeOp(_),
            "len",
        ) => Some(int::<L>()),
        (Op::BytesOp(_) | Op::RangeOp(_), "at") => Some(int::<L>()),
        (_, "contains" | "truth" | "is" | "is_instance" | "is_none" | "is_some") => Some(Ty::bool()),
        (Op::StrOp(_), _) => Some(Ty::str()),
        (Op::BytesOp(_), _) => Some(Ty::bytes()),
        (Op::RangeOp(_), _) => Some(Ty::new(TyKind::Range)),
        (Op::ListOp(ListOp::New), _) => args.first().map(|item| Ty::list(*item)),
        (Op::SetOp(SetOp::New), _) => args.first().map(|item| Ty::set(*item)),
        (Op::DictOp(DictOp::New), _) => Some(Ty::dict(*args.first()?, *args.get(1)?)),
        (Op::ListOp(_) | Op::SetOp(_), _) => first,
        (Op::TupleOp(TupleOp::New), _) => Some(Ty::tuple(args.iter().copied())),
        (Op::TupleOp(TupleOp::Field), _) => match (first?.kind(), attr) {
            (TyKind::Tuple(items), Attr::Int(at)) => items.get(usize::try_from(*at).ok()?).copied(),
            _ => None,
        },
        (Op::OptOp(OptOp::Some), _) => args.first().map(|item| Ty::option(*item)),
        (Op::OptOp(OptOp::Unwrap), _) => match first?.kind() {
            TyKind::Option(item) => Some(*item),
            _ => None,
        },
        (Op::ValueOp(ValueOp::To), _) => None,
        (Op::ValueOp(ValueOp::Iter), _) => Some(Ty::iter(Ty::value())),
        (Op::ValueOp(_), _) => Some(Ty::value()),
        _ => None,
    }
}

fn iteration(op: IterOp, of: Ty) -> Option<Ty> {
    let item = match of.kind() {
        TyKind::List(item) | TyKind::Set(item) | TyKind::FrozenSet(item) | TyKind::Iter(item) => *item,
        TyKind::Dict(key, _) => *key,
        TyKind::Str => Ty::str(),
        _ => return None,
    };
    Some(match op {
        IterOp::Ref => Ty::iter(item.reference()),
        IterOp::Mut => Ty::iter(item.reference_mut()),
        IterOp::Next => Ty::option(item),
        IterOp::Copied | IterOp::Cloned => Ty::iter(item.strip_ref()),
        _ => Ty::iter(item),
    })
}

fn rust(op: RsOp, first: Option<Ty>) -> Option<Ty> {
    Some(match op {
        RsOp::Ref => first?.reference(),
        RsOp::Mut => first?.reference_mut(),
        RsOp::Deref | RsOp::Clone | RsOp::ToOwned | RsOp::Take => first?.strip_ref(),
        RsOp::Share => first?.shared(),
        RsOp::Any | RsOp::All => Ty::bool(),
        RsOp::Filter => first?,
        RsOp::Swap => Ty::unit(),
        _ => return None,
    })
}
