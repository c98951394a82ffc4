//! The grammar of an image's name.

/// An image's name in its parts, as far as the kubelet looks at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageName<'a> {
    /// The tag, where one is written.
    pub tag: Option<&'a str>,
    /// The digest, where one is written.
    pub digest: Option<&'a str>,
}

/// The reason why an image name is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageNameError {
    /// 64 hexadecimal digits.
    #[error("expected a name, found the ID of an image")]
    Identifier,
    /// A capital letter in the repository.
    #[error("repository names must be lower-case")]
    Uppercase,
    /// The part before the first slash.
    #[error("invalid registry `{0}`")]
    Registry(String),
    /// A part of the path.
    #[error(
        "invalid name part `{0}`: must consist of lower-case letters and digits, separated by `.`, `_`, `__` or `-`"
    )]
    Path(String),
    /// More than 255 characters.
    #[error("the name must be no more than 255 characters")]
    TooLong,
    /// The part after the colon.
    #[error("invalid tag `{0}`: must be no more than 128 letters, digits, `_`, `.` and `-`")]
    Tag(String),
    /// The part after the `@`.
    #[error("invalid digest `{0}`: expected `sha256:` and 64 hexadecimal digits")]
    Digest(String),
}

/// The most characters that a name without its domain may have.
const MAX_NAME: usize = 255;

impl<'a> ImageName<'a> {
    /// Reads an image's name as the kubelet does before it pulls.
    ///
    /// Upstream: `ParseImageName` in `k8s.io/kubernetes/pkg/util/parsers`, and
    /// the grammar of `github.com/distribution/reference`.
    ///
    /// # Errors
    /// The first part that is not as it must be.
    pub fn parse(image: &'a str) -> Result<Self, ImageNameError> {
        if image.len() == 64 && image.bytes().all(lower_hex) {
            return Err(ImageNameError::Identifier);
        }
        let (domain, remainder) = split_domain(image);
        let before_tag = remainder.split(':').next().unwrap_or_default();
        if before_tag.to_lowercase() != before_tag {
            return Err(ImageNameError::Uppercase);
        }
        let (named, digest) = match remainder.split_once('@') {
            Some((named, digest)) => (named, Some(digest)),
            None => (remainder, None),
        };
        let (path, tag) = match named.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (named, None),
        };
        // What is no address may still be the first part of the path.
        let mut length = path.len();
        if let Some(domain) = domain.filter(|domain| !is_domain(domain)) {
            if !is_path_component(domain) {
                return Err(ImageNameError::Registry(domain.to_owned()));
            }
            length += domain.len() + "/".len();
        }
        if let Some(part) = path.split('/').find(|part| !is_path_component(part)) {
            return Err(ImageNameError::Path(part.to_owned()));
        }
        // A name of one part belongs to `docker.io/library`.
        let official = if domain.is_none() && !remainder.contains('/') {
            "library/".len()
        } else {
            0
        };
        if length + official > MAX_NAME {
            return Err(ImageNameError::TooLong);
        }
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(ImageNameError::Tag(tag.to_owned()));
        }
        if let Some(digest) = digest.filter(|digest| !is_digest(digest)) {
            return Err(ImageNameError::Digest(digest.to_owned()));
        }
        Ok(Self { tag, digest })
    }

    /// The tag, `latest` where neither tag nor digest is written.
    pub fn effective_tag(&self) -> Option<&'a str> {
        match (self.tag, self.digest) {
            (None, None) => Some("latest"),
            (tag, _) => tag,
        }
    }
}

/// The pull policy of an image whose manifest names none: `Always` for the tag
/// `latest` or no tag and no digest, else `IfNotPresent`; also for a name that
/// cannot be read.
///
/// Upstream: `SetDefaults_Container`.
pub fn pull_policy(image: &str) -> &'static str {
    let tag = ImageName::parse(image)
        .ok()
        .and_then(|name| name.effective_tag());
    if tag == Some("latest") {
        "Always"
    } else {
        "IfNotPresent"
    }
}

/// Upstream: `splitDockerDomain`. `None` is Docker Hub.
fn split_domain(image: &str) -> (Option<&str>, &str) {
    match image.split_once('/') {
        Some(("docker.io" | "index.docker.io", rest)) => (None, rest),
        Some((first, rest))
            if first == "localhost"
                || first.contains(['.', ':'])
                || first.to_lowercase() != first =>
        {
            (Some(first), rest)
        }
        _ => (None, image),
    }
}

fn lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else {
                return false;
            };
            let good = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
            if address.is_empty() || !address.bytes().all(good) {
                return false;
            }
            ("", port)
        }
        None => domain.split_at(domain.find(':').unwrap_or(domain.len())),
    };
    let port_good = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let labels_good = domain.starts_with('[') || host.split('.').all(is_domain_label);
    port_good && labels_good
}

fn is_domain_label(label: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !label.is_empty() && label.bytes().all(good) && !label.starts_with('-') && !label.ends_with('-')
}

/// Letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_path_component(component: &str) -> bool {
    let alphanumeric = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z');
    let mut rest = component.as_bytes();
    loop {
        let word = rest.iter().take_while(|byte| alphanumeric(byte)).count();
        if word == 0 {
            return false;
        }
        rest = &rest[word..];
        rest = match rest {
            [] => return true,
            [b'_', b'_', rest @ ..] | [b'.' | b'_', rest @ ..] => rest,
            [b'-', ..] => {
                let dashes = rest.iter().take_while(|byte| **byte == b'-').count();
                &rest[dashes..]
            }
            _ => return false,
        };
    }
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag
            .bytes()
            .all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
}

/// Upstream: `Digest.Validate` of `github.com/opencontainers/go-digest`.
fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, encoded)| {
        let length = match algorithm {
            "sha256" => 64,
            "sha384" => 96,
            "sha512" => 128,
            _ => return false,
        };
        encoded.len() == length && encoded.bytes().all(lower_hex)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latest_and_no_tag_are_always_pulled() {
        for (image, policy) in [
            ("nginx", "Always"),
            ("nginx:latest", "Always"),
            ("nginx:1.27", "IfNotPresent"),
            ("localhost:5000/nginx", "Always"),
            ("localhost:5000/nginx:1", "IfNotPresent"),
            ("[::1]:5000/a", "Always"),
            ("a__b/c--d", "Always"),
            ("a..b", "IfNotPresent"),
            ("Nginx", "IfNotPresent"),
            ("HOST/nginx", "Always"),
            ("", "IfNotPresent"),
        ] {
            assert_eq!(pull_policy(image), policy, "{image}");
        }
        // The most that a name may have, with its first part where that is no address.
        for (before, most) in [
            ("", 247),
            ("a/", 253),
            ("abc/", 251),
            ("a_b.c/", 249),
            ("a.b/", 255),
        ] {
            let parse = |length: usize| {
                let image = format!("{before}{}", "x".repeat(length));
                ImageName::parse(&image).err()
            };
            assert_eq!(parse(most), None, "{before}");
            assert_eq!(parse(most + 1), Some(ImageNameError::TooLong), "{before}");
        }
        let digest = format!("nginx@sha256:{}", "0".repeat(64));
        assert_eq!(pull_policy(&digest), "IfNotPresent");
        let both = format!("nginx:latest@sha256:{}", "0".repeat(64));
        assert_eq!(pull_policy(&both), "Always");
    }
}
