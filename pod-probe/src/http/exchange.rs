//! The requests and responses of one try, redirects included.
//!
//! Upstream: `DoHTTPProbe` and `RedirectChecker` in `k8s.io/kubernetes/pkg/probe/http/http.go`, and
//! `Client.do` in Go's `net/http/client.go`.

use super::body::{BodyReader, BodyState};
use super::head::{Framing, Head, HeadReader};
use super::request::Request;
use super::url::{Dialect, Url};
use super::wire::Http2Request;
use crate::judgement::{Judgement, MAX_OUTPUT, first_line};
use crate::request::HttpRequest;
use crate::verdict::Verdict;

/// Maximum number of requests: nine redirects are followed.
const MAX_REQUESTS: usize = 10;

/// Maximum size of a redirect's body that is read before the redirect is followed, in bytes.
///
/// Upstream: `maxBodySlurpSize` in `Client.do`.
const MAX_REDIRECT_BODY: usize = 2 << 10;

/// The next thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Drop the connection that there is, connect anew and send the request.
    Connect(Hop),
    /// Read, and report what came.
    Read,
    /// Drop the connection: this is the result.
    Judged(Judgement),
}

/// A request and its destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// True for `https`.
    pub is_tls: bool,
    /// A name or an address, without brackets.
    pub host: String,
    /// 0 to 65535.
    pub port: u16,
    /// The bytes of the request for HTTP/1.1.
    pub http_1: Vec<u8>,
    /// The request for HTTP/2, which the server may choose with TLS; an error is the reason that
    /// there is none. `None` if HTTP/2 may not be offered.
    pub http_2: Option<Result<Http2Request, String>>,
}

/// The end of a connection or of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The server closed it in order.
    Closed,
    /// It broke; the text is a sentence.
    Broken(&'static str),
    /// The time-out of the try was over, in seconds.
    TimedOut(i32),
}

/// One try of a probe.
#[derive(Clone, Debug)]
pub struct Exchange {
    dialect: Dialect,
    first: Request,
    current: Request,
    requests: usize,
    redirects: Vec<String>,
    /// True if the last redirect leads to another host.
    leaves_host: bool,
    status: Option<u16>,
    body: Vec<u8>,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Connect,
    Head(HeadReader),
    /// The body of the last response.
    Body(BodyReader, Framing),
    /// The body of a redirect, before the next request.
    Redirect(BodyReader, Box<Request>),
    Judged(Box<Judgement>),
}

impl Exchange {
    /// Begins a try; `address` and `port` are those of the request's URL where it declares no
    /// host.
    ///
    /// # Errors
    /// The request has no valid URL: the probe is errored.
    pub fn new(probe: &HttpRequest, address: &str, port: u16) -> Result<Self, Judgement> {
        let first = Request::first(probe, address, port).map_err(|error| {
            let message = format!("the URL of the probe is invalid: {error}");
            Judgement::new(Verdict::Errored, message)
        })?;
        Ok(Self {
            dialect: Dialect::of(probe.version),
            current: first.clone(),
            first,
            requests: 0,
            redirects: Vec::new(),
            leaves_host: false,
            status: None,
            body: Vec::new(),
            state: State::Connect,
        })
    }

    /// Returns the next thing to do.
    pub fn step(&mut self) -> Step {
        match &self.state {
            State::Connect => match hop(&self.current) {
                Ok(hop) => {
                    self.requests += 1;
                    self.state = State::Head(HeadReader::default());
                    Step::Connect(hop)
                }
                Err(message) => {
                    self.judge(Verdict::Failure, message);
                    self.step()
                }
            },
            State::Judged(judgement) => Step::Judged((**judgement).clone()),
            _ => Step::Read,
        }
    }

    /// True if the next thing to do is to read.
    pub fn is_reading(&self) -> bool {
        !matches!(self.state, State::Connect | State::Judged(_))
    }

    /// True if no time-out ends the reading, as after a switch of protocols.
    pub fn has_no_time_limit(&self) -> bool {
        matches!(self.state, State::Body(_, Framing::Switched))
    }

    /// True if only the end of the connection ends the body that is read.
    pub fn ends_with_connection(&self) -> bool {
        matches!(
            self.state,
            State::Body(_, Framing::UntilClose) | State::Redirect(BodyReader::UntilClose, _)
        )
    }

    /// Takes bytes of an HTTP/1.1 connection.
    pub fn received(&mut self, mut bytes: &[u8]) {
        if let State::Head(reader) = &mut self.state {
            match reader.feed(bytes) {
                Ok((_, None)) => return,
                Ok((used, Some(head))) => {
                    bytes = &bytes[used..];
                    self.on_head(&head);
                }
                Err(error) => return self.judge(Verdict::Failure, error.to_string()),
            }
        }
        self.on_body(bytes);
    }

    /// Takes the head of an HTTP/2 response, which [`Self::data`] and [`Self::ended`] follow.
    pub fn response(&mut self, status: u16, location: Option<&[u8]>, length: Option<u64>) {
        self.on_head(&Head {
            status,
            location: location.map(<[u8]>::to_vec),
            // The end of the stream is the end of the body.
            framing: Framing::UntilClose,
            length,
        });
    }

    /// Takes bytes of an HTTP/2 body.
    pub fn data(&mut self, bytes: &[u8]) {
        self.on_body(bytes);
    }

    /// Takes the end of the connection or of the HTTP/2 stream.
    pub fn ended(&mut self, end: End) {
        match &self.state {
            State::Connect | State::Judged(_) => {}
            State::Head(reader) => {
                let message = match end {
                    End::Closed if reader.is_untouched() => {
                        "the server closed the connection without an answer".to_owned()
                    }
                    End::Closed => "the connection ended within the headers".to_owned(),
                    End::Broken(message) => message.to_owned(),
                    End::TimedOut(seconds) => format!("no response within {seconds} s"),
                };
                self.judge(Verdict::Failure, message);
            }
            State::Body(reader, framing) => match end {
                End::Closed if reader.is_complete_at_end() => self.judge_status(),
                End::Closed => self.broken("the connection ended within the body"),
                End::Broken(message) => self.broken(message),
                End::TimedOut(_) if *framing == Framing::Switched => {
                    self.broken("the connection stays open after a switch of protocols");
                }
                End::TimedOut(seconds) => {
                    self.broken(&format!("the body did not end within {seconds} s"));
                }
            },
            State::Redirect(..) => match end {
                End::TimedOut(seconds) => {
                    let message = format!("the body of a redirect did not end within {seconds} s");
                    self.judge(Verdict::Failure, message);
                }
                End::Closed | End::Broken(_) => self.follow(),
            },
        }
    }

    /// Takes a failure before the request was sent.
    pub fn failed(&mut self, message: impl Into<String>) {
        self.judge(Verdict::Failure, message.into());
    }

    fn on_head(&mut self, head: &Head) {
        self.status = Some(head.status);
        let reader = BodyReader::new(head.framing);
        match self.redirect(head) {
            Ok(Some(next)) => {
                self.body.clear();
                self.state = State::Redirect(reader, Box::new(next));
                let is_long = |length| length > MAX_REDIRECT_BODY as u64;
                if head.framing == Framing::Empty || head.length.is_some_and(is_long) {
                    self.follow();
                }
            }
            Ok(None) => {
                self.state = State::Body(reader, head.framing);
                if head.framing == Framing::Empty {
                    self.judge_status();
                }
            }
            Err(message) => self.judge(Verdict::Failure, message),
        }
    }

    /// Returns the request that the response leads to, or `None` if it is the last response.
    fn redirect(&mut self, head: &Head) -> Result<Option<Request>, String> {
        let is_redirect = matches!(head.status, 301 | 302 | 303 | 307 | 308);
        let location = head.location.as_deref().filter(|text| !text.is_empty());
        let Some(location) = location.filter(|_| is_redirect) else {
            return Ok(None);
        };
        let reference = Url::parse(location, self.dialect)
            .map_err(|error| format!("the `Location` of a redirect is no URL: {error}"))?;
        let url = self.current.url.resolve(&reference);
        self.redirects
            .push(String::from_utf8_lossy(&url.without_user()).into_owned());
        if url.hostname() != self.first.url.hostname() {
            self.leaves_host = true;
            return Ok(None);
        }
        if self.requests >= MAX_REQUESTS {
            return Err(format!("stopped after {MAX_REQUESTS} redirects"));
        }
        let is_relative = reference.scheme.is_empty();
        Ok(Some(self.current.redirected(url, is_relative, &self.first)))
    }

    fn follow(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Connect);
        if let State::Redirect(_, next) = state {
            self.body.clear();
            self.current = *next;
        }
    }

    fn on_body(&mut self, bytes: &[u8]) {
        let (reader, limit) = match &mut self.state {
            State::Body(reader, _) => (reader, MAX_OUTPUT),
            State::Redirect(reader, _) => (reader, MAX_REDIRECT_BODY),
            State::Connect | State::Head(_) | State::Judged(_) => return,
        };
        let body = &mut self.body;
        let state = reader.feed(bytes, |data| {
            let space = limit.saturating_sub(body.len());
            body.extend(&data[..data.len().min(space)]);
            body.len() < limit
        });
        let is_full = self.body.len() >= limit;
        let is_redirect = matches!(self.state, State::Redirect(..));
        match state {
            BodyState::Open if !is_full => {}
            _ if is_redirect => self.follow(),
            BodyState::Malformed if !is_full => self.broken("the chunks of the body are malformed"),
            _ => self.judge_status(),
        }
    }

    /// Upstream: `DoHTTPProbe`: a body that breaks counts more than the status.
    fn broken(&mut self, message: &str) {
        self.judge(Verdict::Errored, message.to_owned());
    }

    fn judge_status(&mut self) {
        let status = self.status.unwrap_or_default();
        let (verdict, message) = match status {
            200..=299 => (Verdict::Success, format!("status {status}")),
            300..=399 if self.leaves_host => {
                let message = format!("status {status} redirects to another host: not followed");
                (Verdict::Warning, message)
            }
            300..=399 => {
                let message = format!("status {status} is a redirect that is not followed");
                (Verdict::Warning, message)
            }
            _ => (Verdict::Failure, format!("status {status}")),
        };
        self.judge(verdict, message);
    }

    fn judge(&mut self, verdict: Verdict, message: String) {
        let judgement = Judgement {
            status: self.status,
            first_line: first_line(&self.body),
            redirects: std::mem::take(&mut self.redirects),
            ..Judgement::new(verdict, message)
        };
        self.state = State::Judged(Box::new(judgement));
    }
}

fn hop(request: &Request) -> Result<Hop, String> {
    let is_tls = match &request.url.scheme[..] {
        b"http" => false,
        b"https" => true,
        _ => return Err("a redirect leads to something else than HTTP".to_owned()),
    };
    if request.url.host.is_empty() {
        return Err("the URL has no host".to_owned());
    }
    let port = match request.url.port() {
        [] if is_tls => Some(443),
        [] => Some(80),
        text => std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok()),
    };
    let http_2 = is_tls && !request.requires_http_1();
    Ok(Hop {
        is_tls,
        host: String::from_utf8_lossy(request.url.hostname()).into_owned(),
        port: port.ok_or("the port of a redirect is out of range")?,
        http_1: request.to_http_1()?,
        http_2: http_2.then(|| request.to_http_2()),
    })
}
