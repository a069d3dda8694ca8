//! Objects with `__getitem__` alone are iterated by index, until it raises `IndexError`.
//!
//! before (Hir)        after (Typed)
//!   for %x in %deck     for %x in lib:iter.by_index(|%x: int| call @m.Deck.__getitem__(%deck, %x))
//!
//! An object that has no name goes along: `lib:iter.by_index(object, |items, at| ..)`.

use crate::apply::Apply;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// The items of an object by `__getitem__`.
    pub(crate) fn by_index(&mut self, class: Name, method: Name, object: NodeId) -> NodeId {
        let (ty, origin) = (self.ty(object), self.origin(object));
        let item = self.result_of(method);
        let is_named = self.is_simple(object);
        let params = if is_named { vec![Ty::int()] } else { vec![ty, Ty::int()] };
        let to = Ty::func(params.clone(), item);
        let closure = self.eta(&params, item, to, origin, |me, mut args| {
            let at = args.pop().expect("the index is the last parameter");
            let of = args.pop().unwrap_or_else(|| me.again(object));
            me.call_method_path(class, method, of, vec![at])
        });
        let mut args = Vec::new();
        if !is_named {
            args.push(Arg::positional(object));
        }
        args.push(Arg::positional(closure));
        let callee = Callee::Lib(Name::new("iter.by_index"));
        self.mk(Node::Call { callee, args }, Ty::iter(item), origin)
    }
}
