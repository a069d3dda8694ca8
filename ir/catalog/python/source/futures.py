"""`concurrent.futures`: each task runs when it is handed in."""

import threading


class Future:
    def __init__(self):
        self._result = None
        self._error: Exception = None

    def result(self, timeout: float = None):
        if self._error is not None:
            raise self._error
        return self._result

    def exception(self, timeout: float = None):
        return self._error

    def done(self) -> bool:
        return True

    def running(self) -> bool:
        return False

    def cancel(self) -> bool:
        return False

    def cancelled(self) -> bool:
        return False

    def add_done_callback(self, fn):
        fn(self)


class ThreadPoolExecutor:
    def __init__(self, max_workers: int = None, thread_name_prefix: str = ""):
        if max_workers is not None and max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        self._is_open = True

    def submit(self, fn, *args, **kwargs):
        if not self._is_open:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = Future()
        threading._enter("ThreadPoolExecutor-0_0")
        try:
            future._result = fn(*args, **kwargs)
        except Exception as error:
            future._error = error
        finally:
            threading._leave()
        return future

    def map(self, fn, *iterables, timeout: float = None, chunksize: int = 1):
        return iter([fn(*row) for row in zip(*iterables)])

    def shutdown(self, wait: bool = True, cancel_futures: bool = False):
        self._is_open = False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._is_open = False


def as_completed(fs, timeout: float = None):
    return iter(list(fs))
