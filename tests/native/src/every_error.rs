//! A request for every error type that a request alone can meet, whatever door it is sent to.

use crate::every_call::Door;
use crate::{Answer, Call, DESK, OPERATOR_TOKEN, demo_token, small_file};
use serde_json::{Value, json};
use tierline_domain::limits::PEOPLE_MAX;
use tierline_http::ProblemKind as Kind;

/// A question for the consultants.
pub const DOWN: &str = "My website is down with error 503 service unavailable";

/// Where one asks.
pub fn requests() -> String {
    format!("/v1/desks/{DESK}/requests")
}

/// A question.
pub fn ask(body: &str) -> Call {
    Call::new("POST", requests()).json(&json!({"body": body}))
}

/// A question with one more member.
pub fn ask_with(member: &str, value: Value) -> Call {
    let mut body = json!({"body": DOWN});
    body[member] = value;
    Call::new("POST", requests()).json(&body)
}

/// By somebody of the desk.
pub fn person(method: &str, path: &str, who: &str) -> Call {
    Call::new(method, path).token(&demo_token(who))
}

/// By the deployment's operator.
pub fn operator(method: &str, rest: &str) -> Call {
    Call::new(method, format!("/v1/desks/{DESK}{rest}")).token(OPERATOR_TOKEN)
}

/// A desk file to be put in force.
pub fn publish(file: &str) -> Call {
    operator("PUT", "").header("content-type", "application/toml").body(file.as_bytes())
}

/// The desk under another name.
pub fn renamed(name: &str) -> String {
    small_file().replacen("name = \"", &format!("name = \"{name} "), 1)
}

/// A queued ticket, and its path.
pub fn queued(door: &dyn Door) -> (Answer, String) {
    let asked = door.send(&ask(DOWN));
    assert_eq!(asked.text("/ticket/state"), "queued", "{asked:?}");
    door.settle();
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    (asked, path)
}

fn member(id: &str) -> Value {
    json!({"id": id, "name": "Zoe", "role": "care"})
}

fn in_file(number: usize) -> String {
    format!("\n[[people]]\nid = \"p{number}\"\nname = \"P\"\nrole = \"care\"\n")
}

fn form(body: &str) -> Call {
    let call = Call::new("POST", requests()).body(body.as_bytes());
    call.header("content-type", "application/x-www-form-urlencoded")
}

fn part(name: &str, kind: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

fn parts(files: &[Vec<u8>]) -> Call {
    let words =
        b"--b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nMy website is down\r\n".to_vec();
    let call = Call::new("POST", requests()).body(&[words, files.concat(), b"--b--\r\n".to_vec()].concat());
    call.header("content-type", "multipart/form-data; boundary=b")
}

fn file(name: &str, kind: &str, bytes: &[u8]) -> Call {
    parts(&[part(name, kind, bytes)])
}

/// Bruno has it; the desk's other consultant wants it.
fn lease_lost(door: &dyn Door) -> Answer {
    let second = "\n[[people]]\nid = \"berta\"\nname = \"Berta\"\nrole = \"consultant\"\nlines = [\"consultants\"]\n\
                  languages = [\"en\", \"es\"]\n";
    let hash = tierline_domain::secrets::token_sha256(&demo_token("berta"));
    let file = format!("{}{second}token_sha256 = \"{hash}\"\n", small_file());
    assert_eq!(door.send(&publish(&file)).status, 200);
    let (_, path) = queued(door);
    let claim = format!("{path}/claim");
    assert_eq!(door.send(&person("PUT", &claim, "bruno")).status, 200);
    door.send(&person("PUT", &claim, "berta"))
}

/// A request at the small desk that meets `kind`; none if it takes more than one request after the other.
pub fn meet(door: &dyn Door, kind: Kind) -> Option<Answer> {
    let x = |call: &Call| door.send(call);
    let answer = match kind {
        Kind::NotFound => x(&Call::new("GET", "/v1/tickets/%ff")),
        Kind::UnknownDesk => x(&Call::new("POST", "/v1/desks/nobody/requests").json(&json!({"body": "a"}))),
        Kind::UnknownLine => x(&person("POST", &format!("/v1/desks/{DESK}/lines/nowhere/claims"), "bruno")),
        Kind::UnknownTicket => {
            let ((one, _), (_, other)) = (queued(door), queued(door));
            x(&Call::new("GET", other).token(&one.text("/customer_key")))
        }
        Kind::MethodNotAllowed => x(&Call::new("GET", requests())),
        Kind::InvalidCursor => x(&operator("GET", "/tickets?cursor=elsewhere")),
        Kind::UnknownPerson => x(&operator("GET", "/people/nobody")),
        Kind::UnknownCustomer => x(&operator("GET", "/customers/nobody")),
        Kind::UnknownVersion => x(&operator("GET", "/versions/999999")),
        Kind::NotAcceptable => {
            let table: toml::Table = small_file().parse().unwrap();
            x(&operator("PUT", "").json(&serde_json::to_value(table).unwrap()));
            x(&operator("GET", "").header("accept", "application/toml"))
        }
        Kind::PersonExists => x(&operator("POST", "/people").json(&member("bruno"))),
        Kind::PersonInFile => x(&operator("DELETE", "/people/bruno")),
        Kind::LimitReached => {
            let others: String = (0..PEOPLE_MAX - 3).map(in_file).collect();
            assert_eq!(x(&publish(&(small_file() + &others))).status, 200);
            x(&operator("POST", "/people").json(&member("zoe")))
        }
        Kind::Unauthorized => x(&Call::new("GET", queued(door).1)),
        Kind::Forbidden => x(&person("PUT", &format!("/v1/desks/{DESK}"), "bruno").json(&json!({}))),
        Kind::MalformedRequest => x(&publish(&renamed("B")).header("if-match", "no tag")),
        Kind::MalformedJson => x(&Call::new("POST", requests()).header("content-type", "application/json")),
        Kind::UnsupportedMediaType => {
            x(&Call::new("POST", requests()).body(b"a").header("content-type", "text/plain"))
        }
        Kind::BodyTooLarge => x(&ask(&"a".repeat(300_000))),
        Kind::InvalidField => x(&ask(" ")),
        Kind::InvalidParameter => x(&Call::new("GET", "/healthz?verbose=1")),
        Kind::InvalidIdempotencyKey => x(&ask(DOWN).key("two words")),
        Kind::IdempotencyKeyReused => {
            x(&ask(DOWN).key("k"));
            x(&ask("Something else").key("k"))
        }
        Kind::StateConflict => {
            let (_, path) = queued(door);
            x(&person("PUT", &format!("{path}/claim"), "bruno"));
            let back = json!({"to": "consultants", "reason": "again"});
            x(&person("POST", &format!("{path}/handovers"), "bruno").json(&back))
        }
        Kind::BoostRefused => {
            let (_, path) = queued(door);
            let boost = json!({"seconds": 86_400, "payment_reference": "inv-1"});
            x(&Call::new("POST", format!("{path}/boosts")).token(OPERATOR_TOKEN).json(&boost))
        }
        Kind::Stale => x(&publish(&renamed("B")).header("if-match", "\"another\"")),
        Kind::SignInNotSetUp => x(&Call::new("GET", format!("/v1/desks/{DESK}/sign-in"))),
        Kind::InvalidSignIn => x(&Call::new("GET", "/v1/sign-in/callback?code=a&state=b")),
        Kind::NotHolder => {
            let reply = json!({"body": "Done.", "then": "solve"});
            x(&person("POST", &format!("{}/replies", queued(door).1), "bruno").json(&reply))
        }
        Kind::LeaseLost => lease_lost(door),
        Kind::AtCapacity => {
            let one = "[policy]\ncapacity = { units = 1 }";
            assert_eq!(x(&publish(&small_file().replacen("[policy]", one, 1))).status, 200);
            let claim = |path: String| x(&person("PUT", &format!("{path}/claim"), "bruno"));
            assert_eq!(claim(queued(door).1).status, 200);
            claim(queued(door).1)
        }
        Kind::DocumentTooLarge => {
            let letter = |number: usize| ('a'..='z').nth(number).unwrap();
            let text = |number: usize| {
                let language = String::from_iter([letter(number / 26), letter(number % 26)]);
                format!("text.{language} = \"{}\"\n", "long ".repeat(800))
            };
            let head = "\n[[answers]]\nid = \"long\"\ntopic = \"long\"\ndepartment = \"technical\"\n\
                        difficulty = \"easy\"\nexamples.en = [\"long\"]\n";
            x(&publish(&(small_file() + head + &(0..30).map(text).collect::<String>())))
        }
        Kind::InvalidDeskFile => x(&publish("[desk]\nid = 5")),
        Kind::MalformedForm => x(&form("body=%ff")),
        Kind::InvalidCustomerToken => x(&ask_with("customer", json!({"token": "abc"}))),
        Kind::UnsupportedFileType => x(&file("a.svg", "image/svg+xml", b"<svg/>")),
        Kind::FileTypeMismatch => x(&file("a.png", "image/png", b"no picture")),
        Kind::FileTooLarge => x(&file("a.txt", "text/plain", &vec![b'a'; 10 * 1024 * 1024 + 1])),
        Kind::TooManyFiles => {
            let one = part("a.txt", "text/plain", b"a");
            x(&parts(&std::iter::repeat_n(one, 11).collect::<Vec<_>>()))
        }
        Kind::UnknownFile => {
            let (asked, path) = queued(door);
            let path = format!("{path}/files/0123456789abcdef0123456789abcdef");
            x(&Call::new("GET", path).token(&asked.text("/customer_key")))
        }
        Kind::CrossSiteRequest => {
            let (asked, path) = queued(door);
            let call = Call::new("POST", format!("{path}/outcome")).json(&json!({"solved": true}));
            x(&call.header("cookie", &format!("tierline_key={}", asked.text("/customer_key"))))
        }
        _ => return None,
    };
    Some(answer)
}

/// Whether this is what `kind` promises: its type, status and title, and a sentence that helps.
pub fn judge(kind: Kind, answer: &Answer) {
    assert_eq!(answer.body["type"], kind.uri(), "{answer:?}");
    assert_eq!(answer.status, kind.status().as_u16());
    assert_eq!(answer.body["status"], json!(answer.status));
    assert_eq!(answer.body["title"], kind.title());
    let detail = answer.text("/detail");
    assert!(detail.len() > 10 && detail.ends_with('.'), "{kind}: {detail}");
}
