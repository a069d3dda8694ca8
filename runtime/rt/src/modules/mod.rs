//! Python's standard modules, where std has no equal.
//!
//! Each module is public under its Python name: `rt::math`, `rt::random`, `rt::heapq`.

pub mod argparse;
pub mod asyncio;
pub mod bisect;
pub mod calendar;
pub mod cmath;
pub mod codecs;
pub mod contextlib;
pub mod csv;
pub mod datetime;
mod datetime_text;
pub mod datetime_zone;
pub mod decimal;
pub mod fnmatch;
pub mod fractions;
pub mod functools;
pub mod glob;
pub mod hashlib;
pub mod heapq;
pub mod itertools;
mod itertools_choose;
pub mod json;
pub mod logging;
pub mod math;
mod math_erf;
mod math_int;
mod math_special;
pub mod os;
pub mod path;
pub mod pathlib;
pub mod pprint;
pub mod random;
mod random_sequences;
pub mod re;
mod sha512;
pub mod shlex;
pub mod shutil;
pub mod statistics;
pub mod string_io;
pub mod string_template;
pub mod structs;
pub mod sys;
pub mod tempfile;
pub mod textwrap;
pub mod time;
