//! Follows one collection: lists it, watches it, and lists it again if necessary.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, timeout};

use super::back_off::{BackOff, jitter};
use super::check;
use super::filter::Filter;
use super::share::{self, Share};
use super::source::{MAX_MEMORY, Message, Mode, Source, longest_pause};
use crate::cluster::{Cluster, ClusterError, Lines, Selection, WatchEvent};
use crate::wait::engine::Input;

/// Time after which the server is asked to end a watch. One that is silent for longer is dead,
/// whatever the state of the connection: a lost peer is noticed as soon as by client-go's HTTP/2
/// pings, which do not exist over HTTP/1 (45 s: apimachinery/pkg/util/net,
/// `configureHTTP2Transport`).
const WATCH_TIMEOUT: Duration = Duration::from_secs(40);
const DEAD: Duration = Duration::from_secs(10);
/// Maximum time for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Number of times in a row that the server may not know a collection that it serves.
const UNSERVED: u32 = 6;
/// Minimum time of a watch that counts as successful.
const SHORT_WATCH: Duration = Duration::from_secs(5);

/// Memory of the messages that wait to be fed in, in KiB; a larger message waits alone.
const BUFFER_KIB: u32 = 8 << 10;

/// Result of a watch.
enum WatchEnd {
    /// In order: it can be resumed.
    Ended,
    /// Its events are invalid, or its version is too old: the collection has to be listed again.
    Broken,
    /// The receiver is gone.
    Closed,
}

/// Follows a collection until the receiver is gone, or it cannot be followed.
pub(crate) async fn follow(cluster: Cluster, source: Source, out: Sender<Message>) {
    let follower = Follower {
        cluster: cluster.answering_within(ANSWER_TIMEOUT),
        out,
        room: Arc::new(Semaphore::new(BUFFER_KIB as usize)),
        back_off: BackOff::default(),
        is_unavailable: false,
        one_by_one: false,
        watched: false,
        unserved: 0,
        share: Share::of(&source),
        filter: Filter::of(&source.selection),
        selection: match source.all {
            Some(_) => Selection::default(),
            None => source.selection.clone(),
        },
        source,
    };
    follower.run().await;
}

struct Follower {
    cluster: Cluster,
    source: Source,
    out: Sender<Message>,
    /// Memory for messages that wait to be fed in, in KiB.
    room: Arc<Semaphore>,
    back_off: BackOff,
    /// `true` if a warning was sent that the server is unavailable.
    is_unavailable: bool,
    one_by_one: bool,
    /// `true` if watching is allowed.
    watched: bool,
    /// Number of times in a row that the server did not know the collection.
    unserved: u32,
    share: Option<Share>,
    /// The selection, as far as it is checked here.
    filter: Filter,
    /// The selection of the requests.
    selection: Selection,
}

/// The receiver is gone, or there is nothing more to follow.
struct Stopped;

impl Follower {
    async fn run(mut self) {
        // It only returns when there is nothing more to do.
        let Err(Stopped) = self.run_loop().await;
    }

    async fn run_loop(&mut self) -> Result<std::convert::Infallible, Stopped> {
        loop {
            let mut version = self.list_or_get().await?;
            match self.source.mode {
                Mode::Once => return Err(Stopped),
                Mode::Poll(pause) => tokio::time::sleep(jitter(longest_pause(pause))).await,
                Mode::Watch { poll } if self.one_by_one => {
                    self.poll(poll).await?;
                }
                // A list without a version cannot be watched from there.
                Mode::Watch { poll } if version.is_none() => self.poll(poll).await?,
                Mode::Watch { poll } => {
                    while let Some(from) = version.take() {
                        version = self.watch(from, poll).await?;
                    }
                }
            }
        }
    }

    async fn send(&self, input: Input) -> Result<(), Stopped> {
        let takes = u32::try_from(input.size() >> 10).unwrap_or(BUFFER_KIB);
        let room = Arc::clone(&self.room).acquire_many_owned(takes.clamp(1, BUFFER_KIB));
        let room = room.await.map_err(|_| Stopped)?;
        let message = Message::Input(input, room);
        self.out.send(message).await.map_err(|_| Stopped)
    }

    async fn send_list(&self, objects: Vec<Value>) -> Result<(), Stopped> {
        if let Some(share) = &self.share {
            self.send(share.listed(&objects)).await?;
        }
        let stream = self.source.all.unwrap_or(self.source.stream);
        self.send(Input::Listed(stream, objects)).await
    }

    /// Delivers all objects that exist, and returns the version to watch from.
    async fn list_or_get(&mut self) -> Result<Option<String>, Stopped> {
        loop {
            let listed = if self.one_by_one {
                self.ask_one_by_one().await
            } else {
                self.list().await
            };
            match listed {
                Ok((objects, version)) => {
                    self.back().await;
                    self.unserved = 0;
                    match self.source.mode {
                        Mode::Watch { .. } => self.back_off.record_answer(),
                        Mode::Once | Mode::Poll(_) => self.back_off.reset(),
                    }
                    self.send_list(objects).await?;
                    return Ok(version);
                }
                Err(error)
                    if error.code() == Some(403)
                        && !self.one_by_one
                        && !self.back_off.was_reached()
                        && !self.source.names.is_empty() =>
                {
                    self.one_by_one = true;
                }
                Err(error) if error.code() == Some(404) && self.back_off.was_reached() => {
                    if self.unserved > 0 {
                        match self.cluster.is_served(&self.source.resource).await {
                            // Its CustomResourceDefinition was deleted, with all objects.
                            Ok(false) => {
                                self.send_list(Vec::new()).await?;
                                return Ok(None);
                            }
                            // Discovery may be outdated for a while.
                            Ok(true) if self.unserved < UNSERVED => {}
                            Ok(true) => {
                                self.failed(error).await?;
                                continue;
                            }
                            Err(error) => {
                                self.failed(error).await?;
                                continue;
                            }
                        }
                    }
                    self.unserved += 1;
                    self.back_off.count();
                    self.back_off.pause().await;
                }
                Err(error) => self.failed(error).await?,
            }
        }
    }

    async fn list(&mut self) -> Result<(Vec<Value>, Option<String>), ClusterError> {
        let (source, share, filter) = (&self.source, &mut self.share, &self.filter);
        let kind = source.resource.kind.as_str();
        let api_version = source.resource.api_version();
        let mut odd = Ok(());
        let keep = |mut item: Value| {
            if !source.keep.wants(&item) {
                return None;
            }
            if odd.is_ok() {
                odd = check::check_object(source, filter, &item);
            }
            if let Some(share) = share {
                share.record(&item);
            }
            // The items of a list may lack their kind.
            if let Some(item) = item.as_object_mut() {
                item.insert("kind".to_owned(), kind.into());
                item.insert("apiVersion".to_owned(), api_version.clone().into());
            }
            Some(source.keep.of(item))
        };
        let (resource, namespace) = (&source.resource, &source.namespace);
        let listed = self
            .cluster
            .list_with(resource, namespace, &self.selection, MAX_MEMORY, keep);
        let listed = listed.await?;
        odd.and_then(|()| check::check_unique(source, &listed.objects))
            .map_err(|cause| self.cluster.not_an_api(cause))?;
        Ok((listed.objects, listed.version))
    }

    async fn ask_one_by_one(&self) -> Result<(Vec<Value>, Option<String>), ClusterError> {
        let source = &self.source;
        let mut objects = Vec::new();
        for name in &source.names {
            let answer = self.cluster.get(&source.resource, &source.namespace, name);
            match answer.await {
                Ok(object) => {
                    check::check_uid(source, &object)
                        .map_err(|cause| self.cluster.not_an_api(cause))?;
                    objects.push(source.keep.of(object));
                }
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok((objects, None))
    }

    /// Delivers the changes since a version, and returns the version to resume from, or `None` if
    /// the collection has to be listed again.
    async fn watch(&mut self, from: String, poll: Duration) -> Result<Option<String>, Stopped> {
        let length = jitter(WATCH_TIMEOUT);
        let source = &self.source;
        let opened = self.cluster.watch(
            &source.resource,
            &source.namespace,
            &self.selection,
            &from,
            length,
        );
        match opened.await {
            Ok(lines) => {
                self.watched = true;
                self.back().await;
                let began = Instant::now();
                let mut version = from.clone();
                let ended = self.read(lines, &mut version, length + DEAD).await;
                let short = began.elapsed() < SHORT_WATCH;
                if !short {
                    self.back_off.reset();
                } else if version != from {
                    self.back_off.record_short_watch();
                }
                match ended {
                    WatchEnd::Closed => Err(Stopped),
                    WatchEnd::Ended => {
                        if short {
                            self.back_off.count();
                            self.back_off.pause().await;
                        }
                        Ok(Some(version))
                    }
                    WatchEnd::Broken => {
                        self.back_off.count();
                        self.back_off.pause().await;
                        Ok(None)
                    }
                }
            }
            Err(error) if matches!(error.code(), Some(403 | 405)) => {
                if self.watched && self.back_off.may_retry(&error) && self.back_off.may_watch() {
                    self.back_off.pause().await;
                    return Ok(None);
                }
                if !self.source.optional {
                    let message = format!(
                        "watching {} is not allowed: polling every {} s instead",
                        self.source.resource.qualified(),
                        poll.as_secs_f32()
                    );
                    self.warn(message).await;
                }
                self.poll(poll).await?;
                Ok(None)
            }
            // The next list shows what it means.
            Err(error) if error.code() == Some(404) => {
                self.back_off.count();
                self.back_off.pause().await;
                Ok(None)
            }
            Err(error) => {
                self.failed(error).await?;
                Ok(None)
            }
        }
    }

    async fn read(&mut self, mut lines: Lines, version: &mut String, dead: Duration) -> WatchEnd {
        loop {
            let Ok(Some(Ok(line))) = timeout(dead, lines.next()).await else {
                // The watch has ended, was cut, or is silent.
                return WatchEnd::Ended;
            };
            let source = &self.source;
            let event = WatchEvent::parse(&line, &source.resource, &source.namespace);
            drop(line);
            // Most often 410 Gone.
            let Ok(event) = event else {
                return WatchEnd::Broken;
            };
            // The next list shows what it means.
            if check::check_event(source, &self.filter, &event).is_err() {
                return WatchEnd::Broken;
            }
            if let Some(new) = event.version() {
                *version = new;
            }
            for input in share::inputs(source, self.share.as_mut(), event) {
                if self.send(input).await.is_err() {
                    return WatchEnd::Closed;
                }
            }
        }
    }

    /// Polls from now on instead of watching.
    async fn poll(&mut self, pause: Duration) -> Result<(), Stopped> {
        self.source.mode = Mode::Poll(pause);
        self.send(Input::PollInterval(longest_pause(pause))).await?;
        tokio::time::sleep(jitter(pause)).await;
        Ok(())
    }

    async fn warn(&self, text: String) {
        if !self.source.optional {
            // The receiver may have stopped.
            let _ = self.out.send(Message::Warning(text)).await;
        }
    }

    async fn back(&mut self) {
        if std::mem::take(&mut self.is_unavailable) {
            self.warn("connection to the server restored".to_owned())
                .await;
        }
    }

    /// Waits before a retry, or gives up.
    async fn failed(&mut self, error: ClusterError) -> Result<(), Stopped> {
        let again = self.back_off.may_retry(&error);
        if !again {
            if self.source.optional {
                self.send(Input::Unavailable(self.source.stream)).await?;
            } else {
                // The receiver may have stopped.
                let _ = self.out.send(Message::Failed(error)).await;
            }
            return Err(Stopped);
        }
        if error.code() != Some(410) && !self.is_unavailable {
            self.is_unavailable = true;
            self.warn(format!("{error}; trying again")).await;
        }
        if error.code() == Some(401)
            && let Err(error) = self.cluster.renew().await
        {
            self.warn(format!("{error}; trying again")).await;
        }
        self.back_off.pause().await;
        Ok(())
    }
}
