//! `tests/cpython/program.py` as the compiler would write it; `tests/program.rs` compares them.

use batuta_rt::{self as rt, prelude::*, println};

#[derive(Clone, PartialEq)]
struct Edge {
    to: String,
    cost: i64,
}

rt::impl_repr!(Edge { to, cost });

fn graph() -> rt::Dict<String, Vec<Edge>> {
    let mut g: rt::Dict<String, Vec<Edge>> = rt::Dict::new();
    for (a, b, c) in [("a", "b", 4), ("a", "c", 1), ("c", "b", 2), ("b", "d", 5), ("c", "d", 8)] {
        g.entry(a.to_owned()).or_default().push(Edge { to: b.to_owned(), cost: c });
    }
    g
}

fn dijkstra(g: &mut rt::Dict<String, Vec<Edge>>, start: &str) -> rt::Dict<String, i64> {
    let mut dist = rt::Dict::from([(start.to_owned(), 0)]);
    let mut heap = vec![(0, start.to_owned())];
    while !heap.is_empty() {
        let (d, node) = rt::heapq::heappop(&mut heap);
        if d > dist[&node] {
            continue;
        }
        for e in g.entry(node).or_default() {
            let nd = d + e.cost;
            if nd < dist.get_or(&e.to, 1_000_000_000) {
                dist.insert(e.to.clone(), nd);
                rt::heapq::heappush(&mut heap, (nd, e.to.clone()));
            }
        }
    }
    dist
}

fn words() {
    let text = "the quick brown fox jumps over the lazy dog the end";
    let c: rt::Counter<String> = text.split_ws(-1).into_iter().collect();
    println!("{}", rt::repr(&c.most_common(Some(3))));
    let mut by_len: rt::Dict<i64, Vec<String>> = rt::Dict::new();
    for w in c.keys() {
        by_len.entry(w.char_len()).or_default().push(w.clone());
    }
    for (n, ws) in rt::sorted(by_len, false) {
        println!("{n:>3}: {:<30}|", rt::repr(&rt::join(", ", ws.py_sorted(false))));
    }
}

fn numbers() {
    println!(
        "{} {} {} {} {} {} {}",
        rt::floor_div(-7, 2),
        rt::floor_mod(-7, 3),
        rt::str(&rt::true_div(7, 2)),
        rt::pow_i64(2, 10),
        rt::str(&rt::round_ndigits(2.675, 2)),
        rt::str(&1e16),
        rt::str(&(0.1 + 0.2)),
    );
    println!(
        "{} {} {} {}",
        rt::str(&rt::float_sum([0.1; 10])),
        rt::str(&rt::math::fsum([0.1; 10])),
        rt::max([3, 1, 2]),
        rt::repr(&rt::divmod(-7, 2)),
    );
    let (mut a, mut b) = (rt::Int::from(0), rt::Int::from(1));
    for _ in 0..100 {
        (a, b) = (b.clone(), a + b);
    }
    let list = rt::Value::from(vec![rt::Value::from(1), rt::Value::from("a")]);
    println!(
        "{a} {} {} {} {}",
        rt::hex(255),
        rt::format(&1234567.891, ",.2f"),
        rt::format(&42, "#010x"),
        rt::percent("%5.1f|%-4d|%s", &[&3.71828, &7, &list]),
    );
}

fn errors() {
    let calls: [fn(); 5] = [
        || drop(rt::repr([1, 2].at(5)).to_string()),
        || drop(rt::Dict::<String, i64>::new()["k"].to_string()),
        || drop(rt::floor_div(1, 0).to_string()),
        || drop(rt::int_from_str("x", 10).or_raise().to_string()),
        || drop("a".char_index("z", None, None).to_string()),
    ];
    for f in calls {
        if let Err(e) = rt::catch(f) {
            println!("{} {e} {}", e.name(), rt::repr(&e));
        }
    }
}

struct Closed(i64);

impl Drop for Closed {
    fn drop(&mut self) {
        println!("closed {}", self.0);
    }
}

fn generate(n: i64) -> rt::Generator<'static, i64> {
    rt::generator(move |co| async move {
        let _finally = Closed(n);
        for i in 0..n {
            co.emit(i * i).await?;
        }
        Ok(())
    })
}

fn main() {
    rt::start("", program);
}

fn program() {
    println!("{}", rt::repr(&dijkstra(&mut graph(), "a")));
    println!("{}", rt::repr(&graph()["a"]));
    words();
    numbers();
    errors();
    println!("{}", rt::repr(&generate(3).collect::<Vec<_>>()));
    for x in generate(5) {
        if x > 3 {
            break;
        }
    }
    let s = rt::Set::literal([40, 3, 17, 8, 1]);
    let s2: rt::Set<i64> = (0..20).map(|x| x * 7 % 50).collect();
    println!(
        "{} {} {}",
        rt::repr(&s2),
        rt::repr(&rt::sorted(&s2 - &s, false)),
        rt::repr(&(&s2 & &rt::Set::literal([7, 14, 99]))),
    );
    rt::random::seed(7);
    let rolls: Vec<i64> = (0..5).map(|_| rt::random::randint(1, 6)).collect();
    println!("{} {}", rt::repr(&rolls), rt::str(&rt::random::random()));
    let pairs: Vec<String> =
        rt::itertools::permutations("abc".char_iter(), Some(2)).map(|p| rt::join("", p)).collect();
    println!("{}", rt::repr(&pairs));
    let mut d = rt::Deque::from_iter_max([1, 2, 3], Some(2));
    d.append(9);
    println!(
        "{} {} {} {}",
        rt::repr(&d),
        "naïve".char_slice(None, None, -1),
        "Hello World".swapcase(),
        rt::repr(&"a,b,,c".split_sep(",", -1)),
    );
}
