"""Makes the page of the app one file: bundle.py BUILD_FOLDER, where the program lies as WebAssembly. scripts/app calls it."""
import base64
import gzip
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src" / "app" / "web"
SHARED = ROOT / "src" / "render" / "web"  # what it shares with the pages of models


def text_of(*paths):
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def version():
    return re.search(r"project\(lfmfit VERSION ([0-9.]+)", text_of(ROOT / "CMakeLists.txt")).group(1)


def catalog(build):
    """The state of the facts within: its day and its hash."""
    return re.search(r'stamp\{"([-0-9]*)", "([0-9a-f]{16})"\}', text_of(build / "catalog_stamp.cpp")).groups()


def script():
    files = json.loads(text_of(WEB / "scripts.json"))
    return text_of(*(SHARED / name for name in files["shared"]), *(WEB / name for name in files["page"]))


def without_end(script, what):
    """A script as the content of an element, which nothing in it may end."""
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        sys.exit(f"bundle: {what} holds what would end the element that it stands in")
    return script


def main():
    build = Path(sys.argv[1])
    day, facts = catalog(build)
    wasm = (build / "lfmfit_app.wasm").read_bytes()
    values = {
        "version": version(),
        "catalog": facts,
        "day": day,
        "style": text_of(SHARED / "page.css", WEB / "app.css"),
        "script": without_end(script(), "the script"),
        "worker": without_end(text_of(build / "lfmfit_app.js", WEB / "worker.js"), "the worker"),
        "program": base64.b64encode(gzip.compress(wasm, 9, mtime=0)).decode("ascii"),
    }
    page = text_of(WEB / "app.html")
    missing = set(re.findall(r"\{\{(\w+)\}\}", page)) ^ set(values)
    if missing:
        sys.exit(f"bundle: app.html and its values do not match: {sorted(missing)}")
    page = re.sub(r"\{\{(\w+)\}\}", lambda place: values[place.group(1)], page)
    target = build / "lfmfit.html"
    target.write_text(page, encoding="utf-8")
    print(f"{target}: {round(target.stat().st_size / 1000)} kB")


main()
