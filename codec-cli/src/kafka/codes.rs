//! The numbers of DashFlow's records, each with what to do about it.

/// A refusal of a record, of what a frame says of it, or of a state.
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
pub(crate) static ALL: [Code; 33] = [
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
    Code {
        number: "DS-0301",
        name: "StateJson",
        summary: "a state whose text is no JSON: also half of a surrogate pair",
        remedy: "Look at the line and column; escape text beyond the first plane as two surrogates or not at all.",
    },
    Code {
        number: "DS-0302",
        name: "StateNumber",
        summary: "a number beyond the doubles",
        remedy: "Write the number as a string.",
    },
    Code {
        number: "DS-0303",
        name: "StateNotSerializable",
        summary: "a type that JSON has no form for",
        remedy: "Give its `Serialize` names of members that are strings, and no failing parts.",
    },
    Code {
        number: "DS-0304",
        name: "StateTooDeep",
        summary: "more than 127 lists and objects within each other",
        remedy: "Make the state flatter.",
    },
    Code {
        number: "DS-0305",
        name: "StateTooLong",
        summary: "more bytes than the limit",
        remedy: "Send less of the state, or raise max_len on both sides.",
    },
    Code {
        number: "DS-0311",
        name: "OperationEncoding",
        summary: "a value in another encoding than JSON",
        remedy: "Have the writer send values as JSON.",
    },
    Code {
        number: "DS-0312",
        name: "OperationIntoItself",
        summary: "a value that would be moved into itself",
        remedy: "Copy the value and replace the old one.",
    },
    Code {
        number: "DS-0313",
        name: "OperationPointer",
        summary: "no JSON pointer, or one that is too long",
        remedy: "Write paths by RFC 6901, of at most as many bytes as the limit.",
    },
    Code {
        number: "DS-0314",
        name: "OperationPathMissing",
        summary: "a path that names nothing",
        remedy: "Ask the writer for a full state: a message before was missed.",
    },
    Code {
        number: "DS-0315",
        name: "OperationTestFailed",
        summary: "another value than a test says",
        remedy: "Ask the writer for a full state: a message before was missed.",
    },
    Code {
        number: "DS-0316",
        name: "OperationTooDeep",
        summary: "a state that would become too deep",
        remedy: "Ask the writer for a full state, and make the state flatter.",
    },
    Code {
        number: "DS-0317",
        name: "OperationTooMuch",
        summary: "more copied and moved than one diff may",
        remedy: "Ask the writer for a full state.",
    },
    Code {
        number: "DS-0318",
        name: "OperationUnknown",
        summary: "none of the six operations",
        remedy: "Read it with a newer strictframe.",
    },
    Code {
        number: "DS-0319",
        name: "OperationValue",
        summary: "a value that is no JSON",
        remedy: "Mend the writer: a value is JSON, and `null` is written out.",
    },
    Code {
        number: "DS-0321",
        name: "DiffAmbiguous",
        summary: "a full state and operations in one message",
        remedy: "Send the one or the other.",
    },
    Code {
        number: "DS-0322",
        name: "DiffHashLength",
        summary: "a hash that has not 32 bytes",
        remedy: "Send the SHA-256 of the canonical state as its 32 bytes.",
    },
    Code {
        number: "DS-0323",
        name: "DiffTooManyOperations",
        summary: "more operations than the limit",
        remedy: "Send a full state instead.",
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
