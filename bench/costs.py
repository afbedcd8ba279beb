#!/usr/bin/env python3
"""What lfmfit costs, from outside: bench/costs.py [LFMFIT [PEER ...]]

Each command runs several times; the table has the least processor time (what a busy machine disturbs least), the least wall
time, and the most memory. A C++ program that prints a line stands beside it. A PEER is a command line of another tool, quoted.
"""
import json
import os
import pathlib
import shlex
import struct
import subprocess
import sys
import tempfile
import time

program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release/lfmfit").resolve()
RUNS = 10


def once(command, stdin):
    """Seconds of wall time, of processor time, and MB at most: as a small program sees it, since Python's own memory would count."""
    with open(stdin or os.devnull, "rb") as given:
        told = subprocess.run([runner, *command], stdin=given, capture_output=True, text=True, check=True).stdout.split()
    return float(told[0]), float(told[1]), float(told[2])


def compiled(folder, name, text):
    source, binary = folder / f"{name}.cpp", folder / name
    source.write_text(text)
    subprocess.run(["c++", "-O2", source, "-o", binary], check=True)
    return binary


RUNNER = r"""
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <cstdio>
int main(int, char** argv) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 1);
    dup2(nowhere, 2);
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  rusage used{};
  int status = 0;
  wait4(child, &status, 0, &used);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const auto seconds = [](const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
  std::printf("%f %f %f\n", wall.count(), seconds(used.ru_utime) + seconds(used.ru_stime), double(used.ru_maxrss) / 1000);
}
"""

HELLO = r"""
#include <iostream>
int main() { std::cout << "hello\n"; }
"""


def row(name, command, stdin=None, runs=RUNS, per=None):
    times = [once(command, stdin) for _ in range(runs)]
    wall, cpu, memory = min(t[0] for t in times), min(t[1] for t in times), max(t[2] for t in times)
    each = f", {per / cpu:,.0f} a second" if per else ""
    print(f"| {name} | {cpu * 1e3:,.1f} ms{each} | {wall * 1e3:,.1f} ms | {memory:,.1f} MB |", flush=True)


def gguf(path, tokens):
    """A file's header with a vocabulary of so many tokens, and no tensors: what reading it costs, not what it says."""
    def text(value):
        raw = value.encode()
        return struct.pack("<Q", len(raw)) + raw

    keys = [text("general.architecture") + struct.pack("<I", 8) + text("llama"),
            text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, tokens) + b"".join(text(f"token {i}") for i in range(tokens)),
            text("tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, tokens) + b"\0" * (4 * tokens),
            text("tokenizer.ggml.token_type") + struct.pack("<IIQ", 9, 5, tokens) + b"\0" * (4 * tokens)]
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys)) + b"".join(keys))
    return path


def lines(path, count, line):
    path.write_text("".join(json.dumps(line(i)) + "\n" for i in range(count)))
    return path


MODELS = ["LFM2-1.2B", "Qwen3-8B", "Llama-3.3-70B-Instruct", "gpt-oss-20b"]
DEVICES = ["rtx-4090", "rtx-3060", "h100-sxm", "rx-7900-xtx", "apple-mac-mini-m1-8gb"]


def contract(path, count):
    checks = [{"id": f"c{i}", "model": MODELS[i % 4], "on": DEVICES[i % 5], "require": {"fits": True}} for i in range(count)]
    head = {"schema": "lfmfit.contract/1", "name": "costs", "defaults": {"quantization": "Q4_K_M", "context": "8k"}}
    path.write_text(json.dumps({**head, "checks": checks}).replace('{"id"', '\n{"id"'))
    return path


with tempfile.TemporaryDirectory() as name:
    here = pathlib.Path(name)
    os.environ["XDG_DATA_HOME"] = name
    runner = compiled(here, "runner", RUNNER)
    print(f"{subprocess.run([program, '--version'], check=True, capture_output=True, text=True).stdout.strip()}\n")
    print("| what | processor | wall | memory |\n| --- | ---: | ---: | ---: |")
    row("a C++ program that prints a line", [compiled(here, "hello", HELLO)])
    row("lfmfit --version", [program, "--version"])
    row("lfmfit, the main report on every device", [program])
    row("lfmfit --json, the same with all that is known", [program, "--json"])
    row("lfmfit check, one model on one device", [program, "check", "lfm2-1.2b", "--on", "rtx-4090"])
    row("lfmfit check -c fit of a 70B, 17 replays", [program, "check", "llama-3.3-70b", "--on", "h100-sxm", "-c", "fit"])
    same = lines(here / "same", 100_000, lambda i: {"id": i, "model": MODELS[0], "device": DEVICES[0]})
    row("batch, 100,000 lines that ask the same", [program, "batch"], same, 3, 100_000)
    some = lines(here / "some", 20_000, lambda i: {"id": i, "model": MODELS[i % 4], "device": DEVICES[i // 4 % 5], "context": 4096})
    row("batch, 20,000 lines of 4 models on 5 devices", [program, "batch"], some, 3, 20_000)
    mixed = lines(here / "mixed", 2_000, lambda i: {"model": MODELS[i % 4], "device": DEVICES[i // 4 % 5], "context": 1024 + 256 * i})
    row("batch, 2,000 lines, each another context", [program, "batch"], mixed, 2, 2_000)
    unknown = lines(here / "unknown", 500, lambda i: {"model": f"nobody/model-{i}", "device": DEVICES[0]})
    row("batch, 500 unknown names", [program, "batch"], unknown, 3, 500)
    row("contract of 10,000 cases", [program, "check", "--contract", contract(here / "c.json", 10_000)], None, 3, 10_000)
    for tokens in (65_536, 262_144):
        row(f"GGUF header of {tokens:,} tokens", [program, "inspect", gguf(here / f"{tokens}.gguf", tokens)])
    row("page of one model", [program, "page", "lfm2-1.2b", "-o", here / "page.html"], None, 5)
    for peer in sys.argv[2:]:
        row(f"`{peer}`", shlex.split(peer), None, 5)
