//! An error says where the program raised it, not where the runtime did.

use batuta_rt::{self as rt, prelude::*};

/// Calls, each of which raises.
fn calls() -> Vec<(&'static str, fn())> {
    vec![
        ("at", || drop([1].at(9).to_string())),
        ("set_at", || [1].set_at(9, 1)),
        ("pop", || drop(Vec::<i64>::new().pop_last().to_string())),
        ("py_slice", || drop([1].py_slice(None, None, 0))),
        ("py_index", || drop([1].py_index(&2).to_string())),
        ("py_remove", || vec![1].py_remove(&2)),
        ("max", || drop(rt::max(Vec::<i64>::new()).to_string())),
        ("index", || drop(rt::Dict::<i64, i64>::new()[&1].to_string())),
        ("dict pop", || drop(rt::Dict::<i64, i64>::new().pop(&1).to_string())),
        ("popitem", || drop(rt::Dict::<i64, i64>::new().popitem().0.to_string())),
        ("set pop", || drop(rt::Set::<i64>::new().pop().to_string())),
        ("set del", || rt::Set::<i64>::new().del(&1)),
        ("deque", || drop(rt::Deque::<i64>::new(Some(-1)))),
        ("popleft", || drop(rt::Deque::<i64>::new(None).popleft().to_string())),
        ("floor_div", || drop(rt::floor_div(1, 0).to_string())),
        ("pow", || drop(rt::pow_i64(10, 99).to_string())),
        ("shl", || drop(rt::shl(1, 99).to_string())),
        ("int", || drop(rt::int_from_str("x", 10).or_raise().to_string())),
        ("float", || drop(rt::float_from_str("x").or_raise().to_string())),
        ("float_to_int", || drop(rt::float_to_int(f64::NAN).to_string())),
        ("big div", || drop(rt::Int::from(1).floor_div(0).to_string())),
        ("big shift", || drop((rt::Int::from(1) << -1).to_string())),
        ("num", || drop(rt::repr(&(rt::Num::Int(i64::MAX) + 1)).to_string())),
        ("char_at", || drop("a".char_at(5).to_string())),
        ("split", || drop("a".split_sep("", -1))),
        ("center", || drop("a".center(5, ""))),
        ("chr", || drop(rt::chr(-1))),
        ("format", || drop(rt::format(&1, "q"))),
        ("str_format", || drop(rt::str_format("{}", &[], &[]))),
        ("percent", || drop(rt::percent("%d", &[]))),
        ("sqrt", || drop(rt::math::sqrt(-1.0).to_string())),
        ("factorial", || drop(rt::math::factorial(99).to_string())),
        ("choice", || drop(rt::random::choice::<i64>(&[]).to_string())),
        ("heappop", || drop(rt::heapq::heappop(&mut Vec::<i64>::new()).to_string())),
        ("reduce", || drop(rt::functools::reduce(|a: i64, b| a + b, []).to_string())),
        ("list", || drop(rt::List::<i64>::new().at(0).to_string())),
        ("shared dict", || drop(rt::SharedDict::<i64, i64>::new().at(&0).to_string())),
        ("value add", || drop(rt::py::add(&1.into(), &"a".into()))),
        ("value item", || drop(rt::py::get_item(&1.into(), &1.into()))),
        ("value call", || drop(rt::py::call_method(&1.into(), "x", &[]))),
        ("json", || drop(rt::json::loads("[").or_raise())),
        ("overflow", || drop((std::hint::black_box(i64::MAX) + 1).to_string())),
        ("plain index", || drop([1][std::hint::black_box(7)].to_string())),
    ]
}

#[test]
fn places_are_in_the_calling_file() {
    for (name, call) in calls() {
        let error = rt::catch_end(call).expect_err("each call raises");
        let place = error.place().expect("an error has a place");
        assert!(place.file.ends_with("places.rs"), "{name}: {error:?} at {place:?}");
    }
}

#[test]
fn results_with_errors_are_two_words() {
    assert_eq!(size_of::<Result<i64, rt::Error>>(), 16);
    assert_eq!(size_of::<rt::Error>(), 8);
}
