#!/usr/bin/env python3
"""Validates lfmfit's JSON against data/schema/ with an independent validator: validate.py LFMFIT ROOT."""
import json
import pathlib
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

program, root = sys.argv[1], pathlib.Path(sys.argv[2])


def run(*args, text=""):
    return subprocess.run([program, *args], input=text, capture_output=True, text=True, check=False).stdout


def validator(name):
    schema = json.loads((root / "data/schema" / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


failures = answers = 0


def check(schema, document, what):
    global failures, answers
    answers += 1
    for error in schema.iter_errors(document):
        failures += 1
        print(f"{what}: {'/'.join(map(str, error.path))}: {error.message[:300]}")


report, estimate = validator("report.schema.json"), validator("estimate.schema.json")
check(validator("detect.schema.json"), json.loads(run("detect", "--json")), "detect")
for args in (["--json"], ["--json", "--all"], ["--json", "--method", "page"], ["--json", "-c", "128k", "-np", "4", "--on", "rtx-3060"],
             ["llama-3.3-70b", "--json", "-c", "max", "-ctk", "q8_0"], ["lfm2-8b-a1b", "--json", "--backend", "cpu"],
             ["--json", "--on", "vram=24GiB", "-c", "fit"], ["--json", "--runtime", "vllm"],
             ["qwen3-14b", "--json", "--runtime", "vllm", "--on", "rtx-5090", "-q", "AWQ"]):
    check(report, json.loads(run(*args)), " ".join(args))
check(estimate, json.loads(run("explain", "--json", "lfm2-8b-a1b", "-ncmoe", "4", "--on", "rtx-4090")), "explain")
for line in run("check", "--json", "--on", "rtx-4090", "--on", "dgx-h100").splitlines():
    check(estimate, json.loads(line), "check")
plan, fits = validator("plan.schema.json"), validator("fits.schema.json")
for args in (["qwen3-14b", "-c", "32k", "--on", "rtx-3060"], ["llama-3.3-70b", "-c", "32k", "--on", "rtx-4090", "--min-speed", "20"],
             ["lfm2-8b-a1b", "-c", "32k"], ["qwen3-14b", "--on", "rtx-5090", "--runtime", "vllm"], ["bge-m3", "--on", "rtx-3060"],
             ["qwen3-30b-a3b", "--on", "rtx-3060, ram=32GiB"], ["lfm2-1.2b", "--on", "apple-macbook-air-m1-8gb"]):
    check(plan, json.loads(run("plan", *args, "--json")), "plan " + " ".join(args))
check(fits, json.loads(run("fits", "rtx-3060", "--top", "5", "--json")), "fits")
check(fits, json.loads(run("fits", "apple-macbook-air-m1-8gb", "--family", "lfm2", "--json")), "fits of a family")
check(estimate, json.loads(run("check", "llama-3.1-8b", "-c", "128k", "--ram", "4GiB", "--on", "rtx-3060", "--json")), "check with changes")
requests = [{"id": 1, "model": "LiquidAI/LFM2-1.2B"}, {"id": "two", "model": "LiquidAI/LFM2-8B-A1B", "device": "rtx-3060", "context": "fit"},
            {"model": "LiquidAI/LFM2-1.2B", "outputs": "all", "backend": "cpu"}, {"id": 4, "model": "nobody"}, {"id": 5},
            {"id": 6, "model": "LiquidAI/LFM2-1.2B", "method": "page", "device": "mi300x", "context": "max"},
            {"id": 7, "model": "LiquidAI/LFM2-1.2B", "available_bytes": 10**9, "runtime_bytes": 0, "context": "fit"},
            {"id": 8, "runtime": "vllm", "model": "LiquidAI/LFM2-1.2B", "device": "h100-sxm"}, {"id": 9, "runtime": "vllm@0.20", "model": "LiquidAI/LFM2-1.2B"},
            {"id": 10, "runtime": "vllm", "model": "Qwen/Qwen3-32B", "device": "2x rtx-4090", "tensor_parallel_size": 2, "max_model_len": "auto", "max_loras": 1}]
lines = run("batch", text="".join(json.dumps(r) + "\n" for r in requests) + "broken\n").splitlines()
if len(lines) != len(requests) + 1:
    failures += 1
    print(f"batch: {len(requests) + 1} requests, {len(lines)} answers")
for line in lines:
    check(estimate, json.loads(line), "batch " + line[:60])

# The schemas must be able to fail.
broken = json.loads(run("--json", "--top", "1"))
broken["gpus"][0]["verdict"] = "fine"
if report.is_valid(broken):
    failures += 1
    print("the report's schema accepts a verdict that does not exist")

print(f"{answers} answers checked, {failures} failures")
sys.exit(1 if failures else 0)
