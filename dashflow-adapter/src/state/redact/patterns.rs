//! What is taken for a secret unless told otherwise.

/// Names and expressions. Where an expression has a group, only that is the secret.
pub(super) const PATTERNS: &[(&str, &str)] = &[
    ("anthropic_key", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    ("openai_key", r"\bsk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{32,})"),
    ("openrouter_key", r"\bsk-or-v1-[A-Za-z0-9]{32,}"),
    ("google_key", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("google_token", r"\bya29\.[A-Za-z0-9_-]{20,}"),
    ("aws_key_id", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("azure_account_key", r"(?i)\bAccountKey=([A-Za-z0-9+/]{40,}={0,2})"),
    ("github_token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})"),
    ("gitlab_token", r"\bgl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{20,}"),
    ("slack_token", r"\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{20,}"),
    ("slack_webhook", r"\bhooks\.slack\.com/services/([A-Za-z0-9/]{20,})"),
    ("stripe_key", r"\b(?:[rs]k|whsec)_(?:(?:live|test)_)?[A-Za-z0-9]{20,}"),
    ("hugging_face_token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("groq_key", r"\bgsk_[A-Za-z0-9]{40,}"),
    ("xai_key", r"\bxai-[A-Za-z0-9]{40,}"),
    ("perplexity_key", r"\bpplx-[A-Za-z0-9]{40,}"),
    ("replicate_token", r"\br8_[A-Za-z0-9]{30,}"),
    ("langsmith_key", r"\blsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{8,}"),
    ("tavily_key", r"\btvly-(?:dev-|prod-)?[A-Za-z0-9]{24,}"),
    ("pinecone_key", r"\bpcsk_[A-Za-z0-9]{5,}_[A-Za-z0-9]{40,}"),
    ("npm_token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("pypi_token", r"\bpypi-[A-Za-z0-9_-]{50,}"),
    ("sendgrid_key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("twilio_key", r"\bSK[a-f0-9]{32}\b"),
    ("jwt", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    (
        "private_key",
        r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|\z)",
    ),
    (
        "authorization",
        r#"(?i)\bauthorization\\?["']?\s*[:=]\s*\\?["']?(?:(?:bearer|basic|token|digest)\s+)?([^\s"'\\,;]{8,})"#,
    ),
    // With a digit near its begin, or long: words of a language are neither.
    (
        "bearer_token",
        r"(?i)\bbearer\s+([a-z._~+/-]{0,12}[0-9][a-z0-9._~+/-]{11,}=*|[a-z0-9._~+/-]{32,}=*)",
    ),
    ("url_password", r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@?#]*:([^\s/@]+)@"),
    (
        "url_parameter",
        r#"(?i)[?&](?:api[_-]?key|access[_-]?token|auth[_-]?token|token|password|secret|client[_-]?secret|signature|sig)=([^\s&#"']+)"#,
    ),
    (
        "password",
        r#"(?i)(?:passw(?:or)?d|passphrase|secret|api[_-]?key|(?:access|auth|refresh|session|bearer)[_-]?token|(?:secret|private|access)[_-]?key)\\?["']?\s*(?:=|:)\s*(?:\\?"([^"\\]{4,})|\\?'([^'\\]{4,})|([^\s"'\\,;&<>(){}]{4,}))"#,
    ),
];

/// In lower case, without `_` and `-`: a member of a name that ends so is a secret.
pub(super) const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "authorization",
    "accesstoken",
    "authtoken",
    "bearertoken",
    "refreshtoken",
    "sessiontoken",
    "idtoken",
    "apitoken",
    "clientsecret",
    "secretkey",
    "secretaccesskey",
    "privatekey",
    "encryptionkey",
    "signingkey",
    "connectionstring",
    "setcookie",
    "pwd",
];
