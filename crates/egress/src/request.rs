//! From a partner's URL and headers to a request that can be sent.

use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use url::Url;

use crate::failure::{BadUrl, Failure};
use crate::policy;

/// What says where a message ends, whom it is for, or how the connection goes on. Set by others
/// than the client itself, they make two servers read one request differently.
const OF_THE_CONNECTION: [HeaderName; 10] = [
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    EXPECT,
    TE,
    TRAILER,
    UPGRADE,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
];
/// The same, without a constant of their own.
const OF_THE_CONNECTION_TOO: [&str; 3] = ["keep-alive", "proxy-connection", "http2-settings"];

/// The request, or why there can be none.
pub(crate) fn build(
    method: Method,
    url: &Url,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    user_agent: &HeaderValue,
    https_only: bool,
) -> Result<Request<Full<Bytes>>, Failure> {
    // Left alone, hyper says nothing about a body that is empty, and some servers insist.
    let says_empty = method == Method::POST && body.is_empty();
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri(url, https_only)?;
    fill(request.headers_mut(), headers)?;
    request.headers_mut().entry(USER_AGENT).or_insert_with(|| user_agent.clone());
    if says_empty {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(request)
}

fn fill(map: &mut HeaderMap, headers: Vec<(HeaderName, HeaderValue)>) -> Result<(), Failure> {
    for (name, value) in headers {
        if OF_THE_CONNECTION.contains(&name) || OF_THE_CONNECTION_TOO.contains(&name.as_str()) {
            return Err(Failure::Header { name });
        }
        map.append(name, value);
    }
    Ok(())
}

fn uri(url: &Url, https_only: bool) -> Result<Uri, BadUrl> {
    match url.scheme() {
        "http" if https_only => return Err(BadUrl::NotHttps),
        "https" | "http" => {}
        _ => return Err(BadUrl::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadUrl::UserInfo);
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(BadUrl::Host);
    }
    if let Some(port) = url.port()
        && policy::is_foreign_port(port)
    {
        return Err(BadUrl::Port(port));
    }
    // A `Uri` leaves a fragment out.
    url.as_str().parse().map_err(|_| BadUrl::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<String, BadUrl> {
        uri(&Url::parse(url).unwrap(), false).map(|u| u.to_string())
    }

    #[test]
    fn what_can_be_requested() {
        for (url, sent) in [
            ("https://a.example", "https://a.example/"),
            ("http://a.example:8080/x?y=z#f", "http://a.example:8080/x?y=z"),
            ("HTTPS://A.Example/%20 b", "https://a.example/%20%20b"),
            ("https://חנות.example/א?ב", "https://xn--9dbd1a4b.example/%D7%90?%D7%91"),
            ("https://a.example/a|b?x={}|^`'\"<>\\", "https://a.example/a|b?x={}|^`%27%22%3C%3E\\"),
            ("https://a_b.example/", "https://a_b.example/"),
        ] {
            assert_eq!(of(url).as_deref(), Ok(sent), "{url}");
        }
    }

    #[test]
    fn what_cannot() {
        for (url, why) in [
            ("ftp://a.example/", BadUrl::Scheme),
            ("file:///etc/passwd", BadUrl::Scheme),
            ("gopher://127.0.0.1:6379/_x", BadUrl::Scheme),
            ("unix:/run/x.sock", BadUrl::Scheme),
            ("data:,x", BadUrl::Scheme),
            ("https://u@a.example/", BadUrl::UserInfo),
            ("https://u:p@a.example/", BadUrl::UserInfo),
            ("https://:p@a.example/", BadUrl::UserInfo),
            ("http://a.example:25/", BadUrl::Port(25)),
            ("http://a.example:22/", BadUrl::Port(22)),
            ("http://a.example:0/", BadUrl::Port(0)),
        ] {
            assert_eq!(of(url), Err(why), "{url}");
        }
        assert_eq!(of(&format!("https://a.example/{}", "x".repeat(70_000))), Err(BadUrl::Form));
    }

    #[test]
    fn https_alone_can_be_asked_for() {
        let asked = |url| uri(&Url::parse(url).unwrap(), true).map(|_| ());
        assert_eq!(asked("http://a.example/"), Err(BadUrl::NotHttps));
        assert_eq!(asked("https://a.example/"), Ok(()));
    }

    #[test]
    fn headers_of_the_connection_are_refused_and_others_repeat() {
        let value = HeaderValue::from_static("x");
        for name in OF_THE_CONNECTION
            .into_iter()
            .chain(OF_THE_CONNECTION_TOO.map(|n| HeaderName::from_bytes(n.as_bytes()).unwrap()))
        {
            let refused = fill(&mut HeaderMap::new(), vec![(name.clone(), value.clone())]);
            assert_eq!(refused, Err(Failure::Header { name }));
        }
        let mut map = HeaderMap::new();
        let twice = HeaderName::from_static("x-twice");
        fill(&mut map, vec![(twice.clone(), value.clone()), (twice.clone(), value)]).unwrap();
        assert_eq!(map.get_all(twice).iter().count(), 2);
    }
}
