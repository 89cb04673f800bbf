use super::*;

const NOW: Time = Time(1_767_571_200_000);
const FIRST: Standing = Standing { ahead: 0, advantage_s: 0.0, fitting: 1.0 };

/// A line where four people take a ticket each two minutes, and many wait.
fn steady() -> Outlook {
    let mut outlook = Outlook::default();
    for claim in 0..200_u32 {
        let now = NOW.plus_s(claim * 120);
        outlook.taken(now, now.minus_ms(600_000), 0.0, 9, 4.0);
    }
    outlook
}

fn after() -> Time {
    NOW.plus_s(200 * 120)
}

#[test]
fn thin_data_gives_no_forecast() {
    let mut outlook = Outlook::default();
    let four = Staffing::steady(4.0);
    assert_eq!(outlook.forecast(NOW, 9, FIRST, &four), Err(Thin::FewClaims));
    // Claims of a line where nobody waits say how many come, not how fast it is.
    for claim in 0..200 {
        outlook.taken(NOW.plus_s(claim * 60), NOW, 0.0, 0, 4.0);
    }
    assert_eq!(outlook.forecast(NOW, 9, FIRST, &four), Err(Thin::FewClaims));
    assert_eq!(steady().forecast(after(), 9, FIRST, &Staffing::steady(0.0)), Err(Thin::NobodyOnShift));
    assert_eq!(steady().forecast(after(), 9, FIRST, &Staffing::new(vec![])), Err(Thin::NobodyOnShift));
}

#[test]
fn the_wait_follows_place_people_and_shifts() {
    let outlook = steady();
    let median = |ahead: u32, staffing: &Staffing| {
        let given = outlook.forecast(after(), 9, Standing { ahead, ..FIRST }, staffing).unwrap();
        assert!(given.forecast.median_s < given.forecast.p90_s);
        given.forecast.median_s
    };
    let four = Staffing::steady(4.0);
    assert!((1100..1250).contains(&median(9, &four)), "ten claims at two minutes: {}", median(9, &four));
    assert!((80..90).contains(&median(0, &four)), "one: {}", median(0, &four));
    let two = median(9, &Staffing::steady(2.0));
    assert!(two.abs_diff(2 * median(9, &four)) <= 1, "half the people, twice the time");
    let late =
        Staffing::new(vec![Stretch { from_s: 0.0, people: 0.0 }, Stretch { from_s: 7200.0, people: 4.0 }]);
    assert_eq!(median(9, &late), 7200 + median(9, &four), "nobody moves before the shift");
}

#[test]
fn who_may_come_ahead_is_counted() {
    let mut outlook = steady();
    let four = Staffing::steady(4.0);
    let at = |outlook: &Outlook, advantage_s: f64| {
        outlook
            .forecast(after(), 9, Standing { ahead: 9, advantage_s, ..FIRST }, &four)
            .unwrap()
            .forecast
            .median_s
    };
    let alone = at(&outlook, 0.0);
    for claim in 0..60_u32 {
        let now = NOW.plus_s(12_000 + claim * 200);
        outlook.newcomers.came(now, if claim % 2 == 0 { 1800.0 } else { 0.0 });
    }
    assert!(at(&outlook, 0.0) > alone + 300, "{alone} {}", at(&outlook, 0.0));
    assert_eq!(at(&outlook, 1800.0), alone, "nobody has more than this one");
}

#[test]
fn it_learns_what_it_missed_by() {
    let mut outlook = steady();
    let four = Staffing::steady(4.0);
    let standing = Standing { ahead: 5, ..FIRST };
    let before = outlook.forecast(after(), 9, standing, &four).unwrap();
    // In truth it takes from 0 to 3000 seconds, each as likely.
    for round in 0..4000_u32 {
        let given = outlook.forecast(after(), 9, standing, &four).unwrap();
        outlook.judge(&given, Outcome::Taken(f64::from(round * 7 % 3000)));
    }
    let learnt = outlook.forecast(after(), 9, standing, &four).unwrap();
    assert!(learnt.forecast.median_s > before.forecast.median_s);
    assert!((1350..1650).contains(&learnt.forecast.median_s), "{learnt:?}");
    assert!((2550..2850).contains(&learnt.forecast.p90_s), "{learnt:?}");
    let score = outlook.score;
    assert!((score.within_p90 / score.judged - 0.9).abs() < 0.03, "{score:?}");
    assert!((score.within_median / score.judged - 0.5).abs() < 0.05, "{score:?}");
}

/// Half of the customers give up long before they would be taken. Left out, or counted as taken, they would make the line
/// look quick.
#[test]
fn who_gave_up_would_have_waited_longer() {
    let (mut counted, mut left_out) = (steady(), steady());
    let four = Staffing::steady(4.0);
    let standing = Standing { ahead: 5, ..FIRST };
    for round in 0..6000_u32 {
        let (wait_s, patience_s) = (f64::from(round * 7 % 3000), f64::from(round * 13 % 3001));
        let given = counted.forecast(after(), 9, standing, &four).unwrap();
        let outcome = if wait_s <= patience_s { Outcome::Taken(wait_s) } else { Outcome::GaveUp(patience_s) };
        counted.judge(&given, outcome);
        let given = left_out.forecast(after(), 9, standing, &four).unwrap();
        if let Outcome::Taken(_) = outcome {
            left_out.judge(&given, outcome);
        }
    }
    let median = |outlook: &Outlook| outlook.forecast(after(), 9, standing, &four).unwrap().forecast.median_s;
    let (counted, left_out) = (median(&counted), median(&left_out));
    assert!(left_out < 1100, "{left_out}");
    assert!((1300..1800).contains(&counted), "{counted}");
}

#[test]
fn what_a_line_remembers_is_small_and_reads_back() {
    let mut outlook = steady();
    for round in 0..3000_u32 {
        let standing = Standing { ahead: round % 20, advantage_s: f64::from(round % 7000), fitting: 1.0 };
        let hour = u8::try_from(round % 24).unwrap();
        let given = outlook.forecast(after(), hour, standing, &Staffing::steady(3.7)).unwrap();
        outlook.judge(&given, Outcome::Taken(f64::from(round * 31 % 5000)));
        outlook.taken(
            after().plus_s(round * 61),
            after().plus_s(round * 60),
            f64::from(round % 100_000),
            round % 50,
            3.7,
        );
    }
    let bytes = serde_json::to_vec(&outlook).unwrap();
    assert!(bytes.len() < 8 * 1024, "{} bytes", bytes.len());
    let read: Outlook = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(read, outlook);
    assert_eq!(serde_json::from_str::<Outlook>("{}").unwrap(), Outlook::default());
}

#[test]
fn odd_figures_do_no_harm() {
    let outlook = steady();
    let odd = Standing { ahead: u32::MAX, advantage_s: f64::NAN, fitting: 0.0 };
    assert_eq!(outlook.forecast(after(), 255, odd, &Staffing::steady(1.0)), Err(Thin::NobodyOnShift));
    let mut back = steady();
    back.taken(Time(0), Time(i64::MAX), f64::INFINITY, 3, f64::NAN);
    back.taken(Time(i64::MAX), Time(i64::MIN), -1.0, 3, 4.0);
    assert!(back.forecast(after(), 9, FIRST, &Staffing::steady(4.0)).is_ok());
}
