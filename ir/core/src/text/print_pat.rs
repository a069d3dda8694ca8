//! Match arms, handlers and patterns -> text.

use super::print::{Printer, name_text};
use crate::*;

impl<L: Level> Printer<'_, L> {
    pub(super) fn arms(&mut self, subject: NodeId, arms: &[Arm]) {
        self.put("match ");
        self.node(subject);
        self.put(" {");
        self.indent += 1;
        for arm in arms {
            self.comments(&arm.above);
            self.line();
            self.pat(&arm.pat);
            self.opt_node(" if ", arm.guard);
            self.put(" => ");
            self.block(arm.body);
        }
        self.indent -= 1;
        self.line();
        self.put("}");
    }

    pub(super) fn handler(&mut self, handler: &Handler) {
        self.comments(&handler.above);
        if handler.above.is_empty() {
            self.put(" ");
        } else {
            self.line();
        }
        self.put("except");
        let classes: Vec<_> = handler.classes.iter().map(|class| name_text(*class)).collect();
        self.put(&format!("({})", classes.join(", ")));
        if let Some(local) = handler.bind {
            self.put(" as ");
            self.declared(local);
        }
        self.put(" ");
        self.block(handler.body);
    }

    fn pats(&mut self, pats: &[Pat]) {
        for (index, pat) in pats.iter().enumerate() {
            self.sep(index);
            self.pat(pat);
        }
    }

    pub(super) fn pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Wild => self.put("_"),
            Pat::Bind(local, part) => {
                self.declared(*local);
                if let Some(part) = part {
                    self.put(" @ ");
                    self.pat(part);
                }
            }
            Pat::Place(place) => {
                self.put("place ");
                self.place(place);
            }
            Pat::Tuple(parts) => {
                self.put("(");
                self.pats(parts);
                self.put(")");
            }
            Pat::List { front, rest, back } => {
                self.put("[");
                self.pats(front);
                if let Some(rest) = rest {
                    self.sep(front.len());
                    self.put("..");
                    self.pat(rest);
                    if !back.is_empty() {
                        self.put(", ");
                    }
                    self.pats(back);
                }
                self.put("]");
            }
            Pat::Const(value) => self.constant(value),
            Pat::Value(node) => self.bracketed("value(", *node, ")"),
            Pat::Or(parts) => {
                self.put("or(");
                self.pats(parts);
                self.put(")");
            }
            other => self.nested_pat(other),
        }
    }

    fn nested_pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Class { class, args, named } => {
                self.put(&format!("class @{}(", name_text(*class)));
                self.pats(args);
                for (index, (name, part)) in named.iter().enumerate() {
                    self.sep(index + args.len());
                    self.put(&format!("{}= ", name_text(*name)));
                    self.pat(part);
                }
                self.put(")");
            }
            Pat::Map { pairs, rest } => {
                self.put("{");
                for (index, (key, part)) in pairs.iter().enumerate() {
                    self.sep(index);
                    self.node(*key);
                    self.put(" => ");
                    self.pat(part);
                }
                if let Some(rest) = rest {
                    self.sep(pairs.len());
                    self.put("**");
                    self.declared(*rest);
                }
                self.put("}");
            }
            Pat::Some(part) => {
                self.put("some(");
                self.pat(part);
                self.put(")");
            }
            Pat::None => self.put("none_pat"),
            Pat::Ref(part) => {
                self.put("&");
                self.pat(part);
            }
            _ => unreachable!("`pat` prints every other kind"),
        }
    }
}
