//! Edits that change what a schema says, each of which must change its fingerprint, and edits
//! that change how it is written, none of which may.
#![cfg(feature = "json")]

use std::collections::BTreeMap;

use strictframe_schema::Descriptor;

/// A schema that uses most of the vocabulary.
const ORDER: &str = r##"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://example.org/order",
  "title": "An order",
  "description": "What a customer asks for",
  "type": "object",
  "required": ["id", "lines"],
  "additionalProperties": false,
  "minProperties": 2,
  "properties": {
    "id": {"type": "integer", "minimum": 1, "maximum": 999999999, "title": "Number"},
    "title": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[A-Z]"},
    "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01},
    "state": {"enum": ["open", "paid", "sent"], "default": "open"},
    "kind": {"const": {"description": "gift", "title": null}},
    "placed": {"type": "string", "format": "date-time", "examples": ["2024-01-01T00:00:00Z"]},
    "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "minItems": 1, "maxItems": 100, "uniqueItems": true},
    "place": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "integer"}], "items": false},
    "tags": {"type": "array", "contains": {"const": "a"}, "minContains": 2},
    "payment": {"oneOf": [{"required": ["card"]}, {"required": ["iban"]}]},
    "buyer": {"anyOf": [{"type": "null"}, {"$dynamicRef": "#person"}], "deprecated": true},
    "note": {"allOf": [{"type": "string"}, {"not": {"maxLength": 3}}], "x-label": {"title": "Note"}}
  },
  "patternProperties": {"^x-": {"type": "boolean", "$comment": "flags"}},
  "propertyNames": {"maxLength": 40},
  "dependentRequired": {"card": ["buyer"]},
  "dependentSchemas": {"iban": {"required": ["note"]}},
  "if": {"properties": {"state": {"const": "paid"}}},
  "then": {"required": ["payment"]},
  "else": {"required": ["tags"]},
  "$defs": {"line": {"type": "object", "unevaluatedProperties": false, "readOnly": true}}
}"##;

/// What is edited, and the text that is replaced by another.
type Edit = (&'static str, &'static str, &'static str);

const SEMANTIC: [Edit; 80] = [
    (
        "type of the root",
        r#""type": "object",
  "required""#,
        r#""type": ["object", "null"],
  "required""#,
    ),
    ("type of a property", r#""id": {"type": "integer""#, r#""id": {"type": "number""#),
    ("type as a list of one", r#""id": {"type": "integer""#, r#""id": {"type": ["integer"]"#),
    ("type taken away", r#""id": {"type": "integer", "#, r#""id": {"#),
    ("property renamed", r#""price": {"#, r#""cost": {"#),
    ("property in another case", r#""price": {"#, r#""Price": {"#),
    (
        "property taken away",
        r#"    "kind": {"const": {"description": "gift", "title": null}},"#,
        "",
    ),
    ("property added", r#"    "price""#, r#"    "extra": true, "price""#),
    (
        "property that bears the name of an annotation taken away",
        r#"    "title": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[A-Z]"},"#,
        "",
    ),
    (
        "property that bears the name of an annotation added",
        r#"    "price""#,
        r#"    "description": {}, "price""#,
    ),
    (
        "property that bears the name of an annotation changed",
        r#""minLength": 1, "#,
        r#""minLength": 2, "#,
    ),
    ("minLength taken away", r#""minLength": 1, "#, ""),
    ("maxLength", r#""maxLength": 80"#, r#""maxLength": 81"#),
    ("pattern", r#""^[A-Z]""#, r#""^[A-Z]+""#),
    ("pattern by one escape", r#""^[A-Z]""#, r#""^\\[A-Z]""#),
    ("minimum", r#""minimum": 1,"#, r#""minimum": 0,"#),
    ("minimum made exclusive", r#""minimum": 1,"#, r#""exclusiveMinimum": 1,"#),
    ("maximum by one", "999999999", "999999998"),
    ("maximum by a digit", "999999999", "9999999990"),
    ("sign of a bound", r#""exclusiveMinimum": 0"#, r#""exclusiveMinimum": -1"#),
    ("a bound by the smallest step", r#""exclusiveMinimum": 0"#, r#""exclusiveMinimum": 5e-324"#),
    ("multipleOf", "0.01", "0.001"),
    ("required grows", r#"["id", "lines"]"#, r#"["id", "lines", "price"]"#),
    ("required shrinks", r#"["id", "lines"]"#, r#"["id"]"#),
    ("required in another order", r#"["id", "lines"]"#, r#"["lines", "id"]"#),
    ("required taken away", r#""required": ["id", "lines"],"#, ""),
    (
        "additionalProperties true",
        r#""additionalProperties": false"#,
        r#""additionalProperties": true"#,
    ),
    (
        "additionalProperties a schema",
        r#""additionalProperties": false"#,
        r#""additionalProperties": {"type": "null"}"#,
    ),
    (
        "additionalProperties null",
        r#""additionalProperties": false"#,
        r#""additionalProperties": null"#,
    ),
    ("additionalProperties taken away", r#""additionalProperties": false,"#, ""),
    ("minProperties", r#""minProperties": 2"#, r#""minProperties": 3"#),
    ("maxProperties added", r#""minProperties": 2"#, r#""minProperties": 2, "maxProperties": 9"#),
    ("enum value added", r#""sent"]"#, r#""sent", "lost"]"#),
    ("enum value taken away", r#", "sent"]"#, "]"),
    ("enum value changed", r#""sent"]"#, r#""Sent"]"#),
    ("enum value of another type", r#""sent"]"#, "null]"),
    ("enum in another order", r#"["open", "paid", "sent"]"#, r#"["paid", "open", "sent"]"#),
    ("default", r#""default": "open""#, r#""default": "paid""#),
    ("default taken away", r#", "default": "open""#, ""),
    ("title inside const", r#""title": null"#, r#""title": "t""#),
    ("title taken out of const", r#", "title": null"#, ""),
    ("description inside const", r#""description": "gift""#, r#""description": "sale""#),
    ("null to false inside const", r#""title": null"#, r#""title": false"#),
    ("format", "date-time", "date"),
    ("format taken away", r#""format": "date-time", "#, ""),
    (
        "contentEncoding added",
        r#""format": "date-time""#,
        r#""format": "date-time", "contentEncoding": "base64""#,
    ),
    ("target of a reference", "#/$defs/line", "#/$defs/lines"),
    ("reference replaced by true", r##"{"$ref": "#/$defs/line"}"##, "true"),
    ("reference made dynamic", r##""$ref": "##, r##""$dynamicRef": "##),
    ("minItems", r#""minItems": 1"#, r#""minItems": 2"#),
    ("maxItems", r#""maxItems": 100"#, r#""maxItems": 1000"#),
    ("uniqueItems", r#""uniqueItems": true"#, r#""uniqueItems": false"#),
    (
        "prefixItems in another order",
        r#"[{"type": "number"}, {"type": "integer"}]"#,
        r#"[{"type": "integer"}, {"type": "number"}]"#,
    ),
    (
        "prefixItems grows by an empty schema",
        r#"{"type": "integer"}]"#,
        r#"{"type": "integer"}, {}]"#,
    ),
    ("items behind prefixItems", r#""items": false"#, r#""items": true"#),
    (
        "items from a schema to a list",
        r##""items": {"$ref": "#/$defs/line"}"##,
        r##""items": [{"$ref": "#/$defs/line"}]"##,
    ),
    ("contains", r#""contains": {"const": "a"}"#, r#""contains": {"const": "A"}"#),
    ("minContains", r#""minContains": 2"#, r#""minContains": 1"#),
    ("oneOf to anyOf", r#""oneOf""#, r#""anyOf""#),
    ("a branch of oneOf", r#"{"required": ["iban"]}]"#, r#"{"required": ["bic"]}]"#),
    ("a branch less", r#", {"required": ["iban"]}]"#, "]"),
    ("an empty branch more", r#"{"required": ["iban"]}]"#, r#"{"required": ["iban"]}, {}]"#),
    ("anchor of a dynamic reference", r##""#person""##, r##""#human""##),
    ("deprecated", r#""deprecated": true"#, r#""deprecated": false"#),
    ("allOf to anyOf", r#""allOf""#, r#""anyOf""#),
    ("inside not", r#"{"maxLength": 3}"#, r#"{"maxLength": 4}"#),
    ("not taken away", r#", {"not": {"maxLength": 3}}"#, ""),
    ("title inside an unknown keyword", r#"{"title": "Note"}"#, r#"{"title": "Remark"}"#),
    ("unknown keyword renamed", "x-label", "x-labels"),
    ("pattern of patternProperties", r#""^x-""#, r#""^y-""#),
    ("schema in patternProperties", r#"{"type": "boolean""#, r#"{"type": "integer""#),
    ("propertyNames", r#"{"maxLength": 40}"#, r#"{"maxLength": 41}"#),
    ("dependentRequired", r#"{"card": ["buyer"]}"#, r#"{"card": ["note"]}"#),
    (
        "dependentSchemas",
        r#"{"iban": {"required": ["note"]}}"#,
        r#"{"iban": {"required": ["tags"]}}"#,
    ),
    ("condition", r#"{"const": "paid"}"#, r#"{"const": "sent"}"#),
    (
        "then and else change places",
        "\"then\": {\"required\": [\"payment\"]},\n  \"else\": {\"required\": [\"tags\"]}",
        "\"else\": {\"required\": [\"payment\"]},\n  \"then\": {\"required\": [\"tags\"]}",
    ),
    (
        "unevaluatedProperties in a definition",
        r#""unevaluatedProperties": false"#,
        r#""unevaluatedProperties": {}"#,
    ),
    ("readOnly to writeOnly", "readOnly", "writeOnly"),
    ("dialect", "draft/2020-12", "draft/2019-09"),
    ("id", "https://example.org/order", "https://example.org/orders"),
];

const COSMETIC: [Edit; 22] = [
    ("title of the root", "An order", "One order"),
    ("title of the root taken away", r#""title": "An order","#, ""),
    ("description of the root", "What a customer asks for", ""),
    ("description as another type", r#""What a customer asks for""#, "[1, {}]"),
    ("title of a property", r#", "title": "Number""#, ""),
    ("comment in patternProperties", "flags", "switches"),
    ("examples taken away", r#", "examples": ["2024-01-01T00:00:00Z"]"#, ""),
    ("examples added", r#""minProperties""#, r#""examples": [{"id": 1}], "minProperties""#),
    (
        "annotations in a definition",
        r#"{"line": {"#,
        r#"{"line": {"title": "t", "$comment": "c", "#,
    ),
    (
        "annotations in a list of schemas",
        r#"[{"type": "null"}, "#,
        r#"[{"type": "null", "description": "d"}, "#,
    ),
    ("annotations in not", r#"{"maxLength": 3}"#, r#"{"title": "t", "maxLength": 3}"#),
    ("annotations in a condition", r#""if": {"#, r#""if": {"title": "t", "#),
    ("annotations in dependentSchemas", r#"{"iban": {"#, r#"{"iban": {"$comment": "c", "#),
    (
        "annotations in propertyNames",
        r#"{"maxLength": 40}"#,
        r#"{"maxLength": 40, "examples": []}"#,
    ),
    (
        "members in another order",
        r#""minLength": 1, "maxLength": 80"#,
        r#""maxLength": 80, "minLength": 1"#,
    ),
    ("white space", r#"["id", "lines"]"#, "[\r\n\t\"id\",\"lines\"   ]"),
    ("a number with a fraction of zero", "999999999", "999999999.000"),
    ("a number with an exponent", "0.01", "1E-2"),
    ("a number without one", r#""maxItems": 100"#, r#""maxItems": 1e+2"#),
    ("zero with a sign", r#""exclusiveMinimum": 0"#, r#""exclusiveMinimum": -0.0"#),
    ("an escape in a string", "date-time", "d\\u0061te-time"),
    ("an escape in a name", r#""x-label""#, r#""x\u002Dlabel""#),
];

#[test]
fn every_semantic_edit_has_a_fingerprint_of_its_own() {
    // SPEC [KEY-1, KEY-3]: different from the schema's and from that of every other edit.
    let mut seen = BTreeMap::from([(fingerprint("nothing", ORDER), "the schema itself")]);
    for (what, from, to) in SEMANTIC {
        let other = seen.insert(fingerprint(what, &edited(what, from, to)), what);
        assert_eq!(other, None, "{what} has the fingerprint of another text");
    }
}

#[test]
fn no_cosmetic_edit_changes_the_fingerprint() {
    // SPEC [KEY-3]: annotations, order, white space, escapes, the spelling of numbers.
    let expected = fingerprint("nothing", ORDER);
    for (what, from, to) in COSMETIC {
        assert_eq!(fingerprint(what, &edited(what, from, to)), expected, "{what}");
    }
}

fn fingerprint(what: &str, schema: &str) -> Option<[u8; 32]> {
    let descriptor = Descriptor::json("orders.Order", 1, 1, schema.as_bytes());
    assert_eq!(descriptor.as_ref().err(), None, "{what} leaves a schema");
    descriptor.ok().map(|descriptor| descriptor.fingerprint())
}

fn edited(what: &str, from: &str, to: &str) -> String {
    assert_eq!(ORDER.matches(from).count(), 1, "{what} names one place");
    ORDER.replacen(from, to, 1)
}
