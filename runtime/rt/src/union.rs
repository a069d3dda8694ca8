//! Traits of an enum whose variants hold one value each: they are those of the value.

/// Gives an enum over several types the traits of what it holds:
/// `impl_union! { IntOrStr { Int(i64), Str(String) }: Repr, Key }`.
#[macro_export]
macro_rules! impl_union {
    ($name:ident $members:tt: $($target:ident),+ $(,)?) => {
        $($crate::impl_union!(@$target $name $members);)+
    };
    (@Repr $name:ident { $($member:ident($ty:ty)),+ $(,)? }) => {
        impl $crate::Repr for $name {
            fn fmt_repr(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$member(value) => $crate::Repr::fmt_repr(value, f),)+
                }
            }

            fn fmt_str(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$member(value) => $crate::Repr::fmt_str(value, f),)+
                }
            }
        }
    };
    (@Show $name:ident { $($member:ident($ty:ty)),+ $(,)? }) => {
        impl $crate::ruchy::Show for $name {
            fn fmt_nested(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$member(value) => $crate::ruchy::Show::fmt_nested(value, f),)+
                }
            }

            fn fmt_text(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$member(value) => $crate::ruchy::Show::fmt_text(value, f),)+
                }
            }
        }
    };
    (@Format $name:ident { $($member:ident($ty:ty)),+ $(,)? }) => {
        impl $crate::Format for $name {
            fn operand(&self) -> $crate::Operand<'_> {
                match self {
                    $(Self::$member(value) => $crate::Format::operand(value),)+
                }
            }

            fn format_into(&self, spec: &str, out: &mut String) -> Result<(), $crate::Error> {
                match self {
                    $(Self::$member(value) => $crate::Format::format_into(value, spec, out),)+
                }
            }
        }
    };
    (@Key $name:ident { $($member:ident($ty:ty)),+ $(,)? }) => {
        impl $crate::Key for $name {
            fn key_hash(&self) -> u64 {
                match self {
                    $(Self::$member(value) => $crate::Key::key_hash(value),)+
                }
            }

            fn key_eq(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$member(a), Self::$member(b)) => $crate::Key::key_eq(a, b),)+
                    _ => false,
                }
            }

            fn py_hash(&self) -> Option<i64> {
                match self {
                    $(Self::$member(value) => $crate::Key::py_hash(value),)+
                }
            }
        }
    };
    (@DeepCopy $name:ident { $($member:ident($ty:ty)),+ $(,)? }) => {
        impl $crate::DeepCopy for $name {
            fn deep_copy(&self, memo: &mut $crate::Memo) -> Self {
                match self {
                    $(Self::$member(value) => Self::$member($crate::DeepCopy::deep_copy(value, memo)),)+
                }
            }
        }
    };
    (@Truth $name:ident { $($member:ident($ty:ty)),+ $(,)? }) => {
        impl $crate::Truth for $name {
            fn is_true(&self) -> bool {
                match self {
                    $(Self::$member(value) => $crate::truth(value),)+
                }
            }
        }
    };
    (@ToValue $name:ident { $($member:ident($ty:ty)),+ $(,)? }) => {
        impl From<$name> for $crate::Value {
            fn from(union: $name) -> Self {
                match union {
                    $($name::$member(value) => Self::from(value),)+
                }
            }
        }
    };
    (@FromValue $name:ident { $($member:ident($ty:ty)),+ $(,)? }) => {
        impl $crate::FromValue for $name {
            fn from_value(value: &$crate::Value) -> $crate::Result<Self> {
                // Who is of just this type comes before who may stand for it.
                $(
                    if <$ty as $crate::FromValue>::fits(value)
                        && let Ok(member) = <$ty as $crate::FromValue>::from_value(value)
                    {
                        return Ok(Self::$member(member));
                    }
                )+
                $(
                    if let Ok(member) = <$ty as $crate::FromValue>::from_value(value) {
                        return Ok(Self::$member(member));
                    }
                )+
                Err($crate::Error::new($crate::TypeError, "unexpected type"))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::{FromValue, Value, str};

    #[derive(Clone, Debug, PartialEq)]
    enum IntOrStr {
        Int(i64),
        Str(String),
    }

    #[derive(Clone, Debug, PartialEq)]
    enum FloatOrInt {
        Float(f64),
        Int(i64),
    }

    impl_union! { FloatOrInt { Float(f64), Int(i64) }: FromValue }

    #[derive(Clone, Debug, PartialEq)]
    enum BytesOrList {
        Bytes(Vec<u8>),
        List(Vec<i64>),
    }

    impl_union! { BytesOrList { Bytes(Vec<u8>), List(Vec<i64>) }: FromValue }

    impl_union! { IntOrStr { Int(i64), Str(String) }: Repr, Format, Key, Truth, ToValue, FromValue }

    #[test]
    fn traits_of_the_member() {
        let text = IntOrStr::Str("a".to_owned());
        assert_eq!(str(&text).to_string(), "a");
        assert_eq!(str(&vec![IntOrStr::Int(1), text.clone()]).to_string(), "[1, 'a']");
        assert_eq!(IntOrStr::from_value(&Value::from(text.clone())).unwrap(), text);
        assert!(IntOrStr::from_value(&Value::from(1.5)).is_err());
        assert_eq!(FloatOrInt::from_value(&Value::from(1)).unwrap(), FloatOrInt::Int(1));
        let list = Value::from(vec![1, 2]);
        assert_eq!(BytesOrList::from_value(&list).unwrap(), BytesOrList::List(vec![1, 2]));
        assert!(!crate::truth(&IntOrStr::Int(0)));
    }
}
