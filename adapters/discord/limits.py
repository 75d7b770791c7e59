"""Discord's limits, each with its source. "docs" are the pages of its developer documentation."""

CONTENT = 2_000  # characters of a message without components; docs, Create Message
TEXT_TOTAL = 4_000  # characters of all text displays of a message; docs, Component Reference
# bytes of UTF-8 of all text displays, with TEXT_OVERHEAD for each; more is answered with 500 (discord-api-docs,
# issue 8554, measured), and Chinese has three bytes a character
TEXT_BYTES = 10_170
TEXT_OVERHEAD = 12
COMPONENTS = 40  # nested ones and accessories counted; docs, Component Reference
ROW_BUTTONS = 5  # docs, Action Row
BUTTON_LABEL = 80  # characters; docs, Button
BUTTON_URL = 512  # characters; docs, Button
CUSTOM_ID = 100  # characters; docs, Anatomy of a Component

FILES = 10  # in one message; docs, Uploading Files
MIB = 1024 * 1024
UPLOAD = 10 * MIB  # bytes of each file; docs, Uploading Files
UPLOAD_BY_TIER = {2: 50 * MIB, 3: 100 * MIB}  # by a server's boost level; Discord's support, "Server Boosting"

NONCE = 25  # characters; docs, Create Message
PAGE = 100  # messages; docs, Get Channel Messages

MODAL_TITLE = 45  # docs, Interaction Response, Modal
MODAL_COMPONENTS = 5  # the same
INPUT_LABEL = 45  # docs, Label
INPUT_DESCRIPTION = 100  # docs, Label
INPUT = 4_000  # characters of a text input; docs, Text Input

THREAD_NAME = 100  # docs, Start Thread from Message
# minutes of silence until a thread is archived: the longest there is, and as long as approvals stay open by default
ARCHIVE_AFTER = 10_080
# a thread is renamed twice in ten minutes at the most (discord-api-docs, issue 1900): Nod names one when it starts it,
# and shows progress on its Card

ANSWER_SECONDS = 3.0  # for the first answer to an interaction; docs, Interaction Callback

IDENTIFY = 5.0  # seconds between sessions that are begun; docs, Gateway, "Identify concurrency"
REQUESTS = 50  # a second, of all processes with one token together; docs, Rate Limits, "Global Rate Limit"
# answers 401, 403 or 429 within INVALID_WINDOW, after which the address is banned; docs, Rate Limits,
# "Invalid Request Limit"
INVALID = 10_000
INVALID_WINDOW = 600.0  # seconds
GOAL = 6_000  # characters of a command's option, the most there can be; docs, Application Command Option Structure
REACTED = 100  # people of one request; docs, Get Reactions
