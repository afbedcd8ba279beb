#!/usr/bin/env python3
"""Validates what `lfmfit fleet` writes with validators that nobody here wrote: fleet_test.py LFMFIT ROOT.

Bash reads the job scripts. From npm, where they are installed (npm install --prefix tests/process ...): the types of
@kubernetes/client-node, @bufbuild/cel for selectors of devices, dclint for compose files.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

program, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
inventories, modules = root / "tests/fixtures/fleet", root / "tests/process/node_modules"
failures = checks = 0

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)


def check(what, holds, more=""):
    global failures, checks
    checks += 1
    if not holds:
        failures += 1
        print(f"FAILED: {what} {more}"[:3000])


def run(*args, cwd=None):
    return subprocess.run([str(arg) for arg in args], capture_output=True, text=True, check=False, cwd=cwd)


def emit(form, inventory, folder, *more):
    done = run(program, "fleet", "LFM2-8B-A1B", "llama-3.3-70b", "--inventory", inventories / inventory, "--users", "60", "--context-each", "8k",
               "--emit", form, "-o", folder, *more)
    check(f"{form} of {inventory}", done.returncode in (0, 1), done.stderr)
    return sorted(pathlib.Path(folder).iterdir())


schema = json.loads((root / "data/schema/fleet.schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for inventory in ("nodes.json", "slices.json", "slurm.json", "smi.xml", "hosts.csv"):
    answer = json.loads(run(program, "fleet", "LFM2-8B-A1B", "llama-3.3-70b", "--inventory", inventories / inventory, "--json").stdout)
    for error in validator.iter_errors(answer):
        check(f"JSON of {inventory}", False, f"{list(error.path)}: {error.message}")
    checks += 1
answer["pools"][0].pop("usable_bytes")
check("the schema can fail", not validator.is_valid(answer))

node = shutil.which("node")
with tempfile.TemporaryDirectory() as folder:
    if node and (modules / "@kubernetes/client-node").is_dir() and (modules / "@bufbuild/cel").is_dir():
        for form in ("kubernetes", "kserve"):
            for inventory in ("nodes.json", "slices.json", "smi.xml"):
                target = pathlib.Path(folder) / f"{form}-{inventory}"
                files = emit(form, inventory, target)
                script = root / "tests/process/manifests.mjs"
                done = run(node, script, inventories / "slices.json", *files)
                check(f"Kubernetes' types take {form} of {inventory}", done.returncode == 0, done.stdout + done.stderr)
                text = files[0].read_text(encoding="utf-8")
                for right, wrong in (("containers:", "container:"), ("readOnly: true", "readOnly: 'true'")):
                    files[0].write_text(text.replace(right, wrong), encoding="utf-8")
                    check(f"Kubernetes' types refuse {wrong}", run(node, script, inventories / "slices.json", *files).returncode == 1)
    else:
        print("without @kubernetes/client-node and @bufbuild/cel: Kubernetes' manifests are not validated")
    for file in emit("slurm", "slurm.json", pathlib.Path(folder) / "slurm"):
        check(f"bash reads {file.name}", run("bash", "-n", file).returncode == 0)
        lines = file.read_text(encoding="utf-8").splitlines()
        options = [line for line in lines if line.startswith("#SBATCH")]
        # sbatch stops looking for options at the first command
        first = next(i for i, line in enumerate(lines) if line and not line.startswith("#"))
        check(f"{file.name} says all options first", all(line in lines[:first] for line in options) and len(options) >= 6)
    files = emit("compose", "smi.xml", pathlib.Path(folder) / "compose") + emit("compose", "hosts.csv", pathlib.Path(folder) / "compose2")
    if node and (modules / "dclint").is_dir():
        for file in files:
            done = run(node, modules / "dclint/bin/dclint.cjs", file, "-f", "json", cwd=modules.parent)
            errors = [each for each in json.loads(done.stdout or "[]") if each.get("errorCount")]
            check(f"dclint takes {file.name}", done.stdout and not errors, done.stdout + done.stderr)
        broken = pathlib.Path(folder) / "compose" / "broken.yaml"
        broken.write_text(files[0].read_text(encoding="utf-8").replace("capabilities:", "abilities:"), encoding="utf-8")
        done = run(node, modules / "dclint/bin/dclint.cjs", broken, "-f", "json", cwd=modules.parent)
        check("dclint refuses what is wrong", any(each.get("errorCount") for each in json.loads(done.stdout or "[]")), done.stdout)
    else:
        print("without dclint: compose files are not validated")

print(f"{checks} checks, {failures} failures")
sys.exit(1 if failures else 0)
