//! Files and `StringIO`s inside values.

use super::{FromValue, Library, Value, held};
use crate::error::Error;
use crate::file::File;
use crate::modules::string_io::StringIO;

impl Library for File {
    const NAME: &'static str = "_io.TextIOWrapper";

    fn widened(value: &Value) -> Option<Self> {
        held::<StringIO>(value).cloned().map(File::from)
    }

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "name" => Some(self.name().into()),
            "closed" => Some(self.is_closed().into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let result = match (name, args) {
            ("write", [text]) => match String::from_value(text) {
                Ok(text) => Value::from(self.write(&text)),
                Err(error) => return Some(Err(error)),
            },
            ("writelines", [lines]) => match Vec::<String>::from_value(lines) {
                Ok(lines) => {
                    self.write_lines(lines);
                    Value::None
                }
                Err(error) => return Some(Err(error)),
            },
            ("read", []) => self.read().into(),
            ("readline", []) => self.read_line().into(),
            ("readlines", []) => self.read_lines().into(),
            ("__iter__", []) => self.lines().collect::<Vec<_>>().into(),
            ("getvalue", []) => self.getvalue().into(),
            ("isatty", []) => self.is_terminal().into(),
            ("flush", []) => {
                self.flush();
                Value::None
            }
            ("close", []) => {
                self.close();
                Value::None
            }
            _ => return None,
        };
        Some(Ok(result))
    }
}

impl Library for StringIO {
    const NAME: &'static str = "_io.StringIO";

    fn attr(&self, name: &str) -> Option<Value> {
        File::from(self.clone()).attr(name).filter(|_| name != "name")
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        File::from(self.clone()).method(name, args)
    }
}
