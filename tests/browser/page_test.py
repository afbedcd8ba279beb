#!/usr/bin/env python3
"""Opens the pages that lfmfit writes in a real browser and compares them with what the command line says.

usage: page_test.py LFMFIT_BINARY [TEST ...]      exit code 77: selenium or Chromium is not installed
LFMFIT_TEST_SITE may name a folder that `lfmfit page --all -o FOLDER` made.
"""

import functools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import chromium

try:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    pass  # chromium.start says so

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


@functools.cache
def report(model, quantization, context, cache, slots, *more):
    return json.loads(lfmfit(model, "--json", "--all", "-ngl", "all", "-q", quantization, "-c", str(context), "-ctk", cache, "-ctv", cache, "-np", str(slots), *more))


def devices_of(answer):
    lists = [value for value in answer.values() if isinstance(value, list) and value and isinstance(value[0], dict) and "verdict" in value[0]]
    return {device["id"]: device for devices in lists for device in devices}


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
    """What `script` returns, once everything is drawn that waits for its turn."""
    return browser.execute_script("if (typeof drawAllWaiting === 'function') drawAllWaiting();" + script, *arguments)


def text_of(selector):
    return js("return document.querySelector(arguments[0]).textContent", selector).replace("\u00a0", " ")


def choose(key, text):
    """Chooses an option by its text, as a reader does."""
    js("""const select = document.getElementById("choose-" + arguments[0]);
          select.value = [...select.options].find((option) => option.textContent === arguments[1]).value;
          select.dispatchEvent(new Event("change"));""", key, text)


def choose_state(quantization, context, cache, slots):
    js("""for (const [key, text] of arguments[0]) {
            const select = document.getElementById("choose-" + key);
            const option = [...select.options].find((option) => option.textContent === text);
            if (select.value !== option.value) { select.value = option.value; select.dispatchEvent(new Event("change")); }
          }""", [("quantization", quantization), ("context", f"{context:,}"), ("cache", cache), ("slots", str(slots))])


def show_all():
    js("""document.querySelectorAll(".more").forEach((button) => { if (!button.hidden && /all/.test(button.textContent)) button.click(); });""")


def rows_of(table):
    """The rows that a table shows: a dict of the cells' texts by column for each device, in order."""
    return js("""return [...document.querySelectorAll("#" + arguments[0] + "-table tbody tr[data-id]")].map((row) => {
          const cells = {id: row.dataset.id};
          for (const cell of row.children) cells[cell.className.split(" ")[1]] = (cell.querySelector(".value") || cell.querySelector("bdi") || cell).textContent;
          const band = row.querySelector(".band");
          cells.band = band ? band.textContent.trim() : "";
          for (const name of ["prefill", "together"]) { const edges = row.querySelector("." + name + " .edges"); cells[name + "_edges"] = edges ? edges.textContent.trim() : ""; }
          cells.rough = !!row.querySelector(".rough");
          return cells; })""", table)


def rows_by_id():
    return {row["id"]: row for table in TABLES if js("return !!document.getElementById(arguments[0] + '-table')", table) for row in rows_of(table)}


def answers():
    """The answers to the questions that people ask."""
    return [text.replace("\u00a0", " ") for text in js("return [...document.querySelectorAll('#faq p')].map((answer) => answer.textContent)")]


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
    @staticmethod
    @functools.cache
    def shown():
        """What the page shows in each state, with every row of its tables: read once for the tests that ask about all of it."""
        show_all()
        return {state: TheFigures.read(state) for state in STATES}

    @staticmethod
    def read(state):
        choose_state(*state)
        quantizations = js("""return [...document.querySelectorAll("#quantizations tbody tr")].map((row) => [row.querySelector("button").textContent,
                              ...[...row.querySelectorAll("td")].map((cell) => cell.textContent.replace(/ \\(up to .*/, "").replace("\\u00a0", " "))])""")
        return {**{part: text_of(f"#{part}") for part in ("total", "range", "host", "sum", "scene")}, "answers": answers(),
                "quantizations": quantizations, "rows": rows_by_id()}

    def in_every_state(self, check):
        for state, shown in self.shown().items():
            with self.subTest(state=state):
                check(report(MODEL, *state), shown)

    def test_the_headline_is_what_json_says(self):
        def check(answer, shown):
            gpu = answer["memory"]["gpus"][0]
            self.assertEqual(shown["total"], f"{gb(gpu['total_bytes'])} GB")
            self.assertIn(f"{gb(gpu['total_low_bytes'])} GB to {gb(gpu['total_high_bytes'])} GB", shown["range"])
            self.assertIn(f"{gb(answer['memory']['host']['total_bytes'])} GB", shown["host"])
        self.in_every_state(check)

    def test_the_parts_are_what_json_says_and_add_up(self):
        def check(answer, shown):
            gpu = answer["memory"]["gpus"][0]
            parts = [float(part) for part in re.findall(r"\d+\.\d\d", shown["sum"])]
            names = ["weights_bytes", "kv_cache_bytes", "state_bytes", "compute_bytes", "runtime_bytes"]
            self.assertEqual(len(parts), len(names))
            self.assertAlmostEqual(sum(parts), float(gb(gpu["total_bytes"])), 6)
            for part, name in zip(parts, names):
                self.assertLess(abs(part - gpu[name] / 1e9), 0.01, name)
        self.in_every_state(check)

    def test_the_table_of_quantizations_is_what_json_says(self):
        def check(answer, shown):
            rows = shown["quantizations"]
            keys = ["total_bytes", "file_bytes"] if answer["request"]["context"] == answer["model"]["context_limit"] else ["total_bytes", "total_full_context_bytes", "file_bytes"]
            expected = [[item["name"], f"{item['bits_per_weight']:.2f}", *[f"{gb(item[key])} GB" for key in keys]]
                        for item in answer["quantizations"] if item["name"] in {row[0] for row in rows}]
            self.assertEqual([row[: 2 + len(keys)] for row in rows], expected)
            self.assertGreater(len(rows), 5)
        self.in_every_state(check)

    def test_verdict_needs_usable_and_free_of_every_device_are_what_json_says(self):
        def check(answer, shown):
            devices = devices_of(answer)
            rows = shown["rows"]
            self.assertGreater(len(rows), 400)
            self.assertTrue(any(devices[id]["gpu_count"] > 1 for id in rows))
            for id, row in rows.items():
                device = devices[id]
                verdict = device["verdict"] if device["verdict"].startswith(("runs", "tight")) else "too big"
                self.assertEqual([row["runs"], row["needs"], row["usable"], row["free"]],
                                 [verdict, gb(device["required_bytes"]), gb(device["usable_bytes"]), gb(device["headroom_bytes"])], id)
        self.in_every_state(check)

    def test_speeds_of_every_device_are_what_json_says(self):
        def check(answer, shown):
            devices = devices_of(answer)
            for id, row in shown["rows"].items():
                device = devices[id]
                columns = {"decode": "decode_tok_s", "full": "decode_full_context_tok_s", "prefill": "prefill_tok_s", "together": "throughput_tok_s"}
                for column, key in columns.items():
                    if device.get(key) is None or column not in row:
                        self.assertEqual(row.get(column, DASH), DASH, f"{id} {column}")
                    else:
                        self.assert_rate(row[column], device[key], f"{id} {column}")
                for column, key in (("prefill", "prefill"), ("together", "throughput")):
                    for edge, text in zip(("low", "high"), re.findall(r"[\d.]+", row[f"{column}_edges"])):
                        self.assert_rate(text, device[f"{key}_{edge}_tok_s"], f"{id} {column} {edge}")
                if row["band"]:
                    low, high = re.findall(r"[\d.]+", row["band"])
                    self.assert_rate(low, device["decode_low_tok_s"], id)
                    self.assert_rate(high, device["decode_high_tok_s"], id)
                    self.assertEqual(row["rough"], not device["speed_measured"], id)
        self.in_every_state(check)

    def test_the_first_answer_is_the_headline(self):
        def check(_, shown):
            self.assertIn(f"about {shown['total']} of GPU memory", shown["answers"][0])
            self.assertIn(shown["scene"], shown["answers"][0])
        self.in_every_state(check)

    def test_the_tables_hold_every_device_of_their_kind(self):
        show_all()
        answer = report(MODEL, *STATES[0])
        of_class = lambda name: {device["id"] for device in devices_of(answer).values() if device["class"] == name}
        self.assertEqual({row["id"] for row in rows_of("gpus")}, of_class("gpu"))
        self.assertEqual({row["id"] for row in rows_of("unified")}, of_class("unified"))

    def test_cards_that_people_own_come_first_in_the_order_of_the_command_line(self):
        answer = report(MODEL, *STATES[0])
        ranked = [device["id"] for device in answer["gpus"] if device["class"] == "gpu" and device["segment"] in ("consumer", "laptop")][:25]
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

    def test_a_third_click_gives_the_first_order_back(self):
        before = rows_of("gpus")
        for _ in range(3):
            sort_by("gpus", "needs")
        self.assertEqual(rows_of("gpus"), before)

    def test_a_filter_that_no_row_has_filters_nothing_and_case_does_not_count(self):
        open_page(self.page, "#gpus.vendor=Nvidia&unified.vendor=Nonesuch")
        self.assertEqual(js("return document.getElementById('gpus-vendor').value"), "NVIDIA")
        self.assertEqual(len(rows_of("gpus")), 25)
        self.assertEqual(len(rows_of("unified")), 25)

    def test_a_table_is_copied_as_csv_without_formulas(self):
        search("gpus", "rtx 4090")
        js("window.copied = null; copyString = async (text) => { window.copied = text; return true; }; document.querySelector('#gpus .copy').click()")
        head, *lines = js("return window.copied").split("\r\n")
        self.assertEqual(head.split(",")[:3], ["id", "name", "vendor"])
        self.assertEqual({line.split(",")[0] for line in lines if line}, {row["id"] for row in rows_of("gpus")})
        self.assertEqual(js("return csvCell('=1+1')"), "'=1+1")
        self.assertEqual(js("return csvCell('a,\"b\"')"), '"a,""b"""')
        self.assertNotRegex("".join(lines), "null|undefined|NaN")

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

    def test_one_place_speaks_and_no_other(self):
        self.assertEqual(js("return [...document.querySelectorAll('[role=status], [role=alert], [aria-live]')].map((item) => item.id)"), ["announcement"])
        search("gpus", "4090")
        self.assertIn("Showing", text_of("#announcement"))

    def test_a_change_leaves_what_is_out_of_sight_for_later(self):
        waits = browser.execute_script("""const select = document.getElementById("choose-context"); select.selectedIndex = 2; select.dispatchEvent(new Event("change"));
            return document.documentElement.hasAttribute("data-drawing");""")
        self.assertTrue(waits)
        browser.execute_async_script("const done = arguments[0]; const look = () => (document.documentElement.hasAttribute('data-drawing') ? setTimeout(look, 20) : done()); look();")
        self.assertIn("16,384", browser.execute_script("return document.getElementById('answer-1').textContent"))

    def test_a_link_within_the_page_keeps_the_state(self):
        choose("quantization", "Q8_0")
        browser.find_element(By.CSS_SELECTOR, 'nav a[href="#questions"]').click()
        self.assertIn("q=Q8_0", js("return location.hash"))
        self.assertEqual(js("return document.activeElement.id"), "questions-title")


class TheMachine(PageTest):
    """Pinned devices: first in text, tables and pictures, in the address, each with a card."""

    PINS = "#pin=rtx-3060-12gb,apple-macbook-pro-m4-pro-24gb"

    def cards(self):
        return js("return [...document.querySelectorAll('.card')].map((card) => [card.dataset.id, card.innerText.replace(/\u00a0/g, ' ')])")

    def fact(self, name, index=0):
        return js("""const card = document.querySelectorAll(".card")[arguments[1]];
            const found = [...card.querySelectorAll("dt")].find((item) => item.textContent === arguments[0]);
            return found ? found.nextSibling.textContent : null;""", name, index)

    def test_a_star_pins_a_device_and_a_second_click_takes_the_pin_away(self):
        id = rows_of("gpus")[5]["id"]
        star = f'#gpus-table tr[data-id="{id}"] .pin'
        js("document.querySelector(arguments[0]).focus(); document.querySelector(arguments[0]).click()", star)
        self.assertEqual([card[0] for card in self.cards()], [id])
        self.assertIn(f"pin={id}", js("return location.hash"))
        self.assertEqual(rows_of("gpus")[0]["id"], id)
        self.assertEqual(js("return document.activeElement === document.querySelector(arguments[0])", star), True)
        self.assertEqual(js("return document.querySelector(arguments[0]).ariaPressed", star), "true")
        js("document.querySelector(arguments[0]).click()", star)
        self.assertEqual(self.cards(), [])
        self.assertNotIn("pin=", js("return location.hash"))

    def test_pinned_devices_stand_first_in_text_tables_and_pictures(self):
        open_page(self.page, self.PINS)
        self.assertTrue(text_of("#lede").startswith("On the GeForce RTX 3060 12GB: runs great"))
        for key in ("needs", "decode", "device"):
            sort_by("gpus", key)
            self.assertEqual(rows_of("gpus")[0]["id"], "rtx-3060-12gb")
        self.assertEqual(rows_of("unified")[0]["id"], "apple-macbook-pro-m4-pro-24gb")
        names = js("return [...document.querySelectorAll('#figure-device svg .name')].map((text) => text.textContent)")
        self.assertIn("RTX 3060", names[0])
        self.assertIn("MacBook Pro", names[1])
        self.assertIn("RTX 3060", text_of("#figure-depth svg"))

    def test_two_are_compared(self):
        open_page(self.page, self.PINS)
        self.assertRegex(text_of("#comparison"), r"decodes [\d.]+ times as fast as|equally fast")
        self.assertIn("more to spare", text_of("#comparison"))

    def test_the_card_says_what_json_says(self):
        open_page(self.page, self.PINS)
        for state in STATES[:6]:
            choose_state(*state)
            devices = devices_of(report(MODEL, *state))
            for index, id in enumerate(("rtx-3060-12gb", "apple-macbook-pro-m4-pro-24gb")):
                device = devices[id]
                with self.subTest(state=state, id=id):
                    self.assertIn(f"up to {gb(device['required_bytes'])} GB of {gb(device['usable_bytes'])} GB", self.cards()[index][1])
                    self.assertIn(device["verdict"], self.cards()[index][1])
                    value, low, high = re.findall(r"[\d.]+", self.fact("Decode", index))
                    self.assert_rate(value, device["decode_tok_s"], id)
                    self.assert_rate(high, device["decode_high_tok_s"], id)
                    first = re.match(r"([\d.]+) (ms|s)", self.fact("First token", index))
                    seconds = float(first[1]) / (1000 if first[2] == "ms" else 1)
                    self.assertLess(abs(seconds - device["time_to_first_token_s"]), 0.0006 if first[2] == "ms" else 0.051)

    def test_the_longest_context_fits_and_the_next_does_not(self):
        path = folder / "qwen.html"
        if not path.exists():
            make_page(path.name, "Qwen/Qwen3-14B", "-c", "4096")
        open_page(path, "#pin=rtx-3060-12gb")
        longest = int(re.search(r"[\d,]+", self.fact("Longest context listed"))[0].replace(",", ""))
        contexts = js("return data.choices.contexts")
        verdict = lambda *options: json.loads(subprocess.run([binary, "check", "Qwen/Qwen3-14B", "--on", "rtx-3060-12gb", "-ngl", "all", *options, "--json"],
                                                             capture_output=True, text=True).stdout)["fit"]["verdict"]
        self.assertEqual([context for context in contexts if verdict("-c", str(context)) not in ("too big", "partial")][-1], longest)
        quantizations = js("return data.choices.quantizations.map((item) => [item.bits_per_weight, item.name]).sort((a, b) => a[0] - b[0])")
        well = [name for _, name in quantizations if verdict("-q", name) in ("runs great", "runs well")]
        self.assertEqual(self.fact("Best quantization").split()[0], well[-1])

    def test_a_device_is_found_by_how_people_write_it(self):
        for text, id in (("RTX3060", "rtx-3060-12gb"), ("7900xtx", "rx-7900-xtx"), ("3060ti", "rtx-3060-ti")):
            open_page(self.page)
            browser.find_element(By.ID, "machine-find").send_keys(text, Keys.ENTER)
            with self.subTest(text=text):
                self.assertEqual([card[0] for card in self.cards()], [id])
            search("gpus", text)
            self.assertIn(id, [row["id"] for row in rows_of("gpus")])

    def test_an_address_of_unknown_pins_pins_nothing(self):
        open_page(self.page, "#pin=%3Cscript%3E,nonesuch,rtx-4090,rtx-4090")
        self.assertEqual([card[0] for card in self.cards()], ["rtx-4090"])

    def test_what_is_copied_says_what_the_card_says(self):
        open_page(self.page, "#pin=rtx-4090&c=32768")
        js("window.copied = []; copyString = async (text) => { window.copied.push(text); return true; }; document.querySelectorAll('.copies .copy').forEach((button) => { if (/Copy/.test(button.textContent)) button.click(); })")
        link, text, markdown = js("return window.copied")
        self.assertIn("c=32768", link)
        self.assertTrue(link.endswith("pin=rtx-4090"))
        self.assertIn(js("return document.querySelector('.card .sentence').textContent").replace("\u00a0", " "), text)
        self.assertIn("- Decode:", markdown)
        self.assertTrue(js("return cardPicture({model: 'm', device: 'd', verdict: 'v', colour: '#000', share: 0.5, lines: ['a']})").startswith("data:image/png"))

    def test_text_appears_at_the_rate_of_the_device_when_asked(self):
        open_page(self.page, "#pin=rtx-4090")
        js("document.querySelector('.copies .copy').click()")
        browser.execute_async_script("setTimeout(arguments[0], 700)")
        self.assertGreater(len(text_of(".felt")), 100)

    def test_the_command_names_the_pinned_devices(self):
        open_page(self.page, self.PINS)
        words = text_of("#command-lfmfit").split()
        answer = json.loads(lfmfit(*words[1:], "--json"))
        self.assertEqual(set(devices_of(answer)), {"rtx-3060-12gb", "apple-macbook-pro-m4-pro-24gb"})


class OtherPages(unittest.TestCase):
    """Pages that were asked for with more than a model and its state."""

    def check(self, name, *options, models=MODEL, states=STATES[:1] + STATES[3:5]):
        path = make_page(name, models, *options)
        open_page(path)
        show_all()
        for state in states:
            choose_state(*state)
            answer = report(models, *state, *options)
            devices, rows = devices_of(answer), rows_by_id()
            self.assertTrue(rows)
            place = answer["memory"]["gpus"][0] if answer["memory"]["gpus"] else answer["memory"]["host"]
            self.assertEqual(text_of("#total"), f"{gb(place['total_bytes'])} GB")
            for id, row in rows.items():
                device = devices[id]
                verdict = device["verdict"] if device["verdict"].startswith(("runs", "tight")) else "too big"
                self.assertEqual([row["runs"], row["needs"]], [verdict, gb(device["required_bytes"])], id)
                if device.get("decode_tok_s") is not None:
                    self.assertLessEqual(abs(float(row["decode"]) - device["decode_tok_s"]), 0.5 + device["decode_tok_s"] * 1e-5, id)
            words = text_of("#command-lfmfit").split()
            again = json.loads(lfmfit(*words[1:], "--json", "--top", "1"))
            self.assertEqual(again["memory"], answer["memory"])

    def test_a_page_of_another_backend_is_about_that_backend(self):
        self.check("vulkan.html", "--backend", "vulkan")
        self.assertIn("--backend vulkan", text_of("#command-lfmfit"))
        self.assertNotIn("CUDA", text_of("#range"))

    def test_a_page_of_the_cpu_speaks_of_no_gpu_memory(self):
        self.check("cpu.html", "--backend", "cpu")
        self.assertNotIn("-ngl", text_of("#command-server"))
        self.assertNotIn("GPU memory", js("return document.getElementById('page').innerText"))

    def test_settings_are_kept_in_figures_and_commands(self):
        self.check("batch.html", "-ub", "1024", "--kv-unified", "--reserve", "1GiB", "--runtime", "llama.cpp@0.5")

    def test_a_page_like_a_server_starts_with_its_slots(self):
        open_page(make_page("server.html", MODEL, "--like", "server"))
        answer = json.loads(lfmfit(MODEL, "--json", "--like", "server", "-ngl", "all", "--top", "1"))
        self.assertEqual(text_of("#total"), f"{gb(answer['memory']['gpus'][0]['total_bytes'])} GB")
        words = text_of("#command-lfmfit").split()
        self.assertEqual(json.loads(lfmfit(*words[1:], "--json", "--top", "1"))["memory"], answer["memory"])

    def test_a_page_with_a_model_that_drafts_counts_it(self):
        self.check("draft.html", "--spec-type", "draft-simple", "-md", "Qwen/Qwen3-0.6B", models="Qwen/Qwen3-8B", states=[STATES[0]])
        self.assertIn("--model-draft Qwen3-0.6B.gguf", text_of("#command-server"))

    def test_what_is_loaded_beside_the_model_is_named(self):
        self.check("vision.html", "--with-mmproj", models="Qwen/Qwen2.5-VL-7B-Instruct", states=[STATES[0]])
        self.assertIn("mmproj", text_of("#beside"))
        self.assertIn("--with-mmproj", text_of("#command-lfmfit"))
        self.assertIn("--mmproj", text_of("#command-server"))

    def test_where_nothing_fits_the_nearest_comes_first(self):
        open_page(make_page("giant.html", GIANT))
        show_all()
        too_big = [row for row in rows_of("gpus") if row["runs"] == "too big"]
        shares = [float(row["needs"]) / float(row["usable"]) for row in too_big]
        self.assertTrue(all(a <= b * 1.01 for a, b in zip(shares, shares[1:])))

    def test_without_a_script_the_answers_stand_in_the_page(self):
        path = folder / "page.html"
        if not path.exists():
            make_page("page.html", MODEL)
        html = path.read_text(encoding="utf-8")
        plain = html[html.index('<div id="plain">'): html.index('<div id="page"')]
        answer = report(MODEL, *STATES[0])
        for text in ("<table", "Q8_0", gb(answer["memory"]["gpus"][0]["total_bytes"]), "GeForce RTX", "VRAM", "Other sites say"):
            self.assertIn(text, plain)
        self.assertIn('property="og:description"', html)
        names = [device["name"] for device in answer["gpus"] if device["class"] == "gpu" and device["segment"] in ("consumer", "laptop")][:3]
        for name in names:
            self.assertIn(name, plain)


class TheQuestions(PageTest):
    def test_the_answer_about_gpus_counts_what_the_table_counts(self):
        for state in (("Q4_K_M", 4096, "f16", 1), ("F16", 128000, "f16", 8)):
            choose_state(*state)
            show_all()
            rows = rows_of("gpus")
            able = sum(row["runs"] != "too big" for row in rows)
            words = f"All {able} GPUs" if able == len(rows) else f"{able} of {len(rows)} GPUs"
            self.assertIn(words, answers()[6])

    def test_the_answer_about_macs_names_a_mac_that_the_table_holds(self):
        answer = answers()[2]
        name = js("return document.querySelector('#answer-3 bdi').textContent")
        search("unified", name)
        self.assertIn(name, [row["device"] for row in rows_of("unified")])
        self.assertTrue(answer.startswith("Yes"))

    def test_the_answer_about_the_download_is_the_size_of_the_file(self):
        choose("quantization", "Q8_0")
        size = next(item["file_bytes"] for item in report(MODEL, "Q8_0", 4096, "f16", 1)["quantizations"] if item["name"] == "Q8_0")
        self.assertIn(f"{gb(size)} GB ({size:,} bytes)", answers()[5])

    def test_answers_change_with_the_state(self):
        before = answers()
        choose_state("F16", 128000, "q8_0", 8)
        changed = [i for i, (a, b) in enumerate(zip(before, answers())) if a != b]
        self.assertGreaterEqual(len(changed), 8)


class AnyModel(unittest.TestCase):
    """What holds for the page of every model, small or far too big."""

    @staticmethod
    @functools.cache
    def shown():
        """What each page shows, asks for and says on the console: opened once for all who look at it."""
        pages = {}
        for model in (MODEL, GIANT, EMBEDDING):
            path = folder / f"{model.split('/')[1]}.html"
            make_page(path.name, model)
            for state in ("", "#np=8"):
                pages[model, state] = {"path": path, **AnyModel.read(path, state)}
        return pages

    @staticmethod
    def read(path, state):
        open_page(path, state)
        show_all()
        text = js("return document.getElementById('page').innerText")
        sentences = js("return [...document.querySelectorAll('#faq p, #lede')].map((item) => item.textContent)")
        js("document.querySelectorAll('#selectors select').forEach((select) => { select.selectedIndex = select.options.length - 1; select.dispatchEvent(new Event('change')); })")
        console = browser.get_log("browser")
        events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
        addresses = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
        fetched = browser.execute_async_script("const done = arguments[0]; fetch('data:text/plain,hello').then(() => done('sent'), () => done('refused'))")
        return {"text": text, "sentences": sentences, "console": console, "addresses": addresses, "fetched": fetched}

    def in_every_page(self, check):
        for (model, state), shown in self.shown().items():
            with self.subTest(model=model, state=state):
                check(shown)

    def test_nothing_reads_undefined(self):
        def check(shown):
            self.assertEqual(re.findall(r".{20}(?:undefined|NaN|null|\[object|Infinity).{20}", shown["text"]), [])
        self.in_every_page(check)

    def test_sentences_are_whole(self):
        def check(shown):
            for text in shown["sentences"]:
                self.assertRegex(text, r"^[A-Z0-9\u2068].*[.]$")
                self.assertNotRegex(text, r"  |\.\.|\bonly 0\b|\b1 (GPUs|Macs|devices|machines|slots)\b| ,|\( | \.")
        self.in_every_page(check)

    def test_a_model_too_big_for_every_mac_is_not_recommended_for_one(self):
        path = self.shown()[GIANT, ""]["path"]
        open_page(path, "#unified.find=mac")
        show_all()
        able = [row for row in rows_of("unified") if row["device"].lower().startswith(("mac", "imac")) and row["runs"] != "too big"]
        answer = text_of("#answer-3")
        self.assertEqual(answer.startswith("Not in this state"), not able)
        self.assertEqual("None of the" in answer, not able)

    def test_a_model_that_decodes_nothing_is_not_said_to_run_nowhere(self):
        open_page(self.shown()[EMBEDDING, ""]["path"])
        self.assertNotIn("No GPU", text_of("#answer-5"))
        self.assertIn("All", text_of("#answer-7"))

    def test_the_file_is_small_and_complete(self):
        def check(shown):
            self.assertLess(shown["path"].stat().st_size, 900_000)
            self.assertNotRegex(shown["path"].read_text(encoding="utf-8"), r"""(?:src|href)=["']?(?:https?:)?//""")
        self.in_every_page(check)

    def test_nothing_is_said_on_the_console(self):
        self.in_every_page(lambda shown: self.assertEqual(shown["console"], []))

    def test_no_request_leaves_the_page(self):
        def check(shown):
            page = f"file://{shown['path']}"
            self.assertEqual([address for address in shown["addresses"] if not address.startswith(("data:", "about:", page))], [])
            self.assertIn(page, [address.split("#")[0] for address in shown["addresses"]])
        self.in_every_page(check)

    def test_the_page_itself_forbids_requests(self):
        self.in_every_page(lambda shown: self.assertEqual(shown["fetched"], "refused"))


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

    def test_the_narrowest_phone_shows_names_of_quantizations_whole(self):
        open_page(self.page, "#pin=rtx-3060-12gb", width=320, height=600)
        self.assertEqual(js("return document.documentElement.scrollWidth"), 320)
        cut = js("""const pen = document.createElement("canvas").getContext("2d");
            return [...document.querySelectorAll("#selectors select")].filter((select) => { const style = getComputedStyle(select); pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
              return Math.max(...[...select.options].map((option) => pen.measureText(option.textContent).width)) > select.clientWidth - 28; }).map((select) => select.id)""")
        self.assertEqual(cut, [])

    def test_bars_keep_their_colours_where_colours_are_forced(self):
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "forced-colors", "value": "active"}]})
        open_page(self.page, "#pin=rtx-3060-12gb")
        colours = js("""return [["#bar i", "#headline"], [".gauge i", ".gauge"], [".capacity i", ".capacity"]].map(([bar, ground]) =>
            [getComputedStyle(document.querySelector(bar)).backgroundColor, getComputedStyle(document.querySelector(ground)).backgroundColor])""")
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        for bar, ground in colours:
            self.assertNotEqual(bar, ground)

    def test_what_is_hidden_is_not_shown(self):
        self.assertEqual(js("return [...document.querySelectorAll('[hidden]')].filter((item) => item.getClientRects().length).map((item) => item.outerHTML.slice(0, 80))"), [])

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
        for _ in range(70):
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
        self.assertEqual(js("return document.scripts.length"), 3)
        self.assertEqual(browser.get_log("browser"), [])

    def test_a_right_to_left_name_turns_nothing_around_it(self):
        self.assertEqual(js("return document.querySelector('h1').firstElementChild.tagName"), "BDI")
        self.assertEqual(js("return document.querySelector('#gpus-table tbody th .name').firstElementChild.tagName"), "BDI")

    def test_the_title_is_text(self):
        self.assertIn("<script>alert(1)</script>", browser.title)
        self.assertNotIn("\u202e", browser.title)


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

    def test_the_largest_that_runs_well_and_fast_enough_comes_first(self):
        self.ask("GeForce RTX 3060 12GB")
        show_all()
        rows = rows_of("models")
        parameters = dict(zip(*js("return [data.models.map((model) => model.id), data.models.map((model) => model.parameters)]")))
        good = [row for row in rows if row["runs"] in ("runs great", "runs well") and row["decode"] != DASH and float(row["decode"]) >= 10]
        self.assertTrue(good)
        self.assertEqual(rows[: len(good)], sorted(good, key=lambda row: -parameters[row["id"]]))

    def test_a_model_that_is_too_slow_comes_behind(self):
        self.ask("GeForce RTX 3060 12GB")
        js("const select = document.getElementById('floor'); select.value = '50'; select.dispatchEvent(new Event('change'))")
        show_all()
        fast = [row["decode"] != DASH and float(row["decode"]) >= 50 and row["runs"] in ("runs great", "runs well") for row in rows_of("models")]
        self.assertEqual(fast, sorted(fast, reverse=True))
        self.assertIn("floor=50", js("return location.hash"))

    def test_a_link_to_a_model_pins_the_device_there(self):
        self.ask("RTX3060")
        link = js("return document.querySelector('#models-table tbody a').getAttribute('href')")
        self.assertIn("#pin=rtx-3060-12gb", link)
        open_page(self.site / link.split("#")[0], "#" + link.split("#")[1])
        self.assertEqual(js("return [...document.querySelectorAll('.card')].map((card) => card.dataset.id)"), ["rtx-3060-12gb"])

    def test_a_name_finds_what_it_finds_on_the_command_line(self):
        names = [line.split("\t")[:2] for line in (Path(__file__).parents[1] / "truth/device_names.tsv").read_text().splitlines()[1:]]
        typed = sorted({name for how, name in names if how == "typed"})[::40] + ["RTX3060", "7900xtx", "3060ti", "RTX 3060 Ti", "4090 laptop", "3090", "h100"]
        alone = {name: js("const found = findDevices(arguments[0]); return found.length === 1 ? found[0].id : null", name) for name in typed}
        said = {name: subprocess.run([binary, "check", MODEL, "--on", name, "--json"], capture_output=True, text=True).stdout for name in typed}
        programs = {name: json.loads(text)["request"].get("device") if text else None for name, text in said.items()}
        # the program knows besides which names drivers print for several devices, and then chooses none
        self.assertEqual({name: id for name, id in alone.items() if id and programs[name] and id != programs[name]}, {})
        self.assertGreater(sum(id is not None for id in alone.values()), len(typed) * 0.7)

    def test_several_devices_of_a_name_are_offered(self):
        self.ask("a100 40gb")
        offered = js("return [...document.querySelectorAll('#suggestions button')].map((button) => button.textContent)")
        self.assertIn("A100 SXM4 40GB", offered)
        browser.find_element(By.CSS_SELECTOR, "#suggestions button").click()
        self.assertEqual(js("return document.getElementById('device').value"), offered[0])
        self.assertIn("well or better", text_of("#device-answer"))
        self.assertEqual(js("return document.activeElement.id"), "device")

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


class TheSheet(unittest.TestCase):
    """Pages about other runtimes: every answer stands in them as it was given."""

    def open(self, name, runtime, state):
        path = folder / name
        if not path.exists(): make_page(name, "Qwen/Qwen3-8B", "--runtime", runtime)
        open_page(path, state)
        show_all()
        return path

    def ask(self, devices, **request):
        lines = "".join(json.dumps({"model": "Qwen/Qwen3-8B", "device": device, **request}) + "\n" for device in devices)
        done = subprocess.run([binary, "batch"], input=lines, check=True, capture_output=True, text=True)
        return dict(zip(devices, map(json.loads, done.stdout.splitlines())))

    def assert_rates(self, row, answer, columns):
        for column, key in columns.items():
            value = answer["speed"].get(key)
            if value is None: self.assertEqual(row[column], DASH)
            else: self.assertLessEqual(abs(float(row[column]) - value), (0.05 if value < 9.95 else 0.5) + value * 1e-5)

    def test_a_page_about_vllm_says_what_json_says(self):
        for state, gpus, length, cache, form in (("", 1, 40960, "auto", "BF16"), ("#q=FP8&c=8192&k=fp8&tp=2", 2, 8192, "fp8", "FP8"), ("#q=AWQ&c=32768&tp=4", 4, 32768, "auto", "AWQ")):
            self.open("vllm.html", "vllm", state)
            rows = {row["id"]: row for row in rows_of("devices")}
            self.assertGreater(len(rows), 100)
            names = {id: f"{gpus}x {id}" if gpus > 1 else id for id in rows}
            answers = self.ask(list(names.values()), runtime="vllm", quantization=form, max_model_len=length, kv_cache_dtype=cache, tensor_parallel_size=gpus)
            for id, row in rows.items():
                answer = answers[names[id]]
                with self.subTest(state=state, id=id):
                    if "error" in answer:
                        self.assertEqual([row["runs"], row["needs"], row["tokens"]], ["cannot run", DASH, DASH])
                        continue
                    log = answer["vllm"]
                    number = lambda value: f"{value:,}" if value else DASH
                    self.assertEqual([row["runs"], row["needs"], row["usable"]], [log["verdict"], gb(answer["fit"]["required_bytes"]), gb(answer["fit"]["usable_bytes"])])
                    self.assertEqual([row["tokens"], row["longest"]], [number(log["kv_cache_tokens"]), number(log["largest_max_model_len"])])
                    self.assertEqual(row["concurrency"], f"{log['maximum_concurrency']:.2f}" if log["maximum_concurrency"] else DASH)
                    self.assert_rates(row, answer, {"decode": "decode_tok_s", "throughput": "throughput_tok_s", "prefill": "prefill_tok_s"})

    def test_its_commands_ask_and_start_the_same(self):
        self.open("vllm.html", "vllm", "#q=FP8&c=8192&k=fp8&tp=2&pin=rtx-4090")
        words = shlex.split(text_of("#command-lfmfit"))
        answer = json.loads(subprocess.run([binary, *words[1:], "--json"], capture_output=True, text=True).stdout)
        self.assertEqual(len(answer["memory"]["gpus"]), 2)
        card = text_of(".card")
        self.assertIn(answer["vllm"]["verdict"], card)
        self.assertIn(f"{answer['vllm']['kv_cache_tokens']:,} tokens", card)
        line = text_of("#command-serve")
        self.assertIn("vllm serve Qwen/Qwen3-8B --max-model-len 8192", line)
        pasted = json.loads(subprocess.run([binary, "check", "--on", "2x rtx-4090", "-q", "FP8", "--json", "--command-line", line], capture_output=True, text=True).stdout)
        self.assertEqual(pasted["vllm"]["kv_cache_tokens"], answer["vllm"]["kv_cache_tokens"])

    def test_a_page_about_mlx_says_what_json_says(self):
        for state, length, bits in (("#q=4bit&c=8192", 8192, None), ("#q=4bit&c=32768&k=4", 32768, 4)):
            self.open("mlx.html", "mlx", state)
            rows = {row["id"]: row for row in rows_of("devices")}
            self.assertGreater(len(rows), 50)
            answers = self.ask(list(rows), runtime="mlx", quantization="4bit", context=length, **({"kv_bits": bits} if bits else {}))
            for id, row in rows.items():
                answer = answers[id]
                with self.subTest(state=state, id=id):
                    self.assertEqual([row["runs"], row["needs"], row["usable"]], [answer["fit"]["verdict"], gb(answer["fit"]["required_bytes"]), gb(answer["fit"]["usable_bytes"])])
                    self.assert_rates(row, answer, {"decode": "decode_tok_s", "full": "decode_full_context_tok_s", "prefill": "prefill_tok_s"})

    def test_the_state_and_the_pins_are_in_the_address(self):
        path = self.open("vllm.html", "vllm", "#pin=h100-sxm")
        choose("max_model_len", "8,192")
        address = js("return location.hash")
        self.assertIn("c=8192", address)
        self.assertIn("pin=h100-sxm", address)
        self.assertEqual(rows_of("devices")[0]["id"], "h100-sxm")
        open_page(path, address)
        self.assertIn("8,192 tokens", text_of("#lede"))
        open_page(path, "#q=%3Cscript%3E&c=-1&tp=x&pin=nonesuch")
        self.assertIn("BF16", text_of("#lede"))

    def test_it_is_one_small_file_that_asks_for_nothing(self):
        for name, runtime in (("vllm.html", "vllm"), ("mlx.html", "mlx")):
            path = self.open(name, runtime, "")
            self.assertLess(path.stat().st_size, 2_500_000)
            self.assertEqual(browser.get_log("browser"), [])
            events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
            addresses = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
            self.assertEqual([address for address in addresses if not address.startswith(("data:", "about:", f"file://{path}"))], [])
            self.assertEqual(re.findall(r".{20}(?:undefined|NaN|\[object).{20}", js("return document.getElementById('page').innerText")), [])

    def test_without_a_script_the_devices_stand_in_the_page(self):
        html = self.open("vllm.html", "vllm", "").read_text(encoding="utf-8")
        plain = html[html.index('<div id="plain">'): html.index('<div id="page"')]
        for text in ("<table", "GeForce RTX", "starts", "BF16"): self.assertIn(text, plain)


def main():
    global binary, folder, browser
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    binary = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        browser, reason = chromium.start()
        if not browser:
            print(f"skipped: {reason}")
            sys.exit(77)
        try:
            unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
