//! `GET /v1/desks/{desk}/lines`: how each line stands.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::view::ForecastView;
use tierline_desk::{LineNow, api, line_now, outlook, people, roster};
use tierline_domain::desk::{Desk, Line};
use tierline_domain::forecast::{LineOutlook, Score, Thin};
use tierline_domain::hours::Opening;
use tierline_domain::ids::{DeskId, TicketId};
use tierline_domain::people::{Action, Person};
use tierline_domain::presence::Roster;
use tierline_domain::queue::Place;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

#[derive(Serialize)]
struct Lines {
    lines: Vec<LineView>,
}

/// How a line stands.
#[derive(Serialize)]
pub struct LineView {
    /// Unique in the desk.
    pub id: String,
    name: String,
    tier: Option<u8>,
    department: String,
    /// Tickets that nobody has.
    pub waiting: u32,
    /// Tickets that somebody has.
    pub claimed: u32,
    /// Whether the two are exact.
    exact: bool,
    /// Of the one that came first.
    pub oldest_wait_s: Option<i64>,
    /// Whether its people are there now, by its hours.
    pub open: bool,
    /// When they are there again; null if they are, or if no opening is planned.
    opens_at: Option<String>,
    /// How many of its people are there: who holds a ticket of it, or said so, or has their shift.
    pub on_shift: usize,
    /// Who they are.
    here: Vec<String>,
    /// People who take work from the line, there or not.
    pub people: usize,
    /// What waits that none of its people who are there now can take.
    pub nobody_takes: Vec<NobodyTakes>,
    /// How long who comes now would wait; null where too little is known to tell.
    pub forecast: Option<ForecastView>,
    /// Why there is no forecast.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_forecast: Option<Thin>,
    /// How good forecasts were lately; null before the first was judged.
    pub forecast_score: Option<ScoreView>,
}

/// Shares of tickets, older ones fading; who gave up counts with the part that is to be expected.
#[derive(Serialize)]
pub struct ScoreView {
    /// How many were judged.
    judged: u32,
    /// Taken within the median: 0.5 would be right.
    pub within_median: f64,
    /// Taken within the 90th percentile: 0.9 would be right.
    pub within_p90: f64,
}

impl ScoreView {
    fn of(score: Score) -> Option<Self> {
        let share = |part: f64| (part / score.judged * 1000.0).round() / 1000.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A few hundred.
        (score.judged > 0.0).then(|| Self {
            judged: score.judged.round() as u32,
            within_median: share(score.within_median),
            within_p90: share(score.within_p90),
        })
    }
}

/// Waiting tickets that require the same skills, which nobody who is there has.
#[derive(Serialize)]
pub struct NobodyTakes {
    /// All that they require.
    skills: Vec<String>,
    /// Those that nobody who is there has; none if several people have them between them.
    missing: Vec<String>,
    /// How many tickets.
    pub waiting: u32,
    /// Whether somebody of the line could take them, who is not there now.
    somebody_away: bool,
}

impl NobodyTakes {
    /// Of a line whose people are `people`; `here` are those who are there.
    fn of(found: &LineNow, people: &[&Person], here: &[&Person]) -> Vec<Self> {
        let can = |person: &&&Person, skills: &[String]| person.has_skills(skills);
        let taken = |skills: &[String]| here.iter().any(|person| can(&person, skills));
        let unserved = found.waiting_by_skills.iter().filter(|(skills, _)| !taken(skills));
        let missing = |skill: &&String| !taken(std::slice::from_ref(*skill));
        unserved
            .map(|(skills, waiting)| Self {
                skills: skills.clone(),
                missing: skills.iter().filter(missing).cloned().collect(),
                waiting: *waiting,
                somebody_away: people.iter().any(|person| can(&person, skills)),
            })
            .collect()
    }
}

impl LineView {
    fn of(
        (desk, line): (&Desk, &Line),
        (found, outlook): (&LineNow, &LineOutlook),
        (people, roster): (&[Person], &Roster),
        now: Time,
    ) -> Self {
        let Opening { open, opens_at } = desk.opening(&line.id, now);
        let zone = desk.zone();
        let of_line: Vec<_> = people.iter().filter(|person| person.works_on(&line.id)).collect();
        let is_here = |person: &&Person| {
            roster.is_there(person, (found.at_work.contains(&person.id), open), &zone, now)
        };
        let newcomer = Place { v: now, e: now, ticket: TicketId::new(now, [0; 16]), stay: 1 };
        let forecast = outlook.forecast(now, found.waiting, &newcomer, &[]);
        let here: Vec<_> = of_line.iter().copied().filter(is_here).collect();
        Self {
            open,
            opens_at: opens_at.map(Time::to_rfc3339),
            id: line.id.to_string(),
            name: line.name.clone(),
            tier: line.tier,
            department: line.department.clone(),
            waiting: found.waiting,
            claimed: found.claimed,
            exact: found.exact,
            oldest_wait_s: found.oldest_wait_s,
            on_shift: here.len(),
            nobody_takes: NobodyTakes::of(found, &of_line, &here),
            here: here.iter().map(|person| person.id.to_string()).collect(),
            people: of_line.len(),
            forecast: forecast.ok().map(|given| ForecastView::of(given.forecast)),
            no_forecast: forecast.err(),
            forecast_score: ScoreView::of(outlook.score()),
        }
    }
}

/// Store reads: four to sign in and for the people, and as [`line_now`] says and one more for each line. No commit.
pub async fn list_lines<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (_, lines) = lines_now(platform, request, params).await?;
    Ok(json(StatusCode::OK, &Lines { lines }))
}

/// The desk and its lines, for whoever may read tickets. Store reads: those of [`list_lines`].
pub async fn lines_now<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<(DeskId, Vec<LineView>), Problem> {
    let at = api::at_desk(platform, request, params, Action::ReadTicket).await?;
    let people = people(platform, &at.desk).await?;
    let roster = roster(platform, &at.desk.head.id).await?;
    let now = Time(platform.now_ms());
    let mut lines = vec![];
    for line in &at.desk.lines {
        let found = line_now(platform, &at.desk.head.id, &line.id, now).await?;
        let outlook = outlook(platform, &at.desk.head.id, &line.id).await;
        lines.push(LineView::of((&at.desk, line), (&found, &outlook), (&people, &roster), now));
    }
    Ok((at.desk.head.id.clone(), lines))
}
