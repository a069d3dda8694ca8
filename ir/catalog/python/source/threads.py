"""`threading`: a thread runs when it is started, to its end. What would have to wait for another one is an error."""

import sys
import threading


class Lock:
    def __init__(self):
        self._is_held = False

    def acquire(self, blocking: bool = True, timeout: float = -1):
        if self._is_held:
            if blocking and timeout < 0:
                threading._stuck("a lock")
            return False
        self._is_held = True
        return True

    def release(self):
        if not self._is_held:
            raise RuntimeError("release unlocked lock")
        self._is_held = False

    def locked(self):
        return self._is_held

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


class RLock:
    def __init__(self):
        self._count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1):
        self._count += 1
        return True

    def release(self):
        if self._count == 0:
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


class Semaphore:
    def __init__(self, value=1):
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._value = value

    def acquire(self, blocking: bool = True, timeout: float = None):
        if self._value == 0:
            if blocking and timeout is None:
                threading._stuck("a semaphore")
            return False
        self._value -= 1
        return True

    def release(self, n=1):
        self._value += n

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


class BoundedSemaphore:
    def __init__(self, value=1):
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._value = value
        self._initial_value = value

    def acquire(self, blocking: bool = True, timeout: float = None):
        if self._value == 0:
            if blocking and timeout is None:
                threading._stuck("a semaphore")
            return False
        self._value -= 1
        return True

    def release(self, n=1):
        if self._value + n > self._initial_value:
            raise ValueError("Semaphore released too many times")
        self._value += n

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


class Event:
    def __init__(self):
        self._flag = False

    def is_set(self):
        return self._flag

    def set(self):
        self._flag = True

    def clear(self):
        self._flag = False

    def wait(self, timeout: float = None):
        if not self._flag and timeout is None:
            threading._stuck("an event")
        return self._flag


class Thread:
    def __init__(self, group: object = None, target=None, name: str = None, daemon: bool = None, _word: str = ""):
        self._target = target
        self.name = f"Thread-{threading._next()}{_word}" if name is None else name
        self.daemon = bool(daemon)
        self._started = False

    def run(self):
        if self._target is not None:
            self._target()

    def start(self):
        if self._started:
            raise RuntimeError("threads can only be started once")
        self._started = True
        threading._enter(self.name)
        try:
            self.run()
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            threading._leave()

    def join(self, timeout: float = None):
        if not self._started:
            raise RuntimeError("cannot join thread before it is started")

    def is_alive(self):
        return False


class CurrentThread:
    def __init__(self, name: str):
        self.name = name

    def is_alive(self):
        return True


def current_thread():
    return CurrentThread(threading._current())


def main_thread():
    return CurrentThread("MainThread")
