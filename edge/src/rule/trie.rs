//! Finds the template that fits a path, among all of them at once.
//!
//! A tree with one level per segment: at each level a literal is preferred to `*`, and `*` to `**`,
//! going back where a preferred branch leads nowhere. A node is visited at most once per lookup and
//! siblings are found by hash, so the cost follows the path and not the number of routes.

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
    ends: Vec<End>,
    /// Templates that end in `**` here.
    rests: Vec<End>,
}

#[derive(Debug)]
struct End {
    /// The custom verb of the template.
    colon: Option<Box<str>>,
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
        let colon = template.verb.as_deref().map(Into::into);
        match ends
            .iter()
            .find(|end| end.colon == colon && end.verb == verb)
        {
            Some(end) => Err(end.rule),
            None => {
                ends.push(End { colon, verb, rule });
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
        let Some((first, rest)) = segments.split_first() else {
            return pick(&self.ends, colon, method).or_else(|| pick(&self.rests, colon, method));
        };
        self.branches(first)
            .find_map(|node| node.search(rest, colon, method))
            .or_else(|| pick(&self.rests, colon, method))
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
        for end in ends.into_iter().flatten().chain(&self.rests) {
            if end.colon.as_deref() == colon
                && let Verb::Only(method) = &end.verb
            {
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

/// A rule that names the method is preferred to one for any method.
fn pick(ends: &[End], colon: Option<&str>, method: &Method) -> Option<usize> {
    let mut fitting = ends.iter().filter(|end| end.colon.as_deref() == colon);
    let named = fitting
        .clone()
        .find(|end| matches!(&end.verb, Verb::Only(only) if only == method));
    named
        .or_else(|| fitting.find(|end| end.verb == Verb::Any))
        .map(|end| end.rule)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn trie(rules: &[(&str, &str)]) -> Trie {
        let mut trie = Trie::default();
        for (index, (verb, template)) in rules.iter().enumerate() {
            let verb = match *verb {
                "*" => Verb::Any,
                verb => Verb::Only(verb.parse().unwrap()),
            };
            trie.insert(&Template::parse(template).unwrap(), verb, index)
                .unwrap_or_else(|other| panic!("{template} conflicts with rule {other}"));
        }
        trie
    }

    #[test]
    fn the_most_exact_template_wins() {
        let rules = [
            ("GET", "/v1/items/{id}"),
            ("GET", "/v1/items/special"),
            ("POST", "/v1/items/{id}:archive"),
            ("POST", "/v1/items:search"),
            ("GET", "/v1/{name=files/**}"),
            ("POST", "/v1/{name=files/**}:cat"),
            ("GET", "/v1/{name=shelves/*/books/*}"),
            ("*", "/v1/any/{x}"),
            ("GET", "/v1/any/{x}"),
            ("GET", "/{user}/items/{id}/x"),
            ("PURGE", "/v1/items/{id}"),
            ("GET", "/v1/a%20b"),
        ];
        let trie = trie(&rules);
        let rows = [
            ("GET", "/v1/items/5", Some(0)),
            ("HEAD", "/v1/items/5", Some(0)),
            ("GET", "/v1/items/5/", Some(0)),
            ("GET", "/v1/items/5//", None),
            ("GET", "/v1/items//", None),
            ("GET", "/v1/items/", None),
            ("GET", "/v1/items/special", Some(1)),
            ("GET", "/v1/items/s%70ecial", Some(1)),
            ("PURGE", "/v1/items/special", Some(10)),
            ("POST", "/v1/items/5:archive", Some(2)),
            ("POST", "/v1/items/a:b:archive", Some(2)),
            ("POST", "/v1/items/5%3Aarchive", None),
            ("GET", "/v1/items/5:archive", None),
            ("GET", "/v1/items/5:other", Some(0)),
            ("GET", "/v1/items/5%3Aarchive", Some(0)),
            ("POST", "/v1/items/:archive", None),
            ("POST", "/v1/items:search", Some(3)),
            ("GET", "/v1/files", Some(4)),
            ("GET", "/v1/files/a/b/c", Some(4)),
            ("POST", "/v1/files/a/b:cat", Some(5)),
            ("GET", "/v1/shelves/1/books/2", Some(6)),
            ("GET", "/v1/shelves/1/books", None),
            ("GET", "/v1/any/1", Some(8)),
            ("PUT", "/v1/any/1", Some(7)),
            // Back out of the literal branch `v1`, which has no such continuation.
            ("GET", "/v1/items/5/x", Some(9)),
            ("GET", "/v1/a%20b", Some(11)),
            ("GET", "/nothing", None),
            ("GET", "/", None),
            ("GET", "", None),
        ];
        for (method, path, expected) in rows {
            let found = match trie.find(&method.parse().unwrap(), path) {
                Found::Rule(rule, _) => Some(rule),
                _ => None,
            };
            assert_eq!(found, expected, "{method} {path}");
        }
    }

    #[test]
    fn other_methods_are_told() {
        let trie = trie(&[
            ("GET", "/v1/items/{id}"),
            ("DELETE", "/v1/items/{id}"),
            ("PUT", "/v1/items/special"),
            ("POST", "/v1/items/{id}:archive"),
        ]);
        let rows = [
            ("/v1/items/5", "DELETE,GET,HEAD,OPTIONS"),
            ("/v1/items/special", "DELETE,GET,HEAD,OPTIONS,PUT"),
            ("/v1/items/5:archive", "OPTIONS,POST"),
            ("/v1/things", ""),
        ];
        for (path, expected) in rows {
            let methods = match trie.find(&Method::PATCH, path) {
                Found::OtherMethods(methods) => methods,
                Found::Nothing => Vec::new(),
                Found::Rule(..) => panic!("{path} should not match"),
            };
            let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
            assert_eq!(methods.join(","), expected, "{path}");
        }
    }

    #[test]
    fn templates_of_one_shape_conflict() {
        let mut trie = trie(&[("GET", "/v1/{a=x/*}/y")]);
        let mut add = |verb, text| trie.insert(&Template::parse(text).unwrap(), verb, 1);
        assert_eq!(add(Verb::Only(Method::GET), "/v1/x/{b}/y"), Err(0));
        assert_eq!(add(Verb::Only(Method::PUT), "/v1/x/{b}/y"), Ok(()));
        assert_eq!(add(Verb::Only(Method::GET), "/v1/x/{b}/y:z"), Ok(()));
        assert_eq!(add(Verb::Any, "/v1/x/{b}/y"), Ok(()));
    }
}
