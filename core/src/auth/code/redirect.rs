//! The port of this machine to which the browser brings the code (RFC 8252, section 7.3).

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

use crate::{
    error::{Error, ErrorKind, Result},
    transport::is_loopback,
};

/// Longest request that is read: all that counts is in its first line.
const LONGEST_REQUEST: usize = 16 * 1024;

/// Checks an address that the browser is to be sent to.
pub(super) fn parse(address: &str) -> Result<Url> {
    let wrong = |problem: String| {
        Error::configuration(format!("authorization code: `redirect_uri` {problem}"))
            .hint("use an address of this machine, such as http://127.0.0.1:8400/callback")
    };
    let url = Url::parse(address).map_err(|error| wrong(format!("is not a URL: {error}")))?;
    match (url.scheme(), is_loopback(&url), url.query(), url.fragment()) {
        ("http", true, None, None) => Ok(url),
        ("http", true, _, _) => Err(wrong("must have no query and no fragment".to_owned())),
        _ => Err(wrong("must be http:// and on this machine".to_owned())),
    }
}

/// Waits for the browser.
pub(super) struct Listener {
    socket: TcpListener,
    /// With the port that was taken.
    address: Url,
}

impl Listener {
    pub(super) async fn open(redirect_uri: &Url) -> Result<Self> {
        let mut address = redirect_uri.clone();
        let port = address.port_or_known_default().unwrap_or_default();
        let host = address.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let opened = TcpListener::bind((host, port)).await;
        let taken = |error: std::io::Error| {
            Error::configuration(format!(
                "authorization code: nothing can listen at {redirect_uri}: {error}"
            ))
            .hint("free the port, or give another `redirect_uri` that the application allows")
        };
        let socket = opened.map_err(taken)?;
        let port = socket.local_addr().map_err(taken)?.port();
        // Only an address without a host has no port.
        let _ = address.set_port(Some(port));
        Ok(Self { socket, address })
    }

    pub(super) fn address(&self) -> &str {
        self.address.as_str()
    }

    /// The code that comes with `state`. Browsers open connections that they do not use, and ask for icons, so many are
    /// listened to at once.
    pub(super) async fn code(&self, state: &str) -> Result<String> {
        let mut visits = FuturesUnordered::new();
        loop {
            tokio::select! {
                accepted = self.socket.accept() => if let Ok((visitor, _)) = accepted {
                    visits.push(self.serve(visitor, state));
                },
                Some(Some(outcome)) = visits.next() => return outcome,
            }
        }
    }

    /// Answers one request. None if it does not bring the code.
    async fn serve(&self, mut visitor: TcpStream, state: &str) -> Option<Result<String>> {
        let target = target(&mut visitor).await?;
        let visited = self.address.join(&target).ok()?;
        let outcome = (visited.path() == self.address.path()).then(|| brought(&visited, state));
        let (status, text) = match &outcome {
            Some(Some(Ok(_))) => ("200 OK", "You are signed in. You may close this page."),
            Some(Some(Err(_))) => ("200 OK", "Signing in failed. Your program says why."),
            Some(None) => (
                "400 Bad Request",
                "This is not the sign-in that was asked for.",
            ),
            None => ("404 Not Found", "There is nothing here."),
        };
        let page =
            format!("<!doctype html><meta charset=utf-8><title>CyberArk Identity</title><p>{text}");
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        // The browser may be gone already; the code is what counts.
        let _ = visitor.write_all(answer.as_bytes()).await;
        let _ = visitor.shutdown().await;
        outcome?
    }
}

/// The target of a GET request.
async fn target(visitor: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = visitor.read_buf(&mut request).await.ok()?;
        if read == 0 || request.len() > LONGEST_REQUEST {
            return None;
        }
    }
    let request = String::from_utf8(request).ok()?;
    let target = request.strip_prefix("GET ")?.split(' ').next()?;
    target.starts_with('/').then(|| target.to_owned())
}

/// What the address brings. None without the right state: then it is not the answer to this sign-in.
fn brought(visited: &Url, state: &str) -> Option<Result<String>> {
    let get = |wanted: &str| {
        let mut pairs = visited.query_pairs();
        pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
    };
    if get("state")? != state {
        return None;
    }
    let refused = |error: String| {
        let said = get("error_description").unwrap_or_else(|| error.clone());
        Error::new(
            ErrorKind::Authentication,
            format!("signing in failed: {said}"),
        )
        .with(|d| d.code = Some(error))
    };
    match (get("code"), get("error")) {
        (_, Some(error)) => Some(Err(refused(error))),
        (code, None) => Some(Ok(code?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_an_address_to_come_back_to() {
        for address in [
            "http://127.0.0.1:0/cb",
            "http://localhost:8400",
            "http://[::1]:1/a/b",
        ] {
            assert!(parse(address).is_ok(), "{address}");
        }
        for address in [
            "https://127.0.0.1/cb",
            "http://example.com/cb",
            "http://127.0.0.1/cb?x=1",
            "urn:ietf:wg:oauth:2.0:oob",
            "cb",
        ] {
            assert!(parse(address).is_err(), "{address}");
        }
    }

    #[test]
    fn what_is_brought_without_the_state_is_ignored() {
        let visited = |query: &str| Url::parse(&format!("http://127.0.0.1/cb?{query}")).unwrap();
        assert!(brought(&visited("code=c"), "s").is_none());
        assert!(brought(&visited("code=c&state=other"), "s").is_none());
        let code = brought(&visited("code=a%2Bb&state=s"), "s").unwrap();
        assert_eq!(code.unwrap(), "a+b");
        let refused = brought(&visited("error=access_denied&state=s"), "s").unwrap();
        let error = refused.unwrap_err();
        assert_eq!(error.details().code.as_deref(), Some("access_denied"));
    }
}
