def sh(f):
    try:
        x=f()
        return "ValueError: a negative number to a fractional power is complex" if isinstance(x,complex) else repr(x)
    except Exception as e: return type(e).__name__+": "+str(e)
import operator as o
vals=[None,True,3,-7,2.5,"ab",[1,"x"],(1,2),{"k":1},{1,2}]
rust=["Value::None","Value::from(true)","Value::from(3)","Value::from(-7)","Value::from(2.5)",'Value::from("ab")','Value::from(vec![Value::from(1), Value::from("x")])',"Value::from((1, 2))",'Value::from(Dict::from([("k", 1)]))',"Value::from(Set::from([1, 2]))"]
ops=[("add",o.add),("sub",o.sub),("mul",o.mul),("true_div",o.truediv),("floor_div",o.floordiv),("rem",o.mod),("bitand",o.and_),("bitor",o.or_),("lshift",o.lshift),("pow",o.pow)]
cmps=[("lt",o.lt),("ge",o.ge),("eq",o.eq)]
def q(s): return '"'+s.replace('\\','\\\\').replace('"','\\"')+'"'
print("//! Generated from CPython 3.11: every pair of values under every operator.\n")
print("use super::{Value, py};\nuse crate::{Dict, List, Set, catch, repr, str};\n")
print("fn values() -> Vec<Value> {\n    vec![\n        "+",\n        ".join(rust)+",\n    ]\n}\n")
print("type Operator = fn(&Value, &Value) -> Value;\n")
print("#[rustfmt::skip]\nconst RESULTS: &[(Operator, &[&str])] = &[")
for n,f in ops:
    print("    (py::%s, &["%n)
    for a in vals: print("       "," ".join(q(sh(lambda:f(a,b)))+"," for b in vals))
    print("    ]),")
print("];\n")
print("type Comparison = fn(&Value, &Value) -> bool;\n")
print("#[rustfmt::skip]\nconst COMPARISONS: &[(Comparison, &[&str])] = &[")
for n,f in cmps:
    print("    (py::%s, &["%n)
    for a in vals: print("       "," ".join(q(sh(lambda:f(a,b)))+"," for b in vals))
    print("    ]),")
print("];\n")
print('''fn shown(value: Result<Value, crate::Error>) -> String {
    value.map_or_else(|error| error.traceback_line(), |value| repr(&value).to_string())
}

#[test]
fn operators_give_what_cpython_gives() {
    let values = values();
    for (operator, wanted) in RESULTS {
        let pairs = values.iter().flat_map(|a| values.iter().map(move |b| (a, b)));
        for ((a, b), wanted) in pairs.zip(*wanted) {
            // A shift or product of this size is of no use, and a complex power is refused.
            assert_eq!(shown(catch(|| operator(a, b))), *wanted, "{a:?} {b:?}");
        }
    }
    for (comparison, wanted) in COMPARISONS {
        let pairs = values.iter().flat_map(|a| values.iter().map(move |b| (a, b)));
        for ((a, b), wanted) in pairs.zip(*wanted) {
            let found = catch(|| Value::from(comparison(a, b)));
            assert_eq!(shown(found), *wanted, "{a:?} {b:?}");
        }
    }
}

#[test]
fn containers_in_values_are_shared() {
    let xs = Value::from(vec![1, 2]);
    let cfg = Value::from(Dict::from([("xs", xs.clone())]));
    py::call_method(&py::get_item(&cfg, &"xs".into()), "append", &[4.into()]);
    assert_eq!(repr(&xs).to_string(), "[1, 2, 4]");
    py::call_method(&xs, "append", std::slice::from_ref(&xs));
    assert_eq!(repr(&cfg).to_string(), "{'xs': [1, 2, 4, [...]]}");
    py::call_method(&xs, "clear", &[]);
}

#[test]
fn methods_and_items() {
    let text = Value::from("a-b-c");
    let parts = py::call_method(&text, "split", &["-".into()]);
    assert_eq!(repr(&parts).to_string(), "['a', 'b', 'c']");
    assert_eq!(str(&py::call_method(&"+".into(), "join", std::slice::from_ref(&parts))).to_string(), "a+b+c");
    let middle = py::get_slice(&parts, &1.into(), &Value::None, &Value::None);
    assert_eq!(repr(&middle).to_string(), "['b', 'c']");
    type Case = (fn(&Value) -> Value, &'static str);
    let errors: [Case; 5] = [
        (|v| py::get_item(v, &9.into()), "IndexError: list index out of range"),
        (|v| py::get_item(v, &"x".into()), "TypeError: list indices must be integers or slices, not str"),
        (|v| py::call_method(v, "foo", &[]), "AttributeError: 'list' object has no attribute 'foo'"),
        (|v| py::call(v, &[]), "TypeError: 'list' object is not callable"),
        (
            |v| {
                let d = Value::from(Dict::<i64, i64>::new());
                py::set_item(&d, v, 1.into());
                d
            },
            "TypeError: unhashable type: 'list'",
        ),
    ];
    for (call, wanted) in errors {
        assert_eq!(shown(catch(|| call(&parts))), wanted);
    }
    let total = py::iter(&Value::from((1, 2, 3))).fold(Value::from(0), |a, b| py::add(&a, &b));
    assert_eq!(i64::try_from(total).ok(), Some(6));
    let list: List<Value> = List::try_from(&parts).expect("parts are a list");
    assert!(py::contains(&parts, &"b".into()) && list.len() == 3 && py::len(&text) == 5);
}
''')
