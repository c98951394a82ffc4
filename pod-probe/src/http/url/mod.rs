//! URLs as Go reads, joins and writes them. Texts are bytes: a server may send anything.
//!
//! Upstream: Go's `net/url`.

mod error;
mod escape;
mod parse;
mod resolve;
mod text;
mod value;
mod write;

pub(crate) use error::UrlError;
pub(crate) use parse::Dialect;
pub(crate) use value::Url;

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(base: &str, reference: &str) -> String {
        let base = Url::parse(base.as_bytes(), Dialect::FirstColon).unwrap();
        match Url::parse(reference.as_bytes(), Dialect::FirstColon) {
            Ok(reference) => {
                String::from_utf8_lossy(&base.resolve(&reference).to_bytes()).into_owned()
            }
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn a_reference_is_resolved_against_its_base() {
        let base = "http://10.0.0.1:80/a/b?q";
        let table = [
            ("c", "http://10.0.0.1:80/a/c"),
            ("/c?d#e", "http://10.0.0.1:80/c?d#e"),
            ("../../../c", "http://10.0.0.1:80/c"),
            ("./", "http://10.0.0.1:80/a/"),
            ("", "http://10.0.0.1:80/a/b?q"),
            ("?", "http://10.0.0.1:80/a/b?"),
            ("//x/y", "http://x/y"),
            ("HTTPS://x", "https://x"),
            ("mailto:x", "mailto:x"),
            ("/a%2fb%zz", "error: invalid escape `%zz`"),
            ("/a%2fb", "http://10.0.0.1:80/a%2fb"),
            ("/ä b", "http://10.0.0.1:80/%C3%A4%20b"),
            ("http://[::1", "error: missing `]` in the host"),
            ("http://u:p@x:1/", "http://u:p@x:1/"),
            ("a:b/c", "a:b/c"),
            ("1a:b", "error: a colon in the first segment of the path"),
            ("http:/x", "http:/x"),
            ("/.//x", "http://10.0.0.1:80//x"),
            ("\u{7f}", "error: control character"),
        ];
        for (reference, expected) in table {
            assert_eq!(resolved(base, reference), expected, "{reference}");
        }
    }

    #[test]
    fn the_host_is_split_from_its_port() {
        let table = [
            ("http://[fe80::1%25eth0]:80/", "fe80::1%eth0", "80"),
            ("http://a", "a", ""),
            ("http://a:", "a", ""),
            ("http://a:1:2", "a:1", "2"),
        ];
        for (text, host, port) in table {
            let url = Url::parse(text.as_bytes(), Dialect::LastColon).unwrap();
            assert_eq!(
                (url.hostname(), url.port()),
                (host.as_bytes(), port.as_bytes())
            );
        }
    }
}
