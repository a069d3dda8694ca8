//! What emitted programs link: the semantics of Python, C and Ruchy where std has none.
//!
//! The reference for Python is CPython 3.11. Functions raise their Python error by unwinding
//! (see [`raise`] and [`catch`]); `try_*` twins give it as a value.
#![forbid(unsafe_code)]

mod arguments;
mod big;
mod builtins;
mod class;
mod collections;
mod coroutine;
mod deep_copy;
mod error;
mod error_args;
mod error_literals;
mod fault;
mod file;
mod format;
mod generator;
mod handled;
mod input;
mod io_error;
mod iter;
mod json_read;
mod list;
mod map;
mod number;
#[doc(hidden)]
pub mod out;

pub mod c;
mod modules;
mod repr;
mod rows;
pub mod ruchy;
mod shared;
mod start;
mod stdio;
mod text;
mod total;
mod truth;
mod tuple;
mod unicode;
mod union;
mod unwind;
mod value;

pub use arguments::{Keywords, check_keywords, check_positional, other_keywords};
pub use big::{Int, set_int_max_str_digits};
pub use builtins::{
    columns2, columns3, dict_from_pairs, hash, is_subclass, not_translated, reversed, sum_of_floats, unzip2,
    unzip3, zip_all, zip_pairs, zip_strict, zip_triples, zip_turns, zip3_strict,
};
pub use class::*;
pub use collections::*;
pub use coroutine::{Coroutine, coroutine};
pub use deep_copy::{CopyObject, DeepCopy, Memo, copy_value, deepcopy};
pub use error::{Arg, Error, Exception, Place, Result};
pub use error_args::arg_values;
pub use file::{BinaryFile, File, TextOptions, UnsupportedOperation, open, open_binary, open_with};
pub use format::{
    FieldParts, Format, Operand, format, parse_fields, percent, percent_bytes, percent_each, percent_named,
    str_format, str_format_with, try_format, try_str_format,
};
pub use generator::{
    Co, ContextManager, Emit, Generator, by_index, by_index_of, context_manager, generator, iter_until, next,
    until_stop,
};
pub use handled::Handled;
pub use input::{input, read_line, read_stdin, stdin_lines, try_input};
pub use io_error::from_io;
pub use iter::{Iter, count_of, index_of};
pub use list::*;
pub use modules::argparse::{
    Argument, ArgumentError, ArgumentGroup, ArgumentParser, ArgumentTypeError, CommandParser, Namespace,
    Subparsers,
};
pub use modules::array::{Array, FloatArray, IntArray};
pub use modules::calendar::Calendar;
pub use modules::capture::{Capture, CaptureResult, is_near, test_failed};
pub use modules::codecs::BinasciiError;
pub use modules::contextlib::{
    ChangedFolder, ExitStack, Printed, Redirect, RedirectErr, redirect_stderr, redirect_stdout,
};
pub use modules::csv::{
    CsvError, CsvReader, CsvRecords, CsvWriter, Dialect as CsvDialect, DictReader, DictWriter,
    Sniffer as CsvSniffer,
};
pub use modules::datetime::{Date, Datetime, Timedelta};
pub use modules::datetime_zone::{Time, Timezone};
pub use modules::decimal::{
    Clamped, Decimal, DecimalContext, DecimalException, DecimalTuple, DivisionByZero, FloatOperation,
    Inexact, InvalidOperation, LocalContext, Overflow, Rounded, Subnormal, Underflow, getcontext,
    localcontext, setcontext,
};
pub use modules::fractions::Fraction;
pub use modules::functools::same_function;
pub use modules::hashlib::Hash;
pub use modules::iso_calendar::IsoCalendarDate;
pub use modules::json::{JSONDecodeError, JSONDecoder};
pub use modules::log_record::{LogFormatter, LogRecord};
pub use modules::logging::{LogConfig, LogHandler, Logger};
pub use modules::normal_dist::NormalDist;
pub use modules::os::{FolderWalk, StatResult};
pub use modules::pathlib::Path;
pub use modules::random::{Random, RandomState};
pub use modules::re::{Match, Pattern, ReError};
pub use modules::scandir::{DirEntry, Scandir};
pub use modules::sha3::Shake;
pub use modules::shutil::{IgnoredNames, SameFileError, ShutilError, TerminalSize};
pub use modules::statistics::{LinearRegression, StatisticsError};
pub use modules::string_io::StringIO;
pub use modules::string_template::{FieldFormatter, Template};
pub use modules::struct_time::StructTime;
pub use modules::structs::{Struct, StructError};
pub use modules::tempfile::TemporaryDirectory;
pub use modules::textwrap::TextWrapper;
pub use modules::traceback::{TracebackLines, TracebackText};
pub use modules::urllib::{ParseResult, SplitResult};
pub use modules::warnings::{CatchWarnings, RecordWarnings, WarningList, WarningMessage};
pub use modules::zlib::ZlibError;
pub use modules::{
    argparse, array, bases, calendar, cmath, codecs, csv, fnmatch, glob, hashlib, html, os, path, pprint,
    scandir, sha3, shlex, shutil, statistics_exact, struct_time, structs, warnings, zlib,
};
pub use modules::{
    asyncio, bisect, functools, heapq, itertools, json, log_record, logging, math, queue, random, re,
    statistics, sys, tempfile, textwrap, threads, time, urllib,
};
pub use number::*;
pub use out::{flush, stderr_write, stdout_write, stdout_write_bytes};
pub use repr::{Repr, ReprOf, StrOf, ascii, float_digits, repr, str, write_bytes_repr};
pub use rows::{Row, zip_rows};
pub use shared::{
    Identity, List, Members, SharedDict, SharedSet, common_to, id, intersection_of, same, union_of,
};
pub use start::{Outcome, enter, recursion_limit, set_recursion_limit, stack_limit, start, traceback};
pub use stdio::{
    Stdin, Stdout, own_stderr, own_stdout, restore_stderr, restore_stdout, set_stderr, set_stdout, stderr,
    stdin, stdout,
};
pub use text::*;
pub use truth::{Truth, truth};
pub use tuple::{Tuple, unpack, unpack_each, unpack_rest};
pub use unwind::{
    Jump, OrRaise, catch, catch_all, catch_all_async, catch_all_result, catch_async, catch_end, catch_result,
    exit, exit_with, raise, raise_new,
};
pub use value::{
    Args, FromValue, Function, Items, Library, Object, Value, bound_method, owner, py, simple_namespace,
    view_text,
};

/// The extension traits: `use batuta_rt::prelude::*;`.
pub mod prelude {
    pub use crate::args;
    pub use crate::list::{PyList, PyVec};
    pub use crate::text::{PyBytes, PyChar, PyStr};
    pub use crate::unwind::OrRaise;
}
