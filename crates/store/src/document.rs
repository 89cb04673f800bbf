//! Typed documents: a body with a revision, a schema version and the ids of the last operations on it.

use crate::limits::{DOCUMENT_BYTES_MAX, OPERATIONS_REMEMBERED};
use crate::{Store, StoreError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tierline_json::from_json;

/// Names one attempt to change something. Applying the same id twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct OperationId {
    text: String,
    /// What a request may have been known by before: the same request all the same. Never stored.
    before: Vec<String>,
}

impl From<String> for OperationId {
    fn from(text: String) -> Self {
        Self { text, before: vec![] }
    }
}

impl From<OperationId> for String {
    fn from(operation: OperationId) -> Self {
        operation.text
    }
}

impl OperationId {
    /// Longest id kept; longer ones must be hashed by the caller first.
    pub const BYTES_MAX: usize = 80;

    /// Wraps `text`, or `None` if it is empty, too long or not visible ASCII.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        (visible && text.len() <= Self::BYTES_MAX).then_some(text.into())
    }

    /// An id for work nobody named, from sixteen random bytes.
    pub fn fresh(random: [u8; 16]) -> Self {
        random.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
    }

    /// An id made of a request's name and a mark of its content, neither with a dot: the same name with another content
    /// is told apart by [`OperationId::is_other_request_of`]. `before` are marks that an earlier build or an earlier
    /// secret would have made of the same content.
    pub fn of_request(name: &str, content: &str, before: &[String]) -> Option<Self> {
        let id = Self::new(format!("{name}.{content}"))?;
        Some(Self { before: before.iter().map(|content| format!("{name}.{content}")).collect(), ..id })
    }

    /// Whether this is the operation that was stored as `known`.
    pub fn is(&self, known: &Self) -> bool {
        self.texts().any(|text| text == known.text)
    }

    /// The name of the request that this was made of, whatever its content; none for work nobody named.
    pub fn request_name(&self) -> Option<&str> {
        self.text.split_once('.').map(|(name, _)| name)
    }

    /// Whether `known`, or what it is a step of, has the same request's name but another content.
    pub fn is_other_request_of(&self, known: &Self) -> bool {
        let whole = known.text.split_once('/').map_or(known.text.as_str(), |(whole, _)| whole);
        match (self.text.split_once('.'), whole.split_once('.')) {
            (Some((name, _)), Some((known_name, _))) => {
                name == known_name && self.texts().all(|text| text != whole)
            }
            _ => false,
        }
    }

    /// The id of a step of this operation, so that two documents changed by one request do not mix them up.
    pub fn step(&self, name: &str) -> Self {
        let step = |text: &String| format!("{text}/{name}");
        Self { text: step(&self.text), before: self.before.iter().map(step).collect() }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Every text it may be stored as, the present one first.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.text).chain(&self.before).map(String::as_str)
    }
}

/// A type that is kept as a document.
pub trait Stored: Serialize + DeserializeOwned + Clone {
    /// Schema version written now. A document of a later one is refused: an older build must not lose fields.
    const SCHEMA: u32;

    /// Reads what was written under an earlier schema. The default knows none.
    fn upgrade(old: Old<'_>) -> Result<Self, DocumentError> {
        Err(DocumentError::Schema { found: old.schema, known: Self::SCHEMA })
    }
}

/// A document that was written under an earlier schema.
#[derive(Debug, Clone, Copy)]
pub struct Old<'a> {
    /// Which.
    pub schema: u32,
    key: &'a str,
    bytes: &'a [u8],
}

impl Old<'_> {
    /// Its body, in the shape it had.
    pub fn body<T: DeserializeOwned>(self) -> Result<T, DocumentError> {
        let read: Body<T> = from_json(self.bytes).map_err(|error| malformed(self.key, &error))?;
        Ok(read.body)
    }
}

/// A document that cannot be used. Never shown to customers; the text holds no stored content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON of the expected shape.
    #[error("the document at {key} cannot be read: {why}")]
    Malformed {
        /// Where it is.
        key: String,
        /// Line and column, no content.
        why: String,
    },
    /// Written by a build that this one does not understand.
    #[error("the document has schema {found}; this build knows up to {known}")]
    Schema {
        /// In the store.
        found: u32,
        /// Of this build.
        known: u32,
    },
    /// The change would make it larger than [`DOCUMENT_BYTES_MAX`].
    #[error("the document at {key} would have {bytes} bytes; {DOCUMENT_BYTES_MAX} are allowed")]
    TooLarge {
        /// Where it is.
        key: String,
        /// What it would have.
        bytes: usize,
    },
}

/// A body as it is in the store. The revision makes every stored value unlike every earlier one, so a
/// compare-and-swap by value cannot pass on an old value that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<T> {
    /// Counts changes, from 1.
    pub revision: u64,
    /// Ids of the last operations, oldest first, at most [`OPERATIONS_REMEMBERED`].
    pub operations: Vec<OperationId>,
    /// The content.
    pub body: T,
}

#[derive(Serialize)]
struct Written<'a, T> {
    schema: u32,
    rev: u64,
    ops: &'a [OperationId],
    body: &'a T,
}

#[derive(Deserialize)]
struct Head {
    schema: u32,
}

#[derive(Deserialize)]
struct Body<T> {
    body: T,
}

#[derive(Deserialize)]
struct Changes {
    rev: u64,
    ops: Vec<OperationId>,
}

#[derive(Deserialize)]
struct Read<T> {
    rev: u64,
    ops: Vec<OperationId>,
    body: T,
}

impl<T: Stored> Document<T> {
    /// A first revision, made by `operation`.
    pub fn first(body: T, operation: OperationId) -> Self {
        Self { revision: 1, operations: vec![operation], body }
    }

    /// The next revision, made by `operation`.
    pub fn next(&self, body: T, operation: OperationId) -> Self {
        let forget = (self.operations.len() + 1).saturating_sub(OPERATIONS_REMEMBERED);
        let mut operations: Vec<_> = self.operations.iter().skip(forget).cloned().collect();
        operations.push(operation);
        Self { revision: self.revision + 1, operations, body }
    }

    /// What follows `current`, made by `operation`: its next revision, or the first where there is none.
    pub fn after(current: Option<&Self>, body: T, operation: OperationId) -> Self {
        match current {
            Some(document) => document.next(body, operation),
            None => Self::first(body, operation),
        }
    }

    /// Whether `operation` is among the last ones.
    pub fn has(&self, operation: &OperationId) -> bool {
        self.operations.iter().any(|known| operation.is(known))
    }

    /// The bytes to store under `key`.
    pub fn encode(&self, key: &str) -> Result<Vec<u8>, DocumentError> {
        let written =
            Written { schema: T::SCHEMA, rev: self.revision, ops: &self.operations, body: &self.body };
        let bytes = serde_json::to_vec(&written).map_err(|error| malformed(key, &error))?;
        if bytes.len() > DOCUMENT_BYTES_MAX {
            return Err(DocumentError::TooLarge { key: key.to_owned(), bytes: bytes.len() });
        }
        Ok(bytes)
    }

    /// Reads what [`Document::encode`] wrote, in this schema or an earlier one.
    pub fn decode(key: &str, bytes: &[u8]) -> Result<Self, DocumentError> {
        let Head { schema } = from_json(bytes).map_err(|error| malformed(key, &error))?;
        if schema > T::SCHEMA {
            return Err(DocumentError::Schema { found: schema, known: T::SCHEMA });
        }
        if schema < T::SCHEMA {
            let body = T::upgrade(Old { schema, key, bytes })?;
            let Changes { rev, ops } = from_json(bytes).map_err(|error| malformed(key, &error))?;
            return Ok(Self { revision: rev, operations: ops, body });
        }
        let read: Read<T> = from_json(bytes).map_err(|error| malformed(key, &error))?;
        Ok(Self { revision: read.rev, operations: read.ops, body: read.body })
    }
}

/// Where a parser stopped, without what it stopped at: stored text is personal.
fn malformed(key: &str, error: &serde_json::Error) -> DocumentError {
    DocumentError::Malformed {
        key: key.to_owned(),
        why: format!("{:?} at line {} column {}", error.classify(), error.line(), error.column()),
    }
}

/// Reads the document at `key`, or `None`. One store read.
pub async fn read<T: Stored, S: Store>(store: &S, key: &str) -> Result<Option<Document<T>>, ReadError> {
    match store.get(key).await? {
        Some(bytes) => Ok(Some(Document::decode(key, &bytes)?)),
        None => Ok(None),
    }
}

/// The document at `key` as it is now, or `None`: some stores' plain reads give it from the past. One store read.
pub async fn read_now<T: Stored, S: Store>(store: &S, key: &str) -> Result<Option<Document<T>>, ReadError> {
    let (bytes, _) = store.load(key).await?;
    Ok(bytes.map(|bytes| Document::decode(key, &bytes)).transpose()?)
}

/// A type that reads only some of a kept type's fields: for who shows them and never writes.
pub trait Part: DeserializeOwned {
    /// What is kept. Its earlier schemas are not read as a part.
    type Of: Stored;
}

/// Reads part of the document at `key`, or `None`. One store read.
pub async fn read_part<T: Part, S: Store>(store: &S, key: &str) -> Result<Option<T>, ReadError> {
    let Some(bytes) = store.get(key).await? else { return Ok(None) };
    let known = <T::Of as Stored>::SCHEMA;
    let Head { schema } = from_json(&bytes).map_err(|error| malformed(key, &error))?;
    if schema != known {
        return Err(DocumentError::Schema { found: schema, known }.into());
    }
    let read: Body<T> = from_json(&bytes).map_err(|error| malformed(key, &error))?;
    Ok(Some(read.body))
}

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What it gave is no document of ours.
    #[error(transparent)]
    Document(#[from] DocumentError),
}
