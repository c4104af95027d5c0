//! What asks for nothing to be done: greetings, thanks, questions about the assistant.

use crate::model::offline::{
    reference,
    request::{Request, Target},
    words::Phrase,
};

const GREETINGS: &[&str] = &[
    "hi", "hello", "hey", "hi there", "hello there", "hey there", "good morning",
    "good afternoon", "good evening", "morning", "yo", "greetings", "howdy", "hiya", "hi again",
    "how are you", "how are you doing", "how's it going", "what's up", "whats up", "sup", "good day",
    "hello again", "hi taskchat", "hello taskchat", "hey taskchat",
];

const THANKS: &[&str] = &[
    "thanks", "thank you", "thanks a lot", "thank you very much", "many thanks", "cheers", "great",
    "perfect", "nice", "awesome", "cool", "great thanks", "ok thanks", "okay thanks", "thx", "ty",
    "good job", "well done", "thanks so much", "brilliant", "lovely", "bye", "goodbye", "good night",
    "see you", "wonderful",
];

const ANSWERS: &[&str] = &[
    "yes", "no", "ok", "okay", "yep", "yeah", "nope", "sure", "y", "n", "yes please",
    "no thanks", "never mind", "nevermind", "nothing", "not now", "alright", "fine", "maybe", "right",
];

const HELP: &[&str] = &[
    "help", "help me", "what can you do", "what do you do", "what can i do", "who are you",
    "what are you", "how does this work", "how do you work", "how do i use this", "commands",
    "what can i ask", "what can i say", "what can you help with", "what can you help me with",
    "how can you help", "how can you help me", "what else can you do", "i need help", "what is this",
    "how do i use you", "what are your features", "can you help me", "can you help",
];

const VAGUE: &[&str] = &[
    "sort it out", "sort that out", "sort this out", "sort everything out", "sort it", "fix it",
    "fix that", "fix this", "do it", "do that", "do this", "handle it", "handle that",
    "handle this", "deal with it", "deal with that", "deal with this", "take care of it",
    "take care of that", "take care of this", "make it happen", "do something", "do your thing",
    "change it", "change that", "change something", "update it", "update that", "edit it",
    "clean it up", "clean this up", "tidy up", "organise it", "organize it", "improve it",
    "make it better", "sort out my life", "work it out", "figure it out", "change the task", "get on with it",
];

/// Reads what asks for nothing, or for something that is not said.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    [
        (GREETINGS, Request::Greeting),
        (THANKS, Request::Thanks),
        (ANSWERS, Request::Answer),
        (HELP, Request::Help),
        (VAGUE, Request::Vague),
    ]
    .into_iter()
    .find(|(words, _)| phrase.is_any(words))
    .map(|(_, request)| request)
}

/// Reads a task and nothing else: "number two", "the first one".
pub(super) fn bare(phrase: Phrase<'_>) -> Option<Request> {
    reference::special(phrase)
        .filter(|target| *target != Target::Many)
        .map(Request::Bare)
}
