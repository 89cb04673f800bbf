//! Hours: who comes while nobody is there is told when somebody is, and keeps their place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_domain::hours::Day;
use tierline_domain::time::Time;
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, small_file};
use tierline_testkit::{Faults, Profile};

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file())
}

fn publish(desk: &NativeDesk, file: &str) -> Answer {
    let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN).body(file.as_bytes());
    let answer = desk.send("publish", &call.header("content-type", "application/toml"));
    desk.settle("publish");
    answer
}

/// The small desk in Madrid, with these tables at its end.
fn in_madrid(tables: &str) -> String {
    let zone = "default_language = \"en\"\ntime_zone = \"Europe/Madrid\"";
    format!("{}\n{tables}\n", small_file().replacen("default_language = \"en\"", zone, 1))
}

fn ask(desk: &NativeDesk) -> Value {
    let call = Call::new("POST", format!("/v1/desks/{DESK}/requests"));
    let asked = desk.send("ask", &call.json(&json!({"body": "Something nobody has written an answer to."})));
    assert_eq!(asked.status, 201, "{asked:?}");
    asked.body
}

fn today(asked: &Value) -> Day {
    asked["ticket"]["created_at"].as_str().unwrap()[..10].parse().unwrap()
}

#[test]
fn without_hours_it_is_always_open() {
    let asked = ask(&desk());
    assert_eq!((&asked["queue"]["open"], &asked["queue"]["opens_at"]), (&json!(true), &Value::Null));
}

#[test]
fn closed_says_when_it_opens_and_keeps_the_place() {
    let desk = desk();
    let day = today(&ask(&desk)).plus(3);
    let open = format!(
        "[hours]\nholidays = [{{ day = \"{day}\", name = \"Open day\", spans = [\"10:00-12:00\"] }}]"
    );
    assert_eq!(publish(&desk, &in_madrid(&open)).status, 200);
    let asked = ask(&desk);
    let opens = asked["queue"]["opens_at"].as_str().unwrap().to_owned();
    let known: jiff::Zoned = format!("{day}T10:00[Europe/Madrid]").parse().unwrap();
    assert_eq!(Time::from_rfc3339(&opens), Some(Time(known.timestamp().as_millisecond())));
    assert_eq!((&asked["queue"]["open"], &asked["queue"]["position"]), (&json!(false), &json!(2)));

    // The same to whoever reads it: the customer, the customer's page, the desk.
    let path = format!("/v1/tickets/{}", asked["ticket"]["id"].as_str().unwrap());
    let read = desk.send("read", &Call::new("GET", &path).token(asked["customer_key"].as_str().unwrap()));
    assert_eq!(
        (&read.body["queue"]["opens_at"], read.body["queue"]["open"].as_bool()),
        (&json!(opens), Some(false))
    );
    assert_eq!(desk.settle("read").commits, 0);
    let by_ana = desk.send("ana", &Call::new("GET", &path).token(&demo_token("ana")));
    assert_eq!(by_ana.body["queue"]["opens_at"], json!(opens));
    let cookie = format!("tierline_key={}", asked["customer_key"].as_str().unwrap());
    let page = path.replace("/v1/tickets/", "/t/");
    for (language, words) in
        [("en", "We are closed now and go on"), ("ja", "ただいま営業時間外です"), ("ru", "Сейчас мы закрыты")]
    {
        let shown = Call::new("GET", &page).header("cookie", &cookie).header("accept-language", language);
        let shown = String::from_utf8(desk.send("page", &shown).raw).unwrap();
        assert!(
            shown.contains(words) && shown.contains("10:00") && shown.contains("Europe/Madrid"),
            "{shown}"
        );
    }
    let form = Call::new("GET", format!("/d/{DESK}")).header("accept-language", "en");
    let form = String::from_utf8(desk.send("form", &form).raw).unwrap();
    assert!(form.contains("Our people are back on"), "{form}");
}

#[test]
fn a_form_says_until_when_people_are_there() {
    let desk = desk();
    let form = |language: &str| {
        let call = Call::new("GET", format!("/d/{DESK}")).header("accept-language", language);
        String::from_utf8(desk.send("form", &call).raw).unwrap()
    };
    assert!(form("en").contains("Our people are here around the clock."), "{}", form("en"));
    // Open today until midnight, and from ten on the day after tomorrow: the time zone's.
    let day = today(&ask(&desk));
    let weekday = |ahead: u32| DAYS[day.plus(ahead).weekday() as usize];
    let weekly = format!("{} = [\"00:00-24:00\"]\n{} = [\"10:00-12:00\"]", weekday(0), weekday(2));
    assert_eq!(publish(&desk, &format!("{}\n[hours.weekly]\n{weekly}", small_file())).status, 200);
    for (language, words) in [
        ("en", "Our people are here until "),
        ("de", "Unsere Leute sind da bis: "),
        ("ja", "担当者の対応は"),
        ("es", "Nuestro equipo atiende hasta el "),
    ] {
        let form = form(language);
        assert!(form.contains(words) && form.contains("00:00"), "{form}");
    }
    // Always, by writing down every day.
    let all = DAYS.map(|day| format!("{day} = [\"00:00-24:00\"]\n")).concat();
    assert_eq!(publish(&desk, &format!("{}\n[hours.weekly]\n{all}", small_file())).status, 200);
    assert!(form("en").contains("around the clock"), "{}", form("en"));
    // Never.
    assert_eq!(publish(&desk, &format!("{}\n[hours.weekly]\n", small_file())).status, 200);
    assert!(!form("en").contains("Our people"), "{}", form("en"));
}

#[test]
fn a_line_has_hours_of_its_own_and_the_desks_holidays() {
    let desk = desk();
    let day = today(&ask(&desk));
    let all: String = DAYS.map(|day| format!("{day} = [\"00:00-24:00\"]\n")).concat();
    // Care is always open, the desk never: but not on the desk's holidays, which are all of this year's days but one.
    let care = small_file().replacen(
        "id = \"care\"\n",
        &format!("id = \"care\"\nhours.weekly.{}\n", all.trim().replace('\n', "\nhours.weekly.")),
        1,
    );
    assert_eq!(publish(&desk, &format!("{care}\n[hours.weekly]\n")).status, 200);
    assert_eq!(ask(&desk)["queue"]["open"], json!(true), "its own hours count");
    let closed =
        format!("{care}\n[hours]\nholidays = [{{ day = \"{day}\" }}, {{ day = \"{}\" }}]", day.plus(1));
    assert_eq!(publish(&desk, &closed).status, 200);
    let asked = ask(&desk);
    assert_eq!(asked["queue"]["open"], json!(false), "{asked}");
    assert_eq!(asked["queue"]["opens_at"], json!(format!("{}T00:00:00.000Z", day.plus(2))));
}

#[test]
fn a_desk_that_never_opens_says_so_by_saying_nothing() {
    let desk = desk();
    assert_eq!(publish(&desk, &in_madrid("[hours.weekly]")).status, 200);
    let asked = ask(&desk);
    assert_eq!((&asked["queue"]["open"], &asked["queue"]["opens_at"]), (&json!(false), &Value::Null));
}

#[test]
fn hours_that_make_no_sense_are_told_with_their_line() {
    let desk = desk();
    for (tables, at, on) in [
        ("[hours.weekly]\nmonday = [\"09:00-13:00\", \"12:00-18:00\"]", "hours.weekly.monday", "monday"),
        (
            "[[hours.holidays]]\nday = \"2026-12-25\"\n[[hours.holidays]]\nday = \"2026-12-25\"",
            "hours.holidays[1].day",
            "",
        ),
        ("[hours.weekly]\nmonday = [\"9-17\"]", "hours.weekly.monday[0]", "monday"),
        ("[[hours.holidays]]\nday = \"2026-02-30\"", "hours.holidays[0].day", "day = "),
        ("[hours.weekly]\nfunday = [\"09:00-17:00\"]", "hours.weekly", "funday"),
    ] {
        let file = in_madrid(tables);
        let refused = publish(&desk, &file);
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (422, "invalid-desk-file"),
            "{tables}: {refused:?}"
        );
        let first = &refused.body["mistakes"][0];
        assert!(first["at"].as_str().unwrap().starts_with(at), "{tables}: {first}");
        let line = usize::try_from(first["line"].as_u64().unwrap()).unwrap();
        let words = file.lines().nth(line - 1).unwrap();
        assert!(words.contains(on), "{tables}: line {line}: {words}");
    }
}

#[test]
fn shifts_are_kept_for_people_of_the_file_and_others() {
    let desk = desk();
    let person = json!({"id": "ivo", "name": "Ivo", "role": "care", "lines": ["care"],
        "shifts": {"monday": ["22:00-06:00"], "friday": ["08:00-12:00", "13:00-17:00"]}});
    let call =
        |body: &Value| Call::new("POST", format!("/v1/desks/{DESK}/people")).token(OPERATOR_TOKEN).json(body);
    let added = desk.send("x", &call(&person));
    assert_eq!((added.status, &added.body["person"]["shifts"]), (201, &person["shifts"]), "{added:?}");
    let overlapping = json!({"id": "udo", "name": "Udo", "role": "care",
        "shifts": {"monday": ["08:00-12:00", "11:00-17:00"]}});
    let refused = desk.send("x", &call(&overlapping));
    assert_eq!((refused.status, refused.body["field"].as_str()), (422, Some("shifts.monday")), "{refused:?}");
}

#[test]
fn who_is_there_follows_from_words_shifts_and_tickets_in_hand() {
    let shifts = DAYS.map(|day| format!("shifts.{day} = [\"00:00-24:00\"]\n")).concat();
    let file = small_file().replacen("id = \"ana\"\n", &format!("id = \"ana\"\n{shifts}"), 1);
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file);
    let here = || {
        let lines = Call::new("GET", format!("/v1/desks/{DESK}/lines")).token(OPERATOR_TOKEN);
        let lines = desk.send("lines", &lines).body["lines"].clone();
        let line = lines.as_array().unwrap().iter().find(|line| line["id"] == "consultants").unwrap().clone();
        assert_eq!(line["on_shift"].as_u64(), Some(line["here"].as_array().unwrap().len() as u64));
        line["here"].clone()
    };
    let say = |who: &str, by: &str, body: &Value| {
        let call = Call::new("PUT", format!("/v1/desks/{DESK}/people/{who}/presence")).token(&demo_token(by));
        let said = desk.send("say", &call.json(body));
        desk.settle("say");
        said
    };
    assert_eq!(here(), json!(["ana"]), "it is her shift, and nobody else has one");
    assert_eq!(say("ana", "ana", &json!({"state": "away"})).status, 200);
    assert_eq!(here(), json!([]));
    let said = say("bruno", "bruno", &json!({"state": "on_shift", "for_s": 3600}));
    assert_eq!((said.status, &said.body["presence"]["person"]), (200, &json!("bruno")), "{said:?}");
    assert_eq!(here(), json!(["bruno"]));
    let runtime = tierline_native::runtime_of(&desk);
    use tierline_store::Runtime;
    let wait = async move { runtime.sleep(std::time::Duration::from_secs(9 * 3600)).await };
    desk.sim.block_on(wait).unwrap();
    assert_eq!(here(), json!(["ana"]), "what was said is over: the shift counts again");
    for body in [
        json!({"state": "asleep"}),
        json!({"state": "away", "for_s": 0}),
        json!({"state": "away", "for_s": 57_601}),
    ] {
        assert_eq!(say("ana", "ana", &body).status, 422, "{body}");
    }
    let of_another = say("ana", "bruno", &json!({"state": "away"}));
    assert_eq!((of_another.status, of_another.problem().as_str()), (403, "forbidden"), "{of_another:?}");
    let unknown = Call::new("PUT", format!("/v1/desks/{DESK}/people/nobody/presence")).token(OPERATOR_TOKEN);
    let unknown = desk.send("say", &unknown.json(&json!({"state": "away"})));
    assert_eq!((unknown.status, unknown.problem().as_str()), (404, "unknown-person"), "{unknown:?}");
}
