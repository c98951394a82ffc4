//! One collection: listed, then watched, then listed again when that is needed.

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

/// The server is asked to end a watch after this time. What stays silent for
/// longer is dead, whatever the connection says: a peer that went away without a
/// word is noticed as soon as by client-go's pings of HTTP/2, which has no use
/// over HTTP/1 (45 s: apimachinery/pkg/util/net, `configureHTTP2Transport`).
const WATCH: Duration = Duration::from_secs(40);
const DEAD: Duration = Duration::from_secs(10);
/// A request that has no answer by now will not have one.
const ANSWER: Duration = Duration::from_secs(30);
/// So often the server may not know a collection that it says it serves.
const UNSERVED: u32 = 6;
/// A watch that ends sooner was not a good one.
const SHORT: Duration = Duration::from_secs(5);

/// Memory of what waits to be fed in, in KiB; what is larger waits alone.
const ROOM: u32 = 8 << 10;

/// How a watch ended.
enum Watched {
    /// As it should: it can go on from here.
    Ended,
    /// What it brought makes no sense, or is too old: look at everything again.
    Broken,
    /// Nobody listens any more.
    Closed,
}

/// Follows a collection until nobody listens, or it cannot be followed.
pub(crate) async fn follow(cluster: Cluster, source: Source, out: Sender<Message>) {
    let follower = Follower {
        cluster: cluster.answering_within(ANSWER),
        out,
        room: Arc::new(Semaphore::new(ROOM as usize)),
        back_off: BackOff::default(),
        away: false,
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
    /// Of what waits to be fed in, in KiB.
    room: Arc<Semaphore>,
    back_off: BackOff,
    /// Whether it was said that the server is away.
    away: bool,
    one_by_one: bool,
    /// Whether watching is allowed.
    watched: bool,
    /// How often in a row the server did not know the collection.
    unserved: u32,
    share: Option<Share>,
    /// What it has to bring.
    filter: Filter,
    /// What the server is asked for.
    selection: Selection,
}

/// Nobody listens, or there is nothing more to say.
struct Over;

impl Follower {
    async fn run(mut self) {
        // The only way out is that there is nothing more to do.
        let Err(Over) = self.go_on().await;
    }

    async fn go_on(&mut self) -> Result<std::convert::Infallible, Over> {
        loop {
            let mut version = self.look().await?;
            match self.source.mode {
                Mode::Once => return Err(Over),
                Mode::Poll(pause) => tokio::time::sleep(jitter(longest_pause(pause))).await,
                Mode::Watch { poll } if self.one_by_one => {
                    self.poll(poll).await?;
                }
                // A server that names no version cannot be watched from one.
                Mode::Watch { poll } if version.is_none() => self.poll(poll).await?,
                Mode::Watch { poll } => {
                    while let Some(from) = version.take() {
                        version = self.watch(from, poll).await?;
                    }
                }
            }
        }
    }

    async fn send(&self, input: Input) -> Result<(), Over> {
        let takes = u32::try_from(input.size() >> 10).unwrap_or(ROOM);
        let room = Arc::clone(&self.room).acquire_many_owned(takes.clamp(1, ROOM));
        let room = room.await.map_err(|_| Over)?;
        let message = Message::Input(input, room);
        self.out.send(message).await.map_err(|_| Over)
    }

    async fn send_list(&self, objects: Vec<Value>) -> Result<(), Over> {
        if let Some(share) = &self.share {
            self.send(share.listed(&objects)).await?;
        }
        let stream = self.source.all.unwrap_or(self.source.stream);
        self.send(Input::Listed(stream, objects)).await
    }

    /// Everything as it is now; the version to watch from.
    async fn look(&mut self) -> Result<Option<String>, Over> {
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
                        Mode::Watch { .. } => self.back_off.answered(),
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
                            // Its CustomResourceDefinition is gone, and all objects
                            // with it.
                            Ok(false) => {
                                self.send_list(Vec::new()).await?;
                                return Ok(None);
                            }
                            // Its discovery may lag behind, but not for ever.
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
                share.note(&item);
            }
            // The items of a list need not say what they are.
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

    /// The changes since a version; the version to go on from, none when it
    /// needs another look.
    async fn watch(&mut self, from: String, poll: Duration) -> Result<Option<String>, Over> {
        let length = jitter(WATCH);
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
                let short = began.elapsed() < SHORT;
                if !short {
                    self.back_off.reset();
                } else if version != from {
                    self.back_off.ease();
                }
                match ended {
                    Watched::Closed => Err(Over),
                    Watched::Ended => {
                        if short {
                            self.back_off.count();
                            self.back_off.pause().await;
                        }
                        Ok(Some(version))
                    }
                    Watched::Broken => {
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
                    let said = format!(
                        "watching {} is not allowed: polling every {} s instead",
                        self.source.resource.qualified(),
                        poll.as_secs_f32()
                    );
                    self.warn(said).await;
                }
                self.poll(poll).await?;
                Ok(None)
            }
            // The next look says what it means.
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

    async fn read(&mut self, mut lines: Lines, version: &mut String, dead: Duration) -> Watched {
        loop {
            let Ok(Some(Ok(line))) = timeout(dead, lines.next()).await else {
                // The watch has ended, broken off, or fallen silent.
                return Watched::Ended;
            };
            let source = &self.source;
            let event = WatchEvent::parse(&line, &source.resource, &source.namespace);
            drop(line);
            // 410 Gone above all.
            let Ok(event) = event else {
                return Watched::Broken;
            };
            // The next look says what it means.
            if check::check_event(source, &self.filter, &event).is_err() {
                return Watched::Broken;
            }
            if let Some(new) = event.version() {
                *version = new;
            }
            for input in share::inputs(source, self.share.as_mut(), event) {
                if self.send(input).await.is_err() {
                    return Watched::Closed;
                }
            }
        }
    }

    /// Looks from now on instead of watching.
    async fn poll(&mut self, pause: Duration) -> Result<(), Over> {
        self.source.mode = Mode::Poll(pause);
        self.send(Input::PollInterval(longest_pause(pause))).await?;
        tokio::time::sleep(jitter(pause)).await;
        Ok(())
    }

    async fn warn(&self, text: String) {
        if !self.source.optional {
            // Whoever does not listen any more has ended.
            let _ = self.out.send(Message::Warning(text)).await;
        }
    }

    async fn back(&mut self) {
        if std::mem::take(&mut self.away) {
            self.warn("connection to the server restored".to_owned())
                .await;
        }
    }

    /// Waits for a better time, or gives up.
    async fn failed(&mut self, error: ClusterError) -> Result<(), Over> {
        let again = self.back_off.may_retry(&error);
        if !again {
            if self.source.optional {
                self.send(Input::Unavailable(self.source.stream)).await?;
            } else {
                // Whoever does not listen any more has ended.
                let _ = self.out.send(Message::Failed(error)).await;
            }
            return Err(Over);
        }
        if error.code() != Some(410) && !self.away {
            self.away = true;
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
