//! `multipart/form-data` bodies: the text fields; files are read past, because nothing here takes one.

use crate::graph::error::GraphError;

/// The fields of a body, in order.
pub(crate) fn fields(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, GraphError> {
    let broken = || GraphError::parameter("The multipart body cannot be read");
    let boundary = attribute(content_type, "boundary").filter(|boundary| !boundary.is_empty());
    let delimiter = format!("--{}", boundary.ok_or_else(broken)?);
    let mut fields = Vec::new();
    // What stands before the first delimiter is for readers of e-mail.
    let mut rest = after(body, delimiter.as_bytes()).ok_or_else(broken)?;
    loop {
        if rest.starts_with(b"--") {
            return Ok(fields);
        }
        let part = rest.strip_prefix(b"\r\n").ok_or_else(broken)?;
        let end = find(part, format!("\r\n{delimiter}").as_bytes()).ok_or_else(broken)?;
        let (this, next) = part.split_at_checked(end).ok_or_else(broken)?;
        let headers_end = find(this, b"\r\n\r\n").ok_or_else(broken)?;
        let (headers, value) = this.split_at_checked(headers_end + 4).ok_or_else(broken)?;
        if let Some(name) = field_name(&String::from_utf8_lossy(headers)) {
            fields.push((name, String::from_utf8_lossy(value).into_owned()));
        }
        rest = after(next, delimiter.as_bytes()).ok_or_else(broken)?;
    }
}

/// The name of a text field; a part with a file name is none.
fn field_name(headers: &str) -> Option<String> {
    let is_disposition = |line: &&str| line.to_ascii_lowercase().starts_with("content-disposition:");
    let line = headers.lines().find(is_disposition)?;
    let is_file = attribute(line, "filename").is_some() || attribute(line, "filename*").is_some();
    attribute(line, "name").filter(|_| !is_file).map(str::to_owned)
}

/// `name` of `form-data; name="a"; filename="b"`.
fn attribute<'a>(header: &'a str, wanted: &str) -> Option<&'a str> {
    header.split(';').skip(1).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim_matches('"'))
    })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn after<'a>(text: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    text.get(find(text, wanted)? + wanted.len()..)
}

#[cfg(test)]
mod tests {
    use super::fields;

    const TYPE: &str = "multipart/form-data; boundary=\"x y\"";

    #[test]
    fn text_fields_are_read_and_files_are_not() {
        let body = "\r\n--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--x y\r\n\
                    content-disposition: form-data; name=\"f\"; filename=\"f.png\"\r\nContent-Type: a/b\r\n\
                    \r\n\u{1}\r\n--x y\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--x y--\r\n";
        let read = fields(TYPE, body.as_bytes()).unwrap();
        assert_eq!(read, [("a".to_owned(), "1\r\n2".to_owned()), ("b".to_owned(), String::new())]);
    }

    #[test]
    fn a_broken_body_is_an_error_and_no_panic() {
        let whole = "--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x y--";
        assert_eq!(fields(TYPE, whole.as_bytes()).unwrap().len(), 1);
        for end in 0..whole.len() - 2 {
            let part = whole.get(..end).unwrap();
            assert_eq!(fields(TYPE, part.as_bytes()).unwrap_err().code, 100, "{end}");
        }
        assert_eq!(fields("multipart/form-data", whole.as_bytes()).unwrap_err().code, 100);
    }
}
