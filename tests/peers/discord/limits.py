"""Discord's limits, each with where it is said. "docs" are the developer documentation's pages."""

MIB = 1024 * 1024

CONTENT = 2000  # characters; docs, Create Message
NONCE = 25  # characters; docs, Create Message
NONCE_WINDOW = 300.0  # seconds; "the past few minutes" (docs, Create Message), taken as five
FILES = 10  # files in one message; docs, Uploading Files
FILE_SIZE = {0: 10 * MIB, 1: 10 * MIB, 2: 50 * MIB, 3: 100 * MIB}  # by boost tier; docs, Uploading Files, and support
EMBEDS = 10  # docs, Create Message
EMBED_TOTAL = 6000  # characters in all embeds of a message; docs, Embed Limits
EMBED_FIELDS = 25
EMBED_TEXTS = {"title": 256, "description": 4096}
EMBED_FIELD_TEXTS = {"name": 256, "value": 1024}

COMPONENTS = 40  # nested ones and accessories counted; docs, Component Reference
LEGACY_ROWS = 5  # without IS_COMPONENTS_V2; docs, Legacy Message Component Behavior
TEXT_TOTAL = 4000  # characters of all text displays; error COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED says so
# bytes of UTF-8, plus 12 for each text display; more is answered with 500 (discord-api-docs, issue 8554, measured)
TEXT_BYTES_TOTAL = 10_170
TEXT_DISPLAY_OVERHEAD = 12
ROW_BUTTONS = 5  # docs, Action Row
LABEL = 80  # characters of a button's label; docs, Button
URL = 512  # docs, Button
CUSTOM_ID = 100  # docs, Anatomy of a Component
SECTION_TEXTS = 3  # docs, Section
GALLERY_ITEMS = 10  # docs, Media Gallery
MEDIA_DESCRIPTION = 1024  # docs, Media Gallery Item and Thumbnail
OPTIONS = 25  # docs, String Select
OPTION_TEXT = 100  # label, value and description of an option
PLACEHOLDER = 150  # docs, String Select

MODAL_COMPONENTS = 5  # docs, Interaction Response, Modal
MODAL_TITLE = 45
INPUT_LABEL = 45  # docs, Label
INPUT_DESCRIPTION = 100
INPUT_PLACEHOLDER = 100  # docs, Text Input
INPUT_LENGTH = 4000

ANSWER_WITHIN = 3.0  # seconds; docs, Interaction Callback
TOKEN_LASTS = 15 * 60.0  # seconds; docs, Interaction Callback

THREAD_NAME = 100  # docs, Start Thread from Message
ARCHIVE_AFTER = (60, 1440, 4320, 10080)  # minutes; the same page
RENAMES, RENAME_WINDOW = 2, 600.0  # in seconds, of one channel; discord-api-docs, issue 1900
OLD_MESSAGE = 3600.0  # seconds after which edits count against error 30046; docs, JSON Error Codes

GLOBAL_REQUESTS = 50  # a second; docs, Rate Limits
GATEWAY_EVENTS, GATEWAY_WINDOW = 120, 60.0  # sent by an app on a connection; docs, Gateway, Rate Limiting
MEMBERS_CHUNK = 1000  # docs, Guild Members Chunk

COMMANDS = 100  # of each scope; docs, Application Commands
COMMAND_OPTIONS = 25
COMMAND_DESCRIPTION = 100
CHOICES = 25
REACTIONS = 20  # different ones on a message; error 30010
