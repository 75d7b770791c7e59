"""Slack's limits, from its Block Kit and Web API references unless said otherwise."""

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_TEXT = 40_000
MARKDOWN_TEXT = 12_000  # in all markdown blocks of a message together, and in `markdown_text`
#: measured, not documented: 13,297 characters in one markdown block pass, and 13,172 beside a divider
ALL_BLOCKS_TEXT = 13_422
BLOCK_WEIGHT = 125

SECTION_TEXT = 3_000
SECTION_FIELDS = 10
FIELD_TEXT = 2_000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
INPUT_LABEL = 2_000
IMAGE_URL = 3_000
ALT_TEXT = 2_000
IMAGE_TITLE = 2_000
TABLE_ROWS = 100
TABLE_CELLS = 20
TASK_TITLE = 256  # measured, not documented

BLOCK_ID = 255
ACTION_ID = 255
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
BUTTON_URL = 3_000
PLACEHOLDER = 150
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100
CHOICES = 10  # checkboxes and radio buttons
OVERFLOW_OPTIONS = 5
INPUT_LENGTH = 3_000
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30

VIEW_TITLE = 24
VIEW_BUTTON = 24
CALLBACK_ID = 255
EXTERNAL_ID = 255
PRIVATE_METADATA = 3_000
MODALS = 3  # on top of one another

METADATA_BYTES = 16_000  # not documented; far above what an id and a state need
TRIGGER_SECONDS = 3
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5
STREAM_SECONDS = 306  # measured, not documented
STATUS_SECONDS = 120  # a thread's status goes away by itself
PROMPTS = 4
PAGE = 100
LONGEST_PAGE = 999
EVENT_TRIES = 4  # the first and three more
ANSWER_SECONDS = 3.0
TOKEN_SECONDS = 43_200  # of a token that is rotated
CODE_SECONDS = 600
