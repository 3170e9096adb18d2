//! The canonical form, case by case: what it prints, what it leaves out and what it keeps.
#![cfg(feature = "json")]

use strictframe_schema::canonical_json;

fn canonical(schema: &str) -> String {
    let canonical = canonical_json(schema.as_bytes());
    canonical.map_or_else(|error| error.to_string(), |bytes| String::from_utf8_lossy(&bytes).into())
}

#[test]
fn members_stand_in_the_order_of_utf_16_code_units() {
    // SPEC [KEY-3]: U+1F600 is D83D DE00 and stands before U+FB33; by code points it would not.
    let schema = r#"{"const": {"\u20ac": 5, "\r": 1, "\ufb33": 7, "1": 2, "\ud83d\ude00": 6,
                               "\u0080": 3, "\u00f6": 4, "": 0}}"#;
    let expected = "{\"const\":{\"\":0,\"\\r\":1,\"1\":2,\"\u{80}\":3,\"\u{f6}\":4,\"\u{20ac}\":5,\
                    \"\u{1f600}\":6,\"\u{fb33}\":7}}";
    assert_eq!(canonical(schema), expected);
}

#[test]
fn strings_keep_the_escapes_that_json_needs_and_no_other() {
    // SPEC [KEY-3]: short escapes, lower-case hexadecimal, everything else bare.
    let schema = r#"{"const": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/\b\f\n\r\t\u0000\u001F\u007f\u2028\u00e9e\u0301"}"#;
    let expected = "{\"const\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\f\\n\\r\\t\\u0000\\u001f\
                    \u{7f}\u{2028}\u{e9}e\u{301}\"}";
    assert_eq!(canonical(schema), expected);
}

#[test]
fn white_space_literals_and_numbers_have_one_spelling() {
    // SPEC [KEY-3]: RFC 8785 from end to end.
    let schema =
        " {\t\"enum\" :\r\n[ null,true , false, 1E30, 4.50, 2e-3, -0, 1e-27, [ ], { } ] } ";
    assert_eq!(canonical(schema), r#"{"enum":[null,true,false,1e+30,4.5,0.002,0,1e-27,[],{}]}"#);
}

#[test]
fn a_boolean_is_a_schema() {
    // SPEC [KEY-3, KEY-4]: the root may be one.
    assert_eq!(canonical(" true\n"), "true");
    assert_eq!(canonical("false"), "false");
}

#[test]
fn annotations_leave_the_root_and_every_place_where_a_schema_may_stand() {
    // SPEC [KEY-3]: each keyword of the clause, in the shape in which it holds schemas.
    let note = r#""title":"t","description":"d","examples":[1],"$comment":"c""#;
    assert_eq!(canonical(&format!("{{{note}}}")), "{}");
    for keyword in [
        "additionalItems",
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    ] {
        let schema = format!(r#"{{"{keyword}":{{{note},"minimum":1}}}}"#);
        assert_eq!(canonical(&schema), format!(r#"{{"{keyword}":{{"minimum":1}}}}"#));
    }
    for keyword in ["allOf", "anyOf", "items", "oneOf", "prefixItems"] {
        let schema = format!(r#"{{"{keyword}":[{{{note}}},true,{{"minimum":1,{note}}}]}}"#);
        assert_eq!(canonical(&schema), format!(r#"{{"{keyword}":[{{}},true,{{"minimum":1}}]}}"#));
    }
    for keyword in [
        "$defs",
        "definitions",
        "dependencies",
        "dependentSchemas",
        "patternProperties",
        "properties",
    ] {
        let schema = format!(r#"{{"{keyword}":{{"a":{{{note}}},"b":{{"minimum":1,{note}}}}}}}"#);
        let expected = format!(r#"{{"{keyword}":{{"a":{{}},"b":{{"minimum":1}}}}}}"#);
        assert_eq!(canonical(&schema), expected);
    }
}

#[test]
fn annotations_leave_schemas_at_any_depth() {
    // SPEC [KEY-3]: from a schema object on, and again from there.
    let schema =
        r#"{"properties":{"a":{"items":[{"anyOf":[{"$defs":{"b":{"not":{"title":"t"}}}}]}]}}}"#;
    let expected = r#"{"properties":{"a":{"items":[{"anyOf":[{"$defs":{"b":{"not":{}}}}]}]}}}"#;
    assert_eq!(canonical(schema), expected);
}

#[test]
fn nothing_is_left_out_where_no_schema_stands() {
    // SPEC [KEY-3]: each of these texts is canonical as it is.
    for schema in [
        // properties that bear the name of an annotation
        r#"{"properties":{"$comment":true,"description":{},"examples":{"type":"array"},"title":{"type":"string"}}}"#,
        r#"{"$defs":{"title":{"const":1}},"patternProperties":{"title":false}}"#,
        r#"{"dependencies":{"title":["description"]},"required":["title"]}"#,
        r#"{"dependentRequired":{"title":["examples"]}}"#,
        // data
        r#"{"const":{"title":"t"},"default":{"description":"d"},"enum":[{"examples":[]},{"$comment":""}]}"#,
        r#"{"properties":{"a":{"default":[{"properties":{"b":{"title":"t"}}}]}}}"#,
        // keywords that the clause does not list
        r#"{"x-form":{"properties":{"a":{"title":"t"}},"title":"t"}}"#,
        r#"{"$vocabulary":{"title":true},"discriminator":{"mapping":{"title":"t"}}}"#,
        r#"{"Items":{"title":"t"},"items ":{"title":"t"}}"#,
        // a listed keyword with a value of another shape
        r#"{"allOf":{"title":"t"},"anyOf":{"a":{"title":"t"}}}"#,
        r#"{"additionalProperties":[{"title":"t"}],"not":[{"title":"t"}]}"#,
        r#"{"$defs":[{"title":"t"}],"properties":[{"title":"t"}]}"#,
        r#"{"items":[[{"title":"t"}]],"oneOf":[[{"title":"t"}]]}"#,
    ] {
        assert_eq!(canonical(schema), schema);
    }
}

#[test]
fn a_schema_that_stands_in_data_is_data() {
    // SPEC [KEY-3, KEY-4]: neither its annotations nor its references are looked at.
    for schema in [
        r#"{"const":{"$ref":"http://example.org/a","title":"t"}}"#,
        r#"{"enum":[{"$dynamicRef":"a"}],"x-unknown":{"$ref":"a"}}"#,
        r#"{"properties":{"$dynamicRef":{},"$ref":{"type":"string"}}}"#,
    ] {
        assert_eq!(canonical(schema), schema);
    }
}

#[test]
fn a_reference_into_the_schema_stays() {
    // SPEC [KEY-4]: whatever follows the number sign.
    for reference in ["#", "#/$defs/a", "#anchor"] {
        let schema = format!(r##"{{"$dynamicRef":"{reference}","$ref":"{reference}"}}"##);
        assert_eq!(canonical(&schema), schema);
    }
    assert_eq!(canonical(r#"{"$ref":"\u0023/a"}"#), r##"{"$ref":"#/a"}"##);
}

#[test]
fn sixty_four_levels_are_as_deep_as_it_goes() {
    // SPEC [KEY-4]: objects and arrays count, in any mixture, and the root is the first.
    let lists = format!("{{\"const\":{}{}}}", "[".repeat(63), "]".repeat(63));
    assert_eq!(canonical(&lists), lists);
    let schemas = format!("{}true{}", r#"{"not":"#.repeat(64), "}".repeat(64));
    assert_eq!(canonical(&schemas), schemas);
}
