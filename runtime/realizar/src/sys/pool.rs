//! A thread pool for work of microseconds that leaves a busy machine alone.
//!
//! Tasks of a job are claimed one at a time from a counter, and the calling thread claims too: if no
//! worker gets a processor, the caller does everything itself and loses nothing. Workers spin for a
//! few microseconds after a job, since the next one follows soon, and then sleep.
//! A worker that loses its processor in the middle of a task makes the caller wait for a slice of the
//! scheduler. Such a stall makes the caller compute alone for a while, longer each time that stalls
//! come again, so that on a busy machine several threads are about as fast as one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

/// Rounds of spinning before a worker sleeps; about 20 microseconds.
const SPINS: u32 = 4000;
/// Waiting this long for the last tasks is a stall.
const STALL: Duration = Duration::from_micros(150);
/// Jobs that the caller runs alone after a first stall, and at most.
const ALONE: (u32, u32) = (64, 16384);

struct Job {
    /// The borrowed closure with its lifetime taken away; called only for claimed tasks.
    call: *const (dyn Fn(usize) + Sync),
    total: usize,
    next: AtomicUsize,
    done: AtomicUsize,
    panicked: AtomicBool,
    caller: Thread,
}

// SAFETY: `call` points to a `Sync` closure, so calling it from several threads is allowed; `Pool::run`
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
            // SAFETY: task < total, so this task is not counted in `done` yet and `Pool::run` still
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
    /// Jobs that the caller still runs alone.
    alone: AtomicU32,
    /// Jobs to run alone after the next stall.
    penalty: AtomicU32,
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
        let (alone, penalty) = (AtomicU32::new(0), AtomicU32::new(ALONE.0));
        Self {
            shared,
            workers,
            running: Mutex::new(()),
            alone,
            penalty,
        }
    }

    /// Threads that work, the caller included.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Calls `task` for 0..total, in any order and on any thread; returns when all are done.
    ///
    /// # Panics
    /// If a task panics, after all others are done.
    pub fn run(&self, total: usize, task: &(dyn Fn(usize) + Sync)) {
        if self.workers.is_empty() || total < 2 {
            (0..total).for_each(task);
            return;
        }
        // One job at a time; a second caller computes alone rather than wait.
        let Ok(_running) = self.running.try_lock() else {
            (0..total).for_each(task);
            return;
        };
        let alone = self.alone.load(Ordering::Relaxed);
        if alone > 0 {
            self.alone.store(alone - 1, Ordering::Relaxed);
            (0..total).for_each(task);
            return;
        }
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
        self.wait(&job);
        if job.panicked.load(Ordering::Relaxed) {
            resume_unwind(Box::new("a task of the thread pool panicked"));
        }
    }

    /// Waits for the tasks that workers claimed.
    fn wait(&self, job: &Job) {
        let (mut spins, mut start) = (0, None);
        while job.done.load(Ordering::Acquire) < job.total {
            spins += 1;
            if spins < SPINS {
                std::hint::spin_loop();
                continue;
            }
            start.get_or_insert_with(Instant::now);
            std::thread::park_timeout(Duration::from_millis(1));
        }
        // Only the holder of `running` writes these, so plain loads and stores do.
        let penalty = self.penalty.load(Ordering::Relaxed);
        if start.is_some_and(|start| start.elapsed() > STALL) {
            self.alone.store(penalty, Ordering::Relaxed);
            self.penalty
                .store((penalty * 2).min(ALONE.1), Ordering::Relaxed);
        } else if penalty > ALONE.0 {
            self.penalty.store(penalty - 1, Ordering::Relaxed);
        }
    }

    /// Calls `task` with each stretch of `chunk` items of `data` and its number.
    pub fn for_chunks<T: Send>(
        &self,
        data: &mut [T],
        chunk: usize,
        task: impl Fn(usize, &mut [T]) + Sync,
    ) {
        let chunk = chunk.max(1);
        let length = data.len();
        let base = Base(data.as_mut_ptr());
        self.run(length.div_ceil(chunk), &|i| {
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
        self.job
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
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
            guard = shared
                .wake
                .wait(guard)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
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
                pool.for_chunks(&mut data, 5, |i, part| {
                    part.iter_mut().for_each(|x| *x += i + 1)
                });
                assert!(data.iter().enumerate().all(|(at, &x)| x == at / 5 + 1));
            }
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_lives_on() {
        let pool = Pool::new(3);
        let result = catch_unwind(AssertUnwindSafe(|| pool.run(10, &|i| assert_ne!(i, 7))));
        assert!(result.is_err());
        let count = AtomicUsize::new(0);
        pool.run(10, &|_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(count.into_inner(), 10);
    }

    #[test]
    fn two_callers_do_not_wait_for_each_other() {
        let pool = Pool::new(2);
        let count = AtomicUsize::new(0);
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| {
                    (0..100).for_each(|_| {
                        pool.run(8, &|_| {
                            count.fetch_add(1, Ordering::Relaxed);
                        })
                    })
                });
            }
        });
        assert_eq!(count.into_inner(), 3200);
    }
}
