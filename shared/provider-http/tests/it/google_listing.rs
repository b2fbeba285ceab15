//! Lists that come in pages: all of them, and no more than a list may have.

use secrecy::SecretString;
use stet_domain::code::ErrorCode;
use stet_domain::versions::Listing;
use stet_provider::ProviderClient;
use stet_provider_http::gemini::{Gemini, GeminiOptions};
use stet_provider_http::transport::Timeouts;

use crate::scripted::{Reply, Scripted};

fn client(server: &Scripted) -> Gemini {
    let base_url = server.url("/v1beta/").parse().unwrap();
    Gemini::new(GeminiOptions { base_url, key: SecretString::from("k"), timeouts: Timeouts::default() })
        .unwrap()
}

#[tokio::test]
async fn tokens_are_sent_as_they_came_and_models_are_told_once() {
    let server = Scripted::serve(|received| {
        let body: &[u8] = if received.line.contains("pageToken=a%2Bb%26c%3D") {
            br#"{"models":[{"name":"models/x","version":"2"},{"name":"models/a"}]}"#
        } else {
            br#"{"models":[{"name":"models/x","version":"1"}],"nextPageToken":"a+b&c="}"#
        };
        Reply::new(200, body).with("etag", "\"of-a-page\"")
    })
    .await;
    let Ok(Listing::Fresh { models, etag }) = client(&server).list_models(Some("\"old\"")).await else {
        panic!("a fresh list")
    };
    let told: Vec<_> = models.iter().map(|model| (model.id.as_str(), model.mark.as_deref())).collect();
    assert_eq!(told, [("a", None), ("x", Some("1"))]);
    assert_eq!(etag, None, "no page's validator stands for the list");
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].header("if-none-match"), Some("\"old\""));
    assert_eq!(received[1].header("if-none-match"), None);
}

#[tokio::test]
async fn a_list_of_one_page_keeps_its_validator() {
    let body = br#"{"models":[{"name":"models/x"}]}"#;
    let server = Scripted::always(Reply::new(200, body).with("etag", "\"v2\"")).await;
    let Ok(Listing::Fresh { etag, .. }) = client(&server).list_models(None).await else {
        panic!("a fresh list")
    };
    assert_eq!(etag.as_deref(), Some("\"v2\""));
}

#[tokio::test]
async fn a_list_without_an_end_and_one_without_models_are_no_lists() {
    let endless = br#"{"models":[{"name":"models/x"}],"nextPageToken":"again"}"#;
    let server = Scripted::always(Reply::new(200, endless)).await;
    let failure = client(&server).list_models(None).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::ProviderBadAnswer);
    assert!(failure.detail.contains("20 pages"), "{failure}");
    assert_eq!(server.received().len(), 20);
    let empty = Scripted::always(Reply::new(200, b"{}")).await;
    assert_eq!(client(&empty).list_models(None).await.unwrap_err().code, ErrorCode::ProviderBadAnswer);
}
