"""A hand that does a task in the browser and counts what it costs: clicks, page loads, typed fields."""

import base64
import mimetypes


class Hand:
    """Counts the clicks and the loaded pages of one `page`; what is dropped counts as a click."""

    def __init__(self, page):
        self.page, self.clicks, self.loads, self.typed = page, 0, 0, 0
        page.on("domcontentloaded", self._loaded)

    def _loaded(self, page):
        self.loads += 1

    def click(self, target):
        """Click on a locator."""
        target.click()
        self.clicks += 1

    def press(self, key):
        """Press a key that does something; it costs as much as a click."""
        self.page.keyboard.press(key)
        self.clicks += 1

    def type(self, target, text):
        """Type into a field that has the cursor already, or that the cursor is put into by the keyboard."""
        target.fill(text)
        self.typed += 1

    def choose(self, target, *paths):
        """Press a button that asks for files, and choose them."""
        self.clicks += 1
        target.set_input_files([str(path) for path in paths])

    def drop(self, target, *paths):
        """Drop files on a locator."""
        files = [
            {"name": path.name, "type": mimetypes.guess_type(path.name)[0] or "", "data": _encoded(path)}
            for path in paths
        ]
        transfer = self.page.evaluate_handle(
            """(files) => {
                const transfer = new DataTransfer();
                for (const { name, type, data } of files) {
                    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
                    transfer.items.add(new File([bytes], name, { type }));
                }
                return transfer;
            }""",
            files,
        )
        target.dispatch_event("drop", {"dataTransfer": transfer})
        self.clicks += 1

    def told(self, task):
        """Print what the task cost, for whoever runs the measurement by hand."""
        print(f"\n{task}: {self.clicks} clicks, {self.loads} page loads, {self.typed} typed fields")


def _encoded(path):
    return base64.b64encode(path.read_bytes()).decode()
