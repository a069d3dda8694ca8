//! Python's `time`.

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::class::ValueError;
use crate::unwind::raise_new;
use crate::value::{Value, simple_namespace};

static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);

/// `time.time()`: seconds since 1970.
pub fn time() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64()) + skipped()
}

/// `time.time_ns()`.
pub fn time_ns() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as i64)
}

/// Seconds that `asyncio` let pass without waiting for them.
fn skipped() -> f64 {
    crate::asyncio::elapsed()
}

/// `time.perf_counter()`: seconds from some point; also `monotonic`.
pub fn perf_counter() -> f64 {
    FIRST.elapsed().as_secs_f64() + skipped()
}

/// `time.monotonic()`.
pub fn monotonic() -> f64 {
    perf_counter()
}

/// `time.process_time()`.
pub fn process_time() -> f64 {
    FIRST.elapsed().as_secs_f64()
}

/// `time.perf_counter_ns()`.
pub fn perf_counter_ns() -> i64 {
    FIRST.elapsed().as_nanos() as i64 + (skipped() * 1e9) as i64
}

/// `time.sleep(seconds)`; raises `ValueError` for a negative time.
#[track_caller]
pub fn sleep(seconds: f64) {
    super::threads::may_not_wait("time.sleep");
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) => {
            crate::flush();
            thread::sleep(time);
        }
        Err(_) => raise_new(ValueError, "sleep length must be non-negative"),
    }
}

/// `time.clock_gettime(clock)`: the clock of the wall for `CLOCK_REALTIME`, else the one that only goes ahead.
pub fn clock(clock: i64) -> f64 {
    if clock == 0 { time() } else { perf_counter() }
}

/// `time.clock_gettime_ns(clock)`.
pub fn clock_ns(clock: i64) -> i64 {
    if clock == 0 { time_ns() } else { perf_counter_ns() }
}

/// `time.clock_getres(clock)`.
pub fn resolution(_clock: i64) -> f64 {
    1e-9
}

/// `time.get_clock_info(name)`; raises `ValueError`.
#[track_caller]
pub fn clock_info(name: &str) -> Value {
    let (clock, is_monotonic) = match name {
        "time" => ("CLOCK_REALTIME", false),
        "monotonic" | "perf_counter" => ("CLOCK_MONOTONIC", true),
        "process_time" => ("CLOCK_PROCESS_CPUTIME_ID", true),
        "thread_time" => ("CLOCK_THREAD_CPUTIME_ID", true),
        _ => raise_new(ValueError, "unknown clock"),
    };
    let parts = [
        ("adjustable", Value::from(!is_monotonic)),
        ("implementation", Value::from(format!("clock_gettime({clock})"))),
        ("monotonic", Value::from(is_monotonic)),
        ("resolution", Value::from(1e-9)),
    ];
    simple_namespace(parts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
