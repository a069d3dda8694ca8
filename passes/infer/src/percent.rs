//! Objects of the program in `%` formats: `"%d" % n` asks for `__int__`, `"%x" % n` for `__index__`, `"%.1f" % n`
//! for `__float__`.

use crate::apply::Apply;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// The number that an object gives a conversion; other values stay.
    pub(crate) fn percent_number(&mut self, letter: char, object: NodeId) -> NodeId {
        let is_asked = match self.ty(object).kind() {
            TyKind::Class(class, _) => {
                let env = self.types.env();
                !env.is_int_enum(*class) && !env.is_error(*class) && env.inner(*class).is_none()
            }
            _ => false,
        };
        if matches!(letter, 's' | 'r' | 'a') || !is_asked {
            return object;
        }
        self.number_for(letter, object)
    }

    fn number_for(&mut self, letter: char, object: NodeId) -> NodeId {
        let origin = self.origin(object);
        let class = self.ty(object).class_path().map_or("object", |class| class.last());
        let (methods, text): (&[&str], String) = match letter {
            'd' | 'i' | 'u' => (
                &["__int__", "__index__"],
                format!("%{letter} format: a real number is required, not {class}"),
            ),
            'x' | 'X' | 'o' => {
                (&["__index__"], format!("%{letter} format: an integer is required, not {class}"))
            }
            'c' => (&["__index__"], "%c requires int or char".to_owned()),
            _ => (&["__float__", "__index__"], format!("must be real number, not {class}")),
        };
        let mut object = object;
        for method in methods {
            match self.special(object, method, Vec::new()) {
                Ok(number) => return number,
                Err(same) => object = same,
            }
        }
        self.refuse("TypeError", &text, vec![object], origin)
    }
}
