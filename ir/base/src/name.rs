//! Interned names: equal text is one word, compared by pointer.

use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{LazyLock, RwLock};

/// An interned piece of text: a name, an item path (`pkg.mod.Class.method`), a library name.
///
/// `Copy`, equality by pointer, order by text (so that sorted output does not depend on the run).
#[derive(Clone, Copy)]
pub struct Name(&'static str);

static TABLE: LazyLock<RwLock<HashSet<&'static str>>> = LazyLock::new(RwLock::default);

impl Name {
    /// The one name with this text.
    pub fn new(text: &str) -> Self {
        if let Some(found) = TABLE.read().expect("no panic while interning").get(text) {
            return Self(found);
        }
        let mut table = TABLE.write().expect("no panic while interning");
        if let Some(found) = table.get(text) {
            return Self(found);
        }
        let leaked: &'static str = Box::leak(text.to_owned().into_boxed_str());
        table.insert(leaked);
        Self(leaked)
    }

    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// `a.b` for `a` and `b`; `b` alone when `a` is empty.
    pub fn join(self, last: &str) -> Self {
        if self.0.is_empty() { Self::new(last) } else { Self::new(&format!("{}.{last}", self.0)) }
    }

    /// The part after the last dot.
    pub fn last(self) -> &'static str {
        self.0.rsplit('.').next().unwrap_or(self.0)
    }

    /// The part before the last dot; empty when there is none.
    pub fn parent(self) -> Self {
        Self::new(self.0.rsplit_once('.').map_or("", |(parent, _)| parent))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Name {}
impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.as_ptr() as usize).hash(state);
    }
}
impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(other.0)
    }
}
impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}
impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn equal_text_is_one_name() {
        let (a, b) = (Name::new("pkg.mod.f"), Name::new(&["pkg", "mod", "f"].join(".")));
        assert_eq!(a, b);
        assert_eq!(a.last(), "f");
        assert_eq!(a.parent(), Name::new("pkg.mod"));
        assert_eq!(Name::new("").join("x"), Name::new("x"));
    }
}
