//! Bodies with files: read in blocks while they are sent.

use std::{
    collections::VecDeque,
    io,
    path::Path,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
};

use super::Failure;
use crate::{
    body::{Body, Piece},
    error::{Delivery, ErrorKind},
};

const BLOCK: usize = 64 * 1024;

/// The body of a request, while it is sent.
pub(super) struct Upload {
    pieces: VecDeque<Open>,
}

enum Open {
    Bytes(Bytes),
    File {
        file: File,
        /// Bytes that were promised and are not yet read.
        left: u64,
        block: Vec<u8>,
    },
}

impl Upload {
    /// Opens the files of a body.
    pub(super) async fn open(body: Option<Body>) -> Result<Self, Failure> {
        let given = body.as_ref().map_or(&[][..], Body::pieces);
        let mut pieces = VecDeque::with_capacity(given.len());
        for piece in given {
            pieces.push_back(match piece {
                Piece::Bytes(bytes) => Open::Bytes(bytes.clone()),
                Piece::File(path) => open_file(path)
                    .await
                    .map_err(|error| unreadable(path, error))?,
            });
        }
        Ok(Self { pieces })
    }
}

impl Open {
    fn left(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { left, .. } => *left,
        }
    }
}

async fn open_file(path: &Path) -> io::Result<Open> {
    let file = File::open(path).await?;
    let left = file.metadata().await?.len();
    Ok(Open::File {
        file,
        left,
        block: Vec::new(),
    })
}

fn unreadable(path: &Path, error: io::Error) -> Failure {
    Failure {
        kind: ErrorKind::Configuration,
        delivery: Delivery::NotSent,
        message: format!("`{}` cannot be read: {error}", path.display()),
        hint: None,
        source: Some(Box::new(error)),
    }
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            let data = match self.pieces.front_mut() {
                None => return Poll::Ready(None),
                Some(Open::Bytes(bytes)) => std::mem::take(bytes),
                Some(Open::File { file, left, block }) => {
                    ready!(read_block(file, left, block, context))?
                }
            };
            if data.is_empty() {
                self.pieces.pop_front();
            } else {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.iter().all(|piece| piece.left() == 0)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.pieces.iter().map(Open::left).sum())
    }
}

/// The next bytes of a file; none at its end. A file that grows is cut at the size it had, one that shrinks is an
/// error: the length is already announced.
fn read_block(
    file: &mut File,
    left: &mut u64,
    block: &mut Vec<u8>,
    context: &mut Context<'_>,
) -> Poll<io::Result<Bytes>> {
    let wanted = usize::try_from(*left).map_or(BLOCK, |left| left.min(BLOCK));
    if wanted == 0 {
        return Poll::Ready(Ok(Bytes::new()));
    }
    block.resize(wanted, 0);
    let mut buffer = ReadBuf::new(block);
    ready!(pin!(file).poll_read(context, &mut buffer))?;
    let read = buffer.filled().len();
    if read == 0 {
        return Poll::Ready(Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the file became shorter while it was sent",
        )));
    }
    *left -= read as u64;
    let mut data = std::mem::take(block);
    data.truncate(read);
    Poll::Ready(Ok(data.into()))
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use http_body::Body as _;

    use super::*;

    async fn collect(mut upload: Upload) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut upload).poll_frame(context)).await {
            all.extend_from_slice(frame?.data_ref().unwrap());
        }
        Ok(all)
    }

    async fn file(content: &[u8], promised: u64) -> (Upload, std::path::PathBuf) {
        let name = format!("upload-test-{}-{promised}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        let file = File::open(&path).await.unwrap();
        let pieces = [
            Open::Bytes(Bytes::from_static(b"<")),
            Open::File {
                file,
                left: promised,
                block: Vec::new(),
            },
            Open::Bytes(Bytes::from_static(b">")),
        ];
        let upload = Upload {
            pieces: pieces.into(),
        };
        (upload, path)
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_between_the_other_pieces() {
        let content: Vec<u8> = (0..200_000_u32).map(|i| i as u8).collect();
        let (upload, path) = file(&content, 200_000).await;
        assert_eq!(upload.size_hint().exact(), Some(200_002));
        let sent = collect(upload).await.unwrap();
        assert_eq!((sent[0], sent[200_001]), (b'<', b'>'));
        assert_eq!(sent[1..200_001], content);
        std::fs::remove_file(path).unwrap();
    }

    #[tokio::test]
    async fn the_announced_length_holds() {
        let (grown, path) = file(b"abcdef", 4).await;
        assert_eq!(collect(grown).await.unwrap(), b"<abcd>");
        std::fs::remove_file(path).unwrap();
        let (shrunk, path) = file(b"ab", 5).await;
        assert!(collect(shrunk).await.is_err());
        std::fs::remove_file(path).unwrap();
    }
}
