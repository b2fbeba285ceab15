//! What an answer tells of its search.

use serde::Serialize;

use crate::draw::Draw;
use crate::google::answer::{Found, Mark};
use crate::google::ids;
use crate::google::surface::Surface;

/// In so many of a thousand stretches that are not ASCII the end is told too late.
const DRIFTS_PER_MILLE: u64 = 80;

/// The grounding metadata; its names on the wire begin with the word again.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Grounding<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    search_entry_point: Option<EntryPoint>,
    #[serde(rename = "groundingChunks", skip_serializing_if = "Vec::is_empty")]
    chunks: Vec<Chunk<'a>>,
    #[serde(rename = "groundingSupports", skip_serializing_if = "Vec::is_empty")]
    supports: Vec<Support<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    web_search_queries: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retrieval_metadata: Option<Empty>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryPoint {
    rendered_content: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Chunk<'a> {
    Web(Web<'a>),
    Maps(Web<'a>),
}

#[derive(Serialize)]
struct Web<'a> {
    uri: String,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Support<'a> {
    segment: Segment<'a>,
    grounding_chunk_indices: &'a [usize],
}

/// A stretch of the text, in bytes; a start of 0 is left out, as every default is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Segment<'a> {
    #[serde(skip_serializing_if = "is_zero")]
    start_index: usize,
    end_index: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct Empty {}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl<'a> Grounding<'a> {
    /// The metadata, where there are any.
    pub(super) fn of(surface: Surface, found: &'a Found, marks: &'a [Mark], ids: &mut Draw) -> Option<Self> {
        let entry_point = match found {
            Found::Nothing => return None,
            Found::Trace => return Some(Self::default()),
            Found::Queries(_) | Found::Fetched(_) => None,
            Found::Pages { query, .. } | Found::Place { query, .. } => {
                Some(EntryPoint { rendered_content: suggestions(query, ids) })
            }
        };
        let vertex = surface == Surface::Vertex;
        let chunks = found.sources().iter().enumerate().map(|(at, source)| {
            let uri = if found.tells_address(source) { source.url.clone() } else { ids::redirect(ids) };
            // Vertex names the domain of some chunks.
            let domain = (vertex && at == 0).then_some(source.host.as_str());
            Chunk::Web(Web { uri, title: &source.host, domain })
        });
        let place = match found {
            Found::Place { place, .. } => {
                Some(Chunk::Maps(Web { uri: place.url.clone(), title: &place.title, domain: None }))
            }
            _ => None,
        };
        let chunks = chunks.chain(place).collect();
        Some(Self {
            search_entry_point: entry_point,
            chunks,
            supports: marks.iter().map(|mark| support(mark, ids)).collect(),
            web_search_queries: found.queries().collect(),
            retrieval_metadata: vertex.then_some(Empty {}),
        })
    }
}

/// A stretch and its pages. Where the text is not plain ASCII the end is off by a byte or two now and then.
fn support<'a>(mark: &'a Mark, ids: &mut Draw) -> Support<'a> {
    let Mark { start, end, text, sources } = mark;
    let drifts = ids.chance(DRIFTS_PER_MILLE) && !text.is_ascii();
    let drift = if drifts { 1 + usize::from(ids.chance(500)) } else { 0 };
    let segment = Segment { start_index: *start, end_index: *end + drift, text };
    Support { segment, grounding_chunk_indices: sources }
}

/// A page of suggestions, whose link is none of the answer's sources.
fn suggestions(query: &str, ids: &mut Draw) -> String {
    let query = query.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let address = ids::redirect(ids);
    format!(
        "<style>\n.container {{\n  align-items: center;\n}}\n</style>\n<div class=\"container\">\n  <div class=\"carousel\">\n    \
         <a class=\"chip\" href=\"{address}\">{query}</a>\n  </div>\n</div>\n"
    )
}
