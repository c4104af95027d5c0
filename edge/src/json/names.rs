//! How fields and enum values are spelled.

use std::borrow::Cow;

use prost_reflect::{EnumDescriptor, EnumValueDescriptor, FieldDescriptor, MessageDescriptor};

use super::{EnumNames, FieldNames, JsonStyle};

impl JsonStyle {
    /// A field's name in answers.
    pub(crate) fn field_name<'f>(&self, field: &'f FieldDescriptor) -> &'f str {
        match self.field_names {
            FieldNames::Camel => field.json_name(),
            FieldNames::Proto => field.name(),
        }
    }

    /// The value that a name in a request stands for.
    pub(crate) fn enum_value(
        &self,
        descriptor: &EnumDescriptor,
        name: &str,
    ) -> Option<EnumValueDescriptor> {
        if let Some(value) = descriptor.get_value_by_name(name) {
            return Some(value);
        }
        let is_short =
            self.enum_names == EnumNames::Short && !name.contains(|c: char| c.is_ascii_uppercase());
        let mut values = descriptor.values().filter(|_| is_short);
        values.find(|value| short(descriptor.name(), value.name()).eq_ignore_ascii_case(name))
    }
}

/// The field that a member of a body or a query parameter names, in either spelling.
pub(crate) fn field(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    message
        .get_field_by_name(name)
        .or_else(|| message.get_field_by_json_name(name))
}

/// An enum value's name without the prefix that repeats the type's: `PENDING` for
/// `TASK_STATUS_PENDING` of `TaskStatus`; the whole name where it has no such prefix.
pub(crate) fn short<'v>(type_name: &str, value_name: &'v str) -> &'v str {
    let mut rest = value_name;
    let mut previous = None;
    let mut letters = type_name.chars().peekable();
    while let Some(letter) = letters.next() {
        // A word begins at a capital after a small letter, and at the last capital of a row.
        let begins_word = letter.is_ascii_uppercase()
            && previous.is_some_and(|previous: char| {
                !previous.is_ascii_uppercase() && previous != '_'
                    || previous.is_ascii_uppercase()
                        && letters.peek().is_some_and(char::is_ascii_lowercase)
            });
        let after_word = if begins_word {
            rest.strip_prefix('_')
        } else {
            Some(rest)
        };
        let Some(after) =
            after_word.and_then(|rest| rest.strip_prefix(letter.to_ascii_uppercase()))
        else {
            return value_name;
        };
        rest = after;
        previous = Some(letter);
    }
    match rest.strip_prefix('_') {
        Some(short) if short.starts_with(|c: char| c.is_ascii_alphabetic()) => short,
        _ => value_name,
    }
}

/// A path of a field mask as JSON has it to the path it stands for: `parentName` to `parent_name`;
/// one with underscores is a path already.
pub(crate) fn mask_path(json: &str) -> String {
    match json.contains('_') {
        true => json.to_owned(),
        false => snake(json),
    }
}

/// A path of a field mask as JSON has it: `parent_name` becomes `parentName`. What would be read as
/// another path, such as `line_1`, stays as it is.
pub(crate) fn mask_json(path: &str) -> Cow<'_, str> {
    let camel = camel(path);
    match snake(&camel) == path {
        true => Cow::Owned(camel),
        false => Cow::Borrowed(path),
    }
}

fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut is_next_upper = false;
    for c in name.chars() {
        match c {
            '_' => is_next_upper = true,
            c if is_next_upper => {
                out.push(c.to_ascii_uppercase());
                is_next_upper = false;
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enum_values_lose_their_prefix() {
        let rows = [
            ("TaskStatus", "TASK_STATUS_IN_PROGRESS", "IN_PROGRESS"),
            ("Origin", "ORIGIN_MCP", "MCP"),
            ("HTTPStatus", "HTTP_STATUS_OK", "OK"),
            ("IfBusy", "IF_BUSY_ENQUEUE", "ENQUEUE"),
            ("V2Kind", "V2_KIND_A", "A"),
            ("Size", "SIZE_2XL", "SIZE_2XL"),
            ("Color", "RED", "RED"),
            ("Color", "COLORFUL", "COLORFUL"),
            ("Color", "COLOR_", "COLOR_"),
        ];
        for (type_name, value, expected) in rows {
            assert_eq!(short(type_name, value), expected);
        }
    }

    #[test]
    fn mask_paths_change_case() {
        for (json, path) in [
            ("parentName", "parent_name"),
            ("pageInfo.maxSize", "page_info.max_size"),
            ("Abc", "_abc"),
            ("line_1", "line_1"),
            ("__a", "__a"),
            ("___", "___"),
        ] {
            assert_eq!(mask_path(json), path);
            assert_eq!(mask_json(path), json);
        }
        assert_eq!(mask_path("due_date"), "due_date");
    }
}
