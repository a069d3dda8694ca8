//! `collections.deque`.

use super::adapt::adapt;
use super::iters::{item_desc, items};
use super::rows;
use crate::desc::Kind;
use crate::item::{Item, clone_word};
use crate::memory::{keep, object};
use batuta_rt::Deque;

fn deque(item: &Item) -> &'static mut Deque<Item> {
    object(&item.word)
}

fn member(a: &[Item], at: usize) -> Item {
    let item = item_desc(a[0].desc);
    Item::new(adapt(&a[at], item), item)
}

rows! {
    "collections.deque" => |s, a| {
        // `deque(maxlen=2)` has no items before the number.
        let given: Vec<Option<Item>> = a.iter().map(Item::present).collect();
        let (all, most) = match &given[..] {
            [Some(most)] if matches!(most.desc.kind, Kind::Int) => (Vec::new(), Some(most.int())),
            [all, most] => (all.as_ref().map(items).unwrap_or_default(), most.as_ref().map(Item::int)),
            _ => (given.first().into_iter().flatten().flat_map(items).collect(), None),
        };
        let item = item_desc(s.ret);
        keep(Deque::from_iter_max(all.iter().map(|it| Item::new(adapt(it, item), item)), most))
    };
    "deque.append" => |_, a| { deque(&a[0]).append(member(a, 1)); 0 };
    "deque.appendleft" => |_, a| { deque(&a[0]).appendleft(member(a, 1)); 0 };
    "deque.pop" => |s, a| adapt(&deque(&a[0]).pop(), s.ret);
    "deque.popleft" => |s, a| adapt(&deque(&a[0]).popleft(), s.ret);
    "deque.extend" => |_, a| {
        let item = item_desc(a[0].desc);
        for it in items(&a[1]) {
            deque(&a[0]).append(Item::new(adapt(&it, item), item));
        }
        0
    };
    "deque.rotate" => |_, a| { deque(&a[0]).rotate(a.get(1).map_or(1, Item::int)); 0 };
    "deque.clear" => |_, a| { deque(&a[0]).clear(); 0 };
    "deque.__len__" => |_, a| deque(&a[0]).len() as u64;
    "deque.truth" => |_, a| (!deque(&a[0]).is_empty()).into();
    "deque.__contains__" => |_, a| deque(&a[0]).iter().any(|item| *item == a[1]).into();
    "deque.count" => |_, a| deque(&a[0]).iter().filter(|item| **item == a[1]).count() as u64;
    "deque.__getitem__" | "rt.index.deque" => |s, a| {
        let found = deque(&a[0]).at(a[1].int());
        let word = if s.ret.is_alias { found.word } else { clone_word(found.desc, found.word) };
        adapt(&Item::new(word, found.desc), s.ret)
    };
}
