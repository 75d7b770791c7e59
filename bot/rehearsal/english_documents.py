"""The words of the rehearsal model's files and answers in English."""

from bot.rehearsal.words import DocumentWords

DOCUMENT = DocumentWords(
    notice_first=(
        "**No model wrote this.** It is sample text by Nod's rehearsal model about {about}, "
        "there to show how Nod works."
    ),
    notice_last=(
        "**No model wrote this.** It is the rehearsal model's sample text. Set `OPENAI_API_KEY`, start Nod again, "
        "and a real model writes in its place."
    ),
    nouns={
        "": "text",
        "weekly": "weekly report",
        "blog": "blog post",
        "email": "email",
        "letter": "letter",
        "report": "report",
        "article": "article",
        "post": "post",
        "guide": "guide",
        "story": "story",
        "proposal": "proposal",
    },
    titles={
        "outline": "Outline: {topic}",
        "draft": "{topic}: a sample {noun}",
        "letter": "{topic}",
        "summary": "Summary: {topic}",
        "translation": "Translation: {topic}",
        "report": "What was found: {topic}",
        "background": "Background: {topic}",
        "examples": "Examples: {topic}",
        "notes": "{topic}",
    },
    leads={
        "outline": (
            "These are the points a {noun} about {about} could make. Change them before you approve, and "
            "the draft follows yours."
        ),
        "draft": (
            "This file stands where a real model would put a {noun} about {about}. The plan, the "
            "steps and your decisions around "
            "it are real: nothing was written that a person, or the policy a person chose, had not let pass."
        ),
        "letter": "I write to you about {about}. To be plain: this is a sample, and the sender is a script.",
        "summary": (
            "This file stands where a real model would sum up {about}: the gist in a sentence, then the "
            "points, then what is open."
        ),
        "translation": (
            "This file stands where a real model would put the translation. The rehearsal model knows no "
            "languages, so it translates nothing."
        ),
        "report": (
            "This file stands where a real model would join what was collected about {about}. Nothing "
            "was looked up, so it states no findings."
        ),
        "background": (
            "This file stands where a real model would say what {about} is and what is known of it, each "
            "fact with its source."
        ),
        "examples": "This file stands where a real model would collect examples of {about}, each with what came of it.",
        "notes": (
            "This file stands where a real model would do what was asked about {about}, step by step, "
            "and say what came out."
        ),
    },
    here_heading="What a real model would put here",
    here={
        "summary": (
            "**The gist** in one sentence.",
            "**Three to five points**, each in the order of the source.",
            "**What stays open**, and what the source does not say.",
        ),
        "translation": (
            "**The whole text**, paragraph by paragraph, with its headings and lists kept.",
            "**Names and terms** rendered the same way throughout.",
            "**A note** wherever a phrase has no good counterpart.",
        ),
        "report": (
            "**The answer in short**, for those who read no further.",
            "**What speaks for it and what against**, each with its source.",
            "**How sure one can be**, and what would settle the rest.",
        ),
        "background": (
            "**A definition** that a newcomer understands.",
            "**How it came about**, with dates.",
            "**Where matters stand today**, with sources.",
        ),
        "examples": (
            "**Two or three examples** with names, dates and figures.",
            "**One that went wrong**, and why.",
            "**What they have in common.**",
        ),
        "notes": (
            "**What was asked**, in a sentence.",
            "**What was done for it**, with results.",
            "**What is left**, and who should decide it.",
        ),
    },
    points_heading="Points",
    points={
        "": (
            "Why {topic} matters now",
            "What {topic} is, in plain words",
            "An example from everyday work",
            "What speaks against it",
            "What to do next",
        ),
        "weekly": (
            "What was done this week",
            "What it changed, in numbers",
            "What stood in the way",
            "What comes next week",
            "Where help is needed",
        ),
        "report": (
            "The result in short",
            "What was looked at, and how",
            "What was found",
            "How sure this is",
            "What to decide now",
        ),
        "email": ("Why I write", "What it is about", "What I ask of you", "By when, and what happens then"),
        "letter": ("Why I write", "What it is about", "What I ask of you", "By when, and what happens then"),
    },
    bodies=(
        (
            "A real model would open here, in two or three sentences, for readers with ten minutes and "
            "no background. It would say what is at stake with {about}, and for whom."
        ),
        (
            "Here would stand the facts, each with where it comes from. The rehearsal model knows "
            "nothing about {about}, so it states none and invents none."
        ),
        (
            "Here would stand an example, short and concrete: what somebody did, what came of it, and "
            "what they would do differently."
        ),
        (
            "Here would stand the other side, fairly told, so that readers can judge for themselves "
            "instead of being persuaded."
        ),
        (
            "Here the text would close with one thing the reader can do. You can do one now: reply in "
            "the thread, and what you write is taken up in the next text."
        ),
    ),
    subject="**Subject:** {topic}",
    greeting="Hello,",
    regards="Kind regards,\nNod's rehearsal model",
    read_heading="What was read",
    read_line="From `{path}`:",
    read_nothing="`{path}` could not be read: {reason}",
    thread_heading="Taken up from the thread",
    thread_line="{who} wrote:",
    changed_heading="What changed in this version",
    changed_line="Version {number} takes up what {who} said: {reason}. A real model would rewrite the text by it.",
    changed_silently=(
        "Version {number}: {who} rejected the one before and gave no reason, so this one asks: what "
        "should be different?"
    ),
    unmet_line="Still unmet before: {reason}",
    asked_heading="Words that were asked for",
    persona="*Written in the part of {persona}.*",
    model_heading="How to have a real model write it",
    model_steps=(
        "Set `OPENAI_API_KEY` to your key, in the environment or in the file `.env`.",
        (
            "For a server of your own, such as Ollama or vLLM, set `OPENAI_BASE_URL` to its address, "
            "which mostly ends in `/v1`."
        ),
        "Set `NOD_MODEL` to the name of the model.",
        "Start Nod again and ask for the same. The plan, the steps and the decisions work just as they did here.",
    ),
    more_heading="While you are here",
    more=(
        (
            "Try rejecting a step and giving a reason. The next proposal takes the reason up, and what "
            "was rejected is not proposed again unchanged."
        ),
        (
            "Try editing a step. What you approve is exactly what runs: a decision counts for the text "
            "you saw and for no other, so nothing can slip in between."
        ),
        (
            "Try writing in the thread while the run is under way. Whatever you write reaches the next "
            "turn, and you will find it quoted in the next text."
        ),
        (
            "Try closing the page, or stopping Nod altogether. A run that waits for people is rows in a "
            "database; start Nod again, and it waits where it stood."
        ),
        (
            "Try approving the rest of the run at once, when you have seen enough to trust it. You can "
            "still pause or stop it at any time."
        ),
        (
            "Look at the journal afterwards. It holds every proposal, who decided it, when and how, and "
            "it is chained so that nobody can change it unnoticed."
        ),
    ),
    filler=(
        "Part {number}. This paragraph is here because a certain length was asked for. A real model "
        "would use the room for another example, a comparison or a figure about {about}."
    ),
    answers={
        "write": "**{path} is ready to read: {words} words.**",
        "summarise": (
            "**{path} holds the sample summary: {words} words.** A real model would give its gist here, "
            "in three points."
        ),
        "translate": "**{path} is where the translation would be: {words} words of sample text.**",
        "answer": (
            "You asked: {about}.\n\nA real model would answer here: first in one sentence, then with its "
            "reasons, then with what it is not sure of. The rehearsal model knows nothing, so it does "
            "not guess."
        ),
        "research": (
            "**{path} joins what was collected: {words} words.** Nothing was looked up, so it states no findings."
        ),
        "code": "**The code and its tests are written. Nothing was run:** read both before you use them.",
        "none": "**No file could be read here**, so there is nothing to hand over.",
        "other": "**{path} is written: {words} words.** It says what a real model would do about {about}.",
    },
    contents="It holds:",
    file_line="`{path}`: {words} words",
    comment_first="No model wrote this. It is sample code by Nod's rehearsal model about {about}.",
    comment_last="No model wrote this. Set OPENAI_API_KEY, start Nod again, and a real model writes in its place.",
    code_doc="Say what a real model would put here. Nothing of this was run.",
    code_text="A real model would write code here for: {topic}",
)
