//! A thread pool for work of microseconds that leaves a busy machine alone.
//!
//! Tasks of a job are claimed one at a time from a counter, and the calling thread claims too: if no
//! worker gets a processor, the caller does everything itself and loses nothing. Workers spin for a
//! few microseconds after a job, since the next one follows soon, and then sleep.
//! A worker that loses its processor in the middle of a task makes the caller wait for a slice of the
//! scheduler. So the pool times jobs of each shape both ways, shared and alone, and takes the faster
//! way: on a busy machine, and for jobs too small to share, several threads are as fast as one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, TryLockError};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

/// Rounds of spinning before a worker sleeps; about 20 microseconds.
const SPINS: u32 = 1500;
/// Shapes of jobs that are told apart; others share a place.
const SHAPES: usize = 64;
/// Every so many shared jobs one runs alone, to know what that takes.
const REFRESH: u32 = 128;
/// Jobs alone before sharing is tried again, at least and at most.
const RETRY: (u32, u32) = (16, 512);

/// What jobs of one shape take, in nanoseconds, and which way they go. Threads may overwrite each
/// other's values; that costs accuracy only.
#[derive(Default)]
struct Shape {
    shared: AtomicU32,
    alone: AtomicU32,
    until_other: AtomicU32,
    retry: AtomicU32,
}

impl Shape {
    /// Whether the next job should be shared.
    fn share(&self) -> bool {
        let (shared, alone) = (self.shared.load(Ordering::Relaxed), self.alone.load(Ordering::Relaxed));
        if shared == 0 || alone == 0 {
            return shared == 0;
        }
        let is_better = shared < alone;
        let left = self.until_other.load(Ordering::Relaxed);
        if left > 0 {
            self.until_other.store(left - 1, Ordering::Relaxed);
            return is_better;
        }
        let retry = self.retry.load(Ordering::Relaxed).clamp(RETRY.0, RETRY.1);
        self.retry.store(if is_better { RETRY.0 } else { retry * 2 }, Ordering::Relaxed);
        self.until_other.store(if is_better { REFRESH } else { retry }, Ordering::Relaxed);
        !is_better
    }

    fn note(&self, is_shared: bool, taken: Duration) {
        let place = if is_shared { &self.shared } else { &self.alone };
        let (old, other) = (place.load(Ordering::Relaxed), self.alone.load(Ordering::Relaxed));
        let taken = u32::try_from(taken.as_nanos()).unwrap_or(u32::MAX).max(1);
        // A single stall should count, but not for minutes.
        let taken = if old == 0 { taken } else { taken.min(other.max(old).saturating_mul(64)) };
        let new = if old == 0 { taken } else { old - old / 8 + taken / 8 };
        place.store(new.max(1), Ordering::Relaxed);
    }
}

struct Job {
    /// The borrowed closure with its lifetime taken away; called only for claimed tasks.
    call: *const (dyn Fn(usize) + Sync),
    total: usize,
    next: AtomicUsize,
    done: AtomicUsize,
    panicked: AtomicBool,
    caller: Thread,
}

// SAFETY: `call` points to a `Sync` closure, so calling it from several threads is allowed; `Pool::run_shared`
// keeps it alive until `done == total`, and after that no thread dereferences it (see `Job::work`).
unsafe impl Send for Job {}
// SAFETY: as above; all other fields are atomics or `Thread`.
unsafe impl Sync for Job {}

impl Job {
    /// Claims and runs tasks until none is left.
    fn work(&self) {
        loop {
            let task = self.next.fetch_add(1, Ordering::Relaxed);
            if task >= self.total {
                return;
            }
            // SAFETY: task < total, so this task is not counted in `done` yet and `Pool::run_shared` still
            // waits; the closure that `call` points to is alive.
            let call = unsafe { &*self.call };
            if catch_unwind(AssertUnwindSafe(|| call(task))).is_err() {
                self.panicked.store(true, Ordering::Relaxed);
            }
            if self.done.fetch_add(1, Ordering::AcqRel) + 1 == self.total {
                self.caller.unpark();
            }
        }
    }
}

#[derive(Default)]
struct Shared {
    job: Mutex<(Option<Arc<Job>>, bool)>,
    wake: Condvar,
    epoch: AtomicU64,
    sleepers: AtomicUsize,
}

/// Threads that wait for work.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    running: Mutex<()>,
    shapes: Vec<Shape>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pool({} threads)", self.threads())
    }
}

impl Pool {
    /// A pool in which `threads` threads work, the caller being one of them. If the system refuses
    /// a thread, the pool is smaller.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let spawn = |i: usize| {
            let shared = Arc::clone(&shared);
            let builder = std::thread::Builder::new().name(format!("realizar-{i}"));
            builder.spawn(move || worker(&shared)).ok()
        };
        let workers = (1..threads).filter_map(spawn).collect();
        let shapes = (0..SHAPES).map(|_| Shape::default()).collect();
        Self { shared, workers, running: Mutex::new(()), shapes }
    }

    /// Threads that work, the caller included.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Calls `task` for 0..total, in any order and on any thread; returns when all are done. Jobs with
    /// equal `shape` should take about equally long.
    ///
    /// # Panics
    /// If a task panics, after all others are done.
    pub fn run(&self, shape: usize, total: usize, task: &(dyn Fn(usize) + Sync)) {
        if self.workers.is_empty() || total < 2 {
            (0..total).for_each(task);
            return;
        }
        // One job at a time; a second caller computes alone rather than wait.
        let _running = match self.running.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                (0..total).for_each(task);
                return;
            }
        };
        let shape = &self.shapes[shape % SHAPES];
        let is_shared = shape.share();
        let start = Instant::now();
        if is_shared {
            self.run_shared(total, task);
        } else {
            (0..total).for_each(task);
        }
        shape.note(is_shared, start.elapsed());
    }

    fn run_shared(&self, total: usize, task: &(dyn Fn(usize) + Sync)) {
        // SAFETY: only the lifetime changes. The pointer is used by `Job::work` for claimed tasks,
        // and this function does not return (nor unwind: tasks are caught) before all are done.
        let call: &'static (dyn Fn(usize) + Sync) = unsafe { std::mem::transmute(task) };
        let job = Arc::new(Job {
            call,
            total,
            next: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            panicked: AtomicBool::new(false),
            caller: std::thread::current(),
        });
        self.shared.lock().0 = Some(Arc::clone(&job));
        self.shared.epoch.fetch_add(1, Ordering::SeqCst);
        if self.shared.sleepers.load(Ordering::SeqCst) > 0 {
            // Taking the lock once makes sure that no worker stands between its check and its wait.
            drop(self.shared.lock());
            self.shared.wake.notify_all();
        }
        job.work();
        let mut spins = 0;
        while job.done.load(Ordering::Acquire) < total {
            spins += 1;
            if spins < SPINS {
                std::hint::spin_loop();
            } else {
                std::thread::park_timeout(Duration::from_millis(1));
            }
        }
        if job.panicked.load(Ordering::Relaxed) {
            resume_unwind(Box::new("a task of the thread pool panicked"));
        }
    }

    /// Calls `task` with each stretch of `chunk` items of `data` and its number.
    pub fn for_chunks<T: Send>(&self, data: &mut [T], chunk: usize, task: impl Fn(usize, &mut [T]) + Sync) {
        let chunk = chunk.max(1);
        let length = data.len();
        let base = Base(data.as_mut_ptr());
        let shape = (length ^ chunk << 7).wrapping_mul(0x9e37_79b9) >> 16;
        self.run(shape, length.div_ceil(chunk), &|i| {
            let base = &base;
            let start = i * chunk;
            let count = chunk.min(length - start);
            // SAFETY: `run` calls each `i` below the number of chunks once, so the stretches are
            // disjoint and inside `data`, which is mutably borrowed until `run` returns.
            let part = unsafe { std::slice::from_raw_parts_mut(base.0.add(start), count) };
            task(i, part);
        });
    }
}

struct Base<T>(*mut T);
// SAFETY: shared only to cut disjoint `&mut [T]` from it on other threads, which needs `T: Send`.
unsafe impl<T: Send> Sync for Base<T> {}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, (Option<Arc<Job>>, bool)> {
        self.job.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn worker(shared: &Shared) {
    let mut seen = 0;
    loop {
        let mut spins = 0;
        while shared.epoch.load(Ordering::SeqCst) == seen && spins < SPINS {
            std::hint::spin_loop();
            spins += 1;
        }
        let mut guard = shared.lock();
        shared.sleepers.fetch_add(1, Ordering::SeqCst);
        while shared.epoch.load(Ordering::SeqCst) == seen && !guard.1 {
            guard = shared.wake.wait(guard).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        shared.sleepers.fetch_sub(1, Ordering::SeqCst);
        if guard.1 {
            return;
        }
        seen = shared.epoch.load(Ordering::SeqCst);
        let job = guard.0.clone();
        drop(guard);
        if let Some(job) = job {
            job.work();
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().1 = true;
        self.shared.wake.notify_all();
        for worker in self.workers.drain(..) {
            // A worker catches the panics of its tasks, so there is nothing to report.
            let _ = worker.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once_however_many_threads_there_are() {
        for threads in [1, 2, 4, 9] {
            let pool = Pool::new(threads);
            for round in 0..200 {
                let mut data = vec![0usize; 37 + round];
                pool.for_chunks(&mut data, 5, |i, part| part.iter_mut().for_each(|x| *x += i + 1));
                assert!(data.iter().enumerate().all(|(at, &x)| x == at / 5 + 1));
            }
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_lives_on() {
        let pool = Pool::new(3);
        // The first run of a shape is shared, the second alone.
        for _ in 0..2 {
            let run = || pool.run(0, 10, &|i| assert_ne!(i, 7));
            assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
        }
        let count = AtomicUsize::new(0);
        pool.run(0, 10, &|_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(count.into_inner(), 10);
    }

    #[test]
    fn the_faster_way_is_taken_and_the_other_tried_again() {
        let shape = Shape::default();
        let mut shared = 0;
        for _ in 0..5000 {
            let is_shared = shape.share();
            shared += u32::from(is_shared);
            shape.note(is_shared, Duration::from_micros(if is_shared { 90 } else { 50 }));
        }
        assert!((2..40).contains(&shared), "{shared} of 5000 jobs shared though alone is faster");
        for _ in 0..20_000 {
            let is_shared = shape.share();
            shape.note(is_shared, Duration::from_micros(if is_shared { 30 } else { 50 }));
        }
        let later = (0..1000).filter(|_| shape.share()).count();
        assert!(later > 900, "{later} of 1000 jobs shared though that is faster");
    }

    #[test]
    fn two_callers_do_not_wait_for_each_other() {
        let pool = Pool::new(2);
        let count = AtomicUsize::new(0);
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| {
                    (0..100).for_each(|_| {
                        pool.run(0, 8, &|_| {
                            count.fetch_add(1, Ordering::Relaxed);
                        })
                    })
                });
            }
        });
        assert_eq!(count.into_inner(), 3200);
    }
}
