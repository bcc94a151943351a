"""The Python door of the engine: what it refuses, what it keeps alive, what it costs."""

from __future__ import annotations

import gc
import os
import threading
import time

import numpy as np
import pytest

from simplecell import _native

RELU = {"count": 4}


def program(threads: int = 1) -> tuple[_native.Program, int, int]:
    p = _native.Program(_native.isas()[0], threads)
    x, y = p.segment("x"), p.segment("y")
    p.add("relu_forward", RELU, {"x": (x, 0, 16), "y": (y, 4, 16)}, label="first")
    return p, x, y


def test_runs_what_was_added() -> None:
    p, x, y = program()
    out = np.full(5, 9, np.float32)
    p.bind(x, np.array([-1, 2, -3, 4], np.float32), False)
    p.bind(y, out, True)
    gc.collect()  # the program holds the only reference to x's array
    p.run()
    np.testing.assert_array_equal(out, [9, 0, 2, 0, 4])
    (step,) = p.steps()
    assert step == {
        "kernel": "relu_forward",
        "label": "first",
        "prologue": False,
        "args": {"count": 4},
        "operands": {"x": (x, 0, 16), "y": (y, 4, 16)},
    }
    assert len(p.profile()) == 1
    assert [s["nbytes"] for s in p.segments()] == [16, 20]


@pytest.mark.parametrize(
    ("kernel", "args", "operands", "message"),
    [
        ("nothing", {}, {}, "no kernel 'nothing'"),
        ("relu_forward", {}, {}, "'count' is missing"),
        ("relu_forward", {"count": 1.0}, {}, "must be an integer"),
        ("relu_forward", {"count": 0}, {}, r"'count' is 0, outside \[1, "),
        ("relu_forward", {"count": 2**70}, {}, "does not fit 64 bits"),
        ("relu_forward", {"count": 4, "n": 1}, {}, "no argument 'n'"),
        ("relu_forward", RELU, {"x": (0, 0, 16)}, "'y' is missing; it needs 16 bytes"),
        ("relu_forward", RELU, {"x": (0, 0, 15), "y": (1, 0, 16)}, "has 15 bytes in segment 'x' and needs 16"),
        ("relu_forward", RELU, {"x": (0, 1, 16), "y": (1, 0, 16)}, "not a multiple of 4"),
        ("relu_forward", RELU, {"x": (0, 0, 16), "y": (0, 8, 16)}, r"\[8, 24\) overlaps 'x' \[0, 16\)"),
        ("relu_forward", RELU, {"x": (7, 0, 16), "y": (0, 8, 16)}, "segment 7; there are 2"),
        ("softmax_forward", {"rows": 2**30, "cols": 2**30}, {}, "'x' is missing"),
        ("nchw_to_nhwc", {"n": 2**30, "c": 2**30, "hw": 2**30}, {}, "overflows"),
        ("sgd", {"count": 4, "momentum": 0.0, "nesterov": 1, "weight_decay": 0.0}, {}, "nesterov needs a momentum"),
    ],
)
def test_add_refuses(
    kernel: str, args: dict[str, int | float], operands: dict[str, tuple[int, int, int]], message: str
) -> None:
    p, _, _ = program()
    with pytest.raises(ValueError, match=message):
        p.add(kernel, args, operands)
    assert len(p.steps()) == 1


def test_groups_must_divide() -> None:
    args = {"co": 6, "c": 4, "kh": 1, "kw": 1, "groups": 4, "transposed": 0}
    with pytest.raises(ValueError, match="6 % 4 = 2"):
        _native.sizes("conv2d_pack", _native.isas()[0], args)


def test_bind_refuses() -> None:
    p, x, y = program()
    with pytest.raises(RuntimeError, match="segment 'x' is not bound; it needs 16 bytes"):
        p.run()
    with pytest.raises(ValueError, match="bound to 12 bytes; its operands reach to 16"):
        p.bind(x, np.zeros(3, np.float32), False)
    with pytest.raises(ValueError, match="read-only"):
        p.bind(y, np.zeros(5, np.float32), False)
    frozen = np.zeros(5, np.float32)
    frozen.setflags(write=False)
    with pytest.raises(ValueError, match="C-contiguous writable array"):
        p.bind(y, frozen, True)
    with pytest.raises(ValueError, match="C-contiguous array"):
        p.bind(x, np.zeros((8, 8), np.float32)[:, ::2], False)
    with pytest.raises(ValueError, match="no segment 5"):
        p.bind(5, np.zeros(5), False)


def test_arrays_at_the_doors_run_as_they_are_and_others_change_nothing() -> None:
    p, x, y = program()
    out = np.full(5, 9, np.float32)
    p.bind(y, out, True)
    p.set_doors([(x, (2, 2))])
    assert p.run_on((np.array([[-1, 2], [-3, 4]], np.float32),))
    np.testing.assert_array_equal(out, [9, 0, 2, 0, 4])
    good = np.ones((2, 2), np.float32)
    for bad in (
        good[0], good[None], np.ones((2, 3), np.float32), np.ones((0, 2), np.float32), good.astype(np.float64),
        good.astype(np.int32), good.astype(">f4"), np.asfortranarray(np.ones((2, 2), np.float32) * [1, 2]),
        np.ones((2, 4), np.float32)[:, ::2], good.astype(object), [[1.0, 2.0], [3.0, 4.0]], b"1234567890123456", None,
    ):  # fmt: skip
        assert not p.run_on((bad,))
    assert not p.run_on(())
    assert not p.run_on((good, good))
    np.testing.assert_array_equal(out, [9, 0, 2, 0, 4])


def test_run_kernel_refuses() -> None:
    isa, x = _native.isas()[0], np.zeros(4, np.float32)
    with pytest.raises(ValueError, match="must be float32, not format 'd'"):
        _native.run_kernel("relu_forward", isa, RELU, {"x": np.zeros(4), "y": x})
    with pytest.raises(ValueError, match="has 12 bytes and needs 16"):
        _native.run_kernel("relu_forward", isa, RELU, {"x": x[:3], "y": x})
    with pytest.raises(ValueError, match="'x' is missing"):
        _native.run_kernel("relu_forward", isa, RELU, {"y": x})
    with pytest.raises(ValueError, match=r"threads is 65, outside \[1, 64\]"):
        _native.run_kernel("relu_forward", isa, RELU, {"x": x, "y": x}, 65)
    with pytest.raises(ValueError, match="this machine runs"):
        _native.run_kernel("relu_forward", "avx1024", RELU, {"x": x, "y": x})


def test_aligned_memory() -> None:
    for nbytes in (0, 1, 63, 1 << 20, (1 << 22) + 5):
        a = _native.aligned(nbytes)
        assert a.nbytes == nbytes
        assert a.ctypes.data % 64 == 0
        assert not a.any()
        a[:] = 1
    with pytest.raises(MemoryError):
        _native.aligned(1 << 60)
    with pytest.raises(ValueError, match="negative"):
        _native.aligned(-1)


def test_every_kernel_says_what_it_needs() -> None:
    names = [row["name"] for row in _native.kernels()]
    assert len(names) == len(set(names))
    for row in _native.kernels():
        assert row["isas"] == _native.isas()
        assert {o["role"] for o in row["operands"]} <= {"in", "out", "inout", "scratch"}


def test_several_python_threads_run_programs_at_once() -> None:
    def work() -> None:
        p, x, y = program(threads=2)
        out = np.zeros(5, np.float32)
        p.bind(x, np.ones(4, np.float32), False)
        p.bind(y, out, True)
        for _ in range(2000):
            p.run()
        done.append(out.sum())

    done: list[float] = []
    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert done == [4.0] * 4


def test_a_forked_child_has_workers_of_its_own() -> None:
    n = 1 << 20
    x, y = np.ones(n, np.float32), np.zeros(n, np.float32)
    isa = _native.isas()[0]
    _native.run_kernel("relu_forward", isa, {"count": n}, {"x": x, "y": y}, 3)
    child = os.fork()
    if child == 0:
        _native.run_kernel("relu_forward", isa, {"count": n}, {"x": x * 2, "y": y}, 3)
        os._exit(0 if y.sum() == 2 * n else 1)
    deadline = time.monotonic() + 20
    while (status := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert status == (child, 0)
