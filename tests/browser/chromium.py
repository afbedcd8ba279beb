"""Chromium, where it and selenium are installed (apt-get install chromium chromium-driver python3-selenium)."""

import shutil

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
except ImportError:
    webdriver = None

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
INSTALLED = bool(webdriver and PROGRAM and DRIVER)
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")


def start():
    """A browser that keeps what the console and the network say, and why there is none: one of the two is None."""
    if not INSTALLED:
        return None, "Chromium, its driver and python3-selenium are not all installed"
    options = Options()
    options.binary_location = PROGRAM
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    try:
        browser = webdriver.Chrome(service=Service(DRIVER), options=options)
    except WebDriverException as error:
        return None, f"Chromium does not start here: {error.msg}"
    browser.set_script_timeout(120)
    return browser, None
