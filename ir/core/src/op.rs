//! Operations: each is declared once, in a table, with its name, arity, effect and meaning.
//!
//! An operation's types are those of its operands: `int.add` on `i64` operands is a checked machine
//! addition, on `big` operands a call into `rt`. The table gives printer, parser and verifier.

/// What an operation can do besides giving its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Only its value.
    Pure,
    /// May stop with a fault (overflow, index, key, division by zero, type).
    Fault,
    /// Reads or writes the outside world.
    Io,
    /// Anything: calls unknown code (dynamic operations before inference).
    Any,
}

/// How many operands an operation takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arity {
    Exactly(u8),
    AtLeast(u8),
}

macro_rules! arity {
    (*) => {
        Arity::AtLeast(0)
    };
    ($n:literal+) => {
        Arity::AtLeast($n)
    };
    ($n:literal) => {
        Arity::Exactly($n)
    };
}

macro_rules! dialects {
    ($($(#[$dmeta:meta])* $dialect:ident $dtext:literal {
        $($(#[doc = $doc:literal])+ $op:ident $otext:literal ($($arity:tt)+) $effect:ident;)*
    })*) => {
        $($(#[$dmeta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        pub enum $dialect { $($(#[doc = $doc])+ $op,)* }
        impl From<$dialect> for Op { fn from(op: $dialect) -> Op { Op::$dialect(op) } }
        )*

        /// Any operation of any dialect.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        pub enum Op { $($dialect($dialect),)* }

        /// Every operation, in the order of the tables.
        pub const OPS: &[OpInfo] = &[$($(OpInfo {
            op: Op::$dialect($dialect::$op),
            dialect: $dtext,
            name: concat!($dtext, ".", $otext),
            arity: arity!($($arity)+),
            effect: Effect::$effect,
            doc: concat!($($doc),+),
        },)*)*];
    };
}

/// One row of the operation tables.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    pub op: Op,
    pub dialect: &'static str,
    /// `dialect.word`.
    pub name: &'static str,
    pub arity: Arity,
    pub effect: Effect,
    pub doc: &'static str,
}

dialects! {
    /// Dynamic operations of the source language, before inference. In Python they mean Python's operators.
    ObjOp "obj" {
        /// `a + b`.
        Add "add" (2) Any;
        /// `a - b`.
        Sub "sub" (2) Any;
        /// `a * b`.
        Mul "mul" (2) Any;
        /// `a / b`.
        TrueDiv "truediv" (2) Any;
        /// `a // b`.
        FloorDiv "floordiv" (2) Any;
        /// `a % b`.
        Mod "mod" (2) Any;
        /// `a / b`; of two ints rounded toward zero.
        Div "div" (2) Any;
        /// The remainder of that division, with the dividend's sign.
        Rem "rem" (2) Any;
        /// `a ** b`.
        Pow "pow" (2) Any;
        /// `a @ b`.
        MatMul "matmul" (2) Any;
        /// `a << b`.
        Shl "shl" (2) Any;
        /// `a >> b`.
        Shr "shr" (2) Any;
        /// `a & b`.
        BitAnd "and" (2) Any;
        /// `a | b`.
        BitOr "or" (2) Any;
        /// `a ^ b`.
        BitXor "xor" (2) Any;
        /// `-a`.
        Neg "neg" (1) Any;
        /// `+a`.
        Pos "pos" (1) Any;
        /// `~a`.
        Invert "invert" (1) Any;
        /// `not a`: truth of the operand, negated.
        Not "not" (1) Any;
        /// Truth of the operand, as an `if` sees it.
        Truth "truth" (1) Any;
        /// `a == b`.
        Eq "eq" (2) Any;
        /// `a != b`.
        Ne "ne" (2) Any;
        /// `a < b`.
        Lt "lt" (2) Any;
        /// `a <= b`.
        Le "le" (2) Any;
        /// `a > b`.
        Gt "gt" (2) Any;
        /// `a >= b`.
        Ge "ge" (2) Any;
        /// `a is b`.
        Is "is" (2) Any;
        /// `a is not b`.
        IsNot "is_not" (2) Any;
        /// `a in b` (operands in source order: item, container).
        In "in" (2) Any;
        /// `a not in b`.
        NotIn "not_in" (2) Any;
        /// `a and b`: the deciding operand; the second is evaluated only when needed.
        And "and_then" (2) Any;
        /// `a or b`: the deciding operand; the second is evaluated only when needed.
        Or "or_else" (2) Any;
        /// `a[i:j:k]` read: object, then start, stop, step (a `none` constant where absent).
        Slice "slice" (4) Any;
        /// `*xs` inside a list, tuple or set display: its items are spliced in.
        Splat "splat" (1) Any;
        /// `**d` inside a dict display: its pairs are spliced in (stands for key and value).
        SplatDict "splat_dict" (1) Any;
        /// A value that an attribute takes past `__setattr__` and a frozen class:
        /// `object.__setattr__(x, "name", value)`.
        Stored "stored" (1) Any;
        /// A slice object `i:j:k` used as an index (for assignment, deletion, `__getitem__`).
        SliceObj "slice_obj" (3) Pure;
    }
    /// Integer arithmetic with the source language's meaning; stops on overflow of its width.
    IntOp "int" {
        /// Sum.
        Add "add" (2) Fault;
        /// Difference.
        Sub "sub" (2) Fault;
        /// Product.
        Mul "mul" (2) Fault;
        /// Quotient rounded down; Python's `//`.
        FloorDiv "floordiv" (2) Fault;
        /// Remainder with the divisor's sign; Python's `%`.
        FloorMod "floormod" (2) Fault;
        /// Quotient rounded toward zero; C's and Ruchy's `/`.
        Div "div" (2) Fault;
        /// Remainder with the dividend's sign; C's and Ruchy's `%`.
        Rem "rem" (2) Fault;
        /// Correctly rounded float quotient; Python's `/` on ints.
        TrueDiv "truediv" (2) Fault;
        /// Power with a non-negative exponent.
        Pow "pow" (2) Fault;
        /// Bitwise and, two's complement.
        And "and" (2) Pure;
        /// Bitwise or.
        Or "or" (2) Pure;
        /// Bitwise exclusive or.
        Xor "xor" (2) Pure;
        /// Left shift; stops when a bit would be lost.
        Shl "shl" (2) Fault;
        /// Arithmetic right shift by any non-negative count.
        Shr "shr" (2) Fault;
        /// Negation.
        Neg "neg" (1) Fault;
        /// Bitwise complement.
        Invert "invert" (1) Pure;
        /// Absolute value.
        Abs "abs" (1) Fault;
        /// To float, correctly rounded.
        ToFloat "to_float" (1) Fault;
        /// To an int of the node's type; stops when it does not fit.
        Cast "cast" (1) Fault;
        /// Truth: is not zero.
        Truth "truth" (1) Pure;
    }
    /// IEEE 754 arithmetic; division by zero stops as in Python.
    FloatOp "float" {
        /// Sum.
        Add "add" (2) Pure;
        /// Difference.
        Sub "sub" (2) Pure;
        /// Product.
        Mul "mul" (2) Pure;
        /// Quotient; `ZeroDivisionError` on zero where the source language says so.
        Div "div" (2) Fault;
        /// Quotient rounded down.
        FloorDiv "floordiv" (2) Fault;
        /// Remainder with the divisor's sign.
        FloorMod "floormod" (2) Fault;
        /// Power.
        Pow "pow" (2) Fault;
        /// Negation.
        Neg "neg" (1) Pure;
        /// Absolute value.
        Abs "abs" (1) Pure;
        /// To int, toward zero; stops on infinities and NaN.
        ToInt "to_int" (1) Fault;
        /// Truth: is not zero.
        Truth "truth" (1) Pure;
    }
    /// `int | float` that stays distinct.
    NumOp "num" {
        /// Sum, promoting.
        Add "add" (2) Fault;
        /// Difference, promoting.
        Sub "sub" (2) Fault;
        /// Product, promoting.
        Mul "mul" (2) Fault;
        /// True quotient.
        TrueDiv "truediv" (2) Fault;
        /// Quotient rounded down.
        FloorDiv "floordiv" (2) Fault;
        /// Remainder.
        FloorMod "floormod" (2) Fault;
        /// Power.
        Pow "pow" (2) Fault;
        /// Negation.
        Neg "neg" (1) Fault;
        /// Absolute value.
        Abs "abs" (1) Fault;
        /// From an int.
        FromInt "from_int" (1) Pure;
        /// From a float.
        FromFloat "from_float" (1) Pure;
        /// To float.
        ToFloat "to_float" (1) Pure;
        /// To int, toward zero.
        ToInt "to_int" (1) Fault;
        /// Is the int side.
        IsInt "is_int" (1) Pure;
        /// Truth.
        Truth "truth" (1) Pure;
    }
    /// Numbers of C: arithmetic that wraps, conversions that cut off. What stops on overflow is `int`.
    CIntOp "cint" {
        /// Sum, wrapping.
        Add "add" (2) Pure;
        /// Difference, wrapping.
        Sub "sub" (2) Pure;
        /// Product, wrapping.
        Mul "mul" (2) Pure;
        /// Negation, wrapping.
        Neg "neg" (1) Pure;
        /// Left shift of the bits; stops when the count is not below the width.
        Shl "shl" (2) Fault;
        /// Right shift, of signed numbers with the sign; stops when the count is not below the width.
        Shr "shr" (2) Fault;
        /// To the number type of the node, as a C cast does it.
        As "as" (1) Pure;
        /// The character in the attribute as a number of the node's type.
        Char "char" (0) Pure;
    }
    /// Checked memory: a pointer is an object and an offset; access stops outside of live objects.
    PtrOp "ptr" {
        /// The null pointer.
        Null "null" (0) Pure;
        /// The object's value.
        Load "load" (1) Fault;
        /// Writes the object: pointer, value.
        Store "store" (2) Fault;
        /// The pointer moved by a number of objects.
        Offset "offset" (2) Pure;
        /// Number of objects between two pointers: `a - b`.
        Diff "diff" (2) Pure;
        /// Pointer to an item of the array that a pointer points to.
        Item "item" (2) Pure;
        /// Pointer to the first item of that array.
        First "first" (1) Pure;
        /// The value of the field in the attribute.
        Get "get" (1) Fault;
        /// Writes the field in the attribute: pointer, value.
        Set "set" (2) Fault;
        /// Pointer to the field in the attribute.
        At "at" (1) Pure;
        /// The same pointer to the node's type.
        Cast "cast" (1) Pure;
        /// The pointer as a number.
        Addr "addr" (1) Pure;
        /// The pointer of a number.
        FromAddr "from_addr" (1) Pure;
        /// Whether it is null.
        IsNull "is_null" (1) Pure;
        /// A local object in checked memory that holds the operand; it lives as long as the local. With 1 in the
        /// attribute nothing is known of it.
        Local "local" (1) Pure;
        /// A local array of a number of items.
        LocalArray "local_array" (1) Pure;
        /// The pointer to a local object.
        Of "of" (1) Pure;
        /// Pointer to the bytes of a literal with a terminator behind them.
        Text "text" (1) Pure;
        /// The value of the node's type whose bytes are all zero.
        Zero "zero" (0) Pure;
        /// Makes an object of static storage: its pointer, its first value.
        Define "define" (2) Pure;
        /// Arguments of a variadic call.
        Args "args" (*) Pure;
    }
    /// Booleans.
    BoolOp "bool" {
        /// Short-circuit conjunction of two bools.
        And "and" (2) Pure;
        /// Short-circuit disjunction of two bools.
        Or "or" (2) Pure;
        /// Negation.
        Not "not" (1) Pure;
        /// `&` on bools: both are evaluated.
        BitAnd "bit_and" (2) Pure;
        /// `|` on bools.
        BitOr "bit_or" (2) Pure;
        /// `^` on bools.
        BitXor "bit_xor" (2) Pure;
        /// 0 or 1.
        ToInt "to_int" (1) Pure;
    }
    /// Comparison of two values of one type (or `&T` with `T`), with the source language's equality and order.
    CmpOp "cmp" {
        /// Equal.
        Eq "eq" (2) Pure;
        /// Not equal.
        Ne "ne" (2) Pure;
        /// Less.
        Lt "lt" (2) Pure;
        /// Less or equal.
        Le "le" (2) Pure;
        /// Greater.
        Gt "gt" (2) Pure;
        /// Greater or equal.
        Ge "ge" (2) Pure;
        /// Same object.
        Is "is" (2) Pure;
        /// Another object.
        IsNot "is_not" (2) Pure;
    }
    /// Text.
    StrOp "str" {
        /// Concatenation.
        Concat "concat" (2) Pure;
        /// Repetition (text, count).
        Repeat "repeat" (2) Fault;
        /// Number of characters.
        Len "len" (1) Pure;
        /// Character at a position, negative from the end, as text of one character.
        At "at" (2) Fault;
        /// Slice by characters: text, start, stop, step (none where absent).
        Slice "slice" (4) Fault;
        /// Contains (text, part).
        Contains "contains" (2) Pure;
        /// Truth: is not empty.
        Truth "truth" (1) Pure;
    }
    /// Bytes.
    BytesOp "bytes" {
        /// Concatenation.
        Concat "concat" (2) Pure;
        /// Repetition.
        Repeat "repeat" (2) Fault;
        /// Number of bytes.
        Len "len" (1) Pure;
        /// Byte at a position, as int.
        At "at" (2) Fault;
        /// Slice.
        Slice "slice" (4) Fault;
        /// Contains (bytes, part or int).
        Contains "contains" (2) Pure;
        /// Truth.
        Truth "truth" (1) Pure;
    }
    /// Lists. Element reads and writes are places (`xs[i]`), methods are catalogue rows.
    ListOp "list" {
        /// A new list of its operands (`obj.splat` operands are spliced).
        New "new" (*) Pure;
        /// `[x] * n`: a list operand and a count.
        Repeat "repeat" (2) Fault;
        /// Concatenation into a new list.
        Concat "concat" (2) Pure;
        /// Number of items.
        Len "len" (1) Pure;
        /// Slice into a new list: list, start, stop, step.
        Slice "slice" (4) Fault;
        /// Contains (list, item).
        Contains "contains" (2) Pure;
        /// Truth.
        Truth "truth" (1) Pure;
    }
    /// Dicts.
    DictOp "dict" {
        /// A new dict of alternating keys and values.
        New "new" (*) Pure;
        /// Number of pairs.
        Len "len" (1) Pure;
        /// Contains (dict, key).
        Contains "contains" (2) Pure;
        /// Truth.
        Truth "truth" (1) Pure;
    }
    /// Sets and frozen sets.
    SetOp "set" {
        /// A new set of its operands.
        New "new" (*) Pure;
        /// Number of items.
        Len "len" (1) Pure;
        /// Contains (set, item).
        Contains "contains" (2) Pure;
        /// Union.
        Or "or" (2) Pure;
        /// Intersection.
        And "and" (2) Pure;
        /// Difference.
        Sub "sub" (2) Pure;
        /// Symmetric difference.
        Xor "xor" (2) Pure;
        /// Truth.
        Truth "truth" (1) Pure;
    }
    /// Tuples.
    TupleOp "tuple" {
        /// A new tuple of its operands.
        New "new" (*) Pure;
        /// Field at the position in the attribute.
        Field "field" (1) Pure;
    }
    /// `range` values.
    RangeOp "range" {
        /// start, stop, step.
        New "new" (3) Fault;
        /// Number of values.
        Len "len" (1) Pure;
        /// Contains (range, int).
        Contains "contains" (2) Pure;
        /// Value at a position.
        At "at" (2) Fault;
        /// Truth.
        Truth "truth" (1) Pure;
    }
    /// `T | None`.
    OptOp "opt" {
        /// The value, present.
        Some "some" (1) Pure;
        /// Absent, of the node's type.
        None "none" (0) Pure;
        /// Is absent.
        IsNone "is_none" (1) Pure;
        /// Is present.
        IsSome "is_some" (1) Pure;
        /// The value; the attribute says what the source did with it (for the error's text).
        Unwrap "unwrap" (1) Fault;
        /// Truth: present and true; operand 2, if any, is the inner truth.
        Truth "truth" (1) Pure;
    }
    /// Objects of classes.
    ClassOp "class" {
        /// Reads a subclass value as its base class.
        Up "up" (1) Pure;
        /// Reads a base class value as a subclass; stops when it is none.
        Down "down" (1) Fault;
        /// Whether the object is an instance of the class in the attribute.
        IsInstance "is_instance" (1) Pure;
        /// A struct literal: fields in declaration order. Mir and Typed; calls to constructors are calls.
        New "new" (*) Pure;
    }
    /// Closed unions.
    UnionOp "union" {
        /// Wraps a member.
        From "from" (1) Pure;
        /// The member of the node's type; stops when it is another.
        Get "get" (1) Fault;
        /// Whether it holds the type in the attribute.
        Is "is" (1) Pure;
        /// Truth of the member; objects of the program are no members.
        Truth "truth" (1) Pure;
    }
    /// Dynamic values.
    ValueOp "value" {
        /// From a static type; of a function also its name and parameters, then its defaults.
        From "from" (1+) Pure;
        /// To the node's type; stops with a `TypeError`.
        To "to" (1) Fault;
        /// Whether it holds the type in the attribute.
        Is "is" (1) Pure;
        /// A binary operator named by the attribute (`add`, `lt`, ...).
        Binary "binary" (2) Fault;
        /// A unary operator named by the attribute (`neg`, `truth`, `not`, `len`, ...).
        Unary "unary" (1) Fault;
        /// `a[i]`.
        Index "index" (2) Fault;
        /// `a.name`.
        Attr "attr" (1) Fault;
        /// `a.name(...)`.
        Method "method" (1+) Any;
        /// `a(...)`.
        Call "call" (1+) Any;
        /// Iterator over a value.
        Iter "iter" (1) Fault;
    }
    /// Iteration: what a `for` or a chain reads. Typed uses `iter.of`; Mir says how.
    IterOp "iter" {
        /// Iterator of any iterable, as the source language iterates it.
        Of "of" (1) Fault;
        /// Mir: items by reference.
        Ref "ref" (1) Pure;
        /// Mir: items by mutable reference.
        Mut "mut" (1) Pure;
        /// Mir: copies of `Copy` items.
        Copied "copied" (1) Pure;
        /// Mir: clones of items.
        Cloned "cloned" (1) Pure;
        /// Mir: items moved out of the collection.
        Into "into" (1) Pure;
        /// Mir: by index with a fresh read each turn; the body may change the collection.
        Live "live" (1) Pure;
        /// Mir: the characters of a text, each as text of one character.
        Chars "chars" (1) Pure;
        /// Next item as an option.
        Next "next" (1) Fault;
    }
    /// Output.
    IoOp "io" {
        /// Writes text to stdout.
        Print "print" (1) Io;
        /// Writes text and a line break to stdout.
        PrintLn "println" (1) Io;
        /// Writes text to stderr.
        EPrint "eprint" (1) Io;
        /// Writes text and a line break to stderr.
        EPrintLn "eprintln" (1) Io;
    }
    /// Errors.
    ExcOp "exc" {
        /// A builtin exception of the class in the attribute: its arguments.
        New "new" (*) Pure;
        /// Stops with `AssertionError` unless the first operand holds; the second, if any, is the message.
        Assert "assert" (1+) Fault;
        /// Whether an error is of the class in the attribute.
        IsA "is_a" (1) Pure;
        /// The text of an error.
        Text "text" (1) Pure;
    }
    /// Rust-only operations that `own` and the idioms introduce. Mir only.
    RsOp "rs" {
        /// `&expr` of a temporary.
        Ref "ref" (1) Pure;
        /// `&mut expr` of a temporary.
        Mut "mut" (1) Pure;
        /// `*expr`.
        Deref "deref" (1) Pure;
        /// `expr.clone()`.
        Clone "clone" (1) Pure;
        /// `expr?`.
        Try "try" (1) Any;
        /// `Ok(expr)`.
        Ok "ok" (1) Pure;
        /// `&str` to `String`, `&[T]` to `Vec<T>`.
        ToOwned "to_owned" (1) Pure;
        /// Wraps an owned value as a shared object.
        Share "share" (1) Pure;
        /// `expr as T`, proved lossless; T is the node's type.
        As "as" (1) Pure;
        /// `iter.sum()`.
        Sum "sum" (1) Fault;
        /// `iter.collect()`.
        Collect "collect" (1) Fault;
        /// `iter.any(|..| ..)`: source iterator, closure.
        Any "any" (2) Fault;
        /// `iter.all(|..| ..)`.
        All "all" (2) Fault;
        /// `iter.map(|..| ..)`.
        Map "map" (2) Fault;
        /// `iter.filter(|..| ..)`.
        Filter "filter" (2) Fault;
        /// `std::mem::take(place)`.
        Take "take" (1) Pure;
        /// `std::mem::swap(a, b)`.
        Swap "swap" (2) Pure;
        /// A method or path call spelled by the attribute.
        Method "method" (1+) Fault;
        /// A path call spelled by the attribute: `Vec::with_capacity`.
        Path "path" (*) Fault;
    }
}

impl Op {
    /// The row that declares this operation.
    pub fn info(self) -> &'static OpInfo {
        OPS.iter().find(|row| row.op == self).expect("every operation stands in the table that made it")
    }
    /// The operation of this name.
    pub fn parse(name: &str) -> Option<Self> {
        OPS.iter().find(|row| row.name == name).map(|row| row.op)
    }
    pub fn name(self) -> &'static str {
        self.info().name
    }
    /// Short-circuit: operand 2 is evaluated only sometimes.
    pub fn is_lazy(self) -> bool {
        matches!(self, Self::BoolOp(BoolOp::And | BoolOp::Or) | Self::ObjOp(ObjOp::And | ObjOp::Or))
    }
}

impl Arity {
    pub fn takes(self, count: usize) -> bool {
        match self {
            Self::Exactly(n) => count == n as usize,
            Self::AtLeast(n) => count >= n as usize,
        }
    }
}

/// Whether the error of an `opt.unwrap` is said by the emitted code. That `None` has no attributes is what
/// every other unwrap of a program means.
pub fn unwrap_says(text: batuta_base::Name) -> bool {
    let text = text.as_str();
    text.starts_with("TypeError: ") || text.starts_with("AttributeError: '") && !text.contains("'NoneType'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for row in OPS {
            assert_eq!(Op::parse(row.name), Some(row.op), "{}", row.name);
            assert!(!row.doc.trim().is_empty());
        }
    }
}
