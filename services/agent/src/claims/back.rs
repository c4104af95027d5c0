//! Whether receipts back a claim.

use taskchat_domain::{Receipt, ReceiptKind};

use super::{
    ClaimKind,
    read::Reading,
    words::{Class, traits},
};

/// A receipt, with the words it can be recognised by.
struct Fact<'r> {
    receipt: &'r Receipt,
    titles: Vec<String>,
    words: Vec<String>,
}

/// The receipts of a turn, made ready for comparison.
pub(super) struct Facts<'r>(Vec<Fact<'r>>);

impl<'r> Facts<'r> {
    pub(super) fn new(receipts: &[&'r Receipt]) -> Self {
        Self(receipts.iter().map(|receipt| Fact::new(receipt)).collect())
    }

    /// True when there are receipts for what is claimed.
    pub(super) fn back(&self, claim: &Reading<'_>, listed: &[&str]) -> bool {
        let fitting: Vec<_> = self
            .0
            .iter()
            .filter(|fact| fact.fits(claim.kind) || claim.or.is_some_and(|or| fact.fits(or)))
            .filter(|fact| fact.changed(claim.object.field))
            .collect();
        if fitting.is_empty()
            || claim
                .object
                .count
                .is_some_and(|count| count > fitting.len())
        {
            return false;
        }
        let named = |title: &&str| is_value(title) || fitting.iter().any(|fact| fact.named(title));
        let object = &claim.object;
        if !object.titles.iter().all(named) || !listed.iter().all(named) {
            return false;
        }
        if !object.hints.is_empty() && !object.hints.iter().any(named) {
            return false;
        }
        object.words.is_empty()
            || object
                .words
                .iter()
                .any(|word| fitting.iter().any(|fact| fact.mentions(word)))
    }
}

impl<'r> Fact<'r> {
    fn new(receipt: &'r Receipt) -> Self {
        let mut titles = vec![plain(receipt.task.title.as_str())];
        let mut words = words(receipt.task.title.as_str());
        words.extend(self::words(receipt.task.description.as_str()));
        words.extend(
            receipt
                .task
                .tags
                .as_slice()
                .iter()
                .flat_map(|tag| self::words(tag)),
        );
        for change in &receipt.changes {
            for value in [&change.before, &change.after] {
                words.extend(self::words(value));
                titles.push(plain(value));
            }
        }
        titles.retain(|title| !title.is_empty());
        Self {
            receipt,
            titles,
            words,
        }
    }

    fn fits(&self, claim: ClaimKind) -> bool {
        use ReceiptKind::{Completed, Created, Deleted, Reopened, Restored, Updated};
        let kind = self.receipt.kind;
        let status = |after: &str| {
            kind == Updated
                && (self.receipt.changes.is_empty()
                    || self.receipt.changes.iter().any(|change| {
                        change.field == "status"
                            && (change.after == "completed") == (after == "completed")
                    }))
        };
        let repeats = kind == Completed && self.receipt.task.recurrence.is_some();
        match claim {
            ClaimKind::Created => matches!(kind, Created | Restored) || repeats,
            ClaimKind::Completed => kind == Completed || status("completed"),
            ClaimKind::Updated => {
                matches!(kind, Updated | Created | Completed | Reopened | Restored)
            }
            ClaimKind::Deleted => kind == Deleted,
            ClaimKind::Reopened => kind == Reopened || status("pending") || kind == Restored,
            ClaimKind::Restored => {
                matches!(kind, Restored | Created) || kind == Updated && self.undoes()
            }
            ClaimKind::Undone | ClaimKind::Changed => true,
        }
    }

    fn undoes(&self) -> bool {
        self.receipt.summary.starts_with("Undone")
    }

    /// True when the receipt says that the field changed, or does not say which fields did.
    fn changed(&self, field: Option<&str>) -> bool {
        let (Some(field), ReceiptKind::Updated) = (field, self.receipt.kind) else {
            return true;
        };
        self.receipt.changes.is_empty()
            || self
                .receipt
                .changes
                .iter()
                .any(|change| change.field == field)
    }

    /// True when words in quotes can be the name of this task, or one of its values.
    fn named(&self, title: &str) -> bool {
        let title = plain(title);
        let close = |own: &String| {
            own == &title
                || title.len() > 2 && own.contains(title.as_str())
                || own.len() > 2 && title.contains(own.as_str())
        };
        if self.titles.iter().any(close) {
            return true;
        }
        let said: Vec<_> = title
            .split_whitespace()
            .filter(|word| !traits(word).is(Class::Generic))
            .collect();
        !said.is_empty() && said.iter().all(|word| self.mentions(word))
    }

    /// True when one word is of this task, give or take its ending.
    fn mentions(&self, word: &str) -> bool {
        self.words.iter().any(|own| alike(own, word))
    }
}

/// True when quoted words name a value of a field and so no task.
fn is_value(title: &str) -> bool {
    let title = title.to_lowercase();
    title
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .all(|word| traits(word).is_value() || traits(word).is(Class::Preposition))
}

/// "report" and "reports", "groceries" and "grocery", "booking" and "book".
fn alike(own: &str, word: &str) -> bool {
    let common = own
        .bytes()
        .zip(word.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let shorter = own.len().min(word.len());
    common == own.len() && common == word.len()
        || common >= 4 && common * 4 >= shorter * 3
        || common == 3 && shorter == 3 && own.len().max(word.len()) <= 6
}

/// Lower case, letters and digits, single spaces.
fn plain(text: &str) -> String {
    words(text).join(" ")
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
