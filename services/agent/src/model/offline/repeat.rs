//! "Every Monday" → an RFC 5545 rule.

use super::words::Phrase;

/// A rule, and the day on which it begins if it names just one: "monday", "the 1st".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repeat {
    pub(super) rule: String,
    pub(super) begins: Option<String>,
}

const SIMPLE: &[(&str, &str)] = &[
    ("every single day", "FREQ=DAILY"),
    ("every day", "FREQ=DAILY"),
    ("each day", "FREQ=DAILY"),
    ("everyday", "FREQ=DAILY"),
    ("daily", "FREQ=DAILY"),
    ("every other day", "FREQ=DAILY;INTERVAL=2"),
    ("every second day", "FREQ=DAILY;INTERVAL=2"),
    ("every week", "FREQ=WEEKLY"),
    ("each week", "FREQ=WEEKLY"),
    ("once a week", "FREQ=WEEKLY"),
    ("weekly", "FREQ=WEEKLY"),
    ("every other week", "FREQ=WEEKLY;INTERVAL=2"),
    ("every second week", "FREQ=WEEKLY;INTERVAL=2"),
    ("biweekly", "FREQ=WEEKLY;INTERVAL=2"),
    ("fortnightly", "FREQ=WEEKLY;INTERVAL=2"),
    ("every month", "FREQ=MONTHLY"),
    ("each month", "FREQ=MONTHLY"),
    ("once a month", "FREQ=MONTHLY"),
    ("monthly", "FREQ=MONTHLY"),
    ("every quarter", "FREQ=MONTHLY;INTERVAL=3"),
    ("quarterly", "FREQ=MONTHLY;INTERVAL=3"),
    ("every year", "FREQ=YEARLY"),
    ("each year", "FREQ=YEARLY"),
    ("once a year", "FREQ=YEARLY"),
    ("yearly", "FREQ=YEARLY"),
    ("annually", "FREQ=YEARLY"),
    ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every workday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("on weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every weekend", "FREQ=WEEKLY;BYDAY=SA,SU"),
    ("on weekends", "FREQ=WEEKLY;BYDAY=SA,SU"),
];

const DAYS: &[(&str, &str)] = &[
    ("mon", "MO"),
    ("tue", "TU"),
    ("wed", "WE"),
    ("thu", "TH"),
    ("fri", "FR"),
    ("sat", "SA"),
    ("sun", "SU"),
];

/// The phrase without the words at its end that say how it repeats.
pub(super) fn at_end(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Repeat)> {
    phrase
        .ends()
        .filter(|at| !phrase.is_quoted(*at))
        .find_map(|at| Some((phrase.to(at), whole(phrase.from(at))?)))
}

/// The phrase as words that say how something repeats, and nothing else.
pub(super) fn whole(phrase: Phrase<'_>) -> Option<Repeat> {
    let simple = SIMPLE
        .iter()
        .find(|(words, _)| phrase.is_any(&[words]))
        .map(|(_, rule)| Repeat {
            rule: (*rule).to_owned(),
            begins: None,
        });
    simple
        .or_else(|| counted(phrase))
        .or_else(|| monthly(phrase))
        .or_else(|| weekdays(phrase))
}

/// "every 3 weeks".
fn counted(phrase: Phrase<'_>) -> Option<Repeat> {
    let rest = phrase.after("every").filter(|rest| rest.len() == 2)?;
    let count = match rest.word(0) {
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "six" => 6,
        number => number
            .parse::<u32>()
            .ok()
            .filter(|n| (2..=999).contains(n))?,
    };
    let unit = match rest.word(1) {
        "days" => "DAILY",
        "weeks" => "WEEKLY",
        "months" => "MONTHLY",
        "years" => "YEARLY",
        _ => return None,
    };
    Some(Repeat {
        rule: format!("FREQ={unit};INTERVAL={count}"),
        begins: None,
    })
}

/// "on the 1st of every month", "every month on the last day".
fn monthly(phrase: Phrase<'_>) -> Option<Repeat> {
    const MONTHLY: &[&str] = &[
        "of every month",
        "of each month",
        "every month",
        "each month",
        "of the month",
    ];
    let day = phrase
        .before_any(MONTHLY)
        .or_else(|| phrase.after_any(&["every month", "each month", "monthly"]))?;
    // "The 1st of the month" alone is a day, "every 1st of the month" is not.
    let every = day.after_any(&["every", "each"]);
    if phrase.before("of the month").is_some() && every.is_none() {
        return None;
    }
    let day = every.unwrap_or(day);
    let day = day.after("on").unwrap_or(day);
    let day = day.after("the").unwrap_or(day);
    if day.is_any(&["last day"]) {
        return Some(Repeat {
            rule: "FREQ=MONTHLY;BYMONTHDAY=-1".to_owned(),
            begins: Some("end of month".to_owned()),
        });
    }
    let digits = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|end| day.word(0).strip_suffix(end))?;
    let number: u8 = digits
        .parse()
        .ok()
        .filter(|number| (1..=31).contains(number))?;
    (day.len() == 1).then(|| Repeat {
        rule: format!("FREQ=MONTHLY;BYMONTHDAY={number}"),
        begins: Some(format!("the {}", day.word(0))),
    })
}

/// "every monday", "every mon, wed and fri", "on mondays", "every other friday".
fn weekdays(phrase: Phrase<'_>) -> Option<Repeat> {
    let (rest, interval, plural) =
        if let Some(rest) = phrase.after_any(&["every other", "every second"]) {
            (rest, ";INTERVAL=2", false)
        } else if let Some(rest) = phrase.after_any(&["every", "each"]) {
            (rest, "", false)
        } else {
            (phrase.after("on").unwrap_or(phrase), "", true)
        };
    let mut codes = Vec::new();
    let mut names = Vec::new();
    for word in rest.lowers() {
        if word == "and" {
            continue;
        }
        let name = word.strip_suffix('s').unwrap_or(word);
        let is_plural = name.len() != word.len() && name.ends_with("day");
        if plural && !is_plural {
            return None;
        }
        let name = if is_plural { name } else { word };
        if !super::due::is_weekday(name) {
            return None;
        }
        let (_, code) = DAYS.iter().find(|(short, _)| name.starts_with(short))?;
        if !codes.contains(code) {
            codes.push(*code);
        }
        names.push(name.to_owned());
    }
    let begins = match names.as_slice() {
        [] => return None,
        [only] => Some(only.clone()),
        _ => None,
    };
    Some(Repeat {
        rule: format!("FREQ=WEEKLY{interval};BYDAY={}", codes.join(",")),
        begins,
    })
}

#[cfg(test)]
mod tests {
    use super::super::words::Sentence;
    use super::*;

    #[test]
    fn rules() {
        for (text, rule) in [
            ("every day", "FREQ=DAILY"),
            ("Every Monday", "FREQ=WEEKLY;BYDAY=MO"),
            ("every mon, wed and fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
            ("on Tuesdays", "FREQ=WEEKLY;BYDAY=TU"),
            ("every other friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
            ("every 3 weeks", "FREQ=WEEKLY;INTERVAL=3"),
            ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            ("monthly", "FREQ=MONTHLY"),
            ("on the 1st of every month", "FREQ=MONTHLY;BYMONTHDAY=1"),
            ("every month on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
            ("every 3rd of the month", "FREQ=MONTHLY;BYMONTHDAY=3"),
            (
                "on the last day of every month",
                "FREQ=MONTHLY;BYMONTHDAY=-1",
            ),
        ] {
            let repeat = whole(Sentence::read(text).phrase()).map(|repeat| repeat.rule);
            assert_eq!(repeat.as_deref(), Some(rule), "{text}");
        }
        for text in [
            "every",
            "monday",
            "on monday",
            "every so often",
            "every 0 days",
            "the 1st of the month",
            "the 32nd of every month",
            "and",
        ] {
            assert_eq!(whole(Sentence::read(text).phrase()), None, "{text}");
        }
    }
}
