#!/usr/bin/env python3
"""Opens the pages that lfmfit writes in a real browser and compares them with what the command line says.

usage: page_test.py LFMFIT_BINARY [TEST ...]      exit code 77: selenium or Chromium is not installed
LFMFIT_TEST_SITE may name a folder that `lfmfit page --all -o FOLDER` made.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    print("skipped: python3-selenium is not installed")
    sys.exit(77)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
MODEL = "LiquidAI/LFM2-1.2B-RAG"
GIANT = "moonshotai/Kimi-K2-Instruct"
EMBEDDING = "BAAI/bge-m3"  # keeps no cache and decodes nothing
HOSTILE_MODEL = '<script>alert(1)</script>\u202eevil "quoted"'
HOSTILE_DEVICE = '<img src=x onerror=alert(2)> card\u202e "big"'
STATES = [  # quantization, context, cache type, slots
    ("Q4_K_M", 4096, "f16", 1),
    ("Q4_K_M", 128000, "f16", 1),
    ("F16", 32768, "q8_0", 1),
    ("Q2_K", 65536, "q4_0", 2),
    ("Q8_0", 16384, "f16", 4),
    ("Q5_K_M", 128000, "q8_0", 8),
    ("Q3_K_M", 8192, "q4_0", 8),
    ("Q4_0", 128000, "q4_0", 4),
]
TABLES = ["gpus", "unified", "servers", "cpus"]
DASH = "\u2013"

binary = ""
folder = Path()
browser = None


# ---- what the command line says

def lfmfit(*arguments):
    return subprocess.run([binary, *arguments], check=True, capture_output=True, text=True).stdout


def report(model, quantization, context, cache, slots):
    return json.loads(lfmfit(model, "--json", "--all", "-ngl", "all", "-q", quantization, "-c", str(context), "-ctk", cache, "-ctv", cache, "-np", str(slots)))


def devices_of(answer):
    lists = [value for value in answer.values() if isinstance(value, list) and value and isinstance(value[0], dict) and "verdict" in value[0]]
    return {device["id"]: device for devices in lists for device in devices}


def rows_of_one_gpu(devices):
    """The page's rows of devices with one GPU. Of several it shows one, as it says; the command line answers for all."""
    return {id: row for id, row in rows_by_id().items() if devices[id]["gpu_count"] == 1}


def gb(size):
    return f"{size / 1e9:.2f}" if abs(size) < 99.995e9 else f"{size / 1e9:.1f}"


# ---- what the page says

def make_page(name, *arguments):
    path = folder / name
    lfmfit("page", *arguments, "-o", str(path))
    return path


def open_page(path, state="", width=1280, height=900):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(f"file://{path}{state}")


def js(script, *arguments):
    return browser.execute_script(script, *arguments)


def text_of(selector):
    return js("return document.querySelector(arguments[0]).textContent", selector).replace("\u00a0", " ")


def choose(key, text):
    """Chooses an option by its text, as a reader does."""
    js("""const select = document.getElementById("choose-" + arguments[0]);
          select.value = [...select.options].find((option) => option.textContent === arguments[1]).value;
          select.dispatchEvent(new Event("change"));""", key, text)


def choose_state(quantization, context, cache, slots):
    for key, text in (("quantization", quantization), ("context", f"{context:,}"), ("cache", cache), ("slots", str(slots))):
        choose(key, text)


def show_all():
    js("""document.querySelectorAll(".more").forEach((button) => { if (!button.hidden && /all/.test(button.textContent)) button.click(); });""")


def rows_of(table):
    """The rows that a table shows: a dict of the cells' texts by column for each device, in order."""
    return js("""return [...document.querySelectorAll("#" + arguments[0] + "-table tbody tr[data-id]")].map((row) => {
          const cells = {id: row.dataset.id};
          for (const cell of row.children) cells[cell.className.split(" ")[1]] = (cell.querySelector(".value") || cell.querySelector("bdi") || cell).textContent;
          const band = row.querySelector(".band");
          cells.band = band ? band.textContent.trim() : "";
          cells.rough = !!row.querySelector(".rough");
          return cells; })""", table)


def rows_by_id():
    return {row["id"]: row for table in TABLES if js("return !!document.getElementById(arguments[0] + '-table')", table) for row in rows_of(table)}


def search(table, text):
    js("""const input = document.getElementById(arguments[0] + "-find"); input.value = arguments[1]; input.dispatchEvent(new Event("input"));""", table, text)


def filter_by(table, key, value):
    js("""const select = document.getElementById(arguments[0] + "-" + arguments[1]); select.value = arguments[2]; select.dispatchEvent(new Event("change"));""", table, key, value)


def sort_by(table, key):
    js("""document.querySelector("#" + arguments[0] + '-table th[data-key="' + arguments[1] + '"] button').click()""", table, key)


class PageTest(unittest.TestCase):
    """Opens the page of the usual model before each test."""

    @classmethod
    def setUpClass(cls):
        cls.page = folder / "page.html"
        if not cls.page.exists():
            make_page("page.html", MODEL)

    def setUp(self):
        open_page(self.page)

    def assert_rate(self, text, rate, what):
        self.assertRegex(text, r"^[\d.]+$", f"{what}: {rate}")
        self.assertLessEqual(abs(float(text) - rate), (0.05 if rate < 9.95 else 0.5) + rate * 1e-5, what)


class TheFigures(PageTest):
    def in_every_state(self, check):
        for state in STATES:
            choose_state(*state)
            with self.subTest(state=state):
                check(report(MODEL, *state))

    def test_the_headline_is_what_json_says(self):
        def check(answer):
            gpu = answer["memory"]["gpus"][0]
            self.assertEqual(text_of("#total"), f"{gb(gpu['total_bytes'])} GB")
            self.assertIn(f"{gb(gpu['total_low_bytes'])} GB to {gb(gpu['total_high_bytes'])} GB", text_of("#range"))
            self.assertIn(f"{gb(answer['memory']['host']['total_bytes'])} GB", text_of("#host"))
        self.in_every_state(check)

    def test_the_parts_are_what_json_says_and_add_up(self):
        def check(answer):
            gpu = answer["memory"]["gpus"][0]
            parts = [float(part) for part in re.findall(r"\d+\.\d\d", text_of("#sum"))]
            names = ["weights_bytes", "kv_cache_bytes", "state_bytes", "compute_bytes", "runtime_bytes"]
            self.assertEqual(len(parts), len(names))
            self.assertAlmostEqual(sum(parts), float(gb(gpu["total_bytes"])), 6)
            for part, name in zip(parts, names):
                self.assertLess(abs(part - gpu[name] / 1e9), 0.01, name)
        self.in_every_state(check)

    def test_the_table_of_quantizations_is_what_json_says(self):
        def check(answer):
            rows = js("""return [...document.querySelectorAll("#quantizations tbody tr")].map((row) => [row.querySelector("button").textContent,
                         ...[...row.querySelectorAll("td")].map((cell) => cell.textContent.replace("\\u00a0", " "))])""")
            keys = ["total_bytes", "file_bytes"] if answer["request"]["context"] == answer["model"]["context_limit"] else ["total_bytes", "total_full_context_bytes", "file_bytes"]
            expected = [[item["name"], f"{item['bits_per_weight']:.2f}", *[f"{gb(item[key])} GB" for key in keys]]
                        for item in answer["quantizations"] if item["name"] in {row[0] for row in rows}]
            self.assertEqual([row[: 2 + len(keys)] for row in rows], expected)
            self.assertGreater(len(rows), 5)
        self.in_every_state(check)

    def test_verdict_needs_usable_and_free_of_every_device_are_what_json_says(self):
        show_all()
        def check(answer):
            devices = devices_of(answer)
            rows = rows_of_one_gpu(devices)
            self.assertGreater(len(rows), 400)
            for id, row in rows.items():
                device = devices[id]
                verdict = device["verdict"] if device["verdict"].startswith(("runs", "tight")) else "too big"
                self.assertEqual([row["runs"], row["needs"], row["usable"], row["free"]],
                                 [verdict, gb(device["required_bytes"]), gb(device["usable_bytes"]), gb(device["headroom_bytes"])], id)
        self.in_every_state(check)

    def test_speeds_of_every_device_are_what_json_says(self):
        show_all()
        def check(answer):
            devices = devices_of(answer)
            for id, row in rows_of_one_gpu(devices).items():
                device = devices[id]
                columns = {"decode": "decode_tok_s", "full": "decode_full_context_tok_s", "prefill": "prefill_tok_s", "together": "throughput_tok_s"}
                for column, key in columns.items():
                    if device.get(key) is None or column not in row:
                        self.assertEqual(row.get(column, DASH), DASH, f"{id} {column}")
                    else:
                        self.assert_rate(row[column], device[key], f"{id} {column}")
                if row["band"]:
                    low, high = re.findall(r"[\d.]+", row["band"])
                    self.assert_rate(low, device["decode_low_tok_s"], id)
                    self.assert_rate(high, device["decode_high_tok_s"], id)
                    self.assertEqual(row["rough"], not device["speed_measured"], id)
        self.in_every_state(check)

    def test_the_tables_hold_every_device_of_their_kind(self):
        show_all()
        answer = report(MODEL, *STATES[0])
        of_class = lambda name: {device["id"] for device in devices_of(answer).values() if device["class"] == name}
        self.assertEqual({row["id"] for row in rows_of("gpus")}, of_class("gpu"))
        self.assertEqual({row["id"] for row in rows_of("unified")}, of_class("unified"))

    def test_the_first_order_is_that_of_the_command_line(self):
        answer = report(MODEL, *STATES[0])
        ranked = [device["id"] for device in answer["gpus"] if device["class"] == "gpu"][:25]
        self.assertEqual([row["id"] for row in rows_of("gpus")], ranked)

    def test_the_counts_of_verdicts_are_those_of_the_table(self):
        show_all()
        choose_state("F16", 128000, "f16", 8)
        counts = [int(text) for text in js("return [...document.querySelectorAll('#gpus .counts b')].map((item) => item.textContent.replace(',', ''))")]
        verdicts = [row["runs"] for row in rows_of("gpus")]
        self.assertEqual(counts, [verdicts.count(verdict) for verdict in ("runs great", "runs well", "tight", "too big")])

    def test_the_commands_name_the_state_and_the_first_gives_the_headline(self):
        choose_state("Q5_K_M", 32768, "q8_0", 2)
        words = text_of("#command-lfmfit").split()
        self.assertEqual(words[0], "lfmfit")
        answer = json.loads(lfmfit(*words[1:], "--json", "--top", "1"))
        self.assertEqual(text_of("#total"), f"{gb(answer['memory']['gpus'][0]['total_bytes'])} GB")
        server = text_of("#command-server")
        for option in ("-m LFM2-1.2B-RAG-Q5_K_M.gguf", "-c 32768", "-ctk q8_0", "-ctv q8_0", "-np 2", "-ngl 99"):
            self.assertIn(option, server)


class TheTables(PageTest):
    def test_a_click_on_a_heading_sorts_and_another_turns_the_order(self):
        for key in ("needs", "free", "decode", "prefill", "usable"):
            sort_by("gpus", key)
            first = [float(row[key]) for row in rows_of("gpus") if row[key] != DASH]
            sort_by("gpus", key)
            second = [float(row[key]) for row in rows_of("gpus") if row[key] != DASH]
            with self.subTest(key=key):
                self.assertIn(first, (sorted(first), sorted(first, reverse=True)))
                self.assertIn(second, (sorted(second), sorted(second, reverse=True)))
                self.assertNotEqual(first, second)

    def test_the_sorted_heading_says_so_and_it_alone(self):
        sort_by("unified", "usable")
        orders = js("return Object.fromEntries([...document.querySelectorAll('#unified-table thead th')].map((head) => [head.dataset.key, head.ariaSort]))")
        self.assertEqual({key: order for key, order in orders.items() if order != "none"}, {"usable": "descending"})

    def test_the_heading_keeps_the_focus_when_the_keyboard_sorts(self):
        button = browser.find_element(By.CSS_SELECTOR, '#gpus-table th[data-key="device"] button')
        button.send_keys(Keys.ENTER)
        self.assertEqual(js("return document.activeElement.closest('th').dataset.key"), "device")
        names = [row["device"].lower() for row in rows_of("gpus")]
        self.assertEqual(names, sorted(names))

    def test_search_finds_by_words_of_a_name(self):
        search("gpus", "4090 rtx")
        names = [row["device"] for row in rows_of("gpus")]
        self.assertIn("GeForce RTX 4090", names)
        self.assertTrue(all("4090" in name for name in names), names)

    def test_a_search_that_finds_nothing_says_so(self):
        search("gpus", "no such card")
        self.assertEqual(rows_of("gpus"), [])
        self.assertIn("No GPUs match", text_of("#gpus-table tbody"))

    def test_filters_keep_what_matches(self):
        everything = {device["id"]: device for device in devices_of(report(MODEL, *STATES[0])).values()}
        filter_by("gpus", "vendor", "AMD")
        filter_by("gpus", "segment", "workstation")
        show_all()
        found = {row["id"] for row in rows_of("gpus")}
        self.assertEqual(found, {id for id, device in everything.items()
                                 if (device["class"], device["vendor"], device["segment"]) == ("gpu", "AMD", "workstation")})
        self.assertTrue(found)

    def test_the_filter_of_verdicts_follows_the_state(self):
        filter_by("gpus", "verdict", "too big")
        before = len(rows_of("gpus"))
        choose_state("F16", 128000, "f16", 8)
        rows = rows_of("gpus")
        self.assertGreater(len(rows), before)
        self.assertEqual({row["runs"] for row in rows}, {"too big"})

    def test_25_are_shown_first_and_all_on_request(self):
        self.assertEqual(len(rows_of("gpus")), 25)
        show_all()
        self.assertGreater(len(rows_of("gpus")), 200)

    def test_the_pictures_of_speed_follow_the_filters(self):
        search("gpus", "rtx 3060")
        search("unified", "no such device")
        self.assertIn("3060", text_of("#figure-device svg"))
        self.assertNotIn("5090", text_of("#figure-device svg"))
        self.assertIn("3060", text_of("#figure-depth svg"))


class TheState(PageTest):
    def test_the_address_keeps_the_state_and_gives_it_back(self):
        choose_state("Q8_0", 32768, "q8_0", 4)
        search("gpus", "4090")
        sort_by("gpus", "needs")
        address, total = js("return location.hash"), text_of("#total")
        self.assertIn("q=Q8_0&c=32768&k=q8_0&np=4", address)
        before = rows_of("gpus")
        open_page(self.page, address)
        self.assertEqual(text_of("#total"), total)
        self.assertEqual(rows_of("gpus"), before)

    def test_an_address_of_nonsense_shows_the_first_state(self):
        total = text_of("#total")
        open_page(self.page, "#q=nothing&c=-1&k=%3Cscript%3E&np=x&gpus.sort=toString")
        self.assertEqual(text_of("#total"), total)
        self.assertEqual(len(rows_of("gpus")), 25)

    def test_a_click_on_a_quantization_chooses_it(self):
        js("[...document.querySelectorAll('#quantizations tbody button')].find((button) => button.textContent === 'Q8_0').click()")
        self.assertIn("Q8_0", text_of("#scene"))
        self.assertEqual(js("return document.querySelector('#quantizations tr[aria-current] button').textContent"), "Q8_0")

    def test_a_change_is_announced_and_the_first_picture_of_the_page_is_not(self):
        self.assertEqual(text_of("#announcement"), "")
        choose("context", "128,000")
        self.assertIn(text_of("#total"), text_of("#announcement"))

    def test_a_link_within_the_page_keeps_the_state(self):
        choose("quantization", "Q8_0")
        browser.find_element(By.CSS_SELECTOR, 'nav a[href="#questions"]').click()
        self.assertIn("q=Q8_0", js("return location.hash"))
        self.assertEqual(js("return document.activeElement.id"), "questions-title")


class TheQuestions(PageTest):
    def answers(self):
        return [text.replace("\u00a0", " ") for text in js("return [...document.querySelectorAll('#faq p')].map((answer) => answer.textContent)")]

    def test_the_first_answer_is_the_headline_in_every_state(self):
        for state in STATES:
            choose_state(*state)
            with self.subTest(state=state):
                self.assertIn(f"about {text_of('#total')} of GPU memory", self.answers()[0])
                self.assertIn(text_of("#scene"), self.answers()[0])

    def test_the_answer_about_gpus_counts_what_the_table_counts(self):
        for state in (("Q4_K_M", 4096, "f16", 1), ("F16", 128000, "f16", 8)):
            choose_state(*state)
            show_all()
            rows = rows_of("gpus")
            able = sum(row["runs"] != "too big" for row in rows)
            words = f"All {able} GPUs" if able == len(rows) else f"{able} of {len(rows)} GPUs"
            self.assertIn(words, self.answers()[6])

    def test_the_answer_about_macs_names_a_mac_that_the_table_holds(self):
        answer = self.answers()[2]
        name = js("return document.querySelector('#answer-3 bdi').textContent")
        search("unified", name)
        self.assertIn(name, [row["device"] for row in rows_of("unified")])
        self.assertTrue(answer.startswith("Yes"))

    def test_the_answer_about_the_download_is_the_size_of_the_file(self):
        choose("quantization", "Q8_0")
        size = next(item["file_bytes"] for item in report(MODEL, "Q8_0", 4096, "f16", 1)["quantizations"] if item["name"] == "Q8_0")
        self.assertIn(f"{gb(size)} GB ({size:,} bytes)", self.answers()[5])

    def test_answers_change_with_the_state(self):
        before = self.answers()
        choose_state("F16", 128000, "q8_0", 8)
        changed = [i for i, (a, b) in enumerate(zip(before, self.answers())) if a != b]
        self.assertGreaterEqual(len(changed), 8)


class AnyModel(unittest.TestCase):
    """What holds for the page of every model, small or far too big."""

    def in_every_page(self, check):
        for model in (MODEL, GIANT, EMBEDDING):
            path = folder / f"{model.split('/')[1]}.html"
            if not path.exists():
                make_page(path.name, model)
            for state in ("", "#np=8"):
                open_page(path, state)
                show_all()
                with self.subTest(model=model, state=state):
                    check(path)

    def test_nothing_reads_undefined(self):
        def check(_):
            found = re.findall(r".{20}(?:undefined|NaN|null|\[object|Infinity).{20}", js("return document.getElementById('page').innerText"))
            self.assertEqual(found, [])
        self.in_every_page(check)

    def test_sentences_are_whole(self):
        def check(_):
            for text in js("return [...document.querySelectorAll('#faq p, #lede')].map((item) => item.textContent)"):
                self.assertRegex(text, r"^[A-Z0-9\u2068].*[.]$")
                self.assertNotRegex(text, r"  |\.\.|\bonly 0\b|\b1 (GPUs|Macs|devices|machines|slots)\b| ,|\( | \.")
        self.in_every_page(check)

    def test_a_model_too_big_for_every_mac_is_not_recommended_for_one(self):
        make_page("giant.html", GIANT)
        open_page(folder / "giant.html", "#unified.find=mac")
        show_all()
        able = [row for row in rows_of("unified") if row["device"].lower().startswith(("mac", "imac")) and row["runs"] != "too big"]
        answer = text_of("#answer-3")
        self.assertEqual(answer.startswith("Not in this state"), not able)
        self.assertEqual("None of the" in answer, not able)

    def test_a_model_that_decodes_nothing_is_not_said_to_run_nowhere(self):
        make_page("embedding.html", EMBEDDING)
        open_page(folder / "embedding.html")
        self.assertNotIn("No GPU", text_of("#answer-5"))
        self.assertIn("All", text_of("#answer-7"))

    def test_the_file_is_small_and_complete(self):
        def check(path):
            self.assertLess(path.stat().st_size, 560_000)
            self.assertNotRegex(path.read_text(encoding="utf-8"), r"""(?:src|href)=["']?(?:https?:)?//""")
        self.in_every_page(check)

    def test_nothing_is_said_on_the_console(self):
        def check(_):
            last_options = "document.querySelectorAll('#selectors select').forEach((select) => { select.selectedIndex = select.options.length - 1; select.dispatchEvent(new Event('change')); })"
            js(last_options)
            self.assertEqual(browser.get_log("browser"), [])
        self.in_every_page(check)

    def test_no_request_leaves_the_page(self):
        def check(path):
            events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
            addresses = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
            self.assertEqual([address for address in addresses if not address.startswith(("data:", "about:", f"file://{path}"))], [])
            self.assertIn(f"file://{path}", [address.split("#")[0] for address in addresses])
        self.in_every_page(check)

    def test_the_page_itself_forbids_requests(self):
        def check(_):
            said = browser.execute_async_script("const done = arguments[0]; fetch('data:text/plain,hello').then(() => done('sent'), () => done('refused'))")
            self.assertEqual(said, "refused")
            browser.get_log("browser")
        self.in_every_page(check)


class TheLook(PageTest):
    def test_nothing_moves_while_the_page_loads(self):
        for width in (1280, 360):
            open_page(self.page, width=width)
            shift = browser.execute_async_script("""const done = arguments[0]; let sum = 0;
                new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; })).observe({type: "layout-shift", buffered: true});
                setTimeout(() => done(sum), 300);""")
            self.assertEqual(shift, 0)

    def test_a_phone_need_not_scroll_sideways(self):
        open_page(self.page, width=360, height=740)
        for state in (STATES[0], STATES[5]):
            choose_state(*state)
            self.assertEqual(js("return document.documentElement.scrollWidth"), 360)
            beyond = js("""return [...document.querySelectorAll("main *, header *")].filter((item) => item.getBoundingClientRect().right > 361 && item.getBoundingClientRect().width > 2
                && !item.closest("table.plain, pre, thead, .unseen")).map((item) => item.tagName + " " + item.className)""")
            self.assertEqual(beyond, [])

    def test_pictures_fit_their_frame_and_their_labels_fit_the_picture(self):
        for width in (1280, 800, 360):
            open_page(self.page, width=width)
            outside = js("""return [...document.querySelectorAll("svg text")].filter((text) => { const a = text.getBoundingClientRect(), b = text.ownerSVGElement.getBoundingClientRect();
                return a.left < b.left - 1 || a.right > b.right + 1 || a.bottom > b.bottom + 1; }).map((text) => text.textContent)""")
            with self.subTest(width=width):
                self.assertEqual(outside, [])

    def test_text_has_contrast_in_light_and_dark(self):
        script = """
            const parse = (text) => text.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const ground = (item) => { for (let at = item; at; at = at.parentElement) { const c = parse(getComputedStyle(at).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
            return [...document.querySelectorAll("#page *")].filter((item) => [...item.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) && item.getClientRects().length && !item.closest("option, .unseen, title, desc"))
              .map((item) => { const style = getComputedStyle(item), a = light(parse(item.closest("svg") ? style.fill : style.color)), b = light(ground(item));
                return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), item.tagName + "." + (item.className.baseVal || item.className) + " " + item.textContent.slice(0, 30)]; })
              .filter(([ratio]) => ratio < 4.5);"""
        for scheme in ("light", "dark"):
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            open_page(self.page)
            with self.subTest(scheme=scheme):
                self.assertEqual(js(script), [])
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_paper_shows_figures_and_no_controls(self):
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        shown = js("return [...document.querySelectorAll('select, input, .more, nav')].filter((item) => item.getClientRects().length).map((item) => item.id || item.className)")
        tables = js("return [...document.querySelectorAll('details table')].map((table) => table.getClientRects().length)")
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        self.assertEqual(shown, [])
        self.assertEqual(tables, [1, 1, 1, 1])


class TheAccessibilityTree(PageTest):
    def tree(self):
        nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        return [node for node in nodes if not node.get("ignored")]

    def test_every_control_and_picture_has_a_name(self):
        roles = {"button", "link", "combobox", "searchbox", "textbox", "image", "img", "table", "region", "navigation"}
        found = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in self.tree() if node.get("role", {}).get("value") in roles]
        self.assertGreater(len(found), 50)
        self.assertEqual([role for role, name in found if not name.strip()], [])

    def test_the_four_pictures_have_a_title_a_description_and_a_table(self):
        for figure in ("quantization", "context", "device", "depth"):
            facts = js("""const svg = document.querySelector("#figure-" + arguments[0] + " svg");
                return [svg.getAttribute("role"), svg.querySelector("title").textContent, svg.querySelector("desc").textContent,
                        document.querySelectorAll("#figure-" + arguments[0] + " details tbody tr").length]""", figure)
            with self.subTest(figure=figure):
                self.assertEqual(facts[0], "img")
                self.assertTrue(facts[1] and re.search(r"\d", facts[2]))
                self.assertGreater(facts[3], 2)

    def test_headings_are_in_order(self):
        levels = [int(tag[1]) for tag in js("return [...document.querySelectorAll('h1, h2, h3, h4')].filter((item) => item.getClientRects().length).map((item) => item.tagName)")]
        self.assertEqual(levels[0], 1)
        self.assertEqual(levels.count(1), 1)
        self.assertTrue(all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels)

    def test_tables_have_captions_and_headers(self):
        bad = js("""return [...document.querySelectorAll("table")].filter((table) => !table.caption || !table.caption.textContent
            || [...table.tHead.querySelectorAll("th")].some((head) => head.scope !== "col" || !head.textContent)
            || [...table.tBodies[0].rows].some((row) => row.cells[0].tagName !== "TH" || row.cells[0].scope !== "row")).map((table) => table.outerHTML.slice(0, 200))""")
        self.assertEqual(bad, [])

    def test_ids_are_unique(self):
        ids = js("return [...document.querySelectorAll('[id]')].map((item) => item.id)")
        self.assertEqual(sorted(set(ids)), sorted(ids))

    def test_every_control_can_be_reached_by_keyboard(self):
        js("document.querySelector('.skip').focus()")
        seen = set()
        for _ in range(40):
            seen.add(js("return document.activeElement.id || document.activeElement.textContent"))
            browser.switch_to.active_element.send_keys(Keys.TAB)
        for id in ("choose-quantization", "choose-context", "choose-cache", "choose-slots", "gpus-find", "gpus-vendor"):
            self.assertIn(id, seen)


class HostileNames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        data = folder / "hostile"
        (data / "models").mkdir(parents=True)
        (data / "devices").mkdir()
        model = {"id": "Evil/Model", "name": HOSTILE_MODEL, "publisher": "<b>\"Evil'</b>", "family": "LFM2", "architecture": "lfm2", "layout": "ccaccaccacacacac",
                 "settings": {"n_vocab": 65536, "n_embd": 1024, "n_ff": 4608, "n_head": 16, "n_head_kv": 8, "head_dim_k": 64, "head_dim_v": 64, "kernel": 3},
                 "parameters": 354483968, "context_train": 128000, "source": "</script><script>alert(3)</script>", "confidence": "low"}
        device = {"id": "evil-card", "name": HOSTILE_DEVICE, "vendor": "NVIDIA", "class": "gpu", "segment": "consumer", "generation": "Ada", "backend": "cuda",
                  "memory_gib": 24, "bandwidth_gb_s": 99999, "fp32_tflops": 80, "fp16_tflops": 160, "year": 2023, "source": "a test", "confidence": "low"}
        (data / "models" / "evil.json").write_text(json.dumps({"models": [model]}))
        (data / "devices" / "evil.json").write_text(json.dumps({"devices": [device]}))
        make_page("hostile.html", "Evil/Model", "--data", str(data))

    def setUp(self):
        open_page(folder / "hostile.html", "#gpus.find=card")

    def test_a_name_of_markup_is_shown_as_text(self):
        self.assertEqual(text_of("h1"), HOSTILE_MODEL)
        self.assertIn(HOSTILE_DEVICE, [row["device"] for row in rows_of("gpus")])

    def test_no_markup_comes_out_of_a_name(self):
        self.assertEqual(js("return document.querySelectorAll('#page script, #page img, #page b:not(.counts b)').length"), 0)
        self.assertEqual(js("return document.scripts.length"), 2)
        self.assertEqual(browser.get_log("browser"), [])

    def test_a_right_to_left_name_turns_nothing_around_it(self):
        self.assertEqual(js("return document.querySelector('h1').firstElementChild.tagName"), "BDI")
        self.assertEqual(js("return document.querySelector('#gpus-table tbody th .name').firstElementChild.tagName"), "BDI")

    def test_the_title_is_text(self):
        self.assertIn("<script>alert(1)</script>", browser.title)


class TheIndex(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = os.environ.get("LFMFIT_TEST_SITE")  # such as one of every model, which takes minutes to make
        cls.site = Path(made).resolve() if made else folder / "site"
        if not made:
            lfmfit("page", "lfm2.5", "--all", "-o", str(cls.site))

    def setUp(self):
        open_page(self.site / "index.html")

    def ask(self, device):
        js("""const input = document.getElementById("device"); input.value = arguments[0]; input.dispatchEvent(new Event("input"));""", device)

    def test_a_model_is_found_by_name(self):
        search("models", "lfm2 8b")
        names = [row["model"] for row in rows_of("models")]
        self.assertTrue(names)
        self.assertTrue(all("lfm2" in name.lower() and "8b" in name.lower() for name in names), names)

    def test_the_page_of_every_model_is_there(self):
        show_all()
        for address in js("return [...document.querySelectorAll('#models-table a')].map((link) => link.getAttribute('href'))"):
            self.assertTrue((self.site / address).is_file(), address)

    def test_what_runs_on_a_card_is_what_json_says(self):
        self.ask("GeForce RTX 3060 12GB")
        show_all()
        rows = {row["id"]: row for row in rows_of("models")}
        self.assertGreater(len(rows), 10)
        for id in list(rows)[:: max(1, len(rows) // 12)]:
            answer = json.loads(lfmfit(id, "--json", "-ngl", "all", "--on", "rtx-3060-12gb", "-q", rows[id]["quantization"]))
            device = answer["gpus"][0]
            verdict = device["verdict"] if device["verdict"].startswith(("runs", "tight")) else "too big"
            with self.subTest(model=id):
                self.assertEqual([rows[id]["runs"], rows[id]["needs"]], [verdict, gb(device["required_bytes"])])
                if device.get("decode_tok_s") is not None and verdict != "too big":
                    self.assertLessEqual(abs(float(rows[id]["decode"]) - device["decode_tok_s"]), 0.51 + 1e-3 * device["decode_tok_s"])

    def test_the_best_quantization_is_the_highest_that_runs_well(self):
        self.ask("GeForce RTX 3060 12GB")
        show_all()
        for row in [row for row in rows_of("models") if row["best"] != "none"][::15]:
            names = [item["name"] for item in json.loads(lfmfit(row["id"], "--json", "--top", "1"))["quantizations"]]
            runs = lambda name: json.loads(lfmfit(row["id"], "--json", "--on", "rtx-3060-12gb", "-q", name))["gpus"][0]["verdict"] in ("runs great", "runs well")
            with self.subTest(model=row["id"]):
                self.assertEqual(next((name for name in names if runs(name)), "none"), row["best"])

    def test_the_best_come_first(self):
        self.ask("GeForce RTX 3060 12GB")
        show_all()
        order = ["runs great", "runs well", "tight", "too big", "cannot run"]
        verdicts = [order.index(row["runs"]) for row in rows_of("models")]
        self.assertEqual(verdicts, sorted(verdicts))

    def test_several_devices_of_a_name_are_offered(self):
        self.ask("3060")
        offered = js("return [...document.querySelectorAll('#suggestions button')].map((button) => button.textContent)")
        self.assertIn("GeForce RTX 3060 12GB", offered)
        browser.find_element(By.CSS_SELECTOR, "#suggestions button").click()
        self.assertEqual(js("return document.getElementById('device').value"), offered[0])
        self.assertIn("well or better", text_of("#device-answer"))

    def test_an_unknown_device_is_said_to_be_unknown(self):
        self.ask("no such card")
        self.assertIn("No device of that name", text_of("#device-answer"))

    def test_the_address_keeps_the_device(self):
        self.ask("GeForce RTX 4090")
        before = rows_of("models")
        open_page(self.site / "index.html", js("return location.hash"))
        self.assertEqual(rows_of("models"), before)

    def test_a_phone_need_not_scroll_sideways(self):
        open_page(self.site / "index.html", "#device=rtx-4090", width=360, height=740)
        self.assertEqual(js("return document.documentElement.scrollWidth"), 360)

    def test_nothing_is_said_on_the_console(self):
        self.ask("GeForce RTX 4090")
        self.assertEqual(browser.get_log("browser"), [])


def start_browser():
    options = Options()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service(DRIVER), options=options)


def main():
    global binary, folder, browser
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not CHROMIUM or not DRIVER:
        print("skipped: Chromium and its driver are not installed")
        sys.exit(77)
    binary = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            browser = start_browser()
        except WebDriverException as error:
            print(f"skipped: Chromium does not start here: {error.msg}")
            sys.exit(77)
        try:
            unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
