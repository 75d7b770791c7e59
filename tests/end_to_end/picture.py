"""Takes the picture in the README: `python -m tests.end_to_end.picture`."""

import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.end_to_end.browser import launch
from tests.end_to_end.nod_process import ROOT, NodProcess
from tests.end_to_end.test_browser import approve, ask, asking, sign_in

PICTURE = ROOT / "docs" / "images" / "run.png"


def main() -> None:
    """Play a run until a file waits to be written, and take its picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        nod = NodProcess(Path(folder))
        chromium = launch(playwright)
        try:
            page = sign_in(chromium, nod.start(), viewport={"width": 1180, "height": 1240}, reduced_motion="reduce")
            ask(page, "write a blog about AI")
            approve(page)
            expect(asking(page)).to_contain_text("outline.md")
            PICTURE.parent.mkdir(exist_ok=True)
            page.screenshot(path=PICTURE, full_page=True)
        finally:
            chromium.close()
            nod.kill()


if __name__ == "__main__":
    main()
