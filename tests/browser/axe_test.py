#!/usr/bin/env python3
"""Asks axe, the checker of accessibility, about every page that lfmfit writes, in every look that a page can have.

usage: axe_test.py LFMFIT_BINARY APP_FOLDER [TEST ...]      APP_FOLDER: where scripts/app built the app (build/app)
exit code 77: selenium, Chromium or axe is not installed (npm install --prefix tests/process axe-core).
"""

import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import chromium

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tests" / "process" / "node_modules" / "axe-core" / "axe.min.js"

LOOKS = {  # width, features of media, kind of media
    "desktop": (1280, {}, ""),
    "phone": (390, {}, ""),
    "narrow": (320, {}, ""),
    "dark": (1280, {"prefers-color-scheme": "dark"}, ""),
    "dark phone": (390, {"prefers-color-scheme": "dark"}, ""),
    "forced colours": (1280, {"forced-colors": "active"}, ""),
    "print": (800, {}, "print"),
}

binary = ""
app = Path()
folder = Path()
browser = None


def js(script, *arguments):
    return browser.execute_script(script, *arguments)


def until(script, limit=120):
    end = time.monotonic() + limit
    while not js(script):
        if time.monotonic() > end: raise AssertionError(f"after {limit} s still not: {script}")
        time.sleep(0.05)


def violations():
    """What axe finds: rule, and the first element of each kind."""
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.execute_async_script("const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((result) => done(result.violations), (problem) => done([{id: String(problem), nodes: []}]));")
    return [f"{rule['id']}: {len(rule['nodes'])} times, as {node['html'][:160]} ({node.get('failureSummary', '')[:300]})" for rule in found for node in rule["nodes"][:1] or [{"html": ""}]]


class Accessibility(unittest.TestCase):
    def look(self, address, state, prepare, looks=LOOKS):
        for name in looks:
            width, features, media = LOOKS[name]
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [{"name": feature, "value": value} for feature, value in features.items()]})
            browser.get("about:blank")
            browser.get(f"file://{address}{state}")
            prepare()
            with self.subTest(look=name, state=state):
                self.assertEqual(violations(), [])
                if not media: self.assertLessEqual(js("return document.documentElement.scrollWidth"), width)
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})

    def look_at_page(self, name, arguments, states):
        path = folder / name
        subprocess.run([binary, "page", *arguments, "-o", str(path)], check=True, capture_output=True)
        self.look_at_states(path, states, self.show_everything)

    def look_at_states(self, path, states, prepare):
        """The first in every look, the others in those that differ most."""
        self.look(path, states[0], prepare)
        for state in states[1:]: self.look(path, state, prepare, ("dark", "narrow"))

    @staticmethod
    def show_everything():
        js("if (typeof drawAllWaiting === 'function') drawAllWaiting(); document.querySelectorAll('details').forEach((item) => { item.open = true; });")

    def test_the_page_of_a_model(self):
        self.look_at_page("page.html", ["qwen3-8b"], ["#pin=rtx-3060-12gb,apple-macbook-pro-m4-pro-24gb,ryzen-9-9950x&q=F16&c=40960&k=q4_0&np=8", "", "#gpus.find=nothing%20of%20that%20name"])

    def test_the_page_of_a_model_that_nothing_holds(self):
        self.look_at_page("giant.html", ["moonshotai/Kimi-K2-Instruct"], ["#pin=rtx-4090"])

    def test_the_page_of_a_model_on_vllm(self):
        self.look_at_page("vllm.html", ["qwen3-8b", "--runtime", "vllm"], ["#pin=rtx-4090,h100-sxm,rtx-3060-12gb&tp=2&k=fp8", ""])

    def test_the_page_of_a_model_on_mlx(self):
        self.look_at_page("mlx.html", ["qwen3-8b", "--runtime", "mlx"], ["#pin=apple-macbook-air-m1-8gb", ""])

    def test_the_index_of_a_site(self):
        subprocess.run([binary, "page", "lfm2-1.2b", "--all", "-o", str(folder / "site")], check=True, capture_output=True)
        self.look_at_states(folder / "site" / "index.html", ("#device=rtx-3060-12gb", "", "#device=a100%2040gb", "#device=nothing"), self.show_everything)


@unittest.skipUnless(len(sys.argv) > 2 and (Path(sys.argv[2]) / "lfmfit.html").exists(), "the app is not built")
class TheApp(Accessibility):
    @staticmethod
    def settle():
        until("return !!document.getElementById('page').dataset.ready && !!document.getElementById('quantizations').dataset.whole && !busy")
        js("document.querySelectorAll('details:not(.list)').forEach((item) => { item.open = true; });")

    def test_the_app(self):
        self.look_at_states(app / "lfmfit.html", ("", "#model=Qwen%2FQwen3-32B&device=2x%20rtx-3090%20%2B%20vram%3D8GiB%2Cbandwidth%3D300%2C%20ram%3D64GiB&context=%2232k%22", "#model=nothing%20known",
                      "#model=qwen3-8b&device=h100-sxm&runtime=vllm", "#model=qwen3-8b&device=apple-macbook-pro-m1-pro-32gb&runtime=mlx"), self.settle)

    def test_its_tables_and_what_was_kept(self):
        def prepare():
            self.settle()
            js("document.querySelectorAll('details').forEach((item) => { item.open = true; }); document.getElementById('keep').click();")
            until("return !!document.getElementById('devices').dataset.whole && !!document.getElementById('models').dataset.whole && !document.getElementById('kept').hidden")
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
        for width in (1280, 390):
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
            browser.get("about:blank")
            browser.get(f"file://{app}/lfmfit.html")
            prepare()
            with self.subTest(width=width): self.assertEqual(violations(), [])


def main():
    global binary, app, folder, browser
    if len(sys.argv) < 3: sys.exit(__doc__)
    if not AXE.exists():
        print("skipped: axe is not installed")
        sys.exit(77)
    binary, app = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        browser, reason = chromium.start()
        if not browser:
            print(f"skipped: {reason}")
            sys.exit(77)
        try:
            unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
