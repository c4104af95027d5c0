//! Results that are too long for a model, made to fit: still JSON, and saying that they were cut.

use serde_json::{Value, json};

/// The JSON of `content`, in at most about `cap` bytes.
///
/// A list is cut at its end; anything else is replaced by its beginning as text.
pub(crate) fn fit(content: &Value, cap: usize) -> String {
    let whole = content.to_string();
    if whole.len() <= cap {
        return whole;
    }
    shortened_list(content, cap).unwrap_or_else(|| {
        let success = content.get("success").cloned().unwrap_or(Value::Null);
        json!({
            "success": success,
            "note": "The result was too long; only its beginning is shown.",
            "beginning": beginning(&whole, cap / 2),
        })
        .to_string()
    })
}

/// The envelope with fewer items in the list of its data.
fn shortened_list(content: &Value, cap: usize) -> Option<String> {
    let data = content.get("data")?.as_object()?;
    let (name, items) = data
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_array()?)))
        .max_by_key(|(_, items)| items.len())?;
    let mut shown = items.len();
    while shown > 1 {
        shown /= 2;
        let mut shorter = content.clone();
        let list = shorter.get_mut("data")?.get_mut(name)?.as_array_mut()?;
        list.truncate(shown);
        let note = format!(
            "The result was too long; the first {shown} of {} are shown.",
            items.len()
        );
        shorter
            .as_object_mut()?
            .insert("note".to_owned(), note.into());
        let text = shorter.to_string();
        if text.len() <= cap {
            return Some(text);
        }
    }
    None
}

/// As many whole characters as fit into `cap` bytes.
fn beginning(text: &str, cap: usize) -> &str {
    let end = text.floor_char_boundary(cap);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone() {
        let content = json!({"success": true, "data": {"tasks": [1, 2]}});
        assert_eq!(fit(&content, 1000), content.to_string());
    }

    #[test]
    fn a_long_list_loses_its_end_and_says_so() {
        let tasks: Vec<_> = (0..100)
            .map(|n| json!({"n": n, "title": "é".repeat(20)}))
            .collect();
        let content = json!({"success": true, "data": {"tasks": tasks, "count": 100}});
        let text = fit(&content, 1000);
        assert!(text.len() <= 1000);
        let cut: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(cut["data"]["tasks"][0]["n"], 0);
        assert_eq!(cut["data"]["count"], 100);
        assert!(cut["note"].as_str().unwrap().contains("of 100"));
    }

    #[test]
    fn other_long_results_become_their_beginning() {
        let content = json!({"success": false, "data": "é".repeat(1000)});
        let text = fit(&content, 500);
        let cut: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(cut["success"], false);
        assert!(text.len() <= 700, "{}", text.len());
    }
}
