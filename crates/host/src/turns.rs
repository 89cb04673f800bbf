//! Whose turn it is: so many requests are handled at once, groups in rotation, each group's in the order they came.
//!
//! A group is what shares a fate: the requests of one desk. One that floods keeps its own line long; the others' move as
//! before, and a quarter of the turns is never its. A request that takes long gives its turn back and goes on without: turns are
//! for what is soon done, and what waits for others or computes for seconds must not hold them.
//!
//! Where a line's first has waited longer than a moment, who came last goes first: of what is more than can be done, what is
//! answered is answered soon, and not all of it late. If that was but a burst, the others' turn comes when it is worked off. If
//! it was none, which shows in that the line has not been empty for a while, they are told to come again (the controlled delay
//! of Nichols and Jacobson's CoDel, RFC 8289).

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;
use uuid::Uuid;

use crate::limits::{
    TURN_GROUPS_MAX, TURN_HELD_MAX, TURN_MOMENT, TURN_STANDING_MAX, TURN_TICKETS_MAX, TURN_WAIT_MAX,
};

/// Gives turns.
#[derive(Debug)]
pub struct Turns {
    state: Mutex<State>,
    bounds: Bounds,
}

/// How many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Turns at once.
    pub turns: usize,
    /// Requests under way, those that gave their turn back included.
    pub under_way: usize,
    /// Requests that wait.
    pub waiting: usize,
}

impl Bounds {
    /// Of so many turns or requests one group may have these: another always finds one that ends.
    fn of_group(all: usize) -> usize {
        all.saturating_sub(all.div_ceil(4)).max(1)
    }
}

#[derive(Debug)]
struct State {
    /// Turns that nobody has.
    free: usize,
    under_way: usize,
    waiting: usize,
    next_ticket: u64,
    groups: HashMap<Arc<str>, Group>,
    /// Groups somebody waits in, who is next first.
    rotation: VecDeque<Arc<str>>,
}

/// Who belongs together.
#[derive(Debug, Default)]
struct Group {
    held: usize,
    under_way: usize,
    line: VecDeque<Waiting>,
    /// Since when somebody has been waiting without a gap.
    standing_since: Option<Instant>,
    /// When somebody was last told that the wait was too long in a line that stands.
    cut_at: Option<Instant>,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    since: Instant,
    /// Whether it gets a turn; the other end says whether anybody still waits.
    answer: oneshot::Sender<bool>,
}

/// A request under way until this is dropped; with a turn until it takes long.
#[derive(Debug)]
pub struct Turn {
    turns: Arc<Turns>,
    group: Arc<str>,
    is_held: bool,
}

impl Turn {
    fn of(turns: &Arc<Turns>, group: &Arc<str>) -> Self {
        Self { turns: turns.clone(), group: group.clone(), is_held: true }
    }

    /// Waits for `work`, and gives the turn back to others if that takes long.
    pub async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        match tokio::time::timeout(TURN_HELD_MAX, &mut work).await {
            Ok(done) => done,
            Err(_) => {
                self.give_back();
                work.await
            }
        }
    }

    fn give_back(&mut self) {
        if std::mem::take(&mut self.is_held) {
            self.turns.change(&self.group, |state, group| {
                group.held = group.held.saturating_sub(1);
                state.free += 1;
            });
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.give_back();
        self.turns.change(&self.group, |state, group| {
            group.under_way = group.under_way.saturating_sub(1);
            state.under_way = state.under_way.saturating_sub(1);
        });
    }
}

/// Leaves the line, or gives back what it was just given, when the client goes away.
struct Place {
    turns: Arc<Turns>,
    group: Arc<str>,
    ticket: u64,
    answer: oneshot::Receiver<bool>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.turns.leave(&self.group, self.ticket);
        if self.answer.try_recv() == Ok(true) {
            drop(Turn::of(&self.turns, &self.group));
        }
    }
}

impl Turns {
    /// Nobody has a turn yet.
    pub fn new(bounds: Bounds) -> Arc<Self> {
        let state = State {
            free: bounds.turns,
            under_way: 0,
            waiting: 0,
            next_ticket: 0,
            groups: HashMap::new(),
            rotation: VecDeque::new(),
        };
        Arc::new(Self { state: Mutex::new(state), bounds })
    }

    /// A turn for one of `group`, as soon as there is one; none if too many wait or the wait gets too long.
    pub async fn turn(self: &Arc<Self>, group: impl Into<Arc<str>>) -> Option<Turn> {
        let group = group.into();
        let mut place = match self.enter(&group)? {
            Entered::Turn => return Some(Turn::of(self, &group)),
            Entered::Line(ticket, answer) => Place { turns: self.clone(), group, ticket, answer },
        };
        let answered = tokio::time::timeout(TURN_WAIT_MAX, &mut place.answer).await;
        // What came in the last moment is found, and given back, where the place ends.
        matches!(answered, Ok(Ok(true))).then(|| Turn::of(self, &place.group))
    }

    /// Requests that wait for a turn.
    pub fn waiting(&self) -> usize {
        self.state().waiting
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, group: &Arc<str>) -> Option<Entered> {
        let mut state = self.state();
        // While a turn is free, nobody waits who could have it.
        if state.has_room_for(group, self.bounds) {
            state.take(group);
            return Some(Entered::Turn);
        }
        if state.waiting >= self.bounds.waiting && !state.make_room(group) {
            return None;
        }
        Some(state.line_up(group))
    }

    fn leave(&self, group: &Arc<str>, ticket: u64) {
        let mut state = self.state();
        let Some(own) = state.groups.get_mut(group) else { return };
        let before = own.line.len();
        own.line.retain(|waiting| waiting.ticket != ticket);
        let left = before - own.line.len();
        state.waiting -= left;
        state.tidy(group);
    }

    /// Changes what a group has, and gives others what became free.
    fn change(&self, group: &Arc<str>, change: impl FnOnce(&mut State, &mut Group)) {
        let mut state = self.state();
        if let Some(mut own) = state.groups.remove(group) {
            change(&mut state, &mut own);
            state.groups.insert(group.clone(), own);
        }
        state.tidy(group);
        while state.give(self.bounds) {}
    }
}

/// Groups that are real. A name in a path is only what a client says: until a request under it went well it counts for nothing,
/// or a flood under a thousand names would be a thousand groups.
#[derive(Debug, Default)]
pub struct Known {
    names: Mutex<HashSet<Arc<str>>>,
    tickets: Mutex<Tickets>,
}

/// Which desk tickets are of, as far as they came while the host runs.
#[derive(Debug, Default)]
struct Tickets {
    desks: HashMap<Uuid, Arc<str>>,
    /// The latest last.
    came: VecDeque<Uuid>,
}

impl Known {
    /// The group of requests that say they are for `desk`; those of nobody known share one.
    pub fn group(&self, desk: &str) -> Arc<str> {
        self.names().get(desk).cloned().unwrap_or_default()
    }

    /// The group of requests about `ticket`; those about tickets that nobody saw come share that of nobody known.
    pub fn group_of_ticket(&self, ticket: Uuid) -> Arc<str> {
        self.tickets().desks.get(&ticket).cloned().unwrap_or_default()
    }

    /// A request for `desk` went well.
    pub fn went_well(&self, desk: &str) {
        let mut names = self.names();
        if !desk.is_empty() && names.len() < TURN_GROUPS_MAX && !names.contains(desk) {
            names.insert(desk.into());
        }
    }

    /// A ticket of `desk`, which is known, was told of.
    pub fn saw(&self, ticket: Uuid, desk: Arc<str>) {
        let mut tickets = self.tickets();
        if tickets.desks.contains_key(&ticket) {
            return;
        }
        tickets.desks.insert(ticket, desk);
        tickets.came.push_back(ticket);
        if tickets.came.len() > TURN_TICKETS_MAX
            && let Some(oldest) = tickets.came.pop_front()
        {
            tickets.desks.remove(&oldest);
        }
    }

    fn names(&self) -> MutexGuard<'_, HashSet<Arc<str>>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tickets(&self) -> MutexGuard<'_, Tickets> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came of asking for a turn.
enum Entered {
    Turn,
    Line(u64, oneshot::Receiver<bool>),
}

impl State {
    fn line_up(&mut self, group: &Arc<str>) -> Entered {
        let (answer, answered) = oneshot::channel();
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let now = Instant::now();
        let own = self.groups.entry(group.clone()).or_default();
        if own.line.is_empty() {
            own.standing_since = Some(now);
            self.rotation.push_back(group.clone());
        }
        own.line.push_back(Waiting { ticket, since: now, answer });
        self.waiting += 1;
        Entered::Line(ticket, answered)
    }

    /// One of the longest line goes, if that is another's and longer than the own one; else the first of the own one, if they
    /// would be last anyway.
    fn make_room(&mut self, group: &Arc<str>) -> bool {
        let now = Instant::now();
        let (own, is_crowded) =
            self.groups.get(group).map_or((0, false), |own| (own.line.len(), own.is_crowded(now)));
        let longest = self.groups.iter().max_by_key(|(_, group)| group.line.len());
        let longer = longest.filter(|(_, group)| group.line.len() > own + 1).map(|(name, _)| name.clone());
        let Some(name) = longer.or_else(|| is_crowded.then(|| group.clone())) else { return false };
        let Some(last) = self.groups.get_mut(&name).and_then(|group| group.leave_last(now)) else {
            return false;
        };
        _ = last.answer.send(false);
        self.waiting -= 1;
        self.tidy(&name);
        true
    }

    fn has_room_for(&self, name: &str, bounds: Bounds) -> bool {
        let (held, under_way) = self.groups.get(name).map_or((0, 0), |group| (group.held, group.under_way));
        self.free > 0
            && self.under_way < bounds.under_way
            && held < Bounds::of_group(bounds.turns)
            && under_way < Bounds::of_group(bounds.under_way)
    }

    fn take(&mut self, name: &Arc<str>) {
        self.free = self.free.saturating_sub(1);
        self.under_way += 1;
        let group = self.groups.entry(name.clone()).or_default();
        group.held += 1;
        group.under_way += 1;
    }

    /// Gives a free turn to the next in rotation who may have one. Says whether somebody got it.
    fn give(&mut self, bounds: Bounds) -> bool {
        for _ in 0..self.rotation.len() {
            let Some(name) = self.rotation.pop_front() else { return false };
            self.rotation.push_back(name.clone());
            if !self.has_room_for(&name, bounds) {
                continue;
            }
            let Some(group) = self.groups.get_mut(&name) else { continue };
            let before = group.line.len();
            let is_given = group.serve(Instant::now());
            self.waiting -= before - group.line.len();
            if is_given {
                self.take(&name);
            }
            self.tidy(&name);
            if is_given {
                return true;
            }
        }
        false
    }

    /// Forgets what nobody waits in, and groups with nothing under way.
    fn tidy(&mut self, name: &Arc<str>) {
        let Some(group) = self.groups.get_mut(name) else { return };
        if group.line.is_empty() {
            group.standing_since = None;
            group.cut_at = group.cut_at.filter(|at| at.elapsed() <= TURN_STANDING_MAX);
            self.rotation.retain(|other| other != name);
            if group.under_way == 0 && group.cut_at.is_none() {
                self.groups.remove(name);
            }
        }
    }
}

impl Group {
    /// Whether who came last goes first.
    fn is_crowded(&self, now: Instant) -> bool {
        let first = self.line.front().map_or(Duration::ZERO, |first| now.duration_since(first.since));
        self.is_standing(now) || first > TURN_MOMENT
    }

    /// Whether more comes than can be done. A line that was cut and is empty for an instant is still that.
    fn is_standing(&self, now: Instant) -> bool {
        let is_long = |since: Instant| now.duration_since(since) > TURN_STANDING_MAX;
        self.standing_since.is_some_and(is_long) || self.cut_at.is_some_and(|at| !is_long(at))
    }

    /// Takes out whose turn would come last.
    fn leave_last(&mut self, now: Instant) -> Option<Waiting> {
        if self.is_crowded(now) { self.line.pop_front() } else { self.line.pop_back() }
    }

    /// Whose turn it is, of those who are still there, is told to go; who has waited too long is told so.
    fn serve(&mut self, now: Instant) -> bool {
        let is_crowded = self.is_crowded(now);
        let is_standing = self.is_standing(now);
        let wait_max = if is_standing { TURN_MOMENT } else { TURN_WAIT_MAX };
        while self.line.front().is_some_and(|first| now.duration_since(first.since) > wait_max) {
            if let Some(late) = self.line.pop_front() {
                _ = late.answer.send(false);
            }
            self.cut_at = is_standing.then_some(now);
        }
        while let Some(next) = if is_crowded { self.line.pop_back() } else { self.line.pop_front() } {
            if next.answer.send(true).is_ok() {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;
    use std::pin::Pin;

    fn turns(turns: usize, waiting: usize) -> Arc<Turns> {
        Turns::new(Bounds { turns, under_way: 64, waiting })
    }

    type Asked = Pin<Box<dyn Future<Output = Option<Turn>>>>;

    /// Asks for a turn, and is in line where there is none.
    async fn ask(turns: &Arc<Turns>, group: &'static str) -> Asked {
        let turns = turns.clone();
        let mut asked: Asked = Box::pin(async move { turns.turn(group).await });
        let first = futures::poll!(asked.as_mut());
        match first {
            std::task::Poll::Ready(turn) => Box::pin(async move { turn }),
            std::task::Poll::Pending => asked,
        }
    }

    async fn is_given(asked: &mut Asked) -> Option<Turn> {
        match futures::poll!(asked.as_mut()) {
            std::task::Poll::Ready(turn) => turn,
            std::task::Poll::Pending => None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_desk_floods_and_anothers_request_is_next() {
        let turns = super::tests::turns(4, 100);
        let mut held: Vec<Turn> = Vec::new();
        for _ in 0..3 {
            held.push(turns.turn("flood").await.expect("free"));
        }
        let mut flood = Vec::new();
        for _ in 0..50 {
            flood.push(ask(&turns, "flood").await);
        }
        // The fourth turn is nobody's who holds three.
        let quiet = turns.turn("quiet").await.expect("kept free for others");
        let mut second = ask(&turns, "quiet").await;
        assert_eq!(turns.waiting(), 51);
        held.pop();
        held.push(is_given(&mut flood[0]).await.expect("its line was first"));
        assert!(is_given(&mut second).await.is_none());
        held.pop();
        let second = is_given(&mut second).await.expect("the other desk's, before 49 that came earlier");
        assert!(is_given(&mut flood[1]).await.is_none());
        drop((quiet, second));
        assert!(is_given(&mut flood[1]).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_line_makes_room_for_a_short_one_and_refuses_its_own() {
        let turns = super::tests::turns(1, 3);
        let held = turns.turn("flood").await.expect("free");
        let mut flood = Vec::new();
        for _ in 0..3 {
            flood.push(ask(&turns, "flood").await);
        }
        assert!(turns.turn("flood").await.is_none(), "refused at once");
        let mut quiet = ask(&turns, "quiet").await;
        assert!(flood.pop().expect("three").await.is_none(), "the last of the long line went");
        assert_eq!(turns.waiting(), 3);
        drop(held);
        let first = is_given(&mut flood[0]).await.expect("first come");
        drop(first);
        assert!(is_given(&mut quiet).await.is_some(), "then the other desk");
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_worked_off_and_a_standing_line_is_cut() {
        let turns = super::tests::turns(1, 1000);
        let held = turns.turn("a").await.expect("free");
        let mut burst = ask(&turns, "a").await;
        tokio::time::advance(TURN_STANDING_MAX).await;
        drop(held);
        let held = is_given(&mut burst).await.expect("a burst: patience");
        // From now on somebody always waits.
        let mut waiting = Vec::new();
        for _ in 0..30 {
            waiting.push(ask(&turns, "a").await);
            tokio::time::advance(TURN_STANDING_MAX / 25).await;
        }
        tokio::time::advance(TURN_MOMENT).await;
        let mut young = ask(&turns, "a").await;
        drop(held);
        let old = join_all(waiting).await;
        assert!(old.iter().all(Option::is_none), "waited longer than a moment in a line that stands");
        let held = is_given(&mut young).await.expect("came just now");
        // Nobody is in line for an instant: that is no end of it.
        let late = ask(&turns, "a").await;
        tokio::time::advance(TURN_MOMENT * 2).await;
        drop(held);
        assert!(late.await.is_none());
        tokio::time::advance(TURN_STANDING_MAX * 2).await;
        let held = turns.turn("a").await.expect("free");
        let mut burst = ask(&turns, "a").await;
        tokio::time::advance(TURN_MOMENT * 2).await;
        drop(held);
        drop(is_given(&mut burst).await.expect("a burst: patience again"));
        assert!(turns.state().groups.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_last_goes_first_where_the_first_has_waited_longer_than_a_moment() {
        let turns = super::tests::turns(1, 1000);
        let mut held = turns.turn("a").await.expect("free");
        let mut early = Vec::new();
        for _ in 0..16 {
            early.push(ask(&turns, "a").await);
        }
        let mut late = Vec::new();
        for _ in 0..8 {
            tokio::time::advance(TURN_MOMENT * 2).await;
            late.push(ask(&turns, "a").await);
            drop(held);
            held = is_given(late.last_mut().expect("just asked")).await.expect("answered soon, at least");
        }
        // It was but a burst: nobody is sent away.
        for mut asked in early.into_iter().rev() {
            assert!(is_given(&mut asked).await.is_none(), "one at once");
            drop(held);
            tokio::time::advance(TURN_MOMENT).await;
            held = is_given(&mut asked).await.expect("when it was worked off");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_line_lets_go_who_would_be_last() {
        let turns = super::tests::turns(1, 3);
        let held = turns.turn("a").await.expect("free");
        let mut line = Vec::new();
        for _ in 0..3 {
            line.push(ask(&turns, "a").await);
        }
        assert!(turns.turn("a").await.is_none(), "who comes last would be last");
        tokio::time::advance(TURN_MOMENT * 2).await;
        let mut new = ask(&turns, "a").await;
        assert!(line.remove(0).await.is_none(), "whose turn would be the last now");
        drop(held);
        let _held = is_given(&mut new).await.expect("who came last");
        assert_eq!(turns.waiting(), 2);
    }

    #[test]
    fn a_name_is_no_group_until_a_request_under_it_went_well() {
        let known = Known::default();
        known.went_well("real");
        known.went_well("");
        let group = |desk| known.group(desk).to_string();
        assert_eq!(["real", "made-up", "other"].map(group), ["real", "", ""]);
        for number in 0..2 * TURN_GROUPS_MAX {
            known.went_well(&number.to_string());
        }
        assert_eq!(known.names().len(), TURN_GROUPS_MAX);
        assert_eq!(group("real"), "real");
    }

    #[test]
    fn a_ticket_is_its_desks_and_the_oldest_are_forgotten() {
        let known = Known::default();
        known.went_well("real");
        let ticket = |number: usize| Uuid::from_u128(number as u128);
        for number in 0..TURN_TICKETS_MAX + 2 {
            known.saw(ticket(number), known.group("real"));
            known.saw(ticket(number), known.group("real"));
        }
        let group = |number| known.group_of_ticket(ticket(number)).to_string();
        assert_eq!([1, 2, TURN_TICKETS_MAX + 1, usize::MAX].map(group), ["", "real", "real", ""]);
        let tickets = known.tickets();
        assert_eq!((tickets.desks.len(), tickets.came.len()), (TURN_TICKETS_MAX, TURN_TICKETS_MAX));
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_away_costs_nobody_a_turn() {
        let turns = super::tests::turns(1, 10);
        let held = turns.turn("a").await.expect("free");
        let (gone, mut stays) = (ask(&turns, "a").await, ask(&turns, "a").await);
        drop(gone);
        assert_eq!(turns.waiting(), 1);
        drop(held);
        let held = is_given(&mut stays).await.expect("the next one");
        // Given a turn and gone before it knew.
        let (gone, mut stays) = (ask(&turns, "b").await, ask(&turns, "b").await);
        drop(held);
        drop(gone);
        assert!(is_given(&mut stays).await.is_some());
        assert_eq!(turns.waiting(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_gives_its_turn_back_and_counts_as_under_way() {
        let turns = Turns::new(Bounds { turns: 1, under_way: 2, waiting: 10 });
        let mut slow = turns.turn("a").await.expect("free");
        let (end, ended) = oneshot::channel::<()>();
        let work = tokio::spawn(async move { slow.during(ended).await });
        let second = turns.turn("b").await.expect("given back by the slow one, which goes on");
        // Two are under way: that is all there may be, though nobody else is.
        let mut third = ask(&turns, "c").await;
        assert!(is_given(&mut third).await.is_none());
        end.send(()).expect("still at work");
        work.await.expect("no panic").expect("it ended");
        drop(second);
        assert!(is_given(&mut third).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn one_desks_slow_requests_leave_room_for_anothers() {
        let turns = Turns::new(Bounds { turns: 2, under_way: 4, waiting: 10 });
        let mut slow = Vec::new();
        for _ in 0..3 {
            let mut turn = turns.turn("slow").await.expect("given back by the one before");
            turn.give_back();
            slow.push(turn);
        }
        let mut fourth = ask(&turns, "slow").await;
        assert!(is_given(&mut fourth).await.is_none(), "three of four are its already");
        drop(turns.turn("quick").await.expect("for another there is one"));
        slow.pop();
        assert!(is_given(&mut fourth).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_has_an_end_and_nothing_is_left_of_it() {
        let turns = super::tests::turns(1, 10);
        let held = turns.turn("a").await.expect("free");
        let start = Instant::now();
        assert!(turns.turn("a").await.is_none());
        assert_eq!(start.elapsed().as_secs(), TURN_WAIT_MAX.as_secs());
        drop(held);
        assert_eq!(turns.waiting(), 0);
        drop(turns.turn("b").await.expect("free again"));
        assert!(turns.state().groups.is_empty() && turns.state().rotation.is_empty());
    }
}
