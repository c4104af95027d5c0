//! Which template fits which path, and at what cost.

use std::{cell::Cell, hint::black_box, time::Instant};

use super::*;

thread_local! {
    /// Nodes visited and rules compared since the test began.
    pub(super) static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// So many rules of the shapes that real APIs have, and paths that some of them fit.
fn many(count: usize) -> (Trie, [&'static str; 5]) {
    let mut trie = Trie::default();
    for index in 0..count {
        let group = index / 5;
        let template = match index % 5 {
            0 => format!("/v1/things{group}"),
            1 => format!("/v1/things{group}/{{id}}"),
            2 => format!("/v1/things{group}/{{id}}:act"),
            3 => format!("/v1/things0/{{id}}:verb{group}"),
            _ => format!("/v1/{{name=shelves/*/things{group}/**}}"),
        };
        let template = Template::parse(&template).unwrap();
        trie.insert(&template, Verb::Only(Method::GET), index)
            .unwrap();
    }
    let paths = [
        "/v1/things1",
        "/v1/things1/a",
        "/v1/things1/a:act",
        "/v1/things0/a:verb1",
        "/v1/shelves/1/things1/a/b/c",
    ];
    (trie, paths)
}

#[test]
fn a_thousand_rules_take_no_more_steps_than_ten() {
    let steps = |count: usize| {
        let (trie, paths) = many(count);
        STEPS.set(0);
        for path in paths {
            assert!(
                matches!(trie.find(&Method::GET, path), Found::Rule(..)),
                "{path}"
            );
        }
        STEPS.get()
    };
    assert_eq!(steps(1_000), steps(10));
}

/// `make bench` prints this: one look-up among ten rules and among a thousand.
#[test]
#[ignore = "measures time"]
fn time_to_match() {
    let time = |count: usize| {
        let (trie, paths) = many(count);
        let rounds = 20_000;
        let begin = Instant::now();
        for path in (0..rounds).flat_map(|_| paths) {
            black_box(trie.find(&Method::GET, black_box(path)));
        }
        begin.elapsed().as_secs_f64() * 1e9 / f64::from(rounds) / 5.0
    };
    time(10);
    let (ten, thousand) = (time(10), time(1_000));
    println!(
        "matching among 10 rules {ten:.0} ns, among 1000 rules {thousand:.0} ns: {:.2} times   goal <= 2",
        thousand / ten
    );
}

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
