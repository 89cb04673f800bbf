//! A small desk in three languages, so that most tests need no files.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::sync::OnceLock;

use tierline_contracts::triage::{Decision, Difficulty, Question};
use tierline_triage_engine::{Engine, Settings, Topic, TopicKind};

type Examples = &'static [(&'static str, &'static [&'static str])];

const PASSWORD: Examples = &[
    ("en", &["I forgot my password", "how do I reset my password", "cannot log in, need a new password"]),
    ("de", &["Passwort vergessen", "wie setze ich mein Passwort zurück", "neues Passwort anfordern"]),
    ("ja", &["パスワードを忘れました", "パスワードを再設定したい", "パスワードの変更方法"]),
];
const INVOICE: Examples = &[
    (
        "en",
        &[
            "where can I download my invoice",
            "I need a copy of the invoice",
            "send me last month's bill as PDF",
        ],
    ),
    ("de", &["wo finde ich meine Rechnung", "Rechnung als PDF herunterladen", "Kopie der Rechnung"]),
    ("ja", &["請求書をダウンロードしたい", "請求書のコピーをください", "先月の請求書はどこですか"]),
];
const CERTIFICATE: Examples = &[
    (
        "en",
        &[
            "my SSL certificate has expired",
            "browser shows NET::ERR_CERT_DATE_INVALID",
            "install a certificate",
        ],
    ),
    ("de", &["mein SSL-Zertifikat ist abgelaufen", "Zertifikat installieren"]),
];
const DOWN: Examples = &[
    ("en", &["my site is down", "website does not load at all", "503 service unavailable"]),
    ("de", &["meine Seite ist nicht erreichbar", "Website lädt nicht"]),
    ("ja", &["サイトが開きません", "サイトが落ちています"]),
];
const ABUSE: Examples = &[
    ("en", &["report a phishing page on your servers", "one of your customers sends spam to me"]),
    ("de", &["Phishing-Seite melden", "ein Kunde von euch verschickt Spam"]),
];

fn topic(id: &str, texts: &[(&str, &str)], examples: Examples) -> Topic {
    let owned = |(language, text): &(&str, &str)| ((*language).to_owned(), (*text).to_owned());
    let texts: BTreeMap<_, _> = texts.iter().map(owned).collect();
    let sentences = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
    Topic {
        id: id.to_owned(),
        kind: if texts.is_empty() { TopicKind::Route } else { TopicKind::Answer { texts } },
        line: "care".to_owned(),
        department: "technical".to_owned(),
        difficulty: Difficulty::Easy,
        skills: vec![],
        urgent: false,
        named: false,
        trials: BTreeMap::new(),
        examples: examples.iter().map(|(language, all)| ((*language).to_owned(), sentences(all))).collect(),
    }
}

pub fn topics() -> Vec<Topic> {
    let consultant = Difficulty::Consultant;
    vec![
        topic("password", &[("en", "Open the panel."), ("de", "Öffnen Sie das Panel.")], PASSWORD),
        topic("invoice", &[("en", "Look under billing."), ("ja", "「お支払い」をご覧ください。")], INVOICE),
        topic("certificate", &[("en", "Renew it."), ("de", "Erneuern Sie es.")], CERTIFICATE),
        Topic {
            line: "consultants".to_owned(),
            difficulty: consultant,
            urgent: true,
            ..topic("down", &[], DOWN)
        },
        Topic { line: "admins".to_owned(), named: true, ..topic("abuse", &[], ABUSE) },
    ]
}

pub fn settings() -> Settings {
    let languages = ["en", "de", "ja"].map(str::to_owned).to_vec();
    // So few examples promise nothing.
    Settings { languages, precision: 0.0, ..Settings::default() }
}

/// Learnt once a process.
pub fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::build(&topics(), settings(), 7))
}

pub fn question(body: &str) -> Question {
    Question { desk: "shop".to_owned(), subject: None, body: body.to_owned(), locale: None }
}

pub fn ask(body: &str) -> Decision {
    engine().decide(&question(body))
}
