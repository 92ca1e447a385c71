//! Which kind a failure of a platform call is.
//!
//! These calls fail with HTTP 200 and a localised message, so the code and the message id come first. The English
//! sentences are what was published or recorded; for a message in another language the kind stays "rejected".

use crate::error::ErrorKind;

/// Parts of `ErrorCode` and `MessageID` that name a kind. Confidence: high for 1409 (roles), low for the others.
const BY_CODE: [(&str, ErrorKind); 1] = [("1409", ErrorKind::Conflict)];

const BY_MESSAGE_ID: [(&str, ErrorKind); 4] = [
    ("unauthorized", ErrorKind::PermissionDenied),
    ("notauthorized", ErrorKind::PermissionDenied),
    ("notfound", ErrorKind::NotFound),
    ("alreadyexists", ErrorKind::Conflict),
];

/// Parts of English messages. Confidence: medium.
const BY_MESSAGE: [(&str, ErrorKind); 6] = [
    ("not authorized to perform", ErrorKind::PermissionDenied),
    ("was not found in the service", ErrorKind::NotFound),
    ("does not exist", ErrorKind::NotFound),
    ("already exists", ErrorKind::Conflict),
    ("is already in use", ErrorKind::Conflict),
    ("must be specified", ErrorKind::InvalidRequest),
];

/// The kind of a `success: false`.
pub(crate) fn rejection(
    code: Option<&str>,
    message_id: Option<&str>,
    message: Option<&str>,
) -> ErrorKind {
    let by_code = code.and_then(|code| exact(&BY_CODE, code));
    by_code
        .or_else(|| part(&BY_MESSAGE_ID, message_id?))
        .or_else(|| part(&BY_MESSAGE, message?))
        .unwrap_or(ErrorKind::Rejected)
}

/// The kind of an HTTP status, for statuses that say no.
pub(crate) fn status(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Authentication,
        403 => ErrorKind::PermissionDenied,
        404 | 410 => ErrorKind::NotFound,
        409 | 412 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::InvalidRequest,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::UnexpectedResponse,
    }
}

fn exact(table: &[(&str, ErrorKind)], text: &str) -> Option<ErrorKind> {
    table
        .iter()
        .find(|(code, _)| *code == text)
        .map(|(_, kind)| *kind)
}

fn part(table: &[(&str, ErrorKind)], text: &str) -> Option<ErrorKind> {
    let text = text.to_lowercase();
    table
        .iter()
        .find(|(part, _)| text.contains(part))
        .map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_goes_before_message_id_before_message() {
        let taken = "Organization with name Northwind already exists.";
        assert_eq!(rejection(Some("1409"), None, None), ErrorKind::Conflict);
        assert_eq!(
            rejection(None, Some("_I18N_Unauthorized"), Some(taken)),
            ErrorKind::PermissionDenied
        );
        assert_eq!(
            rejection(None, Some("_I18N_X"), Some(taken)),
            ErrorKind::Conflict
        );
        assert_eq!(
            rejection(None, None, Some("Gibt es schon.")),
            ErrorKind::Rejected
        );
        assert_eq!(rejection(None, None, None), ErrorKind::Rejected);
    }
}
