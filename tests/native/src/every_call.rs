//! Every call by everybody who might try it: one table, whatever door it is tried at.

use crate::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token, small_file};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Where requests are taken: the handlers in one process, or a host over HTTP.
pub trait Door {
    /// Sends one request and waits for its answer, held to the contract.
    fn send(&self, call: &Call) -> Answer;
    /// Until nothing is left to do.
    fn settle(&self);
}

impl Door for NativeDesk {
    fn send(&self, call: &Call) -> Answer {
        NativeDesk::send(self, "x", call)
    }

    fn settle(&self) {
        NativeDesk::settle(self, "x");
    }
}

/// The columns of [`MATRIX`], in its order.
const WHO: [&str; 11] = [
    "nobody",
    "customer", // the ticket's own
    "stranger", // the customer of another ticket
    "care",
    "consultant",
    "admin",
    "quality",
    "operator",   // somebody of the desk with this role
    "deployment", // the deployment's own token
    "foreigner",  // an administrator of another desk
    "rival",      // the operator of another desk
];

/// What each gets. Where the one who asks is let in, the scene is set so that the call succeeds.
const MATRIX: &str = "
operation          nobody customer stranger care consultant admin quality operator deployment foreigner rival
createRequest      201 201 201 201 201 201 201 201 201 201 201
showContract       200 200 200 200 200 200 200 200 200 200 200
showHealth         200 200 200 200 200 200 200 200 200 200 200
showReadiness      200 200 200 200 200 200 200 200 200 200 200
showTicket         401 200 404 200 200 200 200 200 401 404 404
watchTicket        401 200 404 200 200 200 200 200 401 404 404
tellTyping         401 204 404 204 204 204 403 403 401 404 403
addMessage         401 201 404 401 401 401 401 401 401 401 401
showFile           401 200 404 200 200 200 200 200 401 404 404
tellOutcome        401 200 404 401 401 401 401 401 401 401 401
rateTicket         401 200 404 401 401 401 401 401 401 401 401
claimNext          401 401 401 201 201 201 403 403 401 403 403
claimTicket        401 401 401 200 200 200 403 403 401 404 403
releaseTicket      401 401 401 204 204 204 403 403 401 404 403
replyTicket        401 401 401 201 201 201 403 403 401 404 403
saveDraft          401 401 401 200 200 200 403 403 401 404 403
showDraft          401 401 401 200 200 200 403 403 401 404 403
dropDraft          401 401 401 204 204 204 403 403 401 404 403
writeNote          401 401 401 201 201 201 201 403 401 404 403
extendTimeBox      401 401 401 201 201 201 403 403 401 404 403
renewKey           401 401 401 201 201 201 403 201 401 404 404
handOverTicket     401 401 401 201 201 201 403 403 401 404 403
escalateTicket     401 401 401 201 201 201 403 403 401 404 403
pullTicket         401 401 401 201 201 201 403 403 401 404 403
listParticipants   401 200 404 200 200 200 200 200 401 404 404
addParticipant     401 401 401 201 201 201 403 403 401 404 403
removeParticipant  401 401 401 204 204 204 403 403 401 404 403
listLinks          401 200 404 200 200 200 200 200 401 404 404
linkTickets        401 401 401 201 201 201 403 403 401 404 403
unlinkTickets      401 401 401 204 204 204 403 403 401 404 403
mergeTickets       401 401 401 200 200 200 403 403 401 404 403
splitTicket        401 401 401 201 201 201 403 403 401 404 403
exportTicket       401 200 404 403 403 403 403 200 200 403 404
boostTicket        401 401 401 403 403 403 403 201 201 403 404
eraseTicket        401 401 401 403 403 403 403 200 200 403 404
showDesk           401 401 401 200 200 200 200 200 200 403 403
publishDesk        401 401 401 403 403 403 403 200 200 403 403
listVersions       401 401 401 403 403 403 403 200 200 403 403
showVersion        401 401 401 403 403 403 403 200 200 403 403
diffVersions       401 401 401 403 403 403 403 200 200 403 403
rollBack           401 401 401 403 403 403 403 200 200 403 403
listTickets        401 401 401 200 200 200 200 200 200 403 403
listLines          401 401 401 200 200 200 200 200 200 403 403
listHandOvers      401 401 401 403 403 200 200 200 200 403 403
showMetrics        401 401 401 200 200 200 200 200 200 403 403
tryTriage          401 401 401 200 200 200 200 200 200 403 403
showAnswerStatistics 401 401 401 403 403 403 200 200 200 403 403
listProposals      401 401 401 403 403 403 403 200 200 403 403
decideProposals    401 401 401 403 403 403 403 200 200 403 403
listAudit          401 401 401 403 403 403 200 200 200 403 403
verifyAudit        401 401 401 403 403 403 200 200 200 403 403
listPeople         401 401 401 200 200 200 200 200 200 403 403
showPerson         401 401 401 200 200 200 200 200 200 403 403
setPresence        401 401 401 200 403 403 403 200 200 403 403
addPerson          401 401 401 403 403 403 403 201 201 403 403
changePerson       401 401 401 403 403 403 403 200 200 403 403
removePerson       401 401 401 403 403 403 403 204 204 403 403
giveToken          401 401 401 403 403 403 403 201 201 403 403
takeToken          401 401 401 403 403 403 403 204 204 403 403
showCustomer       401 401 401 200 200 200 200 200 200 403 403
writeCustomer      401 401 401 403 403 403 403 201 201 403 403
eraseCustomer      401 401 401 403 403 403 403 204 204 403 403
exportCustomerData 401 401 401 403 403 403 403 200 200 403 403
eraseCustomerData  401 401 401 403 403 403 403 200 200 403 403
runTick            401 401 401 401 401 401 401 401 200 401 401
startSignIn        404 404 404 404 404 404 404 404 404 404 404
finishSignIn       400 400 400 400 400 400 400 400 400 400 400
showSession        401 401 401 200 200 200 200 200 401 403 403
endSession         204 401 401 204 204 204 204 204 401 403 403
";

/// What the table says of one operation.
pub struct Row {
    /// The operation's id in the contract.
    pub operation: &'static str,
    /// Who, and the status they get.
    pub cells: Vec<(&'static str, u16)>,
}

/// The table.
pub fn matrix() -> Vec<Row> {
    let mut lines = MATRIX.lines().filter(|line| !line.is_empty());
    let head: Vec<_> = lines.next().unwrap().split_whitespace().skip(1).collect();
    assert_eq!(head, WHO);
    let row = |line: &'static str| {
        let mut words = line.split_whitespace();
        let operation = words.next().unwrap();
        let cells: Vec<_> = WHO.into_iter().zip(words.map(|word| word.parse().unwrap())).collect();
        assert_eq!(cells.len(), WHO.len(), "{operation}");
        Row { operation, cells }
    };
    lines.map(row).collect()
}

/// Two desks with everybody who might try something.
pub struct Scene<'a> {
    door: &'a dyn Door,
    tokens: BTreeMap<&'static str, String>,
    count: Cell<u32>,
}

/// A ticket that is in a line, with a file.
struct Asked {
    id: String,
    key: String,
    file: String,
}

impl<'a> Scene<'a> {
    /// Publishes the demo desk and another.
    pub fn set(door: &'a dyn Door) -> Self {
        let mut scene = Self { door, tokens: BTreeMap::new(), count: Cell::new(0) };
        scene.publish(DESK, &demo_file());
        let other = small_file().replacen(&format!("id = \"{DESK}\""), "id = \"other\"", 1);
        scene.publish("other", &other);
        for (who, role) in [("foreigner", "admin"), ("rival", "operator")] {
            let member = json!({"id": who, "name": "Olga", "role": role, "lines": ["admins"]});
            let call = Call::new("POST", "/v1/desks/other/people").token(OPERATOR_TOKEN).json(&member);
            scene.tokens.insert(who, door.send(&call).text("/token"));
        }
        let people = [
            ("care", "ana"),
            ("consultant", "bruno"),
            ("admin", "chen"),
            ("quality", "dunya"),
            ("operator", "elif"),
        ];
        scene.tokens.extend(people.map(|(who, id)| (who, demo_token(id))));
        scene.tokens.insert("deployment", OPERATOR_TOKEN.to_owned());
        scene
    }

    fn publish(&self, desk: &str, file: &str) {
        let call = Call::new("PUT", format!("/v1/desks/{desk}")).token(OPERATOR_TOKEN);
        let answer = self.door.send(&call.body(file.as_bytes()).header("content-type", "application/toml"));
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        self.door.settle();
    }

    /// Another number each time.
    fn number(&self) -> u32 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    /// A question with a file, for the consultants.
    fn ask(&self) -> Asked {
        let form = "--b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nMy website is down with error 503 \
                    service unavailable\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; \
                    filename=\"log.txt\"\r\nContent-Type: text/plain\r\n\r\n503\r\n--b--\r\n";
        let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).body(form.as_bytes());
        let asked = self.door.send(&call.header("content-type", "multipart/form-data; boundary=b"));
        assert_eq!((asked.status, asked.text("/ticket/state").as_str()), (201, "queued"), "{asked:?}");
        self.door.settle();
        let (id, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
        let shown = self.door.send(&Call::new("GET", format!("/v1/tickets/{id}")).token(&key));
        Asked { id, key, file: shown.text("/thread/0/files/0/id") }
    }

    fn by(&self, who: &str, call: Call) -> Answer {
        self.door.send(&call.token(&self.tokens[who]))
    }

    /// By the one who may do it first: `who`, if they may, else the desk's own people.
    fn done(&self, who: &str, call: Call) {
        let who = if matches!(who, "care" | "consultant" | "admin") { who } else { "consultant" };
        let answer = self.by(who, call);
        assert!(matches!(answer.status, 200 | 201 | 204), "{answer:?}");
        self.door.settle();
    }

    /// The request of `operation` by `who`, with all it takes to succeed where it may.
    pub fn call(&self, operation: &str, who: &str) -> Call {
        let asked = self.ask();
        if who == "care" {
            let path = format!("/v1/tickets/{}", asked.id);
            let over = json!({"to": "care", "reason": "a question of the bill"});
            self.done("consultant", Call::new("PUT", format!("{path}/claim")));
            self.done("consultant", Call::new("POST", format!("{path}/handovers")).json(&over));
        }
        let desk = |method: &str, rest: &str| Call::new(method, format!("/v1/desks/{DESK}{rest}"));
        let ticket = |method: &str, rest: &str| Call::new(method, format!("/v1/tickets/{}{rest}", asked.id));
        let claim = || self.done(who, ticket("PUT", "/claim"));
        let person = || {
            let id = format!("p{}", self.number());
            let member = json!({"id": id, "name": "Pia", "role": "care"});
            assert_eq!(self.by("deployment", desk("POST", "/people").json(&member)).status, 201);
            format!("/people/{id}")
        };
        let call = match operation {
            "createRequest" => desk("POST", "/requests").json(&json!({"body": "My website is down"})),
            "showContract" => Call::new("GET", "/openapi.json"),
            "showHealth" => Call::new("GET", "/healthz"),
            "showReadiness" => Call::new("GET", "/readyz"),
            "showTicket" => ticket("GET", ""),
            "watchTicket" => ticket("GET", "/events?for_s=1"),
            "tellTyping" => ticket("POST", "/typing"),
            "addMessage" => ticket("POST", "/messages").json(&json!({"body": "And slow."})),
            "showFile" => ticket("GET", &format!("/files/{}", asked.file)),
            "tellOutcome" | "rateTicket" => {
                self.done("consultant", ticket("PUT", "/claim"));
                let solve = json!({"body": "It is up again.", "then": "solve"});
                self.done("consultant", ticket("POST", "/replies").json(&solve));
                match operation {
                    "tellOutcome" => ticket("POST", "/outcome").json(&json!({"solved": true})),
                    _ => ticket("POST", "/rating").json(&json!({"verdict": "like"})),
                }
            }
            "claimNext" => {
                let line = if who == "care" { "care" } else { "consultants" };
                desk("POST", &format!("/lines/{line}/claims"))
            }
            "claimTicket" => ticket("PUT", "/claim"),
            "releaseTicket" => {
                claim();
                ticket("DELETE", "/claim")
            }
            "replyTicket" => {
                claim();
                ticket("POST", "/replies").json(&json!({"body": "Which address?", "then": "wait"}))
            }
            "saveDraft" | "showDraft" | "dropDraft" => {
                claim();
                let draft = ticket("PUT", "/draft").json(&json!({"body": "I look at"}));
                match operation {
                    "saveDraft" => draft,
                    "showDraft" => ticket("GET", "/draft"),
                    _ => ticket("DELETE", "/draft"),
                }
            }
            "writeNote" => ticket("POST", "/notes").json(&json!({"body": "The third today."})),
            "renewKey" => ticket("POST", "/key"),
            "handOverTicket" => {
                claim();
                ticket("POST", "/handovers")
                    .json(&json!({"to": "finance", "reason": "a question of the bill"}))
            }
            "escalateTicket" => {
                claim();
                ticket("POST", "/escalation").json(&json!({"reason": "the disk fails", "tried": "a restart"}))
            }
            "pullTicket" => {
                let to = match who {
                    "care" => "sales",
                    "consultant" => {
                        let over = json!({"to": "care", "reason": "a question of the bill"});
                        claim();
                        self.done(who, ticket("POST", "/handovers").json(&over));
                        "consultants"
                    }
                    _ => "admins",
                };
                ticket("POST", "/pull").json(&json!({"to": to, "reason": "It is ours."}))
            }
            "listParticipants" => ticket("GET", "/participants"),
            "addParticipant" => ticket("POST", "/participants").json(&json!({"address": "bo@example.com"})),
            "removeParticipant" => {
                let bo = json!({"address": "bo@example.com"});
                let added = self.by("consultant", ticket("POST", "/participants").json(&bo));
                self.door.settle();
                ticket("DELETE", &format!("/participants/{}", added.text("/participant/id")))
            }
            "listLinks" => ticket("GET", "/links"),
            "linkTickets" => ticket("POST", "/links").json(&json!({"to": self.ask().id, "kind": "related"})),
            "unlinkTickets" => {
                let to = self.ask().id;
                self.done(who, ticket("POST", "/links").json(&json!({"to": to, "kind": "related"})));
                ticket("DELETE", &format!("/links/related/{to}"))
            }
            "mergeTickets" => ticket("POST", "/merge").json(&json!({"into": self.ask().id})),
            "splitTicket" => {
                let more = ticket("POST", "/messages").json(&json!({"body": "And my invoice is wrong."}));
                assert_eq!(self.door.send(&more.token(&asked.key)).status, 201);
                self.door.settle();
                ticket("POST", "/split").json(&json!({"messages": [2], "subject": "Invoice"}))
            }
            "boostTicket" => {
                let payment = format!("inv-{}", self.number());
                ticket("POST", "/boosts").json(&json!({"seconds": 60, "payment_reference": payment}))
            }
            "extendTimeBox" => {
                claim();
                ticket("POST", "/extension").json(&json!({"reason": "It is nearly done."}))
            }
            "setPresence" => {
                desk("PUT", "/people/ana/presence").json(&json!({"state": "on_shift", "for_s": 60}))
            }
            "exportTicket" => ticket("GET", "/export"),
            "eraseTicket" => ticket("POST", "/erasure").json(&json!({})),
            "showDesk" => desk("GET", ""),
            "publishDesk" => {
                let file = demo_file().replacen("name = \"", &format!("name = \"{} ", self.number()), 1);
                desk("PUT", "").body(file.as_bytes()).header("content-type", "application/toml")
            }
            "listVersions" => desk("GET", "/versions"),
            "showVersion" => desk("GET", "/versions/1"),
            "diffVersions" => desk("GET", "/versions/1/diff"),
            "rollBack" => {
                // To be refused takes no version between, and each is learnt for seconds.
                if matches!(who, "operator" | "deployment") {
                    let file = demo_file().replacen("name = \"", &format!("name = \"{} ", self.number()), 1);
                    self.publish(DESK, &file);
                }
                desk("POST", "/versions/1/rollback")
            }
            "listTickets" => desk("GET", "/tickets?state=queued"),
            "listLines" => desk("GET", "/lines"),
            "listHandOvers" => desk("GET", "/handovers"),
            "showMetrics" => desk("GET", "/metrics"),
            "listProposals" => desk("GET", "/proposals"),
            "decideProposals" => desk("POST", "/proposals").json(&json!({"refuse": [asked.id]})),
            "showAnswerStatistics" => desk("GET", "/answers/statistics"),
            "tryTriage" => desk("POST", "/triage").json(&json!({"text": "My website is down"})),
            "listAudit" => desk("GET", "/audit"),
            "verifyAudit" => desk("GET", "/audit/verification"),
            "listPeople" => desk("GET", "/people"),
            "showPerson" => desk("GET", "/people/ana"),
            "addPerson" => {
                let id = format!("p{}", self.number());
                desk("POST", "/people").json(&json!({"id": id, "name": "Pia", "role": "care"}))
            }
            "changePerson" => desk("PUT", &person()).json(&json!({"name": "Pia", "role": "quality"})),
            "removePerson" => desk("DELETE", &person()),
            "giveToken" => desk("POST", &format!("{}/token", person())),
            "takeToken" => desk("DELETE", &format!("{}/token", person())),
            "showCustomer" | "eraseCustomer" | "exportCustomerData" | "eraseCustomerData" => {
                let path = format!("/customers/c{}", self.number());
                let record = desk("PUT", &path).json(&json!({"package": "administration"}));
                assert_eq!(self.by("deployment", record).status, 201);
                match operation {
                    "showCustomer" => desk("GET", &path),
                    "eraseCustomer" => desk("DELETE", &path),
                    "exportCustomerData" => desk("GET", &format!("{path}/data")),
                    _ => desk("DELETE", &format!("{path}/data")),
                }
            }
            "writeCustomer" => {
                desk("PUT", &format!("/customers/c{}", self.number())).json(&json!({"since": "2019-05-31"}))
            }
            "runTick" => Call::new("POST", "/v1/tick").json(&json!({"limit": 1})),
            "startSignIn" => desk("GET", "/sign-in"),
            "finishSignIn" => Call::new("GET", "/v1/sign-in/callback?code=a&state=b"),
            "showSession" => desk("GET", "/session"),
            "endSession" => desk("DELETE", "/session"),
            _ => panic!("{operation} is in the table, but nobody knows how to ask for it"),
        };
        let key = match who {
            "nobody" => return call,
            "customer" => asked.key,
            "stranger" => self.ask().key,
            _ => self.tokens[who].clone(),
        };
        call.token(&key)
    }

    /// Everybody tries `row`'s operation. What they got where it is not what the table says, in words.
    pub fn surprises(&self, row: &Row) -> Vec<String> {
        let mut surprises = vec![];
        for (who, status) in &row.cells {
            let answer = self.door.send(&self.call(row.operation, who));
            self.door.settle();
            let kind = match status {
                401 => Some("unauthorized"),
                403 => Some("forbidden"),
                404 if row.operation != "startSignIn" => Some("unknown-ticket"),
                _ => None,
            };
            let met = answer.body["type"].as_str().map(|uri| uri.trim_start_matches("urn:tierline:problem:"));
            if answer.status != *status || (kind.is_some() && met != kind) {
                let (operation, body) = (row.operation, &answer.body);
                surprises.push(format!("{operation} by {who}: {} for {status}: {body}", answer.status));
            }
        }
        surprises
    }
}

/// Every operation of an OpenAPI document.
pub fn operations(document: &Value) -> std::collections::BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    operations.map(|operation| operation["operationId"].as_str().unwrap().to_owned()).collect()
}
