//! What is masked and what is not.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::state::same::tests::any_value;

/// Made once: its expressions take long to compile.
fn redactor() -> Redactor {
    static REDACTOR: std::sync::LazyLock<Redactor> =
        std::sync::LazyLock::new(|| Redactor::new(&RedactOptions::default()).unwrap());
    REDACTOR.clone()
}

fn of(len: usize) -> String {
    "a1B2c3D4e5F6g7H8i9J0".repeat(4).chars().take(len).collect()
}

fn hex(len: usize) -> String {
    "0123456789abcdef".repeat(4).chars().take(len).collect()
}

fn upper(len: usize) -> String {
    of(80).to_uppercase().chars().take(len).collect()
}

/// For every pattern a text with a secret, the secret, and a text that is nearly one.
fn cases() -> Vec<(&'static str, String, String, String)> {
    let whole =
        |name, secret: String, near: String| (name, format!("before {secret} after"), secret, near);
    let pem = |kind: &str| {
        let body = of(60);
        format!("-----BEGIN {kind}-----\n{body}\n{body}\n-----END {kind}-----")
    };
    let jwt = format!("eyJ{}.eyJ{}.{}", of(20), of(30), of(43));
    vec![
        whole("anthropic_key", format!("sk-ant-api03-{}", of(40)), format!("sk-ant-{}", of(5))),
        whole(
            "openai_key",
            format!("sk-{}", of(48)),
            format!("task-{} and sk-learn-based-classification", of(48)),
        ),
        whole(
            "openai_key",
            format!("sk-proj-{}_-{}", of(30), of(9)),
            "sk-project-of-many-years-and-words".into(),
        ),
        whole("openrouter_key", format!("sk-or-v1-{}", of(64)), "sk-or-v1-short".into()),
        whole("google_key", format!("AIza{}", of(35)), format!("AIza{}", of(20))),
        whole("google_token", format!("ya29.{}", of(60)), "ya29.short".into()),
        whole(
            "aws_key_id",
            format!("AKIA{}", upper(16)),
            format!("AKIA{} XAKIA{}", upper(20), upper(16)),
        ),
        (
            "azure_account_key",
            format!("AccountName=x;AccountKey={}==;EndpointSuffix=y", of(60)),
            format!("{}==", of(60)),
            "AccountKey=none".into(),
        ),
        whole("github_token", format!("ghp_{}", of(36)), format!("ghx_{}", of(36))),
        whole("github_token", format!("github_pat_{}", of(60)), "github_pat_tern".into()),
        whole("gitlab_token", format!("glpat-{}", of(20)), "glpat-tern".into()),
        whole("slack_token", format!("xoxb-12345678901-{}", of(24)), "xoxb-short".into()),
        (
            "slack_webhook",
            format!("https://hooks.slack.com/services/T00/B00/{}", of(24)),
            of(24),
            "https://hooks.slack.com/services/help".into(),
        ),
        whole("stripe_key", format!("sk_live_{}", of(24)), "sk_live_show".into()),
        whole("hugging_face_token", format!("hf_{}", of(34)), "hf_transformers_and_more".into()),
        whole("groq_key", format!("gsk_{}", of(52)), "gsk_gaskets".into()),
        whole("xai_key", format!("xai-{}", of(60)), "xai-methods-and-their-limits".into()),
        whole("perplexity_key", format!("pplx-{}", of(48)), "pplx-api".into()),
        whole("replicate_token", format!("r8_{}", of(37)), "r8_register".into()),
        whole("langsmith_key", format!("lsv2_pt_{}_{}", hex(32), hex(10)), "lsv2_pt_1_2".into()),
        whole("tavily_key", format!("tvly-dev-{}", of(32)), "tvly-dev".into()),
        whole("pinecone_key", format!("pcsk_{}_{}", of(6), of(60)), "pcsk_a_b".into()),
        whole("npm_token", format!("npm_{}", of(36)), "npm_config_registry".into()),
        whole("pypi_token", format!("pypi-{}", of(60)), "pypi-publish-action".into()),
        whole("sendgrid_key", format!("SG.{}.{}", of(22), of(43)), "SG.50.SG".into()),
        whole("twilio_key", format!("SK{}", hex(32)), format!("SK{} {}", hex(31), hex(40))),
        whole("jwt", jwt, format!("eyJ{}.{}", of(20), of(30))),
        whole("private_key", pem("RSA PRIVATE KEY"), pem("PUBLIC KEY")),
        whole("private_key", pem("PRIVATE KEY"), pem("CERTIFICATE")),
        whole("private_key", pem("PGP PRIVATE KEY BLOCK"), "a PRIVATE KEY is meant".into()),
        (
            "authorization",
            format!("curl -H 'Authorization: Basic {}'", of(20)),
            of(20),
            "authorization is needed: ask".into(),
        ),
        (
            "bearer_token",
            format!("sent as Bearer {} today", of(24)),
            of(24),
            "the bearer internationalization of this and bearer 4711".into(),
        ),
        (
            "url_password",
            "postgres://admin:hunter2!@db.example:5432/x".into(),
            "hunter2!".into(),
            "http://db.example:5432/x@y and mailto:a@b.example".into(),
        ),
        (
            "url_parameter",
            format!("https://x.example/y?token={}&z=1", of(20)),
            of(20),
            "https://x.example/y?tokens=312&author=me".into(),
        ),
        (
            "password",
            "DB_PASSWORD=hunter22 docker up".into(),
            "hunter22".into(),
            "the password is wrong; passwordless = true; a secret of mine".into(),
        ),
        (
            "password",
            r#"{"user": "x", "password": "correct horse"}"#.into(),
            "correct horse".into(),
            r#"{"password_hint": "horse"}"#.into(),
        ),
        (
            "password",
            r#"{\"api_key\": \"0123456789\"}"#.into(),
            "0123456789".into(),
            r#"{\"max_tokens\": 4096, \"token_count\": 7}"#.into(),
        ),
    ]
}

#[test]
fn every_pattern_masks_its_secrets_and_nothing_that_is_nearly_one() {
    let redactor = redactor();
    let mut seen = std::collections::BTreeSet::new();
    for (name, text, secret, near) in cases() {
        seen.insert(name);
        let (masked, counts) = redactor.mask(&text).unwrap_or_else(|| panic!("{name}: {text}"));
        assert!(!masked.contains(&secret) && masked.contains(MASK), "{name}: {masked}");
        assert!(
            counts.iter().any(|(found, count)| found == name && count == 1),
            "{name}: {counts:?}"
        );
        assert_eq!(redactor.mask(&masked), None, "{name}: {masked}");
        assert_eq!(redactor.mask(&near), None, "{name}: {near}");
    }
    let all: std::collections::BTreeSet<_> =
        patterns::PATTERNS.iter().map(|(name, _)| *name).collect();
    assert_eq!(seen, all);
}

#[test]
fn a_private_key_that_is_cut_is_masked_to_its_end() {
    let text = format!("x -----BEGIN EC PRIVATE KEY-----\n{}", of(70));
    let (masked, _) = redactor().mask(&text).unwrap();
    assert_eq!(masked, "x [REDACTED]");
}

#[test]
fn only_the_secret_of_a_match_is_masked() {
    let (masked, counts) =
        redactor().mask("postgres://admin:hunter2@db/x and amqp://a:b@c").unwrap();
    assert_eq!(masked, "postgres://admin:[REDACTED]@db/x and amqp://a:[REDACTED]@c");
    assert_eq!(counts.total(), 2);
}

#[test]
fn members_are_masked_by_their_name_and_their_neighbours_are_not() {
    let state = json!({
        "password": "x", "db_password": 4711, "apiKey": "y", "Authorization": {"kind": "Basic", "value": ["z"]},
        "client-secret": "", "secret": null, "private_key": true,
        "max_tokens": 4096, "token_count": 7, "tokens": ["a"], "password_hint": "horse", "secretary": "Ms X", "author": "me", "token": "Hello"
    });
    let (masked, counts) = redactor().redacted(&state).unwrap();
    assert_eq!(
        masked,
        json!({
            "password": MASK, "db_password": MASK, "apiKey": MASK, "Authorization": {"kind": MASK, "value": [MASK]},
            "client-secret": "", "secret": null, "private_key": true,
            "max_tokens": 4096, "token_count": 7, "tokens": ["a"], "password_hint": "horse", "secretary": "Ms X", "author": "me", "token": "Hello"
        })
    );
    assert_eq!(counts.iter().collect::<Vec<_>>(), [("name", 5)]);
}

#[test]
fn own_patterns_and_names_are_masked_beside_the_defaults_or_alone() {
    let text = r#"{"defaults": false, "patterns": [{"name": "ticket", "regex": "T-([0-9]{4})"}], "names": ["pin_code"]}"#;
    let options: RedactOptions = serde_json::from_str(text).unwrap();
    let state = json!({"a": "T-1234", "card-pin-code": 12, "password": "x"});
    let (masked, counts) = Redactor::new(&options).unwrap().redacted(&state).unwrap();
    assert_eq!(masked, json!({"a": "T-[REDACTED]", "card-pin-code": MASK, "password": "x"}));
    assert_eq!(counts.iter().collect::<Vec<_>>(), [("name", 1), ("ticket", 1)]);
    let both = RedactOptions { defaults: true, ..options };
    let (masked, _) = Redactor::new(&both).unwrap().redacted(&state).unwrap();
    assert_eq!(masked["password"], MASK);
}

#[test]
fn every_pattern_that_is_wrong_is_in_the_error() {
    let options = RedactOptions {
        patterns: vec![
            Pattern::new("open", "(x"),
            Pattern::new("fine", "x{3}"),
            Pattern::new("empty", "x*"),
            Pattern::new("mask", "[A-Z]{8}"),
            Pattern::new(" ", "y"),
            Pattern::new("huge", "(?:[a-z]{1000}){1000}"),
        ],
        names: vec!["pin".to_owned(), "_".to_owned()],
        ..RedactOptions::default()
    };
    let error = Redactor::new(&options).unwrap_err();
    let places: Vec<_> = error.problems.iter().map(|problem| problem.place.as_str()).collect();
    let expected =
        ["patterns[0]", "patterns[2]", "patterns[3]", "patterns[4]", "patterns[5]", "names[1]"];
    assert_eq!(places, expected);
    assert_eq!(error.problems[0].what, "no regular expression: unclosed group");
}

proptest! {
    #[test]
    fn masking_twice_is_masking_once(
        text in r#"(password|Bearer |token|://|=|:|@|\?|&|"|'|\\| |sk-ant-|eyJ|\.|[a-z0-9]{1,30}|\[REDACTED\]){0,12}"#
    ) {
        let redactor = redactor();
        if let Some((masked, _)) = redactor.mask(&text) {
            prop_assert_eq!(redactor.mask(&masked), None, "{}", masked);
        }
    }

    #[test]
    fn a_view_is_what_a_copy_is(state in any_value(), secret in any_value()) {
        let redactor = redactor();
        let state = json!({"a": state, "api_key": secret, "b": [format!("Bearer {}", of(30))]});
        let (copy, counts) = redactor.redacted(&state).unwrap();
        let view = serde_json::to_value(redactor.view(&state, &Names::NONE)).unwrap();
        prop_assert_eq!(&view, &copy);
        prop_assert!(counts.total() >= 1);
        prop_assert_eq!(redactor.redacted(&copy).unwrap(), (copy, Redactions::default()));
    }
}
