"""An operating system of six tasks that pass packets around (Martin Richards)."""

IDLE = 1
WORKER = 2
HANDLER_A = 3
HANDLER_B = 4
DEVICE_A = 5
DEVICE_B = 6

DEV = 1000
WORK = 1001

BUFFER_SIZE = 4
TASKS = 10


class Packet:
    def __init__(self, link, ident, kind):
        self.link = link
        self.ident = ident
        self.kind = kind
        self.datum = 0
        self.data = [0] * BUFFER_SIZE

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class DeviceRecord:
    def __init__(self):
        self.pending = None


class IdleRecord:
    def __init__(self):
        self.control = 1
        self.count = 10000


class HandlerRecord:
    def __init__(self):
        self.work_in = None
        self.device_in = None


class WorkerRecord:
    def __init__(self):
        self.destination = HANDLER_A
        self.count = 0


class Scheduler:
    def __init__(self):
        self.tasks = []
        self.table = [None] * TASKS
        self.hold_count = 0
        self.queue_count = 0

    def add(self, task):
        self.tasks.append(task)
        self.table[task.ident] = task

    def find(self, ident):
        task = self.table[ident]
        if task is None:
            raise ValueError(f"bad task id {ident}")
        return task

    def schedule(self):
        task = self.tasks[-1]
        while task is not None:
            if task.is_holding_or_waiting():
                task = task.link
            else:
                task = task.run_task(self)


class Task:
    def __init__(self, ident, priority, queue, is_ready, link):
        self.ident = ident
        self.priority = priority
        self.queue = queue
        self.link = link
        self.packet_pending = queue is not None
        self.task_waiting = not is_ready
        self.task_holding = False

    def run(self, packet, system):
        raise NotImplementedError()

    def is_holding_or_waiting(self):
        return self.task_holding or (not self.packet_pending and self.task_waiting)

    def is_waiting_with_packet(self):
        return self.packet_pending and self.task_waiting and not self.task_holding

    def run_task(self, system):
        packet = None
        if self.is_waiting_with_packet():
            packet = self.queue
            self.queue = packet.link
            self.packet_pending = self.queue is not None
            self.task_waiting = False
        return self.run(packet, system)

    def add_packet(self, packet, old):
        if self.queue is None:
            self.queue = packet
            self.packet_pending = True
            if self.priority > old.priority:
                return self
        else:
            packet.append_to(self.queue)
        return old

    def wait(self):
        self.task_waiting = True
        return self

    def hold(self, system):
        system.hold_count += 1
        self.task_holding = True
        return self.link

    def release(self, ident, system):
        task = system.find(ident)
        task.task_holding = False
        if task.priority > self.priority:
            return task
        return self

    def send(self, packet, system):
        task = system.find(packet.ident)
        system.queue_count += 1
        packet.link = None
        packet.ident = self.ident
        return task.add_packet(packet, self)


class IdleTask(Task):
    def __init__(self, link):
        super().__init__(IDLE, 0, None, True, link)
        self.record = IdleRecord()

    def run(self, packet, system):
        r = self.record
        r.count -= 1
        if r.count == 0:
            return self.hold(system)
        if r.control & 1 == 0:
            r.control //= 2
            return self.release(DEVICE_A, system)
        r.control = (r.control // 2) ^ 0xD008
        return self.release(DEVICE_B, system)


class WorkerTask(Task):
    def __init__(self, priority, queue, link):
        super().__init__(WORKER, priority, queue, False, link)
        self.record = WorkerRecord()

    def run(self, packet, system):
        if packet is None:
            return self.wait()
        r = self.record
        r.destination = HANDLER_B if r.destination == HANDLER_A else HANDLER_A
        packet.ident = r.destination
        packet.datum = 0
        for i in range(BUFFER_SIZE):
            r.count += 1
            if r.count > 26:
                r.count = 1
            packet.data[i] = 64 + r.count
        return self.send(packet, system)


class HandlerTask(Task):
    def __init__(self, ident, priority, queue, link):
        super().__init__(ident, priority, queue, False, link)
        self.record = HandlerRecord()

    def run(self, packet, system):
        r = self.record
        if packet is not None:
            if packet.kind == WORK:
                r.work_in = packet.append_to(r.work_in)
            else:
                r.device_in = packet.append_to(r.device_in)
        work = r.work_in
        if work is None:
            return self.wait()
        count = work.datum
        if count >= BUFFER_SIZE:
            r.work_in = work.link
            return self.send(work, system)
        device = r.device_in
        if device is None:
            return self.wait()
        r.device_in = device.link
        device.datum = work.data[count]
        work.datum = count + 1
        return self.send(device, system)


class DeviceTask(Task):
    def __init__(self, ident, priority, link):
        super().__init__(ident, priority, None, False, link)
        self.record = DeviceRecord()

    def run(self, packet, system):
        r = self.record
        if packet is None:
            packet = r.pending
            if packet is None:
                return self.wait()
            r.pending = None
            return self.send(packet, system)
        r.pending = packet
        return self.hold(system)


def run():
    system = Scheduler()
    idle = IdleTask(None)
    system.add(idle)

    queue = Packet(None, 0, WORK)
    queue = Packet(queue, 0, WORK)
    worker = WorkerTask(1000, queue, idle)
    system.add(worker)

    queue = Packet(None, DEVICE_A, DEV)
    queue = Packet(queue, DEVICE_A, DEV)
    queue = Packet(queue, DEVICE_A, DEV)
    handler_a = HandlerTask(HANDLER_A, 2000, queue, worker)
    system.add(handler_a)

    queue = Packet(None, DEVICE_B, DEV)
    queue = Packet(queue, DEVICE_B, DEV)
    queue = Packet(queue, DEVICE_B, DEV)
    handler_b = HandlerTask(HANDLER_B, 3000, queue, handler_a)
    system.add(handler_b)

    device_a = DeviceTask(DEVICE_A, 4000, handler_b)
    system.add(device_a)
    device_b = DeviceTask(DEVICE_B, 5000, device_a)
    system.add(device_b)

    system.schedule()
    return system.hold_count == 9297 and system.queue_count == 23246


def main():
    good = 0
    for _ in range(150):
        if run():
            good += 1
    print(good)


main()
