#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use super::*;

const DEMO: &str = include_str!("../../../../demo/desk.toml");

fn mistakes(text: &str, format: Format) -> Vec<Mistake> {
    match read(text, format) {
        Ok(_) => panic!("no mistakes"),
        Err(mistakes) => mistakes,
    }
}

/// The line that begins with `start`, from 1.
fn line_of(text: &str, start: &str) -> usize {
    text.lines().position(|line| line.starts_with(start)).expect("there") + 1
}

fn demo_json() -> String {
    let file: DeskFile = toml::from_str(DEMO).unwrap();
    serde_json::to_string_pretty(&file).unwrap()
}

#[test]
fn the_demo_is_fine_in_both_forms() {
    assert!(read(DEMO, Format::Toml).is_ok());
    assert!(read(&demo_json(), Format::Json).is_ok());
}

#[test]
fn every_slip_of_the_syntax_is_told() {
    let text = "[desk]\nid = \nname = \"x\"\ntime_zone = oops\n";
    let found = mistakes(text, Format::Toml);
    let lines: Vec<_> = found.iter().filter_map(|mistake| mistake.line).collect();
    assert!(lines.contains(&2) && lines.contains(&4), "{found:?}");
}

#[test]
fn an_unknown_field_is_shown_where_it_is() {
    let text = DEMO.replacen("\n[policy]\n", "\n[policy]\nhead_start_max = 5\n", 1);
    assert_ne!(text, DEMO);
    let found = mistakes(&text, Format::Toml);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].line, Some(line_of(&text, "head_start_max = 5")));
    assert_eq!(found[0].column, Some(1));
    assert!(found[0].what.contains("head_start_max"), "{found:?}");
}

#[test]
fn what_makes_no_sense_is_shown_at_its_value() {
    let text = DEMO.replacen("lines = [\"care\", ", "lines = [\"caro\", ", 1);
    assert_ne!(text, DEMO);
    let found = mistakes(&text, Format::Toml);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].line, Some(line_of(&text, "lines = [\"caro\"")));
    assert!(found[0].at.starts_with("people["), "{found:?}");
    assert!(found[0].what.contains("caro"));
}

#[test]
fn what_is_used_twice_is_shown_the_second_time() {
    let head = DEMO.find("[[answers]]").expect("answers");
    let end = DEMO.get(head + 1..).and_then(|rest| rest.find("[[answers]]")).expect("two") + head + 1;
    let again = DEMO.get(head..end).unwrap();
    let text = format!("{DEMO}\n{again}");
    let found = mistakes(&text, Format::Toml);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].line.unwrap() > DEMO.lines().count(), "{found:?}");
    assert_eq!(found[0].what, "is used twice");
}

#[test]
fn json_says_the_same() {
    let json = demo_json();
    let wrong = json.replacen("\"triage_confidence_min\": ", "\"triage_confidence_min\": 7, \"x\": ", 1);
    let found = mistakes(&wrong, Format::Json);
    assert!(found[0].what.contains("unknown field"), "{found:?}");
    assert_eq!(found[0].at, "policy.x");
    let wrong = json.replacen("\"urgent_head_start_s\": ", "\"urgent_head_start_s\": 9", 1);
    let found = mistakes(&wrong, Format::Json);
    assert_eq!(found[0].at, "policy.urgent_head_start_s");
    assert_eq!(
        found[0].line,
        Some(wrong.lines().position(|l| l.contains("urgent_head_start_s")).unwrap() + 1)
    );
}

#[test]
fn a_key_that_is_there_twice_is_told_though_json_allows_it() {
    let json = demo_json();
    let wrong = json.replacen("\"time_zone\"", "\"name\": \"Other\", \"time_zone\"", 1);
    assert_ne!(wrong, json);
    let found = mistakes(&wrong, Format::Json);
    assert_eq!((found[0].at.as_str(), found.len()), ("desk.name", 1));
}

#[test]
fn broken_json_has_a_place() {
    let found = mistakes("{\n  \"desk\": {,}\n}", Format::Json);
    assert_eq!((found[0].line, found[0].column), (Some(2), Some(12)), "{found:?}");
    let found = mistakes("", Format::Json);
    assert_eq!(found.len(), 1);
}

#[test]
fn columns_count_characters() {
    let text = "x = \"é日\"  oops";
    let found = mistakes(text, Format::Toml);
    let at = text.chars().position(|character| character == 'o').unwrap() + 1;
    assert!(found.iter().any(|mistake| mistake.column == Some(at)), "{found:?}");
}

#[test]
fn the_picture_has_the_line_and_a_caret() {
    let text = DEMO.replacen("lines = [\"care\", ", "lines = [\"caro\", ", 1);
    let found = mistakes(&text, Format::Toml);
    let picture = render(Path::new("desk.toml"), &text, &found, false);
    assert!(picture.contains("lines = [\"caro\"") && picture.contains('^'), "{picture}");
    assert!(picture.contains(&format!("desk.toml:{}", found[0].line.unwrap())), "{picture}");
    assert!(!picture.contains('\u{1b}'), "no colours");
    assert!(render(Path::new("desk.toml"), &text, &found, true).contains('\u{1b}'), "colours");
}

#[test]
fn text_that_plays_with_the_terminal_does_not() {
    let text = "[desk]\nid = \"\u{1b}[31m\u{202e}\"\n";
    let found = mistakes(text, Format::Toml);
    let picture = render(Path::new("desk.toml"), text, &found, false);
    assert!(!picture.contains('\u{1b}') && !picture.contains('\u{202e}'), "{picture:?}");
}

#[test]
fn a_list_is_no_table_in_either_form() {
    let text = DEMO.replacen("[voice.en]\n", "[voice]\nen = [\"Hello,\", \"Harborline\"]\n[voice.xx]\n", 1);
    assert_ne!(text, DEMO);
    let found = mistakes(&text, Format::Toml);
    assert_eq!((found[0].at.as_str(), found[0].line), ("voice.en", Some(line_of(&text, "en = [\"Hello"))));
    let mut json: serde_json::Value = serde_json::from_str(&demo_json()).unwrap();
    json["voice"]["en"] = serde_json::json!(["Hello,", "Harborline"]);
    assert_eq!(mistakes(&json.to_string(), Format::Json)[0].at, "voice.en");
}

#[test]
fn a_zone_that_is_none_and_text_that_hides_are_shown_where_they_are() {
    let text = DEMO.replacen("Europe/Madrid", "Europe/Madird", 1);
    let found = mistakes(&text, Format::Toml);
    assert_eq!((found[0].at.as_str(), found[0].line), ("desk.time_zone", Some(line_of(&text, "time_zone"))));
    let text = DEMO.replacen("greeting = \"", "greeting = \"\\u202E", 1);
    assert_ne!(text, DEMO);
    let found = mistakes(&text, Format::Toml);
    assert_eq!(found[0].line, Some(line_of(&text, "greeting = \"\\u202E")), "{found:?}");
}

#[test]
fn a_huge_file_is_refused_by_its_size() {
    let found = mistakes(&"#".repeat(DESK_FILE_BYTES_MAX + 1), Format::Toml);
    assert!(found[0].what.contains("1000000"), "{found:?}");
}

#[test]
fn a_line_whose_tickets_can_ask_for_more_sets_than_have_queues_is_warned_of_where_it_stands() {
    let warned = |text: &str| read_with_warnings(text, Format::Toml).unwrap().1;
    assert_eq!(warned(DEMO), [], "the demo has room");
    // Seven languages and none, four sets of skills and none, two weights: eighty.
    let capacity = "[policy]\ncapacity = { units = 6, weights = { chat = 3 } }";
    let mut text = DEMO.replacen("[policy]", capacity, 1);
    text.push_str(
        "\n[[people]]\nid = \"polyglot\"\nname = \"Polyglot\"\nrole = \"admin\"\nlines = [\"admins\"]\n",
    );
    text.push_str("languages = [\"en\", \"es\", \"de\", \"ja\", \"ru\", \"fr\", \"it\"]\nskills = [\"s-1\", \"s-2\", \"s-3\"]\n");
    for skills in ["\"s-1\"", "\"s-2\"", "\"s-3\"", "\"s-2\", \"s-1\"", "\"s-1\", \"s-2\""] {
        let route = "[[routes]]\nid = \"route-N\"\ndepartment = \"technical\"\nline = \"care\"\ndifficulty = \"easy\"\n";
        let id = format!("route-{}", skills.replace(['"', ' '], "").replace(',', "-"));
        text.push_str(&format!("\n{}skills = [{skills}]\n", route.replace("route-N", &id)));
        text.push_str("[routes.examples]\nen = [\"Something that goes there\"]\n");
    }
    let (found, line_of_admins) = (warned(&text), line_of(&text, "id = \"admins\""));
    assert_eq!(found.len(), 1, "the other lines have nobody who knows these: {found:?}");
    assert_eq!((found[0].line, found[0].at.as_str()), (Some(line_of_admins), "lines[2].id"));
    assert!(found[0].what.contains("8 of languages, times 5 of what"), "{}", found[0].what);
    assert!(found[0].what.contains("times 2 of weights"), "{}", found[0].what);
    assert!(found[0].what.contains("80 sets"), "{}", found[0].what);
    let shown = render_as(&Level::WARNING, Path::new("desk.toml"), &text, &found, false);
    assert!(shown.starts_with("warning: lines[2].id: its tickets"), "{shown}");
}
