//! `multipart/form-data` bodies: text fields and files.

use crate::graph::error::GraphError;

/// A file of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// The name of the field that it was given in.
    pub(crate) field: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// Text fields in order, and files.
pub(crate) type Parts = (Vec<(String, String)>, Vec<File>);

/// What a body holds.
pub(crate) fn read(content_type: &str, body: &[u8]) -> Result<Parts, GraphError> {
    let broken = || GraphError::parameter("The multipart body cannot be read");
    let boundary = attribute(content_type, "boundary").filter(|boundary| !boundary.is_empty());
    let delimiter = format!("--{}", boundary.ok_or_else(broken)?);
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    // What stands before the first delimiter is for readers of e-mail.
    let mut rest = after(body, delimiter.as_bytes()).ok_or_else(broken)?;
    loop {
        if rest.starts_with(b"--") {
            return Ok((fields, files));
        }
        let part = rest.strip_prefix(b"\r\n").ok_or_else(broken)?;
        let end = find(part, format!("\r\n{delimiter}").as_bytes()).ok_or_else(broken)?;
        let (this, next) = part.split_at_checked(end).ok_or_else(broken)?;
        let headers_end = find(this, b"\r\n\r\n").ok_or_else(broken)?;
        let (headers, value) = this.split_at_checked(headers_end + 4).ok_or_else(broken)?;
        let headers = String::from_utf8_lossy(headers);
        match field_name(&headers) {
            Some((field, true)) => {
                files.push(File { field, content_type: type_of(&headers), bytes: value.to_vec() });
            }
            Some((name, false)) => fields.push((name, String::from_utf8_lossy(value).into_owned())),
            None => {}
        }
        rest = after(next, delimiter.as_bytes()).ok_or_else(broken)?;
    }
}

/// The name of a part, and whether it is a file.
fn field_name(headers: &str) -> Option<(String, bool)> {
    let line = header(headers, "content-disposition:")?;
    let is_file = attribute(line, "filename").is_some() || attribute(line, "filename*").is_some();
    attribute(line, "name").map(|name| (name.to_owned(), is_file))
}

fn type_of(headers: &str) -> Option<String> {
    let (_, value) = header(headers, "content-type:")?.split_once(':')?;
    Some(value.trim().to_owned())
}

fn header<'a>(headers: &'a str, name: &str) -> Option<&'a str> {
    headers.lines().find(|line| line.to_ascii_lowercase().starts_with(name))
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
    use super::read;

    const TYPE: &str = "multipart/form-data; boundary=\"x y\"";

    #[test]
    fn text_fields_and_files_are_read() {
        let body = "\r\n--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--x y\r\n\
                    content-disposition: form-data; name=\"f\"; filename=\"f.png\"\r\nContent-Type: a/b\r\n\
                    \r\n\u{1}\r\n--x y\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--x y--\r\n";
        let (fields, files) = read(TYPE, body.as_bytes()).unwrap();
        assert_eq!(fields, [("a".to_owned(), "1\r\n2".to_owned()), ("b".to_owned(), String::new())]);
        assert_eq!((files.len(), files[0].field.as_str(), files[0].bytes.as_slice()), (1, "f", &b"\x01"[..]));
        assert_eq!(files[0].content_type.as_deref(), Some("a/b"));
    }

    #[test]
    fn a_broken_body_is_an_error_and_no_panic() {
        let whole = "--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x y--";
        assert_eq!(read(TYPE, whole.as_bytes()).unwrap().0.len(), 1);
        for end in 0..whole.len() - 2 {
            let part = whole.get(..end).unwrap();
            assert_eq!(read(TYPE, part.as_bytes()).unwrap_err().code, 100, "{end}");
        }
        assert_eq!(read("multipart/form-data", whole.as_bytes()).unwrap_err().code, 100);
    }
}
