//! JSON Schemas, keyword by keyword.

use super::Pair;

/// All of them.
pub(super) fn pairs() -> Vec<Pair> {
    let pair = |(kind, path, old, new): &Json<'_>| Pair {
        enc_id: 2,
        old: (*old).to_owned(),
        new: (*new).to_owned(),
        changes: match *kind {
            "" => Vec::new(),
            kind => vec![((*path).to_owned(), kind)],
        },
    };
    let twice = |ends: &str| {
        format!(
            r##"{{"$defs":{{"x":{ends}}},"properties":{{"a":{{"$ref":"#x"}},"b":{{"$ref":"#x"}}}}}}"##
        )
    };
    // Each place of a reference that is not followed is one.
    let unresolved = Pair {
        enc_id: 2,
        old: twice("true"),
        new: twice("false"),
        changes: ["#/properties/a/$ref", "#/properties/b/$ref"]
            .map(|path| (path.to_owned(), "keyword-unknown"))
            .into(),
    };
    JSON.iter().map(pair).chain([unresolved]).collect()
}

/// The change, or nothing where none is seen; where; the schema before and after.
type Json<'a> = (&'static str, &'a str, &'a str, &'a str);

const JSON: &[Json<'_>] = &[
    ("", "", r#"{"title":"a","type":"object"}"#, r#"{"type":"object","description":"b"}"#),
    ("", "", "true", "{}"),
    ("", "", r#"{"$defs":{"a":{"type":"string"}}}"#, r#"{"$defs":{}}"#),
    ("constraint-tightened", "#/type", "{}", r#"{"type":"object"}"#),
    ("constraint-tightened", "#", "true", "false"),
    ("constraint-loosened", "#", "false", "{}"),
    ("constraint-loosened", "#/type", r#"{"type":"integer"}"#, r#"{"type":"number"}"#),
    ("constraint-tightened", "#/type", r#"{"type":["string","null"]}"#, r#"{"type":"null"}"#),
    ("annotation-changed", "#/type", r#"{"type":["string"]}"#, r#"{"type":"string"}"#),
    ("constraint-changed", "#/type", r#"{"type":"string"}"#, r#"{"type":"null"}"#),
    ("constraint-loosened", "#/maximum", r#"{"maximum":1}"#, r#"{"maximum":2}"#),
    ("constraint-tightened", "#/maximum", r#"{"maximum":2}"#, r#"{"maximum":1}"#),
    ("constraint-tightened", "#/minimum", r#"{"minimum":1}"#, r#"{"minimum":2}"#),
    ("constraint-loosened", "#/minLength", r#"{"minLength":1}"#, "{}"),
    (
        "keyword-unknown",
        "#/exclusiveMaximum",
        r#"{"exclusiveMaximum":true}"#,
        r#"{"exclusiveMaximum":1}"#,
    ),
    ("constraint-tightened", "#/multipleOf", r#"{"multipleOf":2}"#, r#"{"multipleOf":4}"#),
    ("constraint-loosened", "#/multipleOf", r#"{"multipleOf":6}"#, r#"{"multipleOf":3}"#),
    ("constraint-changed", "#/multipleOf", r#"{"multipleOf":2}"#, r#"{"multipleOf":3}"#),
    ("keyword-unknown", "#/multipleOf", r#"{"multipleOf":0.1}"#, r#"{"multipleOf":0.2}"#),
    ("keyword-unknown", "#/pattern", r#"{"pattern":"a"}"#, r#"{"pattern":"b"}"#),
    ("constraint-tightened", "#/pattern", "{}", r#"{"pattern":"b"}"#),
    ("constraint-tightened", "#/uniqueItems", "{}", r#"{"uniqueItems":true}"#),
    ("annotation-changed", "#/uniqueItems", "{}", r#"{"uniqueItems":false}"#),
    ("constraint-tightened", "#/required", "{}", r#"{"required":["a"]}"#),
    ("constraint-loosened", "#/required", r#"{"required":["a","b"]}"#, r#"{"required":["b"]}"#),
    ("constraint-loosened", "#/enum", r#"{"enum":[1]}"#, r#"{"enum":[1,"a"]}"#),
    ("constraint-tightened", "#/enum", r#"{"enum":[1,"a"]}"#, r#"{"enum":["a"]}"#),
    ("annotation-changed", "#/enum", r#"{"enum":[1,2]}"#, r#"{"enum":[2,1]}"#),
    ("constraint-changed", "#/const", r#"{"const":1}"#, r#"{"const":2}"#),
    ("default-changed", "#/default", r#"{"default":1}"#, r#"{"default":2}"#),
    ("annotation-changed", "#/deprecated", "{}", r#"{"deprecated":true}"#),
    ("property-added-open", "#/properties/a", "{}", r#"{"properties":{"a":{"type":"string"}}}"#),
    ("annotation-changed", "#/properties/a", "{}", r#"{"properties":{"a":true}}"#),
    ("annotation-changed", "#/properties/a", r#"{"properties":{"a":{}}}"#, "{}"),
    (
        "annotation-changed",
        "#/properties/a",
        r#"{"additionalProperties":{"type":"string"}}"#,
        r#"{"additionalProperties":{"type":"string"},"properties":{"a":{"type":"string"}}}"#,
    ),
    (
        "property-added-closed",
        "#/properties/a~1b",
        r#"{"additionalProperties":false}"#,
        r#"{"additionalProperties":false,"properties":{"a/b":{"type":"string"}}}"#,
    ),
    ("property-removed-open", "#/properties/a", r#"{"properties":{"a":{"type":"string"}}}"#, "{}"),
    (
        "property-removed-closed",
        "#/properties/a",
        r#"{"additionalProperties":false,"properties":{"a":{"type":"string"}}}"#,
        r#"{"additionalProperties":false}"#,
    ),
    (
        "keyword-unknown",
        "#/properties/a",
        r#"{"additionalProperties":{"type":"string"}}"#,
        r#"{"additionalProperties":{"type":"string"},"properties":{"a":{"type":"null"}}}"#,
    ),
    (
        "keyword-unknown",
        "#/properties/a",
        r#"{"patternProperties":{"^a":true}}"#,
        r#"{"patternProperties":{"^a":true},"properties":{"a":{"type":"null"}}}"#,
    ),
    ("constraint-tightened", "#/additionalProperties", "{}", r#"{"additionalProperties":false}"#),
    (
        "constraint-loosened",
        "#/properties/a/items/maxLength",
        r#"{"properties":{"a":{"items":{"maxLength":1}}}}"#,
        r#"{"properties":{"a":{"items":{"maxLength":2}}}}"#,
    ),
    ("keyword-unknown", "#/items", r#"{"items":[true]}"#, r#"{"items":true}"#),
    (
        "constraint-tightened",
        "#/patternProperties/^a/type",
        r#"{"patternProperties":{"^a":{}}}"#,
        r#"{"patternProperties":{"^a":{"type":"string"}}}"#,
    ),
    (
        "keyword-unknown",
        "#/patternProperties",
        r#"{"patternProperties":{"^a":{}}}"#,
        r#"{"patternProperties":{"^b":{}}}"#,
    ),
    (
        "constraint-tightened",
        "#/allOf/0/type",
        r#"{"allOf":[{}]}"#,
        r#"{"allOf":[{"type":"string"}]}"#,
    ),
    (
        "keyword-unknown",
        "#/prefixItems",
        r#"{"prefixItems":[true]}"#,
        r#"{"prefixItems":[true,true]}"#,
    ),
    ("constraint-loosened", "#/anyOf", r#"{"anyOf":[false]}"#, r#"{"anyOf":[false,true]}"#),
    ("constraint-tightened", "#/anyOf", r#"{"anyOf":[true,false]}"#, r#"{"anyOf":[true]}"#),
    ("constraint-tightened", "#/anyOf", "{}", r#"{"anyOf":[true]}"#),
    ("keyword-unknown", "#/oneOf", r#"{"oneOf":[true]}"#, r#"{"oneOf":[true,false]}"#),
    ("keyword-unknown", "#/not", r#"{"not":{"type":"string"}}"#, r#"{"not":{"type":"null"}}"#),
    ("keyword-unknown", "#/x-kind", "{}", r#"{"x-kind":1}"#),
    (
        "constraint-tightened",
        "#/$defs/a/type",
        r##"{"$ref":"#/$defs/a","$defs":{"a":{}}}"##,
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}}"##,
    ),
    (
        "",
        "",
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"null"}}}"##,
        r##"{"$ref":"#/$defs/b","$defs":{"b":{"type":"null"}}}"##,
    ),
    (
        "constraint-loosened",
        "#/$defs/a/maxItems",
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"maxItems":1,"items":{"$ref":"#/$defs/a"}}}}"##,
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"items":{"$ref":"#/$defs/a"}}}}"##,
    ),
    (
        "keyword-unknown",
        "#/$schema",
        "{}",
        r#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#,
    ),
    ("keyword-unknown", "#/$ref", r##"{"$ref":"#a"}"##, r##"{"$ref":"#b"}"##),
    (
        "keyword-unknown",
        "#/$dynamicRef",
        r##"{"$dynamicRef":"#a","$defs":{"a":{"$dynamicAnchor":"a","type":"null"}}}"##,
        r##"{"$dynamicRef":"#a","$defs":{"a":{"$dynamicAnchor":"a","type":"string"}}}"##,
    ),
    (
        "keyword-unknown",
        "#/not",
        r##"{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"type":"string"}}}"##,
        r##"{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"type":"null"}}}"##,
    ),
    (
        "keyword-unknown",
        "#/$ref",
        r##"{"$ref":"#/$defs/%61","$defs":{"a":{"type":"string"}}}"##,
        r##"{"$ref":"#/$defs/%61","$defs":{"a":{"type":"null"}}}"##,
    ),
    ("constraint-loosened", "#/anyOf", r#"{"anyOf":[true]}"#, "{}"),
    ("constraint-loosened", "#/$ref", r##"{"$ref":"#"}"##, "{}"),
    ("constraint-tightened", "#/maxItems", "{}", r#"{"maxItems":3}"#),
    ("constraint-loosened", "#/minProperties", r#"{"minProperties":2}"#, r#"{"minProperties":1}"#),
    ("constraint-tightened", "#/format", "{}", r#"{"format":"date"}"#),
    ("keyword-unknown", "#/format", r#"{"format":"date"}"#, r#"{"format":"time"}"#),
    ("constraint-loosened", "#/uniqueItems", r#"{"uniqueItems":true}"#, "{}"),
    ("constraint-changed", "#/required", r#"{"required":["a"]}"#, r#"{"required":["b"]}"#),
    ("constraint-changed", "#/enum", r#"{"enum":[1,2]}"#, r#"{"enum":[2,3]}"#),
    ("constraint-tightened", "#/const", "{}", r#"{"const":null}"#),
    ("annotation-changed", "#/$id", "{}", r#"{"$id":"https://example.org/a"}"#),
    ("keyword-unknown", "#/if", r#"{"if":{"type":"null"}}"#, r#"{"if":{"type":"string"}}"#),
    ("keyword-unknown", "#/minContains", "{}", r#"{"minContains":2}"#),
    ("keyword-unknown", "#/dependentRequired", "{}", r#"{"dependentRequired":{"a":["b"]}}"#),
    ("constraint-tightened", "#/propertyNames", "{}", r#"{"propertyNames":false}"#),
    (
        "constraint-loosened",
        "#/prefixItems/1/maximum",
        r#"{"prefixItems":[true,{"maximum":1}]}"#,
        r#"{"prefixItems":[true,{"maximum":2}]}"#,
    ),
    (
        "keyword-unknown",
        "#/properties/a/$id",
        r##"{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":true}}"##,
        r##"{"properties":{"a":{"$id":"y","$ref":"#/$defs/x","$defs":{"x":false}}},"$defs":{"x":true}}"##,
    ),
    (
        "keyword-unknown",
        "#/properties/a/$id",
        r#"{"properties":{"a":{"$id":"y"}}}"#,
        r#"{"properties":{"a":{"$id":"z"}}}"#,
    ),
    (
        "keyword-unknown",
        "#/properties/a/$id",
        r#"{"properties":{"a":{"$id":"y"}},"$defs":{"x":true}}"#,
        r#"{"properties":{"a":{"$id":"y"}},"$defs":{"x":false}}"#,
    ),
    (
        "keyword-unknown",
        "#/$id",
        r##"{"$ref":"#/$defs/x","$defs":{"x":{"$id":"y","$ref":"#/$defs/x"}}}"##,
        r##"{"$ref":"#"}"##,
    ),
    (
        "keyword-unknown",
        "#/properties/a",
        r##"{"additionalProperties":{"$ref":"#/$defs/x"},"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":true}}"##,
        r##"{"additionalProperties":{"$ref":"#/$defs/x"},"$defs":{"x":true}}"##,
    ),
    (
        "keyword-unknown",
        "#/items",
        r##"{"items":[{"$ref":"#/$defs/x"}],"$defs":{"x":true}}"##,
        r##"{"items":[{"$ref":"#/$defs/x"}],"$defs":{"x":false}}"##,
    ),
    (
        "keyword-unknown",
        "#/properties/a/unevaluatedProperties",
        r##"{"properties":{"a":{"unevaluatedProperties":{"$ref":"#/$defs/x"}}},"$defs":{"x":true}}"##,
        r##"{"properties":{"a":{"unevaluatedProperties":{"$ref":"#/$defs/x"}}},"$defs":{"x":false}}"##,
    ),
    (
        "keyword-unknown",
        "#/properties/a/unevaluatedItems",
        r#"{"properties":{"a":{"unevaluatedItems":false}},"$defs":{"x":true}}"#,
        r#"{"properties":{"a":{"unevaluatedItems":false}},"$defs":{"x":false}}"#,
    ),
    (
        "keyword-unknown",
        "#/properties/a/$ref",
        r##"{"properties":{"a":{"$ref":"#/allOf/00"}},"allOf":[true],"$defs":{"x":true}}"##,
        r##"{"properties":{"a":{"$ref":"#/allOf/00"}},"allOf":[true],"$defs":{"x":false}}"##,
    ),
    (
        "keyword-unknown",
        "#/properties/a/$ref",
        r##"{"properties":{"a":{"$ref":"#/allOf/+0"}},"allOf":[true],"$defs":{"x":true}}"##,
        r##"{"properties":{"a":{"$ref":"#/allOf/+0"}},"allOf":[true],"$defs":{"x":false}}"##,
    ),
    (
        "keyword-unknown",
        "#/properties/a/$ref",
        r##"{"properties":{"a":{"$ref":"#/$defs/a~2"}},"$defs":{"a~2":true,"x":true}}"##,
        r##"{"properties":{"a":{"$ref":"#/$defs/a~2"}},"$defs":{"a~2":true,"x":false}}"##,
    ),
    (
        "keyword-unknown",
        "#/properties/a/$ref",
        r##"{"properties":{"a":{"$ref":"#/$defs/~~01"}},"$defs":{"~~1":true,"x":true}}"##,
        r##"{"properties":{"a":{"$ref":"#/$defs/~~01"}},"$defs":{"~~1":true,"x":false}}"##,
    ),
    (
        "constraint-loosened",
        "#/maximum",
        r#"{"additionalProperties":1,"allOf":1,"anyOf":1,"items":1,"maximum":1,"patternProperties":1}"#,
        r#"{"additionalProperties":1,"allOf":1,"anyOf":1,"items":1,"maximum":2,"patternProperties":1}"#,
    ),
    ("keyword-unknown", "#/additionalProperties", r#"{"additionalProperties":1}"#, "{}"),
    ("keyword-unknown", "#/properties", r#"{"properties":1}"#, r#"{"properties":2}"#),
    ("keyword-unknown", "#/uniqueItems", r#"{"uniqueItems":1}"#, r#"{"uniqueItems":false}"#),
    (
        "constraint-loosened",
        "#/maxLength",
        r##"{"maxLength":1,"not":true,"properties":{"a":[{"$ref":"#/not"}]},"propertyNames":[{"$ref":"#"}]}"##,
        r##"{"maxLength":2,"not":true,"properties":{"a":[{"$ref":"#/not"}]},"propertyNames":[{"$ref":"#"}]}"##,
    ),
];
