"""Slack's limits. Each line names its source; characters unless said otherwise."""

MESSAGE_BLOCKS = 50  # Block Kit reference, blocks
VIEW_BLOCKS = 100  # Block Kit reference, blocks: modals and Home tabs
SECTION_TEXT = 3_000  # Block Kit reference, section block; ours are rich text, which has no limit of its own
CONTEXT_TEXT = 2_000  # Block Kit reference, context block: a text object in it, by measure
MARKDOWN_TEXT = 12_000  # Block Kit reference, markdown block: all of a message's together
ALL_BLOCKS = 13_200  # not documented: what chat.postMessage takes before msg_blocks_too_long, by measure
BLOCK_WEIGHT = 125  # what each block counts in that sum, by measure
BLOCKS_ROOM = 12_000  # ours: what a message is filled up to, well below ALL_BLOCKS
MESSAGE_TEXT = 4_000  # chat.postMessage: longer texts are cut by some clients; ours is only for notifications
TASK_TITLE = 256  # plan and task_card blocks, by measure

BUTTON_TEXT = 75  # Block Kit reference, button element
BUTTON_VALUE = 2_000  # Block Kit reference, button element
ACTION_ELEMENTS = 25  # Block Kit reference, actions block
CONFIRM_TITLE = 100  # Block Kit reference, confirmation dialog
CONFIRM_TEXT = 300  # Block Kit reference, confirmation dialog
CONFIRM_BUTTON = 30  # Block Kit reference, confirmation dialog

MODAL_TITLE = 24  # Surfaces reference, modals; the buttons below it have as many
INPUT_LABEL = 2_000  # Block Kit reference, input block: its label, and its hint
INPUT_TEXT = 3_000  # Block Kit reference, plain-text input
PRIVATE_METADATA = 3_000  # Surfaces reference, modals
MODAL_BYTES = 200_000  # ours: Slack takes views of up to 250 kB
TRIGGER_SECONDS = 3  # Interactivity: a trigger_id opens a view once, within this; an acknowledgement has as long

RESPONSE_URL_USES = 5  # Interactivity: within RESPONSE_URL_SECONDS; a command is answered in fewer messages
RESPONSE_URL_SECONDS = 30 * 60

PROMPTS = 4  # assistant.threads.setSuggestedPrompts
ASSISTANT_TITLE = 250  # ours: assistant.threads.setTitle names no limit
UPLOADS = 20  # ours: more files than that come as one archive
PAGE = 200  # conversations.history and .replies: Slack recommends no more than 200 a page
EVENT_TYPE = "nod_card"  # of our messages' metadata: letters, digits, _ and -
