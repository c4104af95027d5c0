//! Paths: from templates to the simpler ones of OpenAPI, and which operation stands where.
//!
//! OpenAPI tells paths apart by their literals alone, and its variables are single segments. So
//! templates that differ only in names share one path, with the names of the first, and a variable of
//! several segments keeps its literals in the path.

use serde_json::{Map, Value};

use crate::rule::{
    Rule,
    template::{Extent, Segment},
    trie::Verb,
};

/// One variable of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathParameter {
    /// Its name in the path.
    pub(super) name: String,
    /// Which binding of the rule it belongs to, if any: a bare `*` sets nothing.
    pub(super) binding: Option<usize>,
    /// True when it stands for all segments that are left.
    pub(super) is_rest: bool,
    /// True when the binding has more than this segment.
    pub(super) is_part: bool,
}

/// All paths.
#[derive(Debug, Default)]
pub(super) struct Paths(Vec<Path>);

#[derive(Debug)]
struct Path {
    /// The path with its variables' names left out.
    shape: String,
    names: Vec<String>,
    item: Map<String, Value>,
}

/// Where the operation of a rule belongs.
pub(super) struct Place<'p> {
    path: &'p mut Path,
    parameters: Vec<PathParameter>,
    count: usize,
}

impl Paths {
    /// Finds the place of a rule, or makes it.
    pub(super) fn place(&mut self, rule: &Rule) -> Place<'_> {
        let mut parameters = parameters(rule);
        let shape = shape(rule);
        // Which one of the RPC's operations it is: operation ids must differ.
        let count = self.count(rule);
        let index = match self.0.iter().position(|path| path.shape == shape) {
            Some(index) => index,
            None => {
                self.0.push(Path {
                    shape,
                    names: parameters.iter().map(|p| p.name.clone()).collect(),
                    item: Map::new(),
                });
                self.0.len() - 1
            }
        };
        #[expect(clippy::indexing_slicing, reason = "found or pushed just above")]
        let path = &mut self.0[index];
        for (parameter, name) in parameters.iter_mut().zip(&path.names) {
            parameter.name.clone_from(name);
        }
        Place {
            path,
            parameters,
            count,
        }
    }

    fn count(&self, rule: &Rule) -> usize {
        let operations = self.0.iter().flat_map(|path| path.item.values());
        let more = operations.clone().filter_map(Value::as_object);
        let more = more.filter(|map| !map.contains_key("operationId"));
        let all = operations.chain(more.flat_map(Map::values));
        all.filter(|operation| operation["x-grpc-method"] == rule.method.full_name())
            .count()
    }

    /// The paths object.
    pub(super) fn finish(self) -> Map<String, Value> {
        let paths = self.0.into_iter().map(|path| {
            let mut names = path.names.iter();
            let mut text = String::new();
            for (index, piece) in path.shape.split("{}").enumerate() {
                if index > 0 {
                    text.push('{');
                    text.push_str(names.next().map_or("", String::as_str));
                    text.push('}');
                }
                text.push_str(piece);
            }
            (text, Value::Object(path.item))
        });
        paths.collect()
    }
}

impl Place<'_> {
    /// The variables of the path, by the names they have there.
    pub(super) fn parameters(&self) -> &[PathParameter] {
        &self.parameters
    }

    /// How many operations the rule's RPC has already.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Puts the operation under its method.
    pub(super) fn put(self, rule: &Rule, operation: Value) {
        let fixed = [
            "get", "put", "post", "delete", "options", "head", "patch", "trace",
        ];
        let verb = match &rule.verb {
            Verb::Only(method) => method.as_str().to_owned(),
            Verb::Any => "*".to_owned(),
        };
        let lower = verb.to_ascii_lowercase();
        if fixed.contains(&lower.as_str()) {
            self.path.item.entry(lower).or_insert(operation);
            return;
        }
        // OpenAPI 3.2 has a place for other methods; 3.1 takes its name as an extension.
        let others = self.path.item.entry("x-additionalOperations");
        if let Value::Object(others) = others.or_insert_with(|| Map::new().into()) {
            others.entry(verb).or_insert(operation);
        }
    }
}

/// The variables: one for each segment that is not fixed.
fn parameters(rule: &Rule) -> Vec<PathParameter> {
    let mut parameters: Vec<PathParameter> = Vec::new();
    for (at, segment) in rule.template.segments.iter().enumerate() {
        if matches!(segment, Segment::Literal(_)) {
            continue;
        }
        let bindings = rule.bindings.iter().map(|binding| &binding.variable);
        let binding = bindings.clone().position(|variable| match variable.extent {
            Extent::Single => at == variable.start,
            Extent::Several(count) => (variable.start..variable.start + count).contains(&at),
            Extent::ToEnd => at >= variable.start,
        });
        let is_part = binding
            .and_then(|index| bindings.clone().nth(index))
            .is_some_and(|variable| variable.extent != Extent::Single);
        let base = binding
            .and_then(|index| rule.bindings.get(index))
            .map_or("segment", |binding| binding.name.as_str());
        let taken = |name: &str| parameters.iter().any(|other| other.name == name);
        let mut name = base.to_owned();
        let mut number = 1;
        while taken(&name) {
            number += 1;
            name = format!("{base}_{number}");
        }
        parameters.push(PathParameter {
            name,
            binding,
            is_rest: *segment == Segment::Rest,
            is_part,
        });
    }
    parameters
}

/// `/v1/shelves/{}/books/{}:print`.
fn shape(rule: &Rule) -> String {
    let mut shape = String::new();
    for segment in &rule.template.segments {
        shape.push('/');
        match segment {
            Segment::Literal(text) => shape.push_str(text),
            Segment::One | Segment::Rest => shape.push_str("{}"),
        }
    }
    if let Some(verb) = &rule.template.verb {
        shape.push(':');
        shape.push_str(verb);
    }
    shape
}
