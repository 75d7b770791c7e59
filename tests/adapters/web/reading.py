"""Pages as a browser would read them."""

from html.parser import HTMLParser

from tests.adapters.web.doors import visiting


class Reader(HTMLParser):
    """What a browser would make of a page: its tags, its attributes and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.ids, self.words = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


async def read(app, path, status=200, **headers):
    async with visiting(app, **headers) as client:
        answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return Reader(answer.text)
