//! Section 4: the canonical form of a JSON Schema, and schemas that have none.

use super::case::Case;
use crate::answer::Answer;
use crate::vector::{Operation, Part, Vector};

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    let forms = SORTED.iter().chain(REMOVED).chain(KEPT).chain(NUMBERS);
    let mut vectors: Vec<Vector> = forms.map(form).collect();
    vectors.extend(REFUSED.iter().map(|(name, about, text)| refused(name, about, text)));
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!("{{\"const\":{open}{close}}}")
    };
    vectors.push(form(&("depth-64", "KEY-4", "nested 64 levels deep", &deep(64), &deep(64))));
    let wide = format!("{{\"const\":[{}[]]}}", "[],{},".repeat(40));
    vectors.push(form(&("wide", "KEY-4", "81 side by side are not deep", &wide, &wide)));
    vectors.push(refused("depth-65", "nested 65 levels deep", deep(65).as_bytes()));
    vectors
}

/// Name, clauses, what it shows, the text, its canonical form.
type Form<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

fn case(name: &str, clauses: &str, about: &str, text: &[u8]) -> Case {
    Case::new(Operation::Canonical, &format!("json-schema/{name}"), clauses, about)
        .parts(vec![Part::Hex(text.to_vec())])
}

fn form((name, clauses, about, text, descriptor): &Form<'_>) -> Vector {
    let descriptor = (*descriptor).to_owned();
    case(name, clauses, about, text.as_bytes()).accepted(Answer::Canonical { descriptor })
}

fn refused(name: &str, about: &str, text: &[u8]) -> Vector {
    case(name, "KEY-4", about, text).refused_with(Answer::SchemaRefused { refused: true })
}

const SORTED: &[Form<'_>] = &[
    ("true", "KEY-3", "a schema that takes everything", " true\n", "true"),
    ("false", "KEY-3", "a schema that takes nothing", "false", "false"),
    ("empty", "KEY-3", "an empty schema", "{ }", "{}"),
    (
        "white-space",
        "KEY-3",
        "white space goes",
        "{\r\n\t\"type\" : [ \"string\" , \"null\" ]\n}",
        r#"{"type":["string","null"]}"#,
    ),
    (
        "order",
        "KEY-3",
        "members are sorted",
        r#"{"type":"object","required":["b","a"],"minProperties":1}"#,
        r#"{"minProperties":1,"required":["b","a"],"type":"object"}"#,
    ),
    (
        "order-utf16",
        "KEY-3",
        "sorted by UTF-16 code units: U+1F600 before U+FF61",
        "{\"const\":{\"\u{FF61}\":1,\"\u{1F600}\":2,\"a\":3,\"B\":4,\"\":5}}",
        "{\"const\":{\"\":5,\"B\":4,\"a\":3,\"\u{1F600}\":2,\"\u{FF61}\":1}}",
    ),
    (
        "order-prefix",
        "KEY-3",
        "a name before those it begins",
        r#"{"const":{"ab":1,"a":2,"a!":3}}"#,
        r#"{"const":{"a":2,"a!":3,"ab":1}}"#,
    ),
    (
        "escapes",
        "KEY-3",
        "escapes in their shortest form",
        r#"{"const":"\u0041\/\u00e9\u000a\u0008\t\f\r\u001F\u0022\\\u007f\u2028"}"#,
        "{\"const\":\"A/\u{E9}\\n\\b\\t\\f\\r\\u001f\\\"\\\\\u{7F}\u{2028}\"}",
    ),
    (
        "surrogate-pair",
        "KEY-3",
        "a pair of surrogates is one character",
        r#"{"const":"\ud83d\uDE00"}"#,
        "{\"const\":\"\u{1F600}\"}",
    ),
    (
        "beside-surrogates",
        "KEY-3",
        "the characters on either side of the surrogates",
        r#"{"const":"\ud7ff \ue000"}"#,
        "{\"const\":\"\u{D7FF} \u{E000}\"}",
    ),
    (
        "not-normalised",
        "KEY-3",
        "text is not normalised",
        "{\"const\":\"e\u{301}\"}",
        "{\"const\":\"e\u{301}\"}",
    ),
    (
        "escaped-name",
        "KEY-3",
        "names are compared without their escapes",
        r#"{"\u0074ype":"string","t\u0069tle":"gone"}"#,
        r#"{"type":"string"}"#,
    ),
];

const REMOVED: &[Form<'_>] = &[
    (
        "annotations",
        "KEY-3",
        "four members go",
        r#"{"title":"T","description":"D","examples":[1],"$comment":"C","type":"string"}"#,
        r#"{"type":"string"}"#,
    ),
    (
        "annotations-of-any-type",
        "KEY-3",
        "whatever they hold",
        r#"{"title":{"a":[1]},"description":null,"examples":"x","$comment":7}"#,
        "{}",
    ),
    (
        "nested-single",
        "KEY-3",
        "in the keywords that hold one schema",
        r#"{"additionalItems":{"title":""},"additionalProperties":{"title":""},"contains":{"title":""},"contentSchema":{"title":""},"else":{"title":""},"if":{"title":""},"items":{"title":""},"not":{"title":""},"propertyNames":{"title":""},"then":{"title":""},"unevaluatedItems":{"title":""},"unevaluatedProperties":{"title":""}}"#,
        r#"{"additionalItems":{},"additionalProperties":{},"contains":{},"contentSchema":{},"else":{},"if":{},"items":{},"not":{},"propertyNames":{},"then":{},"unevaluatedItems":{},"unevaluatedProperties":{}}"#,
    ),
    (
        "nested-list",
        "KEY-3",
        "in the keywords that hold a list of schemas",
        r#"{"allOf":[{"title":""},true],"anyOf":[{"title":""}],"oneOf":[{"title":""}],"prefixItems":[{"title":""}],"items":[{"title":""},{"description":"","type":"null"}]}"#,
        r#"{"allOf":[{},true],"anyOf":[{}],"items":[{},{"type":"null"}],"oneOf":[{}],"prefixItems":[{}]}"#,
    ),
    (
        "nested-map",
        "KEY-3",
        "in the keywords that hold schemas by name",
        r#"{"$defs":{"a":{"title":""}},"definitions":{"a":{"title":""}},"dependentSchemas":{"a":{"title":""}},"patternProperties":{"^a":{"title":""}},"properties":{"a":{"title":""}},"dependencies":{"a":{"title":""},"b":["c"]}}"#,
        r#"{"$defs":{"a":{}},"definitions":{"a":{}},"dependencies":{"a":{},"b":["c"]},"dependentSchemas":{"a":{}},"patternProperties":{"^a":{}},"properties":{"a":{}}}"#,
    ),
    (
        "nested-deep",
        "KEY-3",
        "from schema to schema",
        r#"{"properties":{"a":{"items":{"anyOf":[{"$defs":{"b":{"title":"","type":"null"}}}]}}}}"#,
        r#"{"properties":{"a":{"items":{"anyOf":[{"$defs":{"b":{"type":"null"}}}]}}}}"#,
    ),
];

const KEPT: &[Form<'_>] = &[
    (
        "property-called-title",
        "KEY-3",
        "a property of such a name stays",
        r#"{"properties":{"title":{"title":"gone","type":"string"},"description":true},"required":["title"]}"#,
        r#"{"properties":{"description":true,"title":{"type":"string"}},"required":["title"]}"#,
    ),
    (
        "definition-called-examples",
        "KEY-3",
        "a definition of such a name stays",
        r#"{"$defs":{"examples":{"type":"null"},"$comment":{}}}"#,
        r#"{"$defs":{"$comment":{},"examples":{"type":"null"}}}"#,
    ),
    (
        "values",
        "KEY-3",
        "nothing goes inside enum, const and default",
        r#"{"const":{"title":1},"default":{"description":2},"enum":[{"examples":3}]}"#,
        r#"{"const":{"title":1},"default":{"description":2},"enum":[{"examples":3}]}"#,
    ),
    (
        "unknown-keyword",
        "KEY-3",
        "nothing goes inside a keyword that is not listed",
        r#"{"x-more":{"title":1,"items":{"title":2}}}"#,
        r#"{"x-more":{"items":{"title":2},"title":1}}"#,
    ),
    (
        "format-and-more",
        "KEY-3",
        "other annotations stay",
        r#"{"format":"uuid","deprecated":true,"readOnly":false,"$id":"urn:a","$anchor":"b"}"#,
        r#"{"$anchor":"b","$id":"urn:a","deprecated":true,"format":"uuid","readOnly":false}"#,
    ),
    (
        "not-a-schema-position",
        "KEY-3",
        "a list where one schema is due, an object where a list is due",
        r#"{"not":[{"title":1}],"allOf":{"title":2},"properties":[{"title":3}],"dependentRequired":{"title":["a"]}}"#,
        r#"{"allOf":{"title":2},"dependentRequired":{"title":["a"]},"not":[{"title":1}],"properties":[{"title":3}]}"#,
    ),
    (
        "local-references",
        "KEY-4",
        "references within the schema",
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"$dynamicRef":"#b"},"c":{"$ref":"#"}}}"##,
        r##"{"$defs":{"a":{"$dynamicRef":"#b"},"c":{"$ref":"#"}},"$ref":"#/$defs/a"}"##,
    ),
    (
        "reference-in-value",
        "KEY-4",
        "what is no schema object refers to nothing",
        r#"{"const":{"$ref":"https://example.org/a"},"properties":{"$ref":{"type":"string"}}}"#,
        r#"{"const":{"$ref":"https://example.org/a"},"properties":{"$ref":{"type":"string"}}}"#,
    ),
];

const NUMBERS: &[Form<'_>] = &[
    (
        "numbers-integer",
        "KEY-3",
        "whole numbers",
        r#"{"enum":[1.0,1e2,100E-2,-5.00,0.0,1E0]}"#,
        r#"{"enum":[1,100,1,-5,0,1]}"#,
    ),
    (
        "numbers-negative-zero",
        "KEY-4",
        "a negative zero",
        r#"{"enum":[-0,-0.0,-0e5]}"#,
        r#"{"enum":[0,0,0]}"#,
    ),
    (
        "numbers-large",
        "KEY-3",
        "from 1e21 on with an exponent",
        r#"{"enum":[100000000000000000000,1000000000000000000000,1e+21,12e20]}"#,
        r#"{"enum":[100000000000000000000,1e+21,1e+21,1.2e+21]}"#,
    ),
    (
        "numbers-small",
        "KEY-3",
        "below 1e-6 with an exponent",
        r#"{"enum":[0.000001,0.0000001,1.5e-7,12.5e-1]}"#,
        r#"{"enum":[0.000001,1e-7,1.5e-7,1.25]}"#,
    ),
    (
        "numbers-exact-edge",
        "KEY-4",
        "2^53, and the ends of binary64 as they are written shortest",
        r#"{"enum":[9007199254740992,9007199254740994,1.7976931348623157e308,5e-324,0.1]}"#,
        r#"{"enum":[9007199254740992,9007199254740994,1.7976931348623157e+308,5e-324,0.1]}"#,
    ),
    (
        "numbers-zero-with-exponent",
        "KEY-3",
        "a zero is a zero",
        r#"{"const":0e999}"#,
        r#"{"const":0}"#,
    ),
];

const REFUSED: &[(&str, &str, &[u8])] = &[
    ("nothing", "an empty text", b""),
    ("array", "an array at the root", b"[]"),
    ("null", "null at the root", b"null"),
    ("string", "a string at the root", b"\"string\""),
    ("number", "a number at the root", b"1"),
    ("byte-order-mark", "a byte order mark", b"\xEF\xBB\xBF{}"),
    ("not-utf8", "a byte that UTF-8 never has", b"{\"const\":\"\xFF\"}"),
    ("overlong-utf8", "a character in more bytes than it takes", b"{\"const\":\"\xC0\xAF\"}"),
    ("encoded-surrogate", "a surrogate in UTF-8", b"{\"const\":\"\xED\xA0\x80\"}"),
    ("two-values", "something behind the schema", b"{} {}"),
    ("trailing-comma", "a comma before the end", b"{\"type\":\"null\",}"),
    ("comment", "a comment", b"{} // none"),
    ("single-quotes", "single quotes", b"{'type':'null'}"),
    ("not-a-number", "NaN", b"{\"const\":NaN}"),
    ("leading-zero", "a number with a leading zero", b"{\"const\":01}"),
    ("leading-plus", "a number with a plus sign", b"{\"const\":+1}"),
    ("bare-point", "a number that ends in a point", b"{\"const\":1.}"),
    ("raw-control", "a line feed inside a string", b"{\"const\":\"\n\"}"),
    ("bad-escape", "an escape that JSON does not know", b"{\"const\":\"\\x41\"}"),
    ("cut", "a schema that breaks off", b"{\"type\":\"nul"),
    ("name-twice", "a name twice", b"{\"type\":\"null\",\"type\":\"null\"}"),
    (
        "name-twice-escaped",
        "a name twice, once with an escape",
        b"{\"type\":\"null\",\"\\u0074ype\":\"null\"}",
    ),
    ("name-twice-in-value", "a name twice inside a const", b"{\"const\":{\"a\":1,\"a\":1}}"),
    (
        "name-twice-removed",
        "a name twice inside a member that would go",
        b"{\"title\":{\"a\":1,\"a\":1}}",
    ),
    ("title-twice", "a member that would go, twice", b"{\"title\":\"\",\"title\":\"\"}"),
    ("lone-surrogate", "half of a surrogate pair", b"{\"const\":\"\\ud83d\"}"),
    ("lone-low-surrogate", "the other half", b"{\"const\":\"\\ude00 \\ud83d\"}"),
    ("lone-surrogate-first", "the first of the surrogates", b"{\"const\":\"\\ud800\"}"),
    ("lone-surrogate-in-name", "half of a pair in a name", b"{\"const\":{\"\\ud83d\\u0041\":1}}"),
    ("lone-surrogate-removed", "half of a pair in a description", b"{\"description\":\"\\udfff\"}"),
    ("number-2-53-plus-1", "2^53 + 1", b"{\"maximum\":9007199254740993}"),
    (
        "number-too-precise",
        "one tenth with more digits than binary64 keeps",
        b"{\"multipleOf\":0.1000000000000000055511151231257827}",
    ),
    (
        "number-shortest-differs",
        "a decimal whose canonical form is another decimal",
        b"{\"const\":333333333.33333329}",
    ),
    ("number-too-large", "a number above all of binary64", b"{\"maximum\":1e400}"),
    ("number-too-small", "a number that binary64 takes for zero", b"{\"minimum\":1e-400}"),
    ("number-huge-exponent", "an exponent of 21 digits", b"{\"maximum\":1e999999999999999999999}"),
    (
        "number-too-precise-removed",
        "such a number in an example",
        b"{\"examples\":[9007199254740993]}",
    ),
    ("remote-reference", "a reference to another document", b"{\"$ref\":\"other.json\"}"),
    (
        "remote-reference-nested",
        "such a reference further in",
        b"{\"properties\":{\"a\":{\"items\":{\"$ref\":\"https://example.org/a#b\"}}}}",
    ),
    (
        "remote-dynamic-reference",
        "a dynamic reference to another document",
        b"{\"$dynamicRef\":\"other.json#a\"}",
    ),
    ("reference-empty", "a reference of no character", b"{\"$ref\":\"\"}"),
    ("reference-not-a-string", "a reference that is no string", b"{\"$ref\":{\"type\":\"null\"}}"),
];
