//! The arguments of a call, as models write them.
//!
//! Parsed here and not by serde, because whatever is wrong must come back as an envelope that names
//! the argument. `null` counts as absent. An argument that the tool does not have is refused, so
//! that nothing asked for is silently left out, with one exception: `user_id` is passed over, since
//! callers of the original product send it, and never has an effect.

use chrono::Utc;
use rmcp::model::JsonObject;
use serde_json::Value;
use taskchat_domain::{Due, Status, Tags, TimeZone};

use crate::{
    outcome::Refusal,
    schema::{Argument, Form},
    when,
};

/// Other names of arguments: those that tasks have in results, and those models make up.
const ALIASES: [(&str, &str); 3] = [("task", "task_id"), ("id", "task_id"), ("due_date", "due")];

/// Passed over wherever it comes.
const IGNORED: &str = "user_id";

/// The arguments of one call: known by name, not yet read.
#[derive(Debug)]
pub(crate) struct Args(JsonObject);

impl Args {
    /// Takes the arguments of a tool.
    pub(crate) fn new(known: &[Argument], raw: Option<JsonObject>) -> Result<Self, Refusal> {
        let has = |name: &str| known.iter().any(|argument| argument.name == name);
        let mut args = JsonObject::new();
        for (name, value) in raw.unwrap_or_default() {
            if value.is_null() || name == IGNORED {
                continue;
            }
            let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
            let name = match alias {
                Some((_, target)) if !has(&name) && has(target) => (*target).to_owned(),
                _ => name,
            };
            if !has(&name) {
                let known: Vec<_> = known.iter().map(|argument| argument.name).collect();
                let problem = if known.is_empty() {
                    "is not an argument of this tool, which takes none".to_owned()
                } else {
                    format!(
                        "is not an argument of this tool; it takes {}",
                        known.join(", ")
                    )
                };
                return Err(Refusal::invalid(name, &problem));
            }
            match args.get(&name) {
                None => {
                    args.insert(name, value);
                }
                Some(first) if is_blank(first) => {
                    args.insert(name, value);
                }
                Some(first) if *first == value || is_blank(&value) => {}
                Some(_) => return Err(Refusal::invalid(name, "is given twice, with two values")),
            }
        }
        Ok(Self(args))
    }

    /// The value of an argument, as it came.
    pub(crate) fn raw(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text; `None` when it is absent.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::invalid(name, "must be text")),
        }
    }

    /// A text that says something; `None` when it is absent or blank.
    pub(crate) fn given(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        Ok(self
            .text(name)?
            .map(str::trim)
            .filter(|text| !text.is_empty()))
    }

    /// A word out of a list, in any letter case, "in progress" for `in_progress`.
    pub(crate) fn word(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        let word = self.given(name)?;
        Ok(word.map(|word| word.to_lowercase().replace([' ', '-'], "_")))
    }

    /// A word that stands for a value. Blank is as absent.
    pub(crate) fn choice<T: std::str::FromStr<Err = taskchat_domain::Error>>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, Refusal> {
        let word = self.word(name)?;
        Ok(word.map(|word| word.parse()).transpose()?)
    }

    /// Statuses to list: one of them, "open" for those that are not completed, "all" for any.
    pub(crate) fn statuses(&self, name: &'static str) -> Result<Vec<Status>, Refusal> {
        Ok(match self.word(name)?.as_deref() {
            None | Some("all" | "any") => Vec::new(),
            Some("open") => vec![Status::Pending, Status::InProgress],
            Some(word) => vec![word.parse().map_err(|_| {
                Refusal::invalid(name, "must be pending, in_progress, completed, open or all")
            })?],
        })
    }

    /// Labels; a blank text stands for none.
    pub(crate) fn tags(&self, name: &'static str) -> Result<Option<Tags>, Refusal> {
        let texts: Option<Vec<String>> = match self.0.get(name) {
            None => return Ok(None),
            Some(value) if is_blank(value) => Some(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect(),
            Some(_) => None,
        };
        let texts = texts.ok_or_else(|| Refusal::invalid(name, "must be a list of texts"))?;
        Ok(Some(Tags::parse(&texts)?))
    }

    /// A whole number from 1; more than the most counts as the most (AIP-158).
    pub(crate) fn count(&self, name: &'static str, most: u32) -> Result<Option<u32>, Refusal> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let whole = value.as_u64().or_else(|| {
            // Some models write every number as a float.
            let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
            (1.0..=1e9).contains(&number).then_some(number as u64)
        });
        match whole {
            Some(count @ 1..) => Ok(Some(u32::try_from(count).unwrap_or(most).min(most))),
            _ => Err(Refusal::invalid(name, "must be a whole number from 1")),
        }
    }

    /// A date or phrase; `None` when it is absent or blank.
    pub(crate) fn due(
        &self,
        name: &'static str,
        now: chrono::DateTime<Utc>,
        zone: TimeZone,
    ) -> Result<Option<Due>, Refusal> {
        let Some(text) = self.given(name)? else {
            return Ok(None);
        };
        when::resolve(text, now, zone).map(Some).ok_or_else(|| {
            Refusal::invalid(
                name,
                "must be a date or time such as 2026-11-27, 2026-11-27T17:00:00Z, tomorrow, next friday 5pm, in 3 days or dec 24",
            )
        })
    }
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The argument that names a task, the same in every tool that takes one.
pub(crate) const TASK_ID: Argument = Argument {
    name: "task_id",
    form: Form::Required,
    about: "Id of the task, or words of its title.",
};

/// The argument that says when a task is due.
pub(crate) const DUE: Argument = Argument {
    name: "due",
    form: Form::Text,
    about: "ISO date or instant, or an English phrase as the person said it: \"next friday 5pm\".",
};

/// How much a task matters.
pub(crate) const PRIORITY: Argument = Argument {
    name: "priority",
    form: Form::OneOf(&["low", "medium", "high", "urgent"]),
    about: "How much it matters.",
};

/// The argument that says how a task repeats.
pub(crate) const RECURRENCE: Argument = Argument {
    name: "recurrence",
    form: Form::Text,
    about: "How it repeats: an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=MO.",
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::outcome::{Code, envelope};

    const KNOWN: &[Argument] = &[
        TASK_ID,
        DUE,
        PRIORITY,
        Argument {
            name: "tags",
            form: Form::Labels,
            about: "",
        },
        Argument {
            name: "limit",
            form: Form::UpTo(200),
            about: "",
        },
    ];

    fn args(raw: Value) -> Result<Args, Refusal> {
        Args::new(KNOWN, raw.as_object().cloned())
    }

    fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>) -> (Code, String) {
        let refusal = result.unwrap_err();
        let code = refusal.code();
        let envelope = envelope(Err(refusal)).structured_content.unwrap();
        (
            code,
            envelope["error"]["message"].as_str().unwrap().to_owned(),
        )
    }

    #[test]
    fn unknown_arguments_are_refused_by_name_and_user_id_is_nothing() {
        let (code, message) = refused(args(json!({"dry_run": true})));
        assert_eq!(code, Code::ValidationError);
        assert_eq!(
            message,
            "dry_run is not an argument of this tool; it takes task_id, due, priority, tags, limit"
        );
        for harmless in [
            json!({"user_id": "somebody"}),
            json!({"dry_run": null}),
            json!(null),
        ] {
            assert!(args(harmless).unwrap().0.is_empty());
        }
    }

    #[test]
    fn aliases_stand_for_their_argument_and_may_not_contradict_it() {
        for same in [
            json!({"task": "milk"}),
            json!({"id": "milk"}),
            json!({"task_id": "", "task": "milk"}),
            json!({"task_id": "milk", "task": " "}),
            json!({"task_id": "milk", "task": "milk"}),
        ] {
            let args = args(same.clone()).unwrap();
            assert_eq!(args.given("task_id").unwrap(), Some("milk"), "{same}");
        }
        let (_, message) = refused(args(json!({"task_id": "milk", "task": "bread"})));
        assert_eq!(message, "task_id is given twice, with two values");
    }

    #[test]
    fn mistyped_values_name_their_argument() {
        let wrong = args(json!({"task_id": 3, "due": ["friday"], "tags": "home", "limit": "many"}))
            .unwrap();
        let now = "2026-11-25T09:30:00Z".parse().unwrap();
        assert_eq!(refused(wrong.text("task_id")).1, "task_id must be text");
        assert_eq!(
            refused(wrong.due("due", now, TimeZone::UTC)).1,
            "due must be text"
        );
        assert_eq!(
            refused(wrong.tags("tags")).1,
            "tags must be a list of texts"
        );
        let limit = "limit must be a whole number from 1";
        assert_eq!(refused(wrong.count("limit", 200)).1, limit);
        for bad in [json!(0), json!(-1), json!(1.5), json!(true), json!("5")] {
            let args = args(json!({"limit": bad})).unwrap();
            assert_eq!(refused(args.count("limit", 200)).1, limit);
        }
        let soon = args(json!({"due": "soon"})).unwrap();
        let (code, message) = refused(soon.due("due", now, TimeZone::UTC));
        assert_eq!(code, Code::ValidationError);
        assert!(message.contains("next friday 5pm"), "{message}");
    }

    #[test]
    fn values_are_read_as_models_write_them() {
        let said = args(json!({
            "tags": ["home", "#garden"], "limit": 5.0, "priority": " HIGH ", "due_date": "tomorrow",
        }))
        .unwrap();
        let now = "2026-11-25T09:30:00Z".parse().unwrap();
        assert_eq!(
            said.tags("tags").unwrap().unwrap().as_slice(),
            ["home", "garden"]
        );
        assert_eq!(said.count("limit", 200).unwrap(), Some(5));
        assert_eq!(said.count("limit", 3).unwrap(), Some(3));
        let priority: Option<taskchat_domain::Priority> = said.choice("priority").unwrap();
        assert_eq!(priority, Some(taskchat_domain::Priority::High));
        let due = said.due("due", now, TimeZone::UTC).unwrap().unwrap();
        assert_eq!(due.to_string(), "2026-11-26");
    }
}
