//! The numbers of DashFlow's records, each with what to do about it.

/// A refusal of a record, or of what a frame says of it.
pub(crate) struct Code {
    /// `DS-` and four digits.
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    /// What is wrong.
    pub(crate) summary: &'static str,
    /// What to do.
    pub(crate) remedy: &'static str,
}

/// The code with that number or name, in any case.
pub(crate) fn find(wanted: &str) -> Option<&'static Code> {
    let is_wanted = |text: &str| text.eq_ignore_ascii_case(wanted);
    ALL.iter().find(|code| is_wanted(code.number) || is_wanted(code.name))
}

/// All of them, in ascending order.
pub(crate) static ALL: [Code; 16] = [
    Code {
        number: "DS-0101",
        name: "Malformed",
        summary: "not a DashStreamMessage in protobuf",
        remedy: "Look at the bytes with `strictframe kafka dlq show`, and mend whoever wrote them.",
    },
    Code {
        number: "DS-0102",
        name: "Empty",
        summary: "an envelope with nothing inside",
        remedy: "Put a message into the envelope, or send none.",
    },
    Code {
        number: "DS-0103",
        name: "HeaderMissing",
        summary: "a message without a header",
        remedy: "Send through a producer, which writes the header.",
    },
    Code {
        number: "DS-0104",
        name: "EventHeaderMissing",
        summary: "an event of an EventBatch without a header",
        remedy: "Give every event in the batch a header; a producer writes that of the batch alone.",
    },
    Code {
        number: "DS-0105",
        name: "TypeMismatch",
        summary: "the header's type is not that of the message",
        remedy: "Send through a producer, which writes the header.",
    },
    Code {
        number: "DS-0106",
        name: "SchemaVersionZero",
        summary: "the header's schema version is 0",
        remedy: "Send through a producer, or bring old messages over with `strictframe kafka convert`.",
    },
    Code {
        number: "DS-0107",
        name: "SchemaVersionTooNew",
        summary: "the header's schema version is above 1",
        remedy: "Read it with a newer strictframe.",
    },
    Code {
        number: "DS-0108",
        name: "MessageIdLength",
        summary: "a message id that is neither absent nor 16 bytes",
        remedy: "Use a UUID, or let the producer give the id.",
    },
    Code {
        number: "DS-0109",
        name: "ThreadBlank",
        summary: "a blank thread id",
        remedy: "Give the thread a name; `strictframe kafka produce` has --thread for it.",
    },
    Code {
        number: "DS-0110",
        name: "ThreadTooLong",
        summary: "a thread id of more than 256 bytes",
        remedy: "Give the thread a shorter name.",
    },
    Code {
        number: "DS-0201",
        name: "ExtensionValue",
        summary: "an extension whose value says nothing",
        remedy: "Mend the writer: `strictframe inspect` shows which extension it is.",
    },
    Code {
        number: "DS-0202",
        name: "ThreadMismatch",
        summary: "the record is of another thread than the frame says",
        remedy: "Mend the writer: a frame holds records of one thread.",
    },
    Code {
        number: "DS-0203",
        name: "SequenceMismatch",
        summary: "the record's number does not follow from the frame's",
        remedy: "Mend the writer: the records of a frame follow each other.",
    },
    Code {
        number: "DS-0204",
        name: "TimeMismatch",
        summary: "the first record has another time than the frame",
        remedy: "Mend the writer: the frame's time is that of its first record.",
    },
    Code {
        number: "DS-0205",
        name: "MessageIdMismatch",
        summary: "the record has another message id than the frame",
        remedy: "Mend the writer: the frame's id is that of its record.",
    },
    Code {
        number: "DS-0206",
        name: "KindsMismatch",
        summary: "the records are of other kinds than the frame says",
        remedy: "Mend the writer: who filters by kinds would miss records.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../dashflow-adapter/README.md"));

    #[test]
    fn the_codes_are_those_of_the_adapter_in_its_words() {
        let rows = README.lines().filter(|line| line.starts_with("| DS-"));
        let rows: Vec<String> = rows.map(|row| row.replace('`', "")).collect();
        let ours: Vec<String> = ALL
            .iter()
            .map(|code| format!("| {} | {} | {} |", code.number, code.name, code.summary))
            .collect();
        assert_eq!(ours, rows);
    }
}
