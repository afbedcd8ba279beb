#!/usr/bin/env python3
"""Validates the reports of `lfmfit check --contract` with validators that nobody here wrote: contract_test.py LFMFIT ROOT.

Always: Python's XML parser and, of Debian, python3-jsonschema. Where they are installed: xmllint, prove, and from npm
@microsoft/sarif-multitool-linux and junit2json (npm install --prefix tests/process ...).
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

program, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
contracts = root / "tests/fixtures/contracts"
modules = root / "tests/process/node_modules"
failures = checks = 0


def check(what, holds, more=""):
    global failures, checks
    checks += 1
    if not holds:
        failures += 1
        print(f"FAILED: {what} {more}"[:2000])


def lfmfit(*args, cwd=contracts):
    return subprocess.run([program, *args], capture_output=True, text=True, check=False, cwd=cwd)


def run(*args, text=None, cwd=None):
    return subprocess.run([str(arg) for arg in args], input=text, capture_output=True, text=True, check=False, cwd=cwd)


def schema(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(document)
    kind.check_schema(document)
    return kind(document)


def report(form, contract="states.json", *more):
    return lfmfit("check", "--contract", contract, "--report", f"{form}=-", *more).stdout


# The contract's schema and lfmfit agree on what a contract is.
contract_schema = schema(root / "data/schema/contract.schema.json")
good = {"schema": "lfmfit.contract/1", "checks": [{"id": "a", "model": "LFM2-1.2B", "on": "rtx-4090", "require": {"fits": True}}]}
changes = [
    (True, lambda c: None),
    (True, lambda c: c.update({"$schema": "x", "name": "n", "lfmfit": ">=0.1", "data": []}) or c.pop("data")),
    (True, lambda c: c.update(defaults={"context": ["4k", 8192], "users": 2, "when_unsure": "warn", "placement": "partial"})),
    (True, lambda c: c["checks"][0].update(level="warn", depth="half", bound="typical", runtime="llama.cpp", cpu_moe=False)),
    (True, lambda c: c["checks"][0]["require"].update(headroom="10 %", max_first_token="2 s", max_file=10**9, verdict="tight")),
    (True, lambda c: c["checks"][0].update(context="fit", require={"min_context": "4k", "min_decode_each": 1, "measured": False})),
    (True, lambda c: (c.update(targets={"t": {"device": "rtx-4090", "reserve": "5 %", "ram": "64 GiB"}}), c["checks"][0].update(on="t"))),
    (True, lambda c: c.update(tolerance={"memory": {"percent": 1, "absolute": "64 MiB"}, "decode": {"percent": 0}})),
    (False, lambda c: c.update(schema="lfmfit.contract/2")),
    (False, lambda c: c.update(checks=[])),
    (False, lambda c: c.update(check=[])),
    (False, lambda c: c["checks"][0].pop("on")),
    (False, lambda c: c["checks"][0].update(id="a b")),
    (False, lambda c: c["checks"][0].update(model=[])),
    (False, lambda c: c["checks"][0].update(users=0)),
    (False, lambda c: c["checks"][0].update(level="fatal")),
    (False, lambda c: c["checks"][0].update(require={})),
    (False, lambda c: c["checks"][0]["require"].update(fits="yes")),
    (False, lambda c: c["checks"][0]["require"].update(headroom="1 G")),
    (False, lambda c: c["checks"][0]["require"].update(min_decode=0)),
    (False, lambda c: c["checks"][0]["require"].update(max_first_token="2 min")),
    (False, lambda c: c.update(tolerance={"speed": {}})),
    (False, lambda c: c.update(targets={"t": {"memory": "8 GiB"}})),
]
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "c.json"
    for valid, change in changes:
        contract = json.loads(json.dumps(good))
        change(contract)
        path.write_text(json.dumps(contract), encoding="utf-8")
        taken = lfmfit("check", "--contract", str(path))
        check(f"schema of {contract}", contract_schema.is_valid(contract) == valid)
        check(f"lfmfit takes {contract}", (taken.returncode != 2) == valid, taken.stderr)

# Its own JSON.
result_schema = schema(root / "data/schema/contract-result.schema.json")
for contract in ("kiosk.json", "states.json"):
    answer = json.loads(lfmfit("check", "--contract", contract, "--json").stdout)
    for error in result_schema.iter_errors(answer):
        check(f"JSON of {contract}", False, f"{list(error.path)}: {error.message}")
    checks += 1
answer["contracts"][0]["cases"][0]["state"] = "fine"
check("the schema of results can fail", not result_schema.is_valid(answer))

# JUnit: what consumers read of it, and the sums.
junit = report("junit")
suites = ElementTree.fromstring(junit)
check("JUnit's outermost element", suites.tag == "testsuites")
for suite in suites:
    cases = suite.findall("testcase")
    check("JUnit counts its cases", suite.get("tests") == str(len(cases)))
    for kind, key in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        check(f"JUnit counts {key}", suite.get(key) == str(sum(case.find(kind) is not None for case in cases)))
    names = [case.get("name") for case in cases]
    check("JUnit's names are unique", len(set(names)) == len(names))
    check("JUnit names suite and class alike", {case.get("classname") for case in cases} == {suite.get("name")})
    check("JUnit's failures have a text", all(case.find("failure").text for case in cases if case.find("failure") is not None))
check("a name survives the escapes", suites[0].get("name") == "mixed <&\"' | % team")
if shutil.which("xmllint"):
    check("xmllint takes the JUnit report", run("xmllint", "--noout", "-", text=junit).returncode == 0)
if (modules / "junit2json").is_dir() and shutil.which("node"):
    script = "import {parse} from 'junit2json';let t='';for await(const c of process.stdin)t+=c;console.log(JSON.stringify(await parse(t)))"
    parsed = run("node", "--input-type=module", "-e", script, text=junit, cwd=modules.parent)
    tree = json.loads(parsed.stdout or "{}")
    counts = [tree.get(key) for key in ("tests", "failures", "errors", "skipped")]
    check("junit2json reads the counts", counts == [5, 1, 1, 2] and len(tree["testsuite"][0]["testcase"]) == 5, f"{counts} {parsed.stderr}")

# SARIF, by its published schema and Microsoft's validator, which exits with 0 whatever it finds.
tool = modules / "@microsoft/sarif-multitool-linux"
if tool.is_dir():
    sarif_schema = schema(tool / "sarif-2.1.0.json")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "o.sarif"
        for broken in (False, True):
            sarif = json.loads(report("sarif"))
            if broken:
                del sarif["runs"][0]["results"][0]["message"]
            check("the schema of SARIF", sarif_schema.is_valid(sarif) != broken, str(broken))
            path.write_text(json.dumps(sarif), encoding="utf-8")
            executable = next(p for p in (tool / "Sarif.Multitool", tool / "sarif") if p.exists())
            executable.chmod(0o755)
            found = run(executable, "validate", path, "--rule-kind", "Sarif;Gh;Ghas", "--level", "Error;Warning")
            # lfmfit has no page to point to, which that rule asks for
            says = "\n".join(line for line in (found.stdout + found.stderr).splitlines() if "informationUri" not in line)
            check("Microsoft's validator of SARIF", (": error " in says or ": warning " in says) == broken, says)
sarif = json.loads(report("sarif"))
rules = {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
results = sarif["runs"][0]["results"]
check("SARIF's results name rules that it lists", {result["ruleId"] for result in results} <= rules)
prints = [result["partialFingerprints"]["caseAndRule/v1"] for result in results]
check("SARIF's fingerprints are unique", len(set(prints)) == len(prints))

# TAP, by Perl's harness.
if shutil.which("prove"):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "o.tap"
        path.write_text(report("tap"), encoding="utf-8")
        proved = run("prove", "-e", "cat", path)
        check("prove counts two failures of five", "Failed 2/5" in proved.stdout, proved.stdout)
        path.write_text(report("tap", "kiosk.json"), encoding="utf-8")
        check("prove passes what holds", run("prove", "-e", "cat", path).returncode == 0)

# GitLab's code quality: what its documentation asks for.
gitlab = jsonschema.Draft202012Validator({
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object", "required": ["path", "lines"],
                "properties": {"path": {"type": "string", "pattern": "^[^./]"}, "lines": {"type": "object", "required": ["begin"]}},
            },
        },
    },
})
quality = json.loads(report("gitlab"))
check("GitLab's code quality", gitlab.is_valid(quality) and len(quality) > 0)
check("GitLab's fingerprints are unique", len({each["fingerprint"] for each in quality}) == len(quality))

print(f"{checks} checks, {failures} failures")
sys.exit(1 if failures else 0)
