//! Requests that no proper client sends, written to the socket byte by byte.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Answer;

pub(crate) async fn connect(url: &str) -> TcpStream {
    TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap()
}

/// A request head that asks for the connection to be closed afterwards.
pub(crate) fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += "\r\n";
    text.into_bytes()
}

/// Sends the bytes and reads to the end.
pub(crate) async fn exchange(url: &str, request: &[u8]) -> Answer {
    let mut stream = connect(url).await;
    stream.write_all(request).await.unwrap();
    answer(&mut stream).await.expect("an answer")
}

/// What comes until the other side closes; nothing where it closed without a word.
pub(crate) async fn answer(stream: &mut TcpStream) -> Option<Answer> {
    let mut bytes = Vec::new();
    let read = timeout(Duration::from_secs(40), stream.read_to_end(&mut bytes)).await;
    read.expect("the connection ends in time").ok()?;
    parse(&bytes)
}

/// One answer from its bytes.
pub(crate) fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let text = String::from_utf8(bytes[end + 4..].to_vec()).expect("an answer in UTF-8");
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let json = serde_json::from_str(&text).unwrap_or(serde_json::Value::Null);
    Some(Answer { status, headers, text, json })
}
