//! Where work runs, and why: the cost model of Gregg and Hazelwood (2011) with measured constants.
//!
//! Moving data to another device pays when computing takes more than five times as long as moving.
//! What this machine can do is measured once, in a few milliseconds, and kept for the process and in
//! the user's cache. `TRUENO_BACKEND=scalar|avx2|neon|simd128|simd|gpu` overrides the choice.

use std::fmt;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Instant;

use crate::kernels::vector;
use crate::sys::{self, Level};

/// How many times longer than the transfer a computation must take.
pub const TRANSFER_RATIO: f64 = 5.0;

/// Where an operation runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Backend {
    /// Plain code.
    Scalar,
    /// The processor's vector instructions.
    Simd(Level),
    /// A graphics processor.
    Gpu(GpuContext),
}

/// A graphics processor that is ready. The feature `gpu` makes them; without it there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuContext {
    never: std::convert::Infallible,
}

impl GpuContext {
    /// The device of this machine, if the crate was built to use one.
    pub fn detect() -> Option<GpuContext> {
        None
    }

    /// What moving and computing cost on it.
    pub fn cost(&self) -> DeviceCost {
        match self.never {}
    }
}

/// Where an operation may run, as the compiler's tensor dialect says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Placement {
    /// On the processor.
    Cpu,
    /// On the graphics processor.
    Gpu,
    /// Wherever `select_backend` says.
    #[default]
    Auto,
}

/// What a device can do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeviceCost {
    /// Bytes per second to and from its memory.
    pub bandwidth: f64,
    /// Seconds that a call takes before anything happens.
    pub latency: f64,
    /// Floating-point operations per second.
    pub throughput: f64,
}

/// The answer of `select_backend`.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Where to run.
    pub backend: Backend,
    /// Why, in one sentence with the numbers.
    pub reason: String,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.backend, self.reason)
    }
}

/// Where an operation should run that touches `bytes` bytes and computes `flops` operations.
pub fn select_backend(bytes: u64, flops: u64) -> Choice {
    let wanted = std::env::var("TRUENO_BACKEND").ok();
    select(wanted.as_deref(), GpuContext::detect(), &cpu_cost(), bytes, flops)
}

fn processor() -> Backend {
    match sys::level() {
        Level::Scalar => Backend::Scalar,
        level => Backend::Simd(level),
    }
}

fn select(wanted: Option<&str>, gpu: Option<GpuContext>, cpu: &DeviceCost, bytes: u64, flops: u64) -> Choice {
    let chosen = |backend, reason: String| Choice { backend, reason };
    let Some(gpu) = gpu else {
        let reason = match wanted {
            Some("gpu") => "TRUENO_BACKEND asks for a GPU, but there is none".to_owned(),
            Some(name) => format!("TRUENO_BACKEND={name}"),
            None => {
                let time = (flops as f64 / cpu.throughput).max(bytes as f64 / cpu.bandwidth);
                format!("no GPU; {flops} operations on {bytes} bytes take about {:.3} ms here", time * 1e3)
            }
        };
        return chosen(processor(), reason);
    };
    match wanted {
        Some("gpu") => return chosen(Backend::Gpu(gpu), "TRUENO_BACKEND=gpu".into()),
        Some(name) => return chosen(processor(), format!("TRUENO_BACKEND={name}")),
        None => {}
    }
    let cost = gpu.cost();
    let (compute, transfer) = (flops as f64 / cpu.throughput, transfer_time(&cost, bytes));
    let reason = format!(
        "computing takes {:.3} ms here, moving {bytes} bytes {:.3} ms: the ratio is {:.1}, {TRANSFER_RATIO} is needed",
        compute * 1e3,
        transfer * 1e3,
        compute / transfer
    );
    match pays(cpu, &cost, bytes, flops) {
        true => chosen(Backend::Gpu(gpu), reason),
        false => chosen(processor(), reason),
    }
}

fn transfer_time(device: &DeviceCost, bytes: u64) -> f64 {
    device.latency + bytes as f64 / device.bandwidth
}

/// Whether moving the work from `here` to `there` is worth it.
pub fn pays(here: &DeviceCost, there: &DeviceCost, bytes: u64, flops: u64) -> bool {
    flops as f64 / here.throughput > TRANSFER_RATIO * transfer_time(there, bytes)
}

/// What this processor can do, on one thread: measured once and cached.
pub fn cpu_cost() -> DeviceCost {
    static COST: OnceLock<DeviceCost> = OnceLock::new();
    *COST.get_or_init(|| {
        let file = cache_file();
        let known = file.as_ref().and_then(|path| std::fs::read_to_string(path).ok());
        if let Some(cost) = known.as_deref().and_then(parse) {
            return cost;
        }
        let cost = measure();
        if let Some(path) = file {
            // A cache that cannot be written is no loss: the next process measures again.
            let _ = path.parent().map(std::fs::create_dir_all);
            let _ =
                std::fs::write(path, format!("{} {} {}\n", cost.bandwidth, cost.latency, cost.throughput));
        }
        cost
    })
}

fn cache_file() -> Option<PathBuf> {
    let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let name = format!("cpu-{:?}-{}.txt", sys::level(), env!("CARGO_PKG_VERSION")).to_lowercase();
    Some(home.join("trueno").join(name))
}

fn parse(text: &str) -> Option<DeviceCost> {
    let numbers: Vec<f64> = text.split_whitespace().map_while(|word| word.parse().ok()).collect();
    match numbers[..] {
        [bandwidth, latency, throughput]
            if bandwidth.is_finite()
                && bandwidth > 0.0
                && latency >= 0.0
                && throughput.is_finite()
                && throughput > 0.0 =>
        {
            Some(DeviceCost { bandwidth, latency, throughput })
        }
        _ => None,
    }
}

fn fastest(rounds: usize, mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..rounds).map(time).fold(f64::INFINITY, f64::min).max(1e-9)
}

fn measure() -> DeviceCost {
    let small = vec![1.0f32; 2048];
    let inside = fastest(20, || {
        for _ in 0..50 {
            std::hint::black_box(vector::dot(std::hint::black_box(&small), &small));
        }
    });
    let large = vec![1.0f32; 8 << 20];
    let through = fastest(3, || {
        std::hint::black_box(vector::sum(std::hint::black_box(&large)));
    });
    DeviceCost {
        bandwidth: (large.len() * size_of::<f32>()) as f64 / through,
        latency: 0.0,
        throughput: (2 * 50 * small.len()) as f64 / inside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_times_the_transfer_is_the_border() {
        let here = DeviceCost { bandwidth: 2e10, latency: 0.0, throughput: 1e10 };
        let there = DeviceCost { bandwidth: 1e10, latency: 0.0, throughput: 1e13 };
        // 1 GB takes 0.1 s to move: 5e9 operations take 0.5 s here.
        assert!(!pays(&here, &there, 1_000_000_000, 4_900_000_000));
        assert!(pays(&here, &there, 1_000_000_000, 5_100_000_000));
        let slow_start = DeviceCost { latency: 1.0, ..there };
        assert!(!pays(&here, &slow_start, 1_000_000_000, 5_100_000_000));
    }

    #[test]
    fn the_choice_says_why() {
        let here = DeviceCost { bandwidth: 2e10, latency: 0.0, throughput: 1e10 };
        let choice = select(None, None, &here, 80, 10_000_000);
        assert!(choice.reason.contains("1.000 ms"), "{choice}");
        assert!(select(Some("gpu"), None, &here, 8, 8).reason.contains("there is none"));
        assert!(matches!(
            select(Some("scalar"), None, &here, 8, 8).backend,
            Backend::Scalar | Backend::Simd(_)
        ));
    }

    #[test]
    fn a_damaged_cache_is_ignored() {
        for text in ["", "1 2", "nan 0 1", "-1 0 1", "1 0 inf", "1 0 1 1", "x y z"] {
            assert_eq!(parse(text), None, "{text}");
        }
        let cost = DeviceCost { bandwidth: 1.5, latency: 0.0, throughput: 2.5 };
        assert_eq!(parse("1.5 0 2.5\n"), Some(cost));
    }
}
