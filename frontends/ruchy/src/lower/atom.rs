//! Atoms: `:ok` is a member of the one enum that holds the atoms of a file; its name is the text that is shown.

use super::scan::walk;
use super::{EnumFacts, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// The enum of the atoms that the file names, if it names one.
    pub(super) fn collect_atoms(&mut self, root: Syntax<'t>) {
        let mut facts = EnumFacts::default();
        walk(root, &mut |node| {
            if node.is("atom") {
                facts.variants.insert(Name::new(node.text()), Vec::new());
            }
        });
        if facts.variants.is_empty() {
            return;
        }
        let path = self.free_path("Atom");
        let mut def = super::data::class_def(path, Vec::new(), ClassKind::Enum, root);
        for (at, name) in facts.variants.keys().enumerate() {
            let member = path.join(name.as_str());
            def.attributes.push(member);
            self.global(member, false, root.origin(0));
            let value = self.int(at as i64, root);
            self.push_set(Place::global(member), value, root);
        }
        self.out.module.items.push(ItemRow { item: Item::Class(path), above: Vec::new(), base: 0 });
        self.out.classes.push(def);
        self.enums.insert(path, facts);
        self.atoms = Some(path);
    }

    /// `:name` as a value.
    pub(super) fn atom(&mut self, node: Syntax<'t>) -> NodeId {
        match self.atoms {
            Some(path) => self.use_place(Place::global(path.join(node.text())), node),
            None => self.nil(node),
        }
    }
}
