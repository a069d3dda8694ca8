//! `itertools.tee`: two iterators over one, which is read when the first of them gets there.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// The iterator that is read, and what each branch has not seen of it.
struct Source<'a, T> {
    items: Box<dyn Iterator<Item = T> + 'a>,
    waiting: [VecDeque<T>; 2],
}

/// One of the two iterators that [`tee`] gives.
pub struct Branch<'a, T> {
    source: Rc<RefCell<Source<'a, T>>>,
    at: usize,
}

impl<T: Clone> Iterator for Branch<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let mut source = self.source.borrow_mut();
        if let Some(item) = source.waiting[self.at].pop_front() {
            return Some(item);
        }
        let item = source.items.next()?;
        source.waiting[1 - self.at].push_back(item.clone());
        Some(item)
    }
}

/// `itertools.tee(items)`.
pub fn tee<'a, T: Clone, I>(items: I) -> (Branch<'a, T>, Branch<'a, T>)
where
    I: IntoIterator<Item = T, IntoIter: 'a>,
{
    let source = Source { items: Box::new(items.into_iter().fuse()), waiting: Default::default() };
    let source = Rc::new(RefCell::new(source));
    (Branch { source: source.clone(), at: 0 }, Branch { source, at: 1 })
}

/// `itertools.tee(items, 3)`.
pub fn tee_three<'a, T: Clone + 'a, I>(items: I) -> (Branch<'a, T>, Branch<'a, T>, Branch<'a, T>)
where
    I: IntoIterator<Item = T, IntoIter: 'a>,
{
    let (first, rest) = tee(items);
    let (second, third) = tee(rest);
    (first, second, third)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_branch_gives_all_items_and_reads_no_further() {
        let mut read = 0;
        let (mut a, b) = tee((1..).inspect(|_| read += 1));
        assert_eq!(a.by_ref().take(3).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(b.take(4).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(a.next(), Some(4));
        drop(a);
        assert_eq!(read, 4);
    }
}
