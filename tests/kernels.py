"""Kernels for tests: processes that train, are told what to do, and can be killed."""

import multiprocessing
import os
import signal
import time

import pytest

START = 60
"""Seconds that starting may take on a machine that does much else."""


def serve(pipe, environment):
    """A kernel: it obeys, and answers with what came of it."""
    os.environ.update(environment)
    from blockml.errors import BlockmlError
    from blockml.experiment import Experiment
    from blockml.training import Run, train

    run = None
    while True:
        verb, *values = pipe.recv()
        answer = None
        try:
            if verb == "train":
                run = train(Experiment.from_json(values[0]), values[1], device="cpu", wait=False)
            elif verb == "open":
                run = Run.open(values[0])
            elif verb == "resume":
                run.resume(wait=False)
            elif verb == "state":
                state = run.state()
                answer = state.status, state.epoch, state.ahead
            else:
                getattr(run, verb)(*values)
        except BlockmlError as error:
            answer = error.diagnostics[0].code
        pipe.send(answer)


class Kernel:
    """A process that trains."""

    def __init__(self, *, fresh=False, **environment):
        # A server that has imported torch once, with its compiler; each kernel is a fork of it.
        context = multiprocessing.get_context("spawn" if fresh else "forkserver")
        if not fresh:
            context.set_forkserver_preload(["blockml.training", "torch._dynamo"])
        self.pipe, far = context.Pipe()
        shared = {name: os.environ[name] for name in ("BLOCKML_HOME", "BLOCKML_QUEUE")}
        self.process = context.Process(target=serve, args=(far, shared | environment), daemon=True)
        self.process.start()
        far.close()

    def __call__(self, verb, *values):
        self.pipe.send((verb, *values))
        assert self.pipe.poll(START), "the kernel does not answer"
        return self.pipe.recv()

    def until(self, *statuses, seconds=START, epoch=0):
        """Wait until the run has one of these states; the seconds that it took."""
        started = time.monotonic()
        while True:
            state = self("state")
            passed = time.monotonic() - started
            if state[0] in statuses and state[1] >= epoch:
                return passed
            assert passed < seconds, f"waited for {statuses}, it is {state}"
            time.sleep(0.01)

    def kill(self):
        if self.process.is_alive():
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()


@pytest.fixture
def kernel():
    made = []

    def make(**environment):
        made.append(Kernel(**environment))
        return made[-1]

    yield make
    for one in made:
        one.kill()
