//! Paths of the library: `Vec::new()`, `std::fs::read(p)`, data frames.

use super::call::FUNCTIONS;
use super::{Lowerer, UNKNOWN_NAME};
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// `Vec::new()`, `String::from(x)` and the like.
    pub(super) fn library_path(
        &mut self,
        node: Syntax<'t>,
        function: Syntax<'t>,
        args: &[Syntax<'t>],
    ) -> NodeId {
        let text: String = function.text().split_whitespace().collect();
        let name = text.rsplit("::").next().unwrap_or("");
        let rest = text.strip_suffix(name).map_or("", |rest| rest.trim_end_matches("::"));
        // `Vec::<i64>::new` is `Vec::new`.
        let owner = rest.split("::<").next().unwrap_or(rest).rsplit("::").next().unwrap_or("");
        match (owner, name, args.len()) {
            ("Vec" | "VecDeque", "new", 0) | ("Vec", "with_capacity", 1) => {
                self.op(ListOp::New, Vec::new(), node)
            }
            ("HashMap" | "BTreeMap", "new", 0) => self.op(DictOp::New, Vec::new(), node),
            ("HashSet" | "BTreeSet", "new", 0) => self.op(SetOp::New, Vec::new(), node),
            ("String", "new", 0) => self.text("", node),
            ("DataFrame", "new", 0) => self.dataframe(&[], node),
            ("DataFrame", "from_csv_string" | "from_json", 1) => {
                let text = self.expr(args[0]);
                let row = if name == "from_json" {
                    "ruchy.dataframe_from_json"
                } else {
                    "ruchy.dataframe_from_csv"
                };
                self.call_lib(row, vec![text], node)
            }
            ("Option", "Some", 1) | ("Result", "Ok" | "Err", 1) => {
                let value = self.owned(args[0]);
                self.call_lib(&format!("ruchy.{name}"), vec![value], node)
            }
            ("fs" | "env" | "math" | "time", name, _) if std_name(owner, name).is_some() => {
                let args = args.iter().map(|arg| self.expr(*arg)).collect();
                match self.builtin(std_name(owner, name).unwrap_or(name), args, node) {
                    Ok(call) => call,
                    Err(_) => self.unsupported(node, "this call has no translation from Ruchy yet"),
                }
            }
            ("String", "from", 1) | ("Box" | "Rc" | "RefCell" | "Arc", "new", 1) => self.owned(args[0]),
            _ => self.hole(UNKNOWN_NAME, function, format!("`{text}` is not defined")),
        }
    }

    /// `df!["a" => [..], ..]`.
    pub(super) fn dataframe(&mut self, columns: &[Syntax<'t>], node: Syntax<'t>) -> NodeId {
        let mut parts = Vec::new();
        for part in columns {
            let Some((name, value)) = column(*part) else {
                return self.unsupported(*part, "this is no column of a data frame");
            };
            parts.push(self.text(&name, *part));
            parts.push(self.owned(value));
        }
        let columns = self.op(DictOp::New, parts, node);
        self.call_lib("ruchy.dataframe", vec![columns], node)
    }
}

/// The name and the items of a column of `df![..]`: `"a" => [..]`, `a => [..]`, `a: [..]`.
fn column(part: Syntax<'_>) -> Option<(String, Syntax<'_>)> {
    let (name, value) = match part.kind() {
        "lambda" => (part.field("parameters")?, part.field("body")?),
        _ => (part.field("name")?, part.field("value")?),
    };
    let name = if name.is("string") { crate::literal::string(name.text()) } else { name.text().to_owned() };
    Some((name, value))
}

/// The function that a path of the library means: `std::fs::read` is `fs_read`.
fn std_name(owner: &str, name: &str) -> Option<&'static str> {
    let found = match (owner, name) {
        ("fs", "read" | "read_to_string") => "fs_read",
        ("fs", "write") => "fs_write",
        ("fs", "exists") => "fs_exists",
        ("fs", "copy") => "fs_copy",
        ("fs", "rename") => "fs_rename",
        ("fs", "create_dir" | "create_dir_all") => "fs_create_dir",
        ("fs", "remove_file") => "fs_remove_file",
        ("fs", "remove_dir") => "fs_remove_dir",
        ("env", "args") => "env_args",
        ("env", "var") => "env_var",
        ("time", "now_millis") => "timestamp",
        ("math", name) => FUNCTIONS.iter().copied().find(|known| *known == name)?,
        _ => return None,
    };
    Some(found)
}
