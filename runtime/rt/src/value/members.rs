//! `hasattr` of values that are no objects: what CPython's own types have.

use super::Value;
use crate::class::{
    AttributeError, BUILTIN_CLASSES, ImportError, NameError, OSError, StopIteration, SyntaxError, SystemExit,
    UnicodeDecodeError, UnicodeEncodeError,
};
use crate::error::Error;

/// `hasattr(value, name)`.
#[track_caller]
pub fn has_attr(value: &Value, name: &str) -> bool {
    has(value, name).unwrap_or_else(|| {
        let text = format!("not yet implemented: hasattr of a dynamic '{}' object", value.type_name());
        crate::raise_new(crate::class::NotTranslated, text)
    })
}

/// Whether a value has an attribute; none where that is not known. An object says what it has, not what it
/// lacks: its methods are not all known here.
pub(super) fn has(value: &Value, name: &str) -> Option<bool> {
    match value {
        Value::Object(object) => match asked_attr(object, name) {
            Some(_) => Some(true),
            None => object.has(name),
        },
        Value::Error(error) => error_has(error, name),
        // What a type has hangs on the type.
        Value::Function(function) if function.is_type() => None,
        _ => Some(is_among(members(value), name)),
    }
}

/// An attribute of an object, whose `__getattr__` may raise `AttributeError` to say that there is none.
pub(super) fn asked_attr(object: &std::rc::Rc<dyn super::Object>, name: &str) -> Option<Value> {
    match crate::unwind::catch(|| std::rc::Rc::clone(object).get_attr(name)) {
        Ok(found) => found,
        Err(error) if error.is_a(AttributeError) => None,
        Err(error) => crate::raise(error),
    }
}

fn is_among(members: &str, name: &str) -> bool {
    members.split_whitespace().any(|member| member == name)
}

/// What errors have; those of a program's own class can have more.
fn error_has(error: &Error, name: &str) -> Option<bool> {
    let own = [
        (OSError, "characters_written errno filename filename2 strerror"),
        (SystemExit, "code"),
        (StopIteration, "value"),
        (ImportError, "msg name path"),
        (NameError, "name"),
        (AttributeError, "name obj"),
        (SyntaxError, "end_lineno end_offset filename lineno msg offset print_file_and_line text"),
        (UnicodeDecodeError, "encoding end object reason start"),
        (UnicodeEncodeError, "encoding end object reason start"),
    ];
    let has_own = own.iter().any(|(class, names)| error.is_a(*class) && is_among(names, name));
    if has_own || is_among(ERROR, name) || name == "__notes__" && !error.notes().is_empty() {
        return Some(true);
    }
    BUILTIN_CLASSES.contains(&error.class()).then_some(false)
}

const ERROR: &str = "__cause__ __class__ __context__ __delattr__ __dict__ __dir__ __doc__ __eq__ __format__ __ge__ \
     __getattribute__ __getstate__ __gt__ __hash__ __init__ __init_subclass__ __le__ __lt__ __ne__ \
     __new__ __reduce__ __reduce_ex__ __repr__ __setattr__ __setstate__ __sizeof__ __str__ \
     __subclasshook__ __suppress_context__ __traceback__ add_note args with_traceback";

/// The names that `dir` gives of the built-in types.
fn members(value: &Value) -> &'static str {
    match value {
        Value::Str(_) => {
            "__add__ __class__ __contains__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ \
             __getattribute__ __getitem__ __getnewargs__ __getstate__ __gt__ __hash__ __init__ \
             __init_subclass__ __iter__ __le__ __len__ __lt__ __mod__ __mul__ __ne__ __new__ \
             __reduce__ __reduce_ex__ __repr__ __rmod__ __rmul__ __setattr__ __sizeof__ __str__ \
             __subclasshook__ capitalize casefold center count encode endswith expandtabs find format \
             format_map index isalnum isalpha isascii isdecimal isdigit isidentifier islower \
             isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans \
             partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip \
             split splitlines startswith strip swapcase title translate upper zfill"
        }
        Value::List(_) => {
            "__add__ __class__ __class_getitem__ __contains__ __delattr__ __delitem__ __dir__ __doc__ \
             __eq__ __format__ __ge__ __getattribute__ __getitem__ __getstate__ __gt__ __hash__ \
             __iadd__ __imul__ __init__ __init_subclass__ __iter__ __le__ __len__ __lt__ __mul__ \
             __ne__ __new__ __reduce__ __reduce_ex__ __repr__ __reversed__ __rmul__ __setattr__ \
             __setitem__ __sizeof__ __str__ __subclasshook__ append clear copy count extend index \
             insert pop remove reverse sort"
        }
        Value::Dict(_) => {
            "__class__ __class_getitem__ __contains__ __delattr__ __delitem__ __dir__ __doc__ __eq__ \
             __format__ __ge__ __getattribute__ __getitem__ __getstate__ __gt__ __hash__ __init__ \
             __init_subclass__ __ior__ __iter__ __le__ __len__ __lt__ __ne__ __new__ __or__ \
             __reduce__ __reduce_ex__ __repr__ __reversed__ __ror__ __setattr__ __setitem__ \
             __sizeof__ __str__ __subclasshook__ clear copy fromkeys get items keys pop popitem \
             setdefault update values"
        }
        Value::Set(_) => {
            "__and__ __class__ __class_getitem__ __contains__ __delattr__ __dir__ __doc__ __eq__ \
             __format__ __ge__ __getattribute__ __getstate__ __gt__ __hash__ __iand__ __init__ \
             __init_subclass__ __ior__ __isub__ __iter__ __ixor__ __le__ __len__ __lt__ __ne__ \
             __new__ __or__ __rand__ __reduce__ __reduce_ex__ __repr__ __ror__ __rsub__ __rxor__ \
             __setattr__ __sizeof__ __str__ __sub__ __subclasshook__ __xor__ add clear copy \
             difference difference_update discard intersection intersection_update isdisjoint \
             issubset issuperset pop remove symmetric_difference symmetric_difference_update union \
             update"
        }
        Value::FrozenSet(_) => {
            "__and__ __class__ __class_getitem__ __contains__ __delattr__ __dir__ __doc__ __eq__ \
             __format__ __ge__ __getattribute__ __getstate__ __gt__ __hash__ __init__ \
             __init_subclass__ __iter__ __le__ __len__ __lt__ __ne__ __new__ __or__ __rand__ \
             __reduce__ __reduce_ex__ __repr__ __ror__ __rsub__ __rxor__ __setattr__ __sizeof__ \
             __str__ __sub__ __subclasshook__ __xor__ copy difference intersection isdisjoint \
             issubset issuperset symmetric_difference union"
        }
        Value::Tuple(_) => {
            "__add__ __class__ __class_getitem__ __contains__ __delattr__ __dir__ __doc__ __eq__ \
             __format__ __ge__ __getattribute__ __getitem__ __getnewargs__ __getstate__ __gt__ \
             __hash__ __init__ __init_subclass__ __iter__ __le__ __len__ __lt__ __mul__ __ne__ \
             __new__ __reduce__ __reduce_ex__ __repr__ __rmul__ __setattr__ __sizeof__ __str__ \
             __subclasshook__ count index"
        }
        Value::Int(_) | Value::Bool(_) => {
            "__abs__ __add__ __and__ __bool__ __ceil__ __class__ __delattr__ __dir__ __divmod__ \
             __doc__ __eq__ __float__ __floor__ __floordiv__ __format__ __ge__ __getattribute__ \
             __getnewargs__ __getstate__ __gt__ __hash__ __index__ __init__ __init_subclass__ __int__ \
             __invert__ __le__ __lshift__ __lt__ __mod__ __mul__ __ne__ __neg__ __new__ __or__ \
             __pos__ __pow__ __radd__ __rand__ __rdivmod__ __reduce__ __reduce_ex__ __repr__ \
             __rfloordiv__ __rlshift__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ \
             __rshift__ __rsub__ __rtruediv__ __rxor__ __setattr__ __sizeof__ __str__ __sub__ \
             __subclasshook__ __truediv__ __trunc__ __xor__ as_integer_ratio bit_count bit_length \
             conjugate denominator from_bytes imag numerator real to_bytes"
        }
        Value::Float(_) => {
            "__abs__ __add__ __bool__ __ceil__ __class__ __delattr__ __dir__ __divmod__ __doc__ \
             __eq__ __float__ __floor__ __floordiv__ __format__ __ge__ __getattribute__ __getformat__ \
             __getnewargs__ __getstate__ __gt__ __hash__ __init__ __init_subclass__ __int__ __le__ \
             __lt__ __mod__ __mul__ __ne__ __neg__ __new__ __pos__ __pow__ __radd__ __rdivmod__ \
             __reduce__ __reduce_ex__ __repr__ __rfloordiv__ __rmod__ __rmul__ __round__ __rpow__ \
             __rsub__ __rtruediv__ __setattr__ __sizeof__ __str__ __sub__ __subclasshook__ \
             __truediv__ __trunc__ as_integer_ratio conjugate fromhex hex imag is_integer real"
        }
        Value::Bytes(_) => {
            "__add__ __bytes__ __class__ __contains__ __delattr__ __dir__ __doc__ __eq__ __format__ \
             __ge__ __getattribute__ __getitem__ __getnewargs__ __getstate__ __gt__ __hash__ __init__ \
             __init_subclass__ __iter__ __le__ __len__ __lt__ __mod__ __mul__ __ne__ __new__ \
             __reduce__ __reduce_ex__ __repr__ __rmod__ __rmul__ __setattr__ __sizeof__ __str__ \
             __subclasshook__ capitalize center count decode endswith expandtabs find fromhex hex \
             index isalnum isalpha isascii isdigit islower isspace istitle isupper join ljust lower \
             lstrip maketrans partition removeprefix removesuffix replace rfind rindex rjust \
             rpartition rsplit rstrip split splitlines startswith strip swapcase title translate \
             upper zfill"
        }
        Value::None => {
            "__bool__ __class__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ \
             __getstate__ __gt__ __hash__ __init__ __init_subclass__ __le__ __lt__ __ne__ __new__ \
             __reduce__ __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__ __subclasshook__"
        }
        Value::Range(_) => {
            "__bool__ __class__ __contains__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ \
             __getattribute__ __getitem__ __getstate__ __gt__ __hash__ __init__ __init_subclass__ \
             __iter__ __le__ __len__ __lt__ __ne__ __new__ __reduce__ __reduce_ex__ __repr__ \
             __reversed__ __setattr__ __sizeof__ __str__ __subclasshook__ count index start step stop"
        }
        Value::Function(_) => {
            "__annotations__ __builtins__ __call__ __class__ __closure__ __code__ __defaults__ \
             __delattr__ __dict__ __dir__ __doc__ __eq__ __format__ __ge__ __get__ __getattribute__ \
             __getstate__ __globals__ __gt__ __hash__ __init__ __init_subclass__ __kwdefaults__ __le__ \
             __lt__ __module__ __name__ __ne__ __new__ __qualname__ __reduce__ __reduce_ex__ __repr__ \
             __setattr__ __sizeof__ __str__ __subclasshook__"
        }
        Value::Object(_) | Value::Error(_) => "",
    }
}
