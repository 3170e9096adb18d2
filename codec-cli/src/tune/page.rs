//! The result as one page of HTML that needs nothing beside it.

use core::fmt::Write as _;

use strictframe::DictionaryId;

use super::Tuned;
use super::grid::{BATCHES, size};
use super::measure::Measured;
use super::plot::plot;
use super::text::{judged_on, nanoseconds, percent_of_raw, reason};
use crate::terminal::{escaped, shown, thousands};

/// The page. It is well-formed XML as well.
pub(super) fn page(tuned: &Tuned<'_>) -> String {
    let title = format!("Tuning for {}", shown(&tuned.arguments.input));
    let title = escaped(&title);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    let _ = writeln!(page, "<p>{}.</p>", escaped(&judged_on(tuned)));
    recommended(&mut page, tuned);
    for (what, time) in TIMES {
        let heading = format!("<h2>Bytes and time to {what}</h2>");
        let _ = writeln!(
            page,
            "{heading}\n<figure>\n{}{}</figure>",
            legend(tuned),
            plot(tuned, what, time)
        );
    }
    let _ = writeln!(
        page,
        "<h2>The front</h2>\n<p>No other policy beats one of these in bytes, times, memory and records in a batch at once.</p>"
    );
    table(&mut page, tuned, tuned.front.iter().copied());
    let beaten: Vec<_> = tuned.measured.iter().filter(|m| !tuned.is_on_front(m)).collect();
    let _ = writeln!(
        page,
        "<details>\n<summary>{} policies that one of these beats</summary>",
        thousands(beaten.len() as u64)
    );
    table(&mut page, tuned, beaten.into_iter());
    let _ = writeln!(page, "</details>\n<p class=\"note\">{NOTE}</p>\n</main>\n</body>\n</html>");
    page
}

fn recommended(page: &mut String, tuned: &Tuned<'_>) {
    let measured = tuned.recommended;
    let _ = writeln!(
        page,
        "<section class=\"card\">\n<p>Recommended, as {}:</p>\n<p class=\"choice\">{}</p>\n<dl>",
        escaped(&reason(tuned)),
        escaped(&measured.candidate.worded())
    );
    let facts = [
        ("bytes a message", format!("{:.1}", measured.bytes)),
        ("of the records", percent_of_raw(tuned, measured)),
        ("ns to encode", nanoseconds(measured.encode)),
        ("ns to decode", nanoseconds(measured.decode)),
        ("memory", size(measured.memory())),
    ];
    for (name, value) in facts {
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    let policy =
        serde_json::to_string_pretty(&measured.candidate.policy_file()).unwrap_or_default();
    let _ = writeln!(page, "</dl>\n<pre>{}</pre>\n</section>", escaped(&policy));
}

fn legend(tuned: &Tuned<'_>) -> String {
    let tried = BATCHES.iter().filter(|batch| **batch <= tuned.arguments.batch);
    let mut text = "<figcaption>".to_owned();
    for batch in tried {
        let words = if *batch == 1 {
            "messages alone".to_owned()
        } else {
            format!("batches of {}", thousands((*batch).into()))
        };
        let _ = write!(text, "<span class=\"key b{batch}\">{words}</span> ");
    }
    text + "<span class=\"shapes\">&#9675; zstd, &#9633; lz4, &#9671; none; filled with a dictionary; faint where beaten</span></figcaption>\n"
}

fn table<'a>(page: &mut String, tuned: &Tuned<'_>, rows: impl Iterator<Item = &'a Measured>) {
    page.push_str("<div class=\"scroll\">\n<table>\n<thead><tr>");
    for head in HEADS {
        let _ = write!(page, "<th>{head}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for measured in rows {
        let class = if tuned.is_recommended(measured) { " class=\"chosen\"" } else { "" };
        let _ = write!(page, "<tr{class}>");
        for cell in cells(tuned, measured) {
            let _ = write!(page, "<td>{}</td>", escaped(&cell));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

fn cells(tuned: &Tuned<'_>, measured: &Measured) -> [String; HEADS.len()] {
    let candidate = &measured.candidate;
    let none = || "\u{2013}".to_owned();
    let dictionary = candidate.dictionary.as_ref().map_or_else(none, |held| {
        format!("{} ({})", DictionaryId(held.id()), size(held.bytes().len()))
    });
    let share = tuned.dictionary_share(measured);
    [
        thousands(candidate.batch().into()),
        candidate.codec(),
        dictionary,
        format!("{:.1}", measured.bytes),
        percent_of_raw(tuned, measured),
        nanoseconds(measured.encode),
        nanoseconds(measured.decode),
        size(measured.encoder_memory),
        size(measured.decoder_memory),
        share.map_or_else(none, |share| format!("+{share:.1}")),
        tuned.pays_after(measured).map_or_else(none, thousands),
    ]
}

type Time = fn(&Measured) -> f64;
const TIMES: [(&str, Time); 2] = [("encode", |m| m.encode), ("decode", |m| m.decode)];
const HEADS: [&str; 11] = [
    "batch",
    "codec",
    "dictionary",
    "bytes a message",
    "of the records",
    "ns to encode",
    "ns to decode",
    "encoder memory",
    "decoder memory",
    "dictionary a message",
    "pays after",
];
const NOTE: &str = "Bytes are those of data frames, header and checksums counted. The dictionary is counted beside them: its frame spread over as many messages as the input has, and the messages after which it has saved its own bytes against the same policy without one. Memory is buffers by their capacity, contexts and digested dictionaries by libzstd\u{2019}s own count.";
const STYLE: &str = include_str!("page.css");
