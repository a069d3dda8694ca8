//! Whatever emitted code may ask of a value, every type of the runtime answers; what Python refuses raises.

use batuta_rt as rt;
use rt::{DeepCopy, Format, Key, PyOrd, Repr, Truth, Value};
use std::fmt::Debug;

fn answers<T: Clone + PartialEq + Debug + PyOrd + Key + Repr + Format + Truth>()
where
    Value: From<T> + for<'a> From<&'a T>,
{
}

fn copies<T: DeepCopy>() {}

macro_rules! all {
    ($($ty:ty),* $(,)?) => {
        $(
            answers::<$ty>();
            copies::<$ty>();
        )*
    };
}

#[test]
fn values_answer_everything() {
    all!((), bool, i64, f64, String, (i64,), (i64, String), Vec<i64>, [i64; 2], Option<i64>);
    all!(rt::Int, rt::Num, rt::Complex, rt::Bytes, rt::ByteArray, rt::Tuple<i64>, rt::Range, rt::Slice);
    all!(
        rt::List<i64>,
        rt::Set<i64>,
        rt::SharedSet<i64>,
        rt::FrozenSet<i64>,
        rt::Deque<i64>,
        rt::Counter<i64>
    );
    all!(rt::Dict<i64, i64>, rt::SharedDict<i64, i64>, rt::OrderedDict<i64, i64>, Value, rt::Error);
    all!(rt::Decimal, rt::Fraction, rt::Date, rt::Datetime, rt::Timedelta, rt::Time, rt::Timezone);
    all!(rt::Path, rt::Pattern);
    answers::<rt::Function>();
    answers::<rt::Iter<i64>>();
}

#[test]
fn a_range_is_a_key_by_its_numbers() {
    let key = |start, stop, step| rt::range(start, stop, step).key_hash();
    assert_eq!(key(0, 5, 2), key(0, 6, 2));
    assert_eq!(key(3, 3, 1), key(9, 2, 1));
    assert_ne!(key(0, 5, 2), key(0, 5, 1));
    assert_eq!(rt::range(0, 5, 2).py_hash(), Some(rt::py_hash_tuple(&[3, 0, 2])));
}
