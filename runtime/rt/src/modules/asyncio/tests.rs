use std::cell::RefCell;
use std::rc::Rc;

use super::*;
use crate::class::{TimeoutError, ValueError};
use crate::error::{Error, Result};

type Log = Rc<RefCell<Vec<String>>>;

async fn job(name: &'static str, delay: f64, log: Log) -> Result<String> {
    log.borrow_mut().push(format!("start {name}"));
    sleep(delay).await?;
    log.borrow_mut().push(format!("done {name}"));
    Ok(name.to_uppercase())
}

#[test]
fn gathers_in_order_and_runs_by_time() {
    let log = Log::default();
    let seen = Rc::clone(&log);
    let got = run(async move {
        gather([create_task(job("b", 0.2, Rc::clone(&log))), create_task(job("a", 0.1, Rc::clone(&log)))])
            .await
    });
    assert_eq!(got.expect("no error"), ["B", "A"]);
    assert_eq!(*seen.borrow(), ["start b", "start a", "done a", "done b"]);
}

#[test]
fn time_limits_cancel() {
    let log = Log::default();
    let error = run(wait_for(job("slow", 5.0, Rc::clone(&log)), Some(0.01))).expect_err("too slow");
    assert!(error.is_a(TimeoutError));
    assert_eq!(*log.borrow(), ["start slow"]);
}

#[test]
fn cancelled_tasks_raise_where_they_stand() {
    let outcome: Result<(bool, bool)> = run(async {
        let task = create_task(job("x", 1.0, Log::default()));
        sleep(0.0).await?;
        task.cancel();
        let error = task.clone().await.expect_err("it was cancelled");
        Ok((error.is_a(CancelledError), task.is_cancelled()))
    });
    assert_eq!(outcome.expect("no error"), (true, true));
}

#[test]
fn queues_hand_over() {
    let outcome = run(async {
        let queue: Queue<i64> = Queue::new(1);
        let source = queue.clone();
        let producer: Task<()> = create_task(async move {
            for i in 0..4 {
                source.put(i).await?;
            }
            Ok(())
        });
        let mut got = Vec::new();
        for _ in 0..4 {
            got.push(queue.get().await?);
        }
        producer.await?;
        Ok(got)
    });
    assert_eq!(outcome.expect("no error"), [0, 1, 2, 3]);
}

#[test]
fn errors_come_out_of_tasks() {
    let outcome: Result<()> = run(async { Err(Error::new(ValueError, "no")) });
    assert_eq!(outcome.map_err(|error| error.traceback_line()), Err("ValueError: no".to_owned()));
}
