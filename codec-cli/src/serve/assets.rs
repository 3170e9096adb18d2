//! The files of the page, as they were when the command was built.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use include_dir::{Dir, include_dir};

use super::words::Trouble;

/// Every file of it, by its path from `/`; `index.html` is `/`.
pub(super) static ASSETS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets");

/// The answer to a request for a file.
pub(super) async fn answer(request: Request<Body>) -> Response<Body> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let mut refused = refusal(
            StatusCode::METHOD_NOT_ALLOWED,
            &Trouble::new("MethodRefused", "files are read, and nothing else", "use GET"),
        );
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    let path = request.uri().path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let Some(file) = ASSETS.get_file(path) else {
        return refusal(
            StatusCode::NOT_FOUND,
            &Trouble::new(
                "NotFound",
                "there is no such file",
                "the page is at /, the WebSocket at /ws",
            ),
        );
    };
    let body =
        if request.method() == Method::HEAD { Body::empty() } else { Body::from(file.contents()) };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.contents().len()));
    guard(&mut response);
    response
}

/// An answer that says in JSON why there is no other.
pub(super) fn refusal(status: StatusCode, trouble: &Trouble) -> Response<Body> {
    // Strings alone.
    let mut text = serde_json::to_string(trouble).unwrap_or_default();
    text.push('\n');
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    guard(&mut response);
    response
}

/// What keeps a page from doing what it need not do.
fn guard(response: &mut Response<Body>) {
    for (name, value) in &GUARDS {
        response.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// No script but the page's own files, no eval, nothing from elsewhere; WebAssembly is compiled from them.
static GUARDS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-cache"),
    // One request each: nobody keeps a connection that others wait for.
    (header::CONNECTION, "close"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &'static Dir<'static>) -> Vec<&'static include_dir::File<'static>> {
        let within = folder.dirs().flat_map(files);
        folder.files().chain(within).collect()
    }

    #[test]
    fn every_file_of_the_page_has_a_type_and_no_markup_has_script_or_style_in_it() {
        let files = files(&ASSETS);
        assert!(ASSETS.get_file("index.html").is_some());
        for file in files {
            let path = file.path().to_str().unwrap();
            assert_ne!(media_type(path), "application/octet-stream", "{path}");
            if path.ends_with(".html") {
                let text = file.contents_utf8().unwrap();
                for inline in ["<style", " style=", " onclick=", " onload=", "javascript:"] {
                    assert!(!text.contains(inline), "{path}: {inline}");
                }
                for script in text.split("<script").skip(1) {
                    assert!(
                        script.trim_start().starts_with("src=") && script.contains("></script>"),
                        "{path}"
                    );
                }
            }
        }
    }
}
