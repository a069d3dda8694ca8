//! The thread that computes: takes requests from a queue, runs the batch, sends text back.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rustc_hash::FxHashMap;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;

use super::Options;
use crate::batch::{Batch, Event, Ticket};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::session::{Answer, Generate, SessionOptions};

/// What a request hears.
pub(super) enum Reply {
    Text(String),
    Done(String, Answer),
    /// The request cannot be met.
    Refused(String),
    /// The model cannot go on.
    Failed(String),
}

struct Request {
    prompt: Vec<u32>,
    options: Generate,
    reply: UnboundedSender<Reply>,
    place: Place,
}

/// Numbers for `/metrics`.
#[derive(Default)]
pub(super) struct Counters {
    pub(super) requests: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) prompt_tokens: AtomicU64,
    pub(super) tokens: AtomicU64,
    pub(super) pending: AtomicUsize,
}

/// Counts as pending until it is dropped.
pub(super) struct Place(Arc<Counters>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(super) struct Engine {
    pub(super) model: Arc<Model<'static>>,
    pub(super) name: String,
    pub(super) context: usize,
    pub(super) counters: Arc<Counters>,
    /// Embeddings that are computed together.
    pub(super) embedders: Arc<Semaphore>,
    queue: usize,
    sender: Mutex<Option<Sender<Request>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Engine {
    pub(super) fn start(model: Model<'static>, options: &Options) -> Result<Self> {
        let model = Arc::new(model);
        // Encoders only embed; decoders pack their weights before the first request comes.
        let trained = model.config().map_or(usize::MAX, |c| c.context);
        let context = options.context.clamp(1, trained);
        if model.config().is_ok() {
            model.decoder()?;
        }
        let counters = Arc::new(Counters::default());
        let (sender, receiver) = channel();
        let thread = {
            let (model, counters) = (Arc::clone(&model), Arc::clone(&counters));
            let parallel = options.parallel.max(1);
            std::thread::spawn(move || run(&model, &receiver, context, parallel, &counters))
        };
        Ok(Self {
            model,
            name: options.name.clone(),
            context,
            counters,
            embedders: Arc::new(Semaphore::new(options.parallel.max(1))),
            queue: options.queue + options.parallel,
            sender: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// A place among the pending; `None` when all are taken.
    pub(super) fn enter(&self) -> Option<Place> {
        let before = self.counters.pending.fetch_add(1, Ordering::SeqCst);
        let place = Some(Place(Arc::clone(&self.counters))).filter(|_| before < self.queue);
        let count = if place.is_some() { &self.counters.requests } else { &self.counters.refused };
        count.fetch_add(1, Ordering::Relaxed);
        place
    }

    /// Queues a request; false when the queue is full or the server stops.
    pub(super) fn submit(&self, prompt: Vec<u32>, options: Generate, reply: UnboundedSender<Reply>) -> bool {
        let Some(place) = self.enter() else {
            return false;
        };
        let sender = self.sender.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        sender.as_ref().is_some_and(|s| s.send(Request { prompt, options, reply, place }).is_ok())
    }

    /// Finishes what is queued and ends the thread.
    pub(super) fn stop(&self) {
        drop(self.sender.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

struct Running {
    reply: UnboundedSender<Reply>,
    _place: Place,
}

fn run(
    model: &Model<'_>,
    requests: &Receiver<Request>,
    context: usize,
    parallel: usize,
    counters: &Counters,
) {
    let options = SessionOptions { context: Some(context), ..SessionOptions::default() };
    let mut batch = match Batch::new(model, options) {
        Ok(batch) => batch,
        Err(error) => {
            refuse_all(requests, &error);
            return;
        }
    };
    let mut running: FxHashMap<Ticket, Running> = FxHashMap::default();
    let mut queue = VecDeque::new();
    let mut open = true;
    while open || !queue.is_empty() || !batch.is_empty() {
        if batch.is_empty() && queue.is_empty() {
            match requests.recv() {
                Ok(request) => queue.push_back(request),
                Err(_) => return,
            }
        }
        loop {
            match requests.try_recv() {
                Ok(request) => queue.push_back(request),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    open = false;
                    break;
                }
            }
        }
        // Who has gone frees a place at once.
        queue.retain(|request: &Request| !request.reply.is_closed());
        while batch.len() < parallel {
            let Some(request) = queue.pop_front() else {
                break;
            };
            admit(&mut batch, request, &mut running, counters);
        }
        for event in batch.step() {
            settle(event, &mut running, counters);
        }
        running.retain(|&ticket, r| {
            let gone = r.reply.is_closed();
            if gone {
                batch.cancel(ticket);
            }
            !gone
        });
    }
}

fn refuse_all(requests: &Receiver<Request>, error: &Error) {
    for request in requests {
        // A client that is gone needs no answer.
        let _ = request.reply.send(Reply::Failed(error.to_string()));
    }
}

fn admit(
    batch: &mut Batch<'_>,
    request: Request,
    running: &mut FxHashMap<Ticket, Running>,
    counters: &Counters,
) {
    let Request { prompt, options, reply, place } = request;
    if reply.is_closed() {
        return;
    }
    match batch.submit(&prompt, &options) {
        Ok(ticket) => {
            counters.prompt_tokens.fetch_add(prompt.len() as u64, Ordering::Relaxed);
            running.insert(ticket, Running { reply, _place: place });
        }
        Err(error) => {
            let _ = reply.send(Reply::Refused(error.to_string()));
        }
    }
}

fn settle(event: Event, running: &mut FxHashMap<Ticket, Running>, counters: &Counters) {
    let (ticket, reply) = match event {
        Event::Text(ticket, text) => {
            if let Some(r) = running.get(&ticket) {
                let _ = r.reply.send(Reply::Text(text));
            }
            return;
        }
        Event::Done(ticket, text, answer) => {
            counters.tokens.fetch_add(answer.tokens.len() as u64, Ordering::Relaxed);
            (ticket, Reply::Done(text, answer))
        }
        Event::Failed(ticket, error) => (ticket, Reply::Failed(error.to_string())),
    };
    if let Some(r) = running.remove(&ticket) {
        let _ = r.reply.send(reply);
    }
}
