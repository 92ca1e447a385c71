//! Tokens that stand on a tape in the place of real ones.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

/// Claims that are kept: what programs read, and nothing that could be used.
const CLAIMS: [&str; 12] = [
    "aud",
    "exp",
    "iat",
    "iss",
    "name",
    "nbf",
    "scope",
    "sub",
    "subdomain",
    "tenant_id",
    "unique_name",
    "user_uuid",
];

/// A token that no service takes. In the place of a JWT it is one, with the claims that programs read.
pub(super) fn invented(token: &str, number: usize) -> String {
    let end = format!("replayed-{number}");
    match claims(token) {
        None => format!("{end}-token"),
        Some(claims) => {
            let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let kept = claims.into_iter();
            let kept = kept.filter(|(name, _)| CLAIMS.contains(&name.as_str()));
            let kept = Value::Object(kept.collect());
            let head = json!({ "alg": "none", "typ": "JWT" });
            format!("{}.{}.{end}", encoded(&head), encoded(&kept))
        }
    }
}

/// The claims of a JWT (RFC 7519).
fn claims(token: &str) -> Option<Map<String, Value>> {
    let [head, claims, _] = token.split('.').collect::<Vec<_>>()[..] else {
        return None;
    };
    let object = |part: &str| {
        let decoded = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
        serde_json::from_slice::<Map<String, Value>>(&decoded).ok()
    };
    object(head)?;
    object(claims)
}

/// Every JWT in `text`, wherever it stands.
pub(super) fn within(text: &str) -> impl Iterator<Item = &str> {
    let in_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    // All begin with `{"` in base64.
    let begins = text.match_indices("eyJ").map(|(at, _)| at);
    let begins = begins.filter(move |at| !text[..*at].ends_with(in_token));
    let words = begins.map(move |at| {
        let rest = &text[at..];
        // Some have padding, which the standard does not.
        let end = rest.find(|c| !in_token(c) && c != '=');
        &rest[..end.unwrap_or(rest.len())]
    });
    words.filter(|word| claims(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!(
            "{}.{}.c2lnbmF0dXJl",
            encode(r#"{"alg":"RS256"}"#),
            encode(claims)
        )
    }

    #[test]
    fn an_invented_token_tells_what_programs_read_and_no_more() {
        let token = jwt(r#"{"tenant_id":"ABC","iat":1,"exp":2,"jti":"made-up-id"}"#);
        let replaced = invented(&token, 3);
        let kept = claims(&replaced).unwrap();
        assert_eq!(
            Value::Object(kept),
            json!({"tenant_id": "ABC", "iat": 1, "exp": 2})
        );
        assert!(replaced.ends_with(".replayed-3"));
        assert_eq!(invented("opaque.x", 4), "replayed-4-token");
    }

    #[test]
    fn tokens_are_found_wherever_they_stand() {
        let token = jwt("{}");
        let text = format!("see https://x/?t={token}&u=eyJ.b.c, or \"eyJhIjoxfQ.e30\"");
        assert_eq!(within(&text).collect::<Vec<_>>(), [token]);
    }
}
