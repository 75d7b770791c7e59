"""The rehearsal model's words in English."""

from bot.rehearsal.english_documents import DOCUMENT
from bot.rehearsal.words import PlanWords, TurnWords, VerdictWords, Words

_PLAN = PlanWords(
    why={
        "write": (
            "A text is easier to steer in three steps: first its outline, then the draft, then a look at the result."
        ),
        "summarise": "One subtask is enough: read what there is, and write the summary.",
        "translate": "One subtask is enough: read what there is, and write the translation.",
        "answer": "A question needs an answer and no ceremony, so this is one subtask.",
        "research": (
            "Background and examples need nothing of each other, so they are collected side by side and then joined."
        ),
        "code": "The code comes first, then tests that show what it should do.",
        "other": "The goal is small, so this is one subtask.",
    },
    why_again="The last plan was rejected ({reason}), so this one goes about it differently.",
    why_rest="This plans only what is not done yet; what is done stays.",
    why_said="It also takes up what was written meanwhile.",
    question=(
        "What shall come out of this? For example: write a blog about your product, summarise an attached file, "
        "or answer a question."
    ),
    outline=(
        "Outline in {outline}",
        "Write {outline}: the points a {noun} about {about} should make, as a numbered list.",
    ),
    draft=("Write {path}", "Read {outline}. Write {path}: a {noun} about {about} that follows the outline."),
    check=(
        "Check {path} and hand over",
        (
            "Read {path} and count its words. Then answer in the thread: what it holds, how long it is, "
            "and where to find it."
        ),
    ),
    revise=("Revise {path}", "Read {path}. Write {path} again, so that it takes up {reason}."),
    compact=(
        "Write {path} in one go",
        "Write {path} about {about} at once, without steps before it. Then answer in the thread: what it holds.",
    ),
    compact_answer=("Answer again, differently", "Answer in the thread about {about}, and take up {reason}."),
    second_look=(
        "Look at {path} once more",
        "Read {path} with {reason} in mind. Then answer in the thread: what still lacks.",
    ),
    sources=(
        "Read the files, write {path}",
        (
            "List the files with list_files. Read {files}. Write {path} from it. Then answer in the "
            "thread: the main points."
        ),
    ),
    first="List the files with list_files. Read {files}. ",
    here=("Write {path}", "Write {path} from what the goal says: {about}. Then answer in the thread: the main points."),
    earlier=(
        "Go on with {path}",
        "Read {path} as it stands. Write {path} again, as the goal asks. Then answer in the thread: what changed.",
    ),
    answer=("Answer the question", "Answer in the thread: {about}."),
    background=("Background in background.md", "Write background.md: what {about} is, and what is known of it."),
    examples=("Examples in examples.md", "Write examples.md: examples of {about}, and what others made of it."),
    together=(
        "Bring it together in {path}",
        "Read background.md and examples.md. Write {path} from both. Then answer in the thread: what came out.",
    ),
    code=("Write {path}", "Write {path}: code for {about}. Nothing is run."),
    tests=(
        "Write tests in {tests}",
        "Read {path}. Write {tests}: tests of it. Then answer in the thread, and say that nothing was run.",
    ),
    other=("Write {path} and say so", "Write {path} about {about}. Then answer in the thread: what it holds."),
    again=("Again: {title}", "{title}. This was not done: {lacking}."),
    version=" (version {number})",
    objection=" People rejected the last plan: {reason}. Take that up.",
    exists="{path} is there and not empty.",
    at_least="{path} has at least {number} words.",
    mentions="{path} mentions {about}.",
    answered="An answer was given in the thread.",
    points="The outline has at least four points.",
    says_length="The answer says how long the text is.",
    honest="What was written says plainly that no model wrote it.",
    not_run="The answer says that nothing was run.",
)

_TURN = TurnWords(
    why_list="To see which files there are before reading any.",
    why_read="To go by what {path} really says.",
    why_write="The subtask asks for {path}; this is the rehearsal model's sample text for it.",
    why_answer="People should read in the thread what came out.",
    why_rejected="This version takes up what {who} said of the last one: {reason}.",
    why_unmet="This version takes up what was still unmet.",
    why_heard="This version takes up what {who} wrote in the thread.",
    someone="people",
    no_reason="no reason given",
    wrote="{path} is written: {words} words of sample text.",
    read="{path} was read.",
    answered="The answer is in the thread.",
    edited="{who} changed what was proposed, and that counts.",
    shown="{what} was only shown, since this run only observes.",
    left_undone="{what} was cut off and left undone, as people decided.",
    unread="{path} was not read: {reason}.",
    failed="{what} failed: {reason}",
    heard="Heard from the thread: {text}.",
    nothing="There was nothing to do with the tools at hand.",
    not_a_model="No model wrote any of it; this is the rehearsal model.",
    chat="This is Nod's rehearsal model: scripted replies, no model. Set OPENAI_API_KEY to use a real one.",
)

_VERDICT = VerdictWords(
    met="{steps} ended well; the rehearsal model goes by that alone and does not judge contents.",
    met_by_result="The reported result shows it; the rehearsal model does not judge contents.",
    no_step="No step ended well.",
    nothing_on="No step that ended well has to do with {path}.",
    advice="Propose again what is missing: {what}",
)

ENGLISH = Words(_PLAN, _TURN, _VERDICT, DOCUMENT)
