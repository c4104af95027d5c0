//! What a person can ask for, once it is understood.

use super::due::Length;

/// One request of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Request {
    Add(NewTask),
    List(Listing),
    /// Tell about one task.
    Look(Target),
    Change(Target, Change),
    Rename(Rename),
    Complete(Target),
    Reopen(Target),
    Delete(Target),
    /// Delete the task of exactly that title, if there is one.
    DeleteTitled(String),
    Restore(Target),
    /// Take back what was done last, here if possible.
    Undo,
    /// Take back what was done just now, if anything was.
    StepBack,
    /// Take back the latest undo.
    Redo,
    /// Look through earlier messages.
    Search(String),
    /// A priority that there is none of.
    NoSuchPriority(String),
    /// Just a task, in answer to a question.
    Bare(Target),
    Greeting,
    Thanks,
    Help,
    /// A yes.
    Yes,
    /// A no, or anything else that asks for nothing.
    Answer,
    /// What may be a task to add: the person is asked.
    Offer(Vec<NewTask>),
    /// So many tasks to be added, more than so many at once.
    TooMany(usize, usize),
    /// What sounds like a request and may be none, as it was written.
    Unsure(String),
    /// Due so much later or earlier than it is.
    Shift(Target, Shift),
    /// Earlier or later by so much, without a word on which.
    EitherWay(Target, Length),
    /// Tagged, or a tag taken off.
    Label(Target, Labels),
    /// Put off, without a word on how long.
    PutOff(Target),
    /// Something is to be done, but what?
    Vague,
}

impl Request {
    /// True when it changes or takes back something that is there already.
    pub(super) const fn changes(&self) -> bool {
        matches!(
            self,
            Self::Change(..)
                | Self::Rename(_)
                | Self::Complete(_)
                | Self::Reopen(_)
                | Self::Delete(_)
                | Self::DeleteTitled(_)
                | Self::Restore(_)
                | Self::Undo
                | Self::StepBack
                | Self::Redo
                | Self::Shift(..)
                | Self::EitherWay(..)
                | Self::Label(..)
                | Self::PutOff(_)
        )
    }

    /// True when something has to be looked up before it can be done: that takes two steps.
    pub(super) const fn looks_first(&self) -> bool {
        matches!(
            self,
            Self::Rename(_) | Self::DeleteTitled(_) | Self::Label(..) | Self::Shift(..)
        )
    }
}

/// A task to be added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NewTask {
    /// Empty when the person did not say.
    pub(super) title: String,
    pub(super) priority: Option<&'static str>,
    pub(super) due: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) recurrence: Option<String>,
}

/// Which tasks are to be listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) which: Which,
    pub(super) priority: Option<&'static str>,
    pub(super) due_after: Option<String>,
    pub(super) due_before: Option<String>,
    pub(super) completed_after: Option<String>,
    pub(super) completed_before: Option<String>,
    pub(super) query: Option<String>,
    /// "due today", of finished ones "today", to repeat in the reply.
    pub(super) when: Option<String>,
}

/// How far the listed tasks have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Which {
    #[default]
    All,
    Open,
    InProgress,
    Completed,
}

/// Which task is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// By words of its title.
    Named(String),
    /// By its place in the latest listing, from 1.
    Nth(usize),
    /// The last of the latest listing.
    Last,
    /// The one that was talked about.
    It,
    Id(String),
    /// More than one at once.
    Many,
    /// "1, 2 and 4": each of these.
    Each(Vec<Target>),
    /// "A task", "one": it is not said which.
    Unsaid,
}

/// By how much a due date is moved, and which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shift {
    pub(super) length: Length,
    pub(super) earlier: bool,
}

/// Tags that a task gets or loses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Labels {
    Add(Vec<String>),
    Remove(Vec<String>),
}

/// What is to become of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    Title(String),
    Priority(&'static str),
    /// Empty clears it.
    Due(String),
    Recurrence(String),
    Description(String),
    Start,
}

/// A new name, where the words do not say where the old name ends: all ways to read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rename {
    pub(super) readings: Vec<(String, String)>,
    /// The words as they were written.
    pub(super) words: String,
}
