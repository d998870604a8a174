//! A body that is searched for secrets while it leaves.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::{Section, Watch};
use crate::shield::Stream;

pub(super) type BoxError = Box<dyn Error + Send + Sync>;

/// The body of an answer, up to the first secret in it.
pub struct ShieldBody<B> {
    /// `None` when nothing more comes.
    inner: Option<Pin<Box<B>>>,
    /// `None` if the body is not searched.
    watched: Option<Watched>,
    /// Frames that may leave.
    ready: VecDeque<Frame<Bytes>>,
    /// The error that follows them.
    failed: Option<BoxError>,
}

struct Watched {
    watch: Watch,
    stream: Stream,
    /// Chunks held back until what follows them is known.
    waiting: VecDeque<Bytes>,
}

/// Whether anything follows a chunk.
#[derive(Clone, Copy)]
enum More {
    No,
    Perhaps,
}

/// The error that ends a body that held a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer held a secret and was cut off")]
#[non_exhaustive]
pub struct Withheld;

impl<B> ShieldBody<B> {
    /// An empty body.
    pub(super) const fn empty() -> Self {
        Self { inner: None, watched: None, ready: VecDeque::new(), failed: None }
    }

    /// A body that is not searched.
    pub(super) fn passed(body: B) -> Self {
        Self { inner: Some(Box::pin(body)), ..Self::empty() }
    }

    /// A body that is searched.
    pub(super) fn watched(body: B, watch: Watch) -> Self {
        let stream = watch.shield.stream();
        let watched = Watched { watch, stream, waiting: VecDeque::new() };
        Self { watched: Some(watched), ..Self::passed(body) }
    }

    fn waiting(&self) -> impl Iterator<Item = &Bytes> {
        self.watched.iter().flat_map(|watched| &watched.waiting)
    }

    fn end(&mut self, failed: Option<BoxError>) {
        (self.inner, self.watched) = (None, None);
        self.failed = failed;
    }

    /// Takes a frame from the inner body, and whether more may follow it.
    fn take(&mut self, frame: Frame<Bytes>, more: More) {
        let Some(watched) = &mut self.watched else { return self.ready.push_back(frame) };
        let clean = match frame.into_data() {
            Ok(data) => watched.data(data, more, &mut self.ready),
            Err(frame) => watched.other(frame, &mut self.ready),
        };
        if let Err(withheld) = clean {
            self.end(Some(withheld.into()));
        }
    }
}

impl<B> ShieldBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    /// The body with what is available at once: the first chunk of a stream, and more if
    /// the size is known. `None` if a secret is in it.
    pub(super) fn begun(mut self, cx: &mut Context<'_>) -> Option<Self> {
        let is_sized = self.inner.as_ref().is_some_and(|inner| inner.size_hint().exact().is_some());
        let mut has_room = true;
        while has_room && self.inner.is_some() && self.advance(cx).is_ready() {
            has_room = is_sized && self.has_room();
        }
        let is_withheld = self.failed.as_ref().is_some_and(|error| error.is::<Withheld>());
        (!is_withheld).then_some(self)
    }

    /// INVARIANT: a body that gives more than it announced is not gathered for ever.
    fn has_room(&self) -> bool {
        let gathered: usize = self.ready.iter().filter_map(Frame::data_ref).map(Bytes::len).sum();
        self.ready.len() < GATHERED_FRAMES && gathered as u64 <= GATHERED
    }

    /// Asks the inner body once.
    fn advance(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(inner) = &mut self.inner else { return Poll::Ready(()) };
        match std::task::ready!(inner.as_mut().poll_frame(cx)) {
            Some(Ok(frame)) => {
                let more = if inner.is_end_stream() { More::No } else { More::Perhaps };
                self.take(frame, more);
            }
            Some(Err(error)) => self.end(Some(error.into())),
            None => {
                let waiting = self.watched.iter_mut().flat_map(|it| it.waiting.drain(..));
                self.ready.extend(waiting.map(Frame::data));
                self.end(None);
            }
        }
        Poll::Ready(())
    }
}

impl Watched {
    fn data(
        &mut self,
        data: Bytes,
        more: More,
        ready: &mut VecDeque<Frame<Bytes>>,
    ) -> Result<(), Withheld> {
        let judged = match more {
            More::No => self.stream.finish(&data).map(|()| 0),
            More::Perhaps => self.stream.feed(&data),
        };
        let waiting = match judged {
            Ok(waiting) => waiting,
            Err(leak) => {
                self.watch.record(&leak, Section::Body);
                return Err(Withheld);
            }
        };
        if waiting == 0 && self.waiting.is_empty() {
            ready.push_back(Frame::data(data));
            return Ok(());
        }
        self.waiting.push_back(data);
        let all: usize = self.waiting.iter().map(Bytes::len).sum();
        let mut free = all.saturating_sub(waiting);
        while let Some(mut first) = self.waiting.pop_front() {
            if first.len() > free {
                let leaving = first.split_to(free);
                ready.extend((!leaving.is_empty()).then(|| Frame::data(leaving)));
                self.waiting.push_front(first);
                break;
            }
            free -= first.len();
            ready.push_back(Frame::data(first));
        }
        Ok(())
    }

    /// Handles trailers and other frames without data, which come after all data.
    fn other(
        &mut self,
        frame: Frame<Bytes>,
        ready: &mut VecDeque<Frame<Bytes>>,
    ) -> Result<(), Withheld> {
        if let Some(trailers) = frame.trailers_ref()
            && !self.watch.is_clean(trailers, Section::Trailers)
        {
            return Err(Withheld);
        }
        ready.extend(self.waiting.drain(..).map(Frame::data));
        ready.push_back(frame);
        Ok(())
    }
}

impl<B> Body for ShieldBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(frame)));
            }
            if self.inner.is_none() {
                return Poll::Ready(self.failed.take().map(Err));
            }
            std::task::ready!(self.advance(cx));
        }
    }

    fn is_end_stream(&self) -> bool {
        let inner = self.inner.as_ref().is_none_or(|inner| inner.is_end_stream());
        inner && self.failed.is_none() && self.ready.is_empty() && self.waiting().next().is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let ready = self.ready.iter().filter_map(Frame::data_ref);
        let here: usize = ready.chain(self.waiting()).map(Bytes::len).sum();
        let inner = self.inner.as_ref().map(|inner| inner.size_hint()).unwrap_or_default();
        let here = here as u64;
        let mut hint = SizeHint::new();
        match (&self.inner, inner.upper()) {
            (None, _) if self.failed.is_none() => hint.set_exact(here),
            (Some(_), Some(upper)) => {
                hint.set_upper(upper.saturating_add(here));
                hint.set_lower(inner.lower().saturating_add(here));
            }
            (None | Some(_), _) => hint.set_lower(inner.lower().saturating_add(here)),
        }
        hint
    }
}

/// An empty body.
impl<B> Default for ShieldBody<B> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<B> fmt::Debug for ShieldBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShieldBody(..)")
    }
}

/// How much of a body is gathered before its headers leave.
const GATHERED: u64 = 64 * 1024;
const GATHERED_FRAMES: usize = 64;
