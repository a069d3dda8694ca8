const IDLE: usize = 1;
const WORKER: usize = 2;
const HANDLER_A: usize = 3;
const HANDLER_B: usize = 4;
const DEVICE_A: usize = 5;
const DEVICE_B: usize = 6;
const WORK: i64 = 1001;
const DEV: i64 = 1000;
const BUFFER_SIZE: usize = 4;

/// Packets and tasks live in arenas and name each other by position.
type Id = usize;

struct Packet {
    link: Option<Id>,
    ident: Id,
    kind: i64,
    datum: usize,
    data: [i64; BUFFER_SIZE],
}

enum Record {
    Idle { control: i64, count: i64 },
    Worker { destination: Id, count: i64 },
    Handler { work_in: Option<Id>, device_in: Option<Id> },
    Device { pending: Option<Id> },
}

struct Task {
    ident: Id,
    priority: i64,
    queue: Option<Id>,
    link: Option<Id>,
    packet_pending: bool,
    task_waiting: bool,
    task_holding: bool,
    record: Record,
}

#[derive(Default)]
struct System {
    tasks: Vec<Task>,
    packets: Vec<Packet>,
    table: [Option<Id>; 10],
    hold_count: i64,
    queue_count: i64,
}

fn append(packets: &mut [Packet], packet: Id, queue: Option<Id>) -> Id {
    packets[packet].link = None;
    let Some(queue) = queue else { return packet };
    let mut last = queue;
    while let Some(next) = packets[last].link {
        last = next;
    }
    packets[last].link = Some(packet);
    queue
}

impl System {
    fn packet(&mut self, link: Option<Id>, ident: Id, kind: i64) -> Option<Id> {
        self.packets.push(Packet { link, ident, kind, datum: 0, data: [0; BUFFER_SIZE] });
        Some(self.packets.len() - 1)
    }

    fn add(&mut self, ident: Id, priority: i64, queue: Option<Id>, link: Option<Id>, record: Record) -> Option<Id> {
        let at = self.tasks.len();
        let task_waiting = !matches!(record, Record::Idle { .. });
        let packet_pending = queue.is_some();
        self.tasks.push(Task { ident, priority, queue, link, packet_pending, task_waiting, task_holding: false, record });
        self.table[ident] = Some(at);
        Some(at)
    }

    fn find(&self, ident: Id) -> Id {
        self.table[ident].expect("a task of this id")
    }

    fn schedule(&mut self) {
        let mut current = Some(self.tasks.len() - 1);
        while let Some(at) = current {
            let task = &self.tasks[at];
            let is_idle = task.task_holding || !task.packet_pending && task.task_waiting;
            current = if is_idle { task.link } else { self.run_task(at) };
        }
    }

    fn run_task(&mut self, at: Id) -> Option<Id> {
        let task = &mut self.tasks[at];
        let mut packet = None;
        if task.packet_pending && task.task_waiting && !task.task_holding {
            packet = task.queue;
            task.queue = self.packets[packet.expect("a packet is pending")].link;
            task.packet_pending = task.queue.is_some();
            task.task_waiting = false;
        }
        match task.record {
            Record::Idle { .. } => self.run_idle(at),
            Record::Worker { .. } => self.run_worker(at, packet),
            Record::Handler { .. } => self.run_handler(at, packet),
            Record::Device { .. } => self.run_device(at, packet),
        }
    }

    fn run_idle(&mut self, at: Id) -> Option<Id> {
        let Record::Idle { control, count } = &mut self.tasks[at].record else { unreachable!() };
        *count -= 1;
        if *count == 0 {
            return self.hold(at);
        }
        if *control & 1 == 0 {
            *control /= 2;
            return self.release(at, DEVICE_A);
        }
        *control = (*control / 2) ^ 0xD008;
        self.release(at, DEVICE_B)
    }

    fn run_worker(&mut self, at: Id, packet: Option<Id>) -> Option<Id> {
        let Some(packet) = packet else { return self.wait(at) };
        let Record::Worker { destination, count } = &mut self.tasks[at].record else { unreachable!() };
        *destination = if *destination == HANDLER_A { HANDLER_B } else { HANDLER_A };
        let row = &mut self.packets[packet];
        row.ident = *destination;
        row.datum = 0;
        for letter in &mut row.data {
            *count += 1;
            if *count > 26 {
                *count = 1;
            }
            *letter = 64 + *count;
        }
        self.send(at, packet)
    }

    fn run_handler(&mut self, at: Id, packet: Option<Id>) -> Option<Id> {
        let Record::Handler { work_in, device_in } = &mut self.tasks[at].record else { unreachable!() };
        if let Some(packet) = packet {
            let queue = if self.packets[packet].kind == WORK { &mut *work_in } else { &mut *device_in };
            *queue = Some(append(&mut self.packets, packet, *queue));
        }
        let Some(work) = *work_in else { return self.wait(at) };
        let count = self.packets[work].datum;
        if count >= BUFFER_SIZE {
            *work_in = self.packets[work].link;
            return self.send(at, work);
        }
        let Some(device) = *device_in else { return self.wait(at) };
        *device_in = self.packets[device].link;
        self.packets[device].datum = self.packets[work].data[count] as usize;
        self.packets[work].datum = count + 1;
        self.send(at, device)
    }

    fn run_device(&mut self, at: Id, packet: Option<Id>) -> Option<Id> {
        let Record::Device { pending } = &mut self.tasks[at].record else { unreachable!() };
        if packet.is_some() {
            *pending = packet;
            return self.hold(at);
        }
        match pending.take() {
            None => self.wait(at),
            Some(packet) => self.send(at, packet),
        }
    }

    fn wait(&mut self, at: Id) -> Option<Id> {
        self.tasks[at].task_waiting = true;
        Some(at)
    }

    fn hold(&mut self, at: Id) -> Option<Id> {
        self.hold_count += 1;
        self.tasks[at].task_holding = true;
        self.tasks[at].link
    }

    fn release(&mut self, at: Id, ident: Id) -> Option<Id> {
        let other = self.find(ident);
        self.tasks[other].task_holding = false;
        Some(if self.tasks[other].priority > self.tasks[at].priority { other } else { at })
    }

    fn send(&mut self, at: Id, packet: Id) -> Option<Id> {
        let other = self.find(self.packets[packet].ident);
        self.queue_count += 1;
        self.packets[packet].link = None;
        self.packets[packet].ident = self.tasks[at].ident;
        let priority = self.tasks[at].priority;
        let task = &mut self.tasks[other];
        if task.queue.is_some() {
            append(&mut self.packets, packet, task.queue);
            return Some(at);
        }
        task.queue = Some(packet);
        task.packet_pending = true;
        Some(if task.priority > priority { other } else { at })
    }
}

fn run() -> bool {
    let mut system = System::default();
    let idle = system.add(IDLE, 0, None, None, Record::Idle { control: 1, count: 10_000 });
    let queue = system.packet(None, 0, WORK);
    let queue = system.packet(queue, 0, WORK);
    let mut link = system.add(WORKER, 1000, queue, idle, Record::Worker { destination: HANDLER_A, count: 0 });
    for (ident, device, priority) in [(HANDLER_A, DEVICE_A, 2000), (HANDLER_B, DEVICE_B, 3000)] {
        let queue = system.packet(None, device, DEV);
        let queue = system.packet(queue, device, DEV);
        let queue = system.packet(queue, device, DEV);
        link = system.add(ident, priority, queue, link, Record::Handler { work_in: None, device_in: None });
    }
    for (ident, priority) in [(DEVICE_A, 4000), (DEVICE_B, 5000)] {
        link = system.add(ident, priority, None, link, Record::Device { pending: None });
    }
    system.schedule();
    system.hold_count == 9297 && system.queue_count == 23246
}

fn main() {
    let good = (0..150).filter(|_| run()).count();
    println!("{good}");
}
