//! What models say, word by word, to whoever watches while they say it.

use std::collections::BTreeMap;

use strictframe_dashflow::stream::{StreamItem, StreamReader};

use crate::Outcome;

/// A word of a model.
#[derive(Debug)]
pub(crate) struct Word {
    /// The run and the node that asked.
    pub(crate) run: String,
    pub(crate) node: String,
    pub(crate) text: String,
    /// Whether nothing follows it.
    pub(crate) is_final: bool,
}

/// Reads all there is, and writes each answer as a line once it is whole where that is wanted. Gives the number of words.
pub(crate) fn watch(mut words: StreamReader<Word>, is_shown: bool) -> Outcome<u64> {
    let (mut count, mut answers) = (0, BTreeMap::<(String, String), String>::new());
    loop {
        match words.next_blocking() {
            StreamItem::Value(word) => {
                count += 1;
                let asked = (word.run.clone(), word.node.clone());
                let answer = answers.entry(asked).or_default();
                answer.push_str(&word.text);
                if word.is_final && is_shown {
                    println!("{:>8} {:<8} {}", word.run, word.node, answer.trim());
                }
                if word.is_final {
                    answer.clear();
                }
            }
            StreamItem::End => return Ok(count),
            StreamItem::Failed(failure) => return Err(failure.to_string().into()),
            // Writers wait here for readers, and the last of them says that it ends.
            other => return Err(format!("a stream of words ended with {other:?}").into()),
        }
    }
}
