"""Takes the picture in the README: `python -m tests.end_to_end.picture`."""

import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.end_to_end.browser import launch
from tests.end_to_end.nod_process import ROOT, NodProcess
from tests.end_to_end.test_browser import approve, ask, asking, sign_in

SIZE = {"width": 1180, "height": 1240}
PICTURE = ROOT / "docs" / "images" / "run.png"


def main() -> None:
    """Play a run until one step is done and the next waits, and take its picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        nod = NodProcess(Path(folder))
        chromium = launch(playwright)
        try:
            page = sign_in(chromium, nod.start(), viewport=SIZE, device_scale_factor=1.5, reduced_motion="reduce")
            ask(page, "write a blog about AI")
            for title in ("Plan", "Write a file", "Read a file"):
                expect(asking(page).get_by_role("heading", name=title, exact=True)).to_be_visible()
                approve(page)
            expect(asking(page).get_by_text("New file blog.md")).to_be_visible()
            page.evaluate("scrollTo(0, 0)")
            PICTURE.parent.mkdir(exist_ok=True)
            page.screenshot(path=PICTURE)
        finally:
            chromium.close()
            nod.kill()


if __name__ == "__main__":
    main()
