//! What the tick clears away: what its desk no longer wants kept, thread pages that nothing can name, idempotency keys
//! past their life. Bounded a tick; stopping anywhere does no harm.

use crate::documents::{RequestRecord, RequestsCursor, SaidRecord, write};
use crate::erase::{delete_orphans, erase_files_if_past, erase_if_past};
use crate::limits::{
    REQUEST_RECORD_DAYS, RESERVATION_S, SWEEP_ERASED_MAX, SWEEP_GUARDS_MAX, SWEEP_JOURNAL_PAGES_MAX,
    SWEEP_REQUESTS_MAX,
};
use crate::{Error, due, journal, keys, lookup};
use std::collections::BTreeMap;
use std::rc::Rc;
use tierline_domain::desk::Desk;
use tierline_domain::ids::{DeskId, TicketId};
use tierline_domain::limits::JOURNAL_SHARDS;
use tierline_domain::queue::Place;
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{OperationId, Store, read};

const DAY_MS: i64 = 86_400_000;

/// What one tick knows and has done.
pub(crate) struct Tidy<'a> {
    keys: &'a [String],
    pages: BTreeMap<TicketId, Vec<&'a str>>,
    drafts: BTreeMap<TicketId, Vec<&'a str>>,
    desks: BTreeMap<DeskId, Rc<Desk>>,
    /// When the tickets that it looked at are next due.
    places: BTreeMap<DeskId, Vec<Place>>,
    /// What was done with what was due.
    pub due: due::Done,
    /// Tickets that were erased.
    pub erased: usize,
    /// Tickets whose files were erased, and not their words.
    pub files_erased: usize,
    /// Keys that were deleted.
    pub deleted: usize,
}

impl<'a> Tidy<'a> {
    /// Of these keys, all there are.
    pub fn of(keys: &'a [String]) -> Self {
        let mut pages: BTreeMap<TicketId, Vec<&str>> = BTreeMap::new();
        for (ticket, page) in keys.iter().filter_map(|key| keys::parse_thread(key)) {
            pages.entry(ticket).or_default().push(page);
        }
        let mut drafts: BTreeMap<TicketId, Vec<&str>> = BTreeMap::new();
        for (ticket, key) in keys.iter().filter_map(|key| Some((keys::parse_draft(key)?, key))) {
            drafts.entry(ticket).or_default().push(key);
        }
        Self {
            keys,
            pages,
            drafts,
            desks: BTreeMap::new(),
            places: BTreeMap::new(),
            due: due::Done::default(),
            erased: 0,
            files_erased: 0,
            deleted: 0,
        }
    }

    /// Sees to what is due, by desk: see [`due::see_to_due`]. Nothing at desks where nothing has its time.
    pub async fn see_to_due<P: Platform>(&mut self, platform: &P) -> Result<(), Error> {
        for desk in self.keys.iter().filter_map(|key| keys::parse_desk(key)) {
            let desk = self.desk(platform, &desk).await?;
            if desk.has_due() {
                match due::see_to_due(platform, &desk).await {
                    Ok(done) => self.due.add(&done),
                    // The other desks do not wait for it.
                    Err(_) => self.due.failed += 1,
                }
            }
        }
        Ok(())
    }

    /// Enters the tickets that it looked at in the index of what is due, where they are lost from it.
    pub async fn enter_due<P: Platform>(&mut self, platform: &P) -> Result<(), Error> {
        for (desk, places) in std::mem::take(&mut self.places) {
            let desk = self.desk(platform, &desk).await?;
            due::enter(platform, &desk, places).await?;
        }
        Ok(())
    }

    /// Clears away what is of this ticket. One store read, and one for each thread page the ticket does not name.
    pub async fn ticket<P: Platform>(&mut self, platform: &P, id: TicketId) -> Result<(), Error> {
        let ticket = lookup::ticket(platform, id).await?;
        let desk = self.desk(platform, &ticket.desk).await?;
        let next = due::see_to(platform, &desk, ticket.clone(), &mut self.due).await?;
        let places = next.filter(|_| desk.has_due());
        self.places.entry(ticket.desk.clone()).or_default().extend(places);
        let retention = desk.policy.retention;
        let mut is_erased = false;
        if self.erased + self.files_erased < SWEEP_ERASED_MAX {
            is_erased = erase_if_past(platform, &ticket, &retention).await?;
            self.erased += usize::from(is_erased);
            let files = !is_erased && erase_files_if_past(platform, &ticket, &retention).await?;
            self.files_erased += usize::from(files);
        }
        // Saved while it was erased: nothing else deletes those.
        for key in self.drafts.get(&id).into_iter().flatten().filter(|_| ticket.erased.is_some()) {
            platform.store().delete(key).await?;
            self.deleted += 1;
        }
        if let Some(pages) = self.pages.get(&id).filter(|_| !is_erased) {
            self.deleted += delete_orphans(platform, &ticket, pages).await?;
        }
        Ok(())
    }

    async fn desk<P: Platform>(&mut self, platform: &P, id: &DeskId) -> Result<Rc<Desk>, Error> {
        if let Some(known) = self.desks.get(id) {
            return Ok(Rc::clone(known));
        }
        let desk = Rc::new(lookup::desk(platform, id).await?);
        self.desks.insert(id.clone(), Rc::clone(&desk));
        Ok(desk)
    }

    /// Forgets what desks keep of their journals no longer. Store reads: one a desk; and for a desk that has a rule, what
    /// [`journal::forget`] says for each of its chains.
    pub async fn journals<P: Platform>(&mut self, platform: &P) -> Result<(), Error> {
        for desk in self.keys.iter().filter_map(|key| keys::parse_desk(key)) {
            let Some(days) = self.desk(platform, &desk).await?.policy.retention.journal_days else {
                continue;
            };
            let before = Time(platform.now_ms() - i64::from(days) * DAY_MS);
            let mut there: BTreeMap<u32, Vec<u32>> =
                (0..JOURNAL_SHARDS).map(|shard| (shard, vec![])).collect();
            for (shard, number) in self.keys.iter().filter_map(|key| keys::parse_journal_page(&desk, key)) {
                there.entry(shard).or_default().push(number);
            }
            for (shard, pages) in there {
                let limits = (before, SWEEP_JOURNAL_PAGES_MAX);
                self.deleted += journal::forget(platform, (&desk, shard), limits, &pages).await?;
            }
        }
        Ok(())
    }

    /// Clears away idempotency keys past their life, going on where the tick before stopped. One store read a record
    /// looked at, one durable commit a key deleted, and one for the cursor while there are more.
    pub async fn requests<P: Platform>(&mut self, platform: &P) -> Result<(), Error> {
        let now_ms = platform.now_ms();
        let period = now_ms.div_euclid(1000).div_euclid(RESERVATION_S);
        let over =
            self.keys.iter().filter(|key| keys::parse_request_guard(key).is_some_and(|of| of < period - 1));
        for guard in over.take(SWEEP_GUARDS_MAX) {
            platform.store().delete(guard).await?;
            self.deleted += 1;
        }
        let mut records: Vec<&String> =
            self.keys.iter().filter(|key| keys::is_request(key) || keys::is_said(key)).collect();
        records.sort_unstable();
        let cursor = read::<RequestsCursor, _>(platform.store(), keys::TICK_REQUESTS).await?;
        let after = cursor.and_then(|cursor| cursor.body.after);
        let rest: Vec<_> =
            records.into_iter().filter(|key| after.as_ref().is_none_or(|after| *key > after)).collect();
        let mut looked_at = rest.iter().take(SWEEP_REQUESTS_MAX);
        for key in looked_at.clone() {
            let Some(at_ms) = remembered_at(platform, key).await? else { continue };
            if now_ms - at_ms > REQUEST_RECORD_DAYS * DAY_MS {
                platform.store().delete(key).await?;
                self.deleted += 1;
            }
        }
        let is_more = rest.len() > SWEEP_REQUESTS_MAX;
        let next = looked_at.next_back().filter(|_| is_more).map(|key| (*key).clone());
        if next != after {
            let operation = OperationId::fresh(platform.random());
            write(platform, keys::TICK_REQUESTS, RequestsCursor { after: next }, &operation).await?;
        }
        Ok(())
    }
}

/// When what is kept of an idempotency key was written, in Unix milliseconds.
async fn remembered_at<P: Platform>(platform: &P, key: &str) -> Result<Option<i64>, Error> {
    if keys::is_said(key) {
        let record = read::<SaidRecord, _>(platform.store(), key).await?;
        return Ok(record.map(|record| record.body.at.0));
    }
    let record = read::<RequestRecord, _>(platform.store(), key).await?;
    Ok(record.map(|record| record.body.ticket.created_ms()))
}
