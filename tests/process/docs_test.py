#!/usr/bin/env python3
"""Follows a page of docs/ to the letter: writes the files that it shows, runs its commands in order and compares what
they print: docs_test.py LFMFIT ROOT. LFMFIT_BLESS=1 puts what is printed into the page.

A file is a block behind a line of its name in back quotes and a colon; commands are the lines with $ of a console block.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

program, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
BLOCK = re.compile(r"(?:^`(?P<name>[\w.-]+)`:\n\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
failures = commands = 0
subprocess.run([program, "--version"], check=True, capture_output=True)  # what cannot run must not be blessed


def output_of(command, folder):
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "COLUMNS": "100", "XDG_DATA_HOME": folder,
                   "GITHUB_ACTIONS": ""}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    code = f"[exit code {done.returncode}]\n" if done.returncode else ""
    return done.stdout + done.stderr + code


def follow(page):
    global failures, commands

    def block(match):
        global failures, commands
        name, kind, text = match["name"], match["kind"], match["text"]
        if name:
            (pathlib.Path(folder) / name).write_text(text, encoding="utf-8")
        if kind != "console":
            return match[0]
        told = ""
        for command in re.findall(r"^\$ (.*)$", text, re.M):
            commands += 1
            told += f"$ {command}\n{output_of(command, folder)}"
        if told != text:
            failures += 1
            if not os.environ.get("LFMFIT_BLESS"):
                print(f"{page.name} shows\n{text}\nbut it is\n{told}")
        return match[0].replace(text, told)

    with tempfile.TemporaryDirectory() as folder:
        whole = page.read_text(encoding="utf-8")
        followed = BLOCK.sub(block, whole)
    if os.environ.get("LFMFIT_BLESS"):
        page.write_text(followed, encoding="utf-8")
        failures = 0


for each in sorted((root / "docs").glob("*.md")):
    follow(each)
print(f"{commands} commands followed, {failures} blocks differ")
sys.exit(1 if failures or not commands else 0)
