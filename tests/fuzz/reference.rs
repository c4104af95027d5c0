//! How paths are matched, as naively as it can be written: every template is tried on every path, and
//! the most exact of those that fit is taken.

use http::Method;
use prost_reflect::{DynamicMessage, Value};
use taskchat_oracles::POOL;

/// One binding of an RPC.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name without the service.
    pub rpc: String,
    method: Method,
    parts: Vec<Part>,
    verb: Option<String>,
}

/// One segment of a template.
#[derive(Debug, Clone)]
struct Part {
    /// Literal, `*` or `**`.
    pattern: String,
    /// The variable it belongs to.
    variable: Option<String>,
}

/// What a path comes to.
#[derive(Debug)]
pub enum Outcome {
    /// This rule, with its variables as they stand in the path; true for those of one segment.
    Rule(Rule, Vec<(String, String, bool)>),
    /// Only with other methods.
    OtherMethod,
    /// Nothing.
    Nothing,
}

/// The rules of all RPCs.
#[must_use]
pub fn rules() -> Vec<Rule> {
    let http = POOL
        .get_extension_by_name("google.api.http")
        .expect("annotations");
    let service = POOL
        .get_service_by_name("echo.v1.Echo")
        .expect("the service");
    let mut rules = Vec::new();
    for method in service.methods() {
        let options = method.options();
        let rule = options.get_extension(&http);
        let rule = rule.as_message().expect("a rule");
        let more = rule
            .get_field_by_name("additional_bindings")
            .expect("a field");
        let more = more
            .as_list()
            .expect("a list")
            .iter()
            .filter_map(Value::as_message);
        for rule in std::iter::once(rule).chain(more) {
            rules.extend(self::rule(method.name(), rule));
        }
    }
    rules
}

fn rule(rpc: &str, rule: &DynamicMessage) -> Option<Rule> {
    let field = |message: &DynamicMessage, name: &str| {
        let value = message.get_field_by_name(name).expect("a field");
        value.as_str().expect("a text").to_owned()
    };
    let plain = ["get", "put", "post", "delete", "patch"];
    let plain = plain.iter().find(|name| rule.has_field_by_name(name));
    let (method, template) = match plain {
        Some(name) => (name.to_uppercase(), field(rule, name)),
        None if rule.has_field_by_name("custom") => {
            let custom = rule.get_field_by_name("custom").expect("a field");
            let custom = custom.as_message().expect("a message");
            (field(custom, "kind"), field(custom, "path"))
        }
        None => return None,
    };
    let (template, verb) = match template.rsplit_once(':') {
        Some((template, verb)) => (template.to_owned(), Some(verb.to_owned())),
        None => (template, None),
    };
    let mut parts = Vec::new();
    let mut rest = template.strip_prefix('/').expect("a slash");
    while !rest.is_empty() {
        let (one, after) = match rest.strip_prefix('{') {
            Some(variable) => variable.split_once('}').expect("a brace"),
            None => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        };
        let (name, patterns) = match rest.starts_with('{') {
            true => {
                let (name, patterns) = one.split_once('=').unwrap_or((one, "*"));
                (Some(name.to_owned()), patterns)
            }
            false => (None, one),
        };
        parts.extend(patterns.split('/').map(|pattern| Part {
            pattern: pattern.to_owned(),
            variable: name.clone(),
        }));
        rest = after.strip_prefix('/').unwrap_or(after);
    }
    let method = method.parse().expect("a method");
    Some(Rule {
        rpc: rpc.to_owned(),
        method,
        parts,
        verb,
    })
}

impl Rule {
    /// How exact it is, segment by segment, if it fits: 0 literal, 1 `*`, 2 `**`.
    fn fits(&self, segments: &[&str]) -> Option<Vec<u8>> {
        let mut ranks = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            match (part.pattern.as_str(), segments.get(at)) {
                ("**", _) => {
                    ranks.push(2);
                    return Some(ranks);
                }
                ("*", Some(segment)) if !segment.is_empty() => ranks.push(1),
                (literal, Some(segment))
                    if literal != "*" && decode(segment).as_deref() == Some(literal) =>
                {
                    ranks.push(0);
                }
                _ => return None,
            }
        }
        (self.parts.len() == segments.len()).then_some(ranks)
    }

    /// The variables; a text of several segments has its slashes.
    fn variables(&self, segments: &[&str]) -> Vec<(String, String, bool)> {
        let mut variables: Vec<(String, String, bool)> = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            let Some(name) = &part.variable else { continue };
            let count = self
                .parts
                .iter()
                .filter(|other| other.variable.as_ref() == Some(name))
                .count();
            let is_single = count == 1 && part.pattern != "**";
            let text = match part.pattern.as_str() {
                "**" => segments[at..].join("/"),
                _ => segments[at].to_owned(),
            };
            let is_end = part.pattern == "**" && at >= segments.len();
            match variables.iter_mut().find(|(other, ..)| other == name) {
                Some(_) if is_end => {}
                Some((_, before, _)) => *before = format!("{before}/{text}"),
                None => variables.push((name.clone(), text, is_single)),
            }
        }
        variables
    }
}

/// Looks a path up in all rules.
#[must_use]
pub fn find(rules: &[Rule], method: &Method, path: &str) -> Outcome {
    let Some(path) = path.strip_prefix('/') else {
        return Outcome::Nothing;
    };
    let path = path.strip_suffix('/').unwrap_or(path);
    let plain: Vec<&str> = path.split('/').collect();
    let with_verb = plain.last().and_then(|last| last.rsplit_once(':'));
    if let Some((last, verb)) = with_verb {
        let mut segments = plain.clone();
        *segments.last_mut().expect("a segment") = last;
        let verb = decode(verb);
        let outcome = best(rules, method, &segments, verb.as_deref());
        if verb.is_some() && !matches!(outcome, Outcome::Nothing) {
            return outcome;
        }
    }
    best(rules, method, &plain, None)
}

fn best(rules: &[Rule], method: &Method, segments: &[&str], verb: Option<&str>) -> Outcome {
    let fitting: Vec<(Vec<u8>, &Rule)> = rules
        .iter()
        .filter(|rule| rule.verb.as_deref() == verb)
        .filter_map(|rule| Some((rule.fits(segments)?, rule)))
        .collect();
    let with = |method: &Method| {
        let answering = fitting.iter().filter(|(_, rule)| rule.method == *method);
        answering.min_by_key(|(ranks, _)| ranks.clone())
    };
    let found = match *method {
        Method::HEAD => with(method).or_else(|| with(&Method::GET)),
        _ => with(method),
    };
    match found {
        Some((_, rule)) => Outcome::Rule((*rule).clone(), rule.variables(segments)),
        None if fitting.is_empty() => Outcome::Nothing,
        None => Outcome::OtherMethod,
    }
}

/// Percent-decodes byte by byte; `None` for what is badly encoded or no text.
#[must_use]
pub fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let digits = after
            .get(..2)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok()
}

/// Like [`decode`], but `%2F` and `%2f` stay.
#[must_use]
pub fn decode_but_slashes(text: &str) -> Option<String> {
    let kept = text.replace("%2F", "\0F").replace("%2f", "\0f");
    let decoded = kept.split('\0').enumerate().map(|(at, piece)| match at {
        0 => decode(piece),
        _ => {
            let (letter, rest) = piece.split_at(1);
            Some(format!("%2{letter}{}", decode(rest)?))
        }
    });
    decoded
        .collect::<Option<Vec<_>>>()
        .map(|pieces| pieces.concat())
}
