//! Finds the template that fits a path, among all of them at once.
//!
//! A tree with one level per segment: at each level a literal is preferred to `*`, and `*` to `**`,
//! going back where a preferred branch leads nowhere. A node is visited at most once per lookup, and
//! siblings and verbs are found by hash, so the cost follows the path and not the number of routes.

#[cfg(test)]
mod tests;

use std::{borrow::Cow, collections::HashMap};

use http::Method;

use super::template::{Segment, Template, decode};

/// Which HTTP methods a rule answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verb {
    /// This one. GET also stands for HEAD, where HEAD has no rule of its own.
    Only(Method),
    /// All that no other rule of the same path names (`custom { kind: "*" }`).
    Any,
}

/// All templates, by segment.
#[derive(Debug, Default)]
pub(crate) struct Trie {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<Box<str>, Node>,
    one: Option<Box<Node>>,
    /// Templates that end here.
    ends: Ends,
    /// Templates that end in `**` here.
    rests: Ends,
}

/// Templates that differ only in what follows the last colon, and in their methods.
#[derive(Debug, Default)]
struct Ends {
    plain: Vec<End>,
    verbs: HashMap<Box<str>, Vec<End>>,
}

#[derive(Debug)]
struct End {
    verb: Verb,
    rule: usize,
}

/// What a lookup came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'p> {
    /// This rule, with the raw segments of the path (the custom verb cut off).
    Rule(usize, Vec<&'p str>),
    /// The path is known, but only with these methods.
    OtherMethods(Vec<Method>),
    /// Nothing of ours.
    Nothing,
}

impl Trie {
    /// Adds a template; gives back the rule that already has its place.
    pub(crate) fn insert(
        &mut self,
        template: &Template,
        verb: Verb,
        rule: usize,
    ) -> Result<(), usize> {
        let mut node = &mut self.root;
        let mut has_rest = false;
        for segment in &template.segments {
            node = match segment {
                Segment::Literal(text) => node.literals.entry(text.as_str().into()).or_default(),
                Segment::One => node.one.get_or_insert_default(),
                Segment::Rest => {
                    has_rest = true;
                    break;
                }
            };
        }
        let ends = if has_rest {
            &mut node.rests
        } else {
            &mut node.ends
        };
        let ends = match template.verb.as_deref() {
            None => &mut ends.plain,
            Some(colon) => ends.verbs.entry(colon.into()).or_default(),
        };
        match ends.iter().find(|end| end.verb == verb) {
            Some(end) => Err(end.rule),
            None => {
                ends.push(End { verb, rule });
                Ok(())
            }
        }
    }

    /// Finds the rule for a method and a raw path. One slash at the end is tolerated.
    pub(crate) fn find<'p>(&self, method: &Method, path: &'p str) -> Found<'p> {
        let Some(path) = path.strip_prefix('/') else {
            return Found::Nothing;
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let plain: Vec<&str> = path.split('/').collect();
        // Only a raw colon begins a verb; `%3A` is part of the segment.
        let split = plain.split_last().and_then(|(last, before)| {
            let (last, verb) = last.rsplit_once(':')?;
            let mut segments = before.to_vec();
            segments.push(last);
            Some((segments, decode(verb)?))
        });

        let mut methods = Vec::new();
        if let Some((segments, verb)) = split {
            if let Some(rule) = self.search(&segments, Some(&verb), method) {
                return Found::Rule(rule, segments);
            }
            // A verb that the path has is never the end of an id, whatever the method.
            self.root.collect(&segments, Some(&verb), &mut methods);
        }
        if methods.is_empty() {
            if let Some(rule) = self.search(&plain, None, method) {
                return Found::Rule(rule, plain);
            }
            self.root.collect(&plain, None, &mut methods);
        }
        match methods.is_empty() {
            true => Found::Nothing,
            false => Found::OtherMethods(allowed(methods)),
        }
    }

    fn search(&self, segments: &[&str], colon: Option<&str>, method: &Method) -> Option<usize> {
        let found = self.root.search(segments, colon, method);
        match method {
            &Method::HEAD => found.or_else(|| self.root.search(segments, colon, &Method::GET)),
            _ => found,
        }
    }
}

impl Node {
    fn search(&self, segments: &[&str], colon: Option<&str>, method: &Method) -> Option<usize> {
        #[cfg(test)]
        tests::STEPS.set(tests::STEPS.get() + 1);
        let Some((first, rest)) = segments.split_first() else {
            let here = self.ends.pick(colon, method);
            return here.or_else(|| self.rests.pick(colon, method));
        };
        self.branches(first)
            .find_map(|node| node.search(rest, colon, method))
            .or_else(|| self.rests.pick(colon, method))
    }

    fn collect(&self, segments: &[&str], colon: Option<&str>, methods: &mut Vec<Method>) {
        let ends = match segments.split_first() {
            None => Some(&self.ends),
            Some((first, rest)) => {
                for node in self.branches(first) {
                    node.collect(rest, colon, methods);
                }
                None
            }
        };
        for end in ends
            .into_iter()
            .chain([&self.rests])
            .flat_map(|ends| ends.of(colon))
        {
            if let Verb::Only(method) = &end.verb {
                methods.push(method.clone());
            }
        }
    }

    /// Where a segment leads, the more exact first.
    fn branches(&self, segment: &str) -> impl Iterator<Item = &Self> {
        let text = match segment.contains('%') {
            true => decode(segment).map(Cow::Owned),
            false => Some(Cow::Borrowed(segment)),
        };
        let literal = text.and_then(|text| self.literals.get(text.as_ref()));
        let one = self.one.as_deref().filter(|_| !segment.is_empty());
        literal.into_iter().chain(one)
    }
}

impl Ends {
    fn of(&self, colon: Option<&str>) -> &[End] {
        match colon {
            None => &self.plain,
            Some(colon) => self.verbs.get(colon).map_or(&[], Vec::as_slice),
        }
    }

    /// A rule that names the method is preferred to one for any method.
    fn pick(&self, colon: Option<&str>, method: &Method) -> Option<usize> {
        let mut fitting = self.of(colon).iter();
        #[cfg(test)]
        tests::STEPS.set(tests::STEPS.get() + fitting.len());
        let named = fitting
            .clone()
            .find(|end| matches!(&end.verb, Verb::Only(only) if only == method));
        named
            .or_else(|| fitting.find(|end| end.verb == Verb::Any))
            .map(|end| end.rule)
    }
}

fn allowed(mut methods: Vec<Method>) -> Vec<Method> {
    if methods.contains(&Method::GET) {
        methods.push(Method::HEAD);
    }
    methods.push(Method::OPTIONS);
    methods.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    methods.dedup();
    methods
}
