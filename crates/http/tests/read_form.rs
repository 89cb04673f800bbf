//! Forms, good and bad, as they come over the wire.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use futures::executor::block_on;
use tierline_http::{Form, FormShape, Problem, ProblemKind, Request, limits, read_form};

const SHAPE: FormShape<'_> =
    FormShape { fields: &["subject", "body"], files: Some(("files", 2)), bytes_max: 200_000 };

fn read(content_type: &str, body: impl Into<Vec<u8>>) -> Result<Form, Problem> {
    let mut request = Request::new(body.into().into());
    request.headers_mut().insert("content-type", content_type.parse().unwrap());
    block_on(read_form(&request, SHAPE))
}

fn urlencoded(body: impl Into<Vec<u8>>) -> Result<Form, Problem> {
    read("application/x-www-form-urlencoded; charset=utf-8", body)
}

fn part(head: &str, body: &[u8]) -> Vec<u8> {
    [b"--b\r\nContent-Disposition: form-data; ", head.as_bytes(), b"\r\n\r\n", body, b"\r\n"].concat()
}

fn multipart(parts: &[Vec<u8>]) -> Result<Form, Problem> {
    read("multipart/form-data; boundary=b", [parts.concat(), b"--b--\r\n".to_vec()].concat())
}

#[test]
fn a_urlencoded_form_is_read() {
    let form = urlencoded("subject=&body=%C3%A9%26+a%2Bb%0D%0Ac").unwrap();
    assert_eq!((form.get("subject"), form.get("body")), (None, Some("é& a+b\r\nc")));
    assert_eq!(urlencoded("").unwrap(), Form::default());
}

#[test]
fn a_multipart_form_is_read_with_its_files() {
    let big = vec![7_u8; 300_000];
    let mut form = multipart(&[
        part("name=\"body\"", "héllo".as_bytes()),
        part("name=\"files\"; filename=\"фото.png\"\r\nContent-Type: image/png", &big),
        part("name=\"files\"; filename=\"\"\r\nContent-Type: application/octet-stream", b""),
    ])
    .unwrap();
    assert_eq!(form.get("body"), Some("héllo"));
    let files = form.take_files();
    assert_eq!(files.len(), 1, "an empty file field is no file");
    assert_eq!(files[0].name.as_deref(), Some("фото.png"));
    assert_eq!((files[0].media_type.as_deref(), files[0].bytes.as_ref()), (Some("image/png"), &big[..]));
}

#[test]
fn unknown_fields_are_refused_by_name() {
    for form in [urlencoded("body=x&colour=red&%3Cb%3E=1"), multipart(&[part("name=\"colour\"", b"red")])] {
        let problem = form.unwrap_err();
        assert_eq!(
            (problem.kind, &problem.extra["fields"]),
            (ProblemKind::InvalidField, &["colour"][..].into())
        );
    }
    let odd = urlencoded("%3Cb%3E=1").unwrap_err();
    assert!(!odd.response().body().windows(3).any(|window| window == b"<b>"), "no name that is none");
    let disguised = multipart(&[part("name=\"body\"; filename=\"a.txt\"", b"x")]).unwrap_err();
    assert_eq!(disguised.kind, ProblemKind::InvalidField, "a file in a field that takes none");
}

#[test]
fn broken_forms_are_refused() {
    let whole = [part("name=\"body\"", b"x"), b"--b--".to_vec()].concat();
    let cut = &whole[..whole.len() - 6];
    let refused: Vec<(&str, Result<Form, Problem>)> = vec![
        ("twice", urlencoded("body=a&body=b")),
        ("twice", multipart(&[part("name=\"body\"", b"x"), part("name=\"body\"", b"x")])),
        ("utf-8", urlencoded("body=%FF")),
        ("utf-8", urlencoded(b"body=\xff".to_vec())),
        ("utf-8", urlencoded("%FF=a")),
        ("utf-8", multipart(&[part("name=\"body\"", b"\xff\xfe")])),
        ("no boundary", read("multipart/form-data", whole.clone())),
        ("other boundary", read("multipart/form-data; boundary=c", whole.clone())),
        ("cut", read("multipart/form-data; boundary=b", cut)),
        ("empty", read("multipart/form-data; boundary=b", "")),
        ("no name", multipart(&[part("filename=\"a\"", b"x")])),
    ];
    for (why, form) in refused {
        assert_eq!(form.unwrap_err().kind, ProblemKind::MalformedForm, "{why}");
    }
    assert_eq!(read("text/plain", "body=x").unwrap_err().kind, ProblemKind::UnsupportedMediaType);
}

#[test]
fn every_limit_is_kept() {
    let file = |n: usize| part(&format!("name=\"files\"; filename=\"{n}\""), b"x");
    let problem = multipart(&[file(1), file(2), file(3)]).unwrap_err();
    assert_eq!((problem.kind, &problem.extra["limit"]), (ProblemKind::TooManyFiles, &2.into()));
    let long = vec![b'x'; limits::FORM_FIELD_BYTES_MAX + 1];
    let problem = multipart(&[part("name=\"body\"", &long)]).unwrap_err();
    assert_eq!((problem.kind, &problem.extra["field"]), (ProblemKind::BodyTooLarge, &"body".into()));
    let problem = urlencoded(vec![b'a'; 200_001]).unwrap_err();
    assert_eq!((problem.kind, &problem.extra["limit_bytes"]), (ProblemKind::BodyTooLarge, &200_000.into()));
    let endless = vec![b'x'; limits::UPLOAD_BODY_BYTES_MAX + 1];
    assert_eq!(read("multipart/form-data; boundary=b", endless).unwrap_err().kind, ProblemKind::BodyTooLarge);
    let parts: Vec<_> = (0..10_000).map(|n| part(&format!("name=\"f{n}\""), b"")).collect();
    assert_eq!(multipart(&parts).unwrap_err().kind, ProblemKind::InvalidField, "many parts");
}
