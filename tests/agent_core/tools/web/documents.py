"""Documents as servers send them."""

from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

ARTICLE = """<html lang="en"><head><title>On nods | The Paper</title>
<meta name="author" content="Ann Author"><meta property="article:published_time" content="2025-05-01T10:00:00Z">
</head><body><nav><a href="/">Home</a> <a href="/about">About</a></nav><article><h1>On nods</h1>
<p>A nod is the smallest word of assent there is, and in most places it is enough to let somebody go on.</p>
<p>Whoever asks for one <a href="/history#top">has asked for centuries</a>, as the records of many markets show.</p>
<blockquote><p>“Nothing moved until the eldest nodded.”</p></blockquote>
<ul><li>It is silent.</li><li>It is quick.</li></ul>
<table><tr><th>Place</th><th>Meaning</th></tr><tr><td>Berlin</td><td>yes</td></tr></table>
</article><footer>All rights reserved, and so on</footer></body></html>"""


def pdf(*pages: str, title: str = "", password: str = "") -> bytes:
    """A PDF with a line of text on each page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(300, 300)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if title:
        writer.add_metadata({"/Title": title, "/Author": "Bob Writer", "/CreationDate": "D:20250102030405Z"})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    written = BytesIO()
    writer.write(written)
    return written.getvalue()
