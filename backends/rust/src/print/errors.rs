//! Errors as values: making and raising them.

use super::Printer;
use super::calls::plain_text;
use crate::tree::Expr;
use batuta_base::Name;
use batuta_core::*;

impl Printer<'_, '_> {
    pub(crate) fn exception_class(&mut self, class: Name) -> String {
        let class = self.env.program.resolve(class);
        if self.env.class(class).is_some() {
            let own = self.env.type_name(class);
            return self.env.item_path(class, &own, self.module, self.uses);
        }
        self.rt(match class.as_str() {
            "asyncio.CancelledError" | "asyncio.exceptions.CancelledError" => "asyncio::CancelledError",
            "asyncio.InvalidStateError" => "asyncio::InvalidStateError",
            "asyncio.QueueEmpty" => "asyncio::QueueEmpty",
            "asyncio.QueueFull" => "asyncio::QueueFull",
            "queue.Empty" => "queue::Empty",
            "queue.Full" => "queue::Full",
            "re.error" => "ReError",
            "struct.error" => "StructError",
            "csv.Error" => "CsvError",
            "shutil.Error" => "ShutilError",
            "binascii.Error" => "BinasciiError",
            "zlib.error" => "ZlibError",
            _ => class.last(),
        })
    }

    pub(crate) fn exc_op(&mut self, op: ExcOp, attr: &Attr, args: &[NodeId]) -> Expr {
        match op {
            ExcOp::New => {
                let Attr::Name(class) = attr else { return self.problem("an exception without class") };
                self.new_error(*class, args)
            }
            ExcOp::Assert => {
                let mut parts = vec![self.operand(args[0])];
                if let Some(message) = args.get(1) {
                    let (text, values) = self.text_arguments(*message);
                    parts.push(Expr::Atom(text));
                    parts.extend(values);
                }
                self.uses.macros.insert("assert");
                Expr::Macro("assert".to_owned(), parts)
            }
            ExcOp::IsA => {
                let Attr::Name(class) = attr else { return self.problem("a class test without class") };
                let class = self.exception_class(*class);
                self.expr(args[0]).method("is_a", vec![Expr::Atom(class)])
            }
            ExcOp::Text => match self.own_error(args[0]) {
                Some(object) => Expr::call(self.rt("Exception::args_text"), vec![object]),
                None => self.expr(args[0]).method("to_string", vec![]),
            },
        }
    }

    pub(crate) fn new_error(&mut self, class: Name, args: &[NodeId]) -> Expr {
        let class_text = self.exception_class(class);
        let error = self.rt("Error");
        match args {
            [] => Expr::call(format!("{error}::bare"), vec![Expr::Atom(class_text)]),
            [arg] if *self.body.ty(*arg).strip_ref().kind() == TyKind::Str => {
                let text = self.expr(*arg);
                let text = unguarded(plain_text(text));
                Expr::call(format!("{error}::new"), vec![Expr::Atom(class_text), text])
            }
            args => {
                let parts = args.iter().map(|node| self.error_argument(*node)).collect();
                Expr::call(format!("{error}::with_args"), vec![Expr::Atom(class_text), Expr::Array(parts)])
            }
        }
    }

    /// One argument that an exception remembers.
    pub(crate) fn error_argument(&mut self, node: NodeId) -> Expr {
        let arg = self.rt("Arg");
        if *self.body.ty(node).strip_ref().kind() == TyKind::Str {
            let text = self.expr(node);
            return Expr::call(format!("{arg}::from"), vec![unguarded(plain_text(text))]);
        }
        let value = match &self.body.nodes[node].kind {
            // The text of a value is taken without a copy of it.
            Node::Use(place, Mode::Clone) => self.use_place(place, Mode::Ref, self.body.ty(node).reference()),
            _ => self.by_ref(node),
        };
        Expr::call(format!("{arg}::of"), vec![value])
    }

    pub(crate) fn error_arguments(&mut self, args: &[Arg]) -> Expr {
        let parts = args.iter().map(|arg| self.error_argument(arg.value)).collect();
        Expr::Macro("vec".to_owned(), parts)
    }
}

/// A text that a cell holds, without its guard: `self.name.borrow().as_str()`.
fn unguarded(text: Expr) -> Expr {
    match text {
        Expr::Unary("&", inner) => match *inner {
            Expr::Method(of, name, args) if name == "borrow" && args.is_empty() => {
                Expr::Method(of, name, args).method("as_str", vec![])
            }
            inner => Expr::unary("&", inner),
        },
        text => text,
    }
}
