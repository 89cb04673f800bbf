//! Every bound of the domain, by name and unit, in one place.

/// Characters of a message's body.
pub const BODY_CHARS_MAX: usize = 20_000;
/// Bytes of a message's body: what the characters may come to in UTF-8.
pub const BODY_BYTES_MAX: usize = 60_000;
/// Characters of a subject.
pub const SUBJECT_CHARS_MAX: usize = 200;
/// Characters of a name.
pub const NAME_CHARS_MAX: usize = 120;
/// Characters of an e-mail address (RFC 5321, 4.5.3.1.3, less the brackets).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Characters of a phone number as typed.
pub const PHONE_CHARS_MAX: usize = 40;
/// Characters of the operator's own id for a customer.
pub const EXTERNAL_ID_CHARS_MAX: usize = 120;
/// Characters of a language tag (BCP 47 has no bound; real ones are shorter).
pub const LOCALE_CHARS_MAX: usize = 35;
/// Bytes of a request's `metadata`, keys and values together.
pub const METADATA_BYTES_MAX: usize = 8_000;
/// Entries of a request's `metadata`.
pub const METADATA_ENTRIES_MAX: usize = 32;
/// Characters of a metadata key.
pub const METADATA_KEY_CHARS_MAX: usize = 64;
/// Characters of a metadata value.
pub const METADATA_VALUE_CHARS_MAX: usize = 500;
/// Characters of a reason for a hand-over, and of what was tried.
pub const REASON_CHARS_MAX: usize = 2_000;
/// Characters of the word that goes with a rating.
pub const COMMENT_CHARS_MAX: usize = 2_000;

/// Bytes of one file; a desk's policy may allow less.
pub const FILE_BYTES_MAX: u32 = 10 * 1024 * 1024;
/// Files of one message; a desk's policy may allow fewer, or none.
pub const FILES_MAX: u32 = 10;
/// Files of one ticket.
pub const FILES_TICKET_MAX: u32 = 40;
/// Bytes of one ticket's files together.
pub const FILES_TICKET_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// Characters of a file's name, its extension included.
pub const FILE_NAME_CHARS_MAX: usize = 120;
/// Sites that may call a desk from their pages.
pub const ORIGINS_MAX: usize = 20;
/// Public keys that a desk lists for its customers' tokens.
pub const TOKEN_KEYS_MAX: usize = 8;
/// Seconds that a customer's token may be good for.
pub const CUSTOMER_TOKEN_LIFE_S_MAX: u32 = 600;
/// Seconds that its issuer's clock may be off.
pub const CUSTOMER_TOKEN_LEEWAY_S: u32 = 30;
/// Characters of an origin.
pub const ORIGIN_CHARS_MAX: usize = 255;

/// Bytes of messages kept inside the ticket document; older ones move to thread pages before more is added.
pub const THREAD_INLINE_BYTES_MAX: usize = 24_000;
/// Pages of older messages and steps of one ticket: some 5 MB of words. A problem that needs more is another problem.
pub const THREAD_PAGES_MAX: usize = 200;
/// Steps of its history that a ticket has before older ones move to a page.
pub const STEPS_INLINE_MAX: usize = 100;
/// Latest steps that stay in it.
pub const STEPS_KEPT: usize = 40;
/// Steps that are worth a page.
pub const STEPS_MOVED_MIN: usize = 30;
/// Steps inside a ticket that are its customer's: nothing but that no page takes more lets there be so many.
pub const STEPS_CUSTOMER_MAX: usize = 120;
/// Steps of all that are kept for the desk's people: who is written to so much can still answer.
pub const STEPS_DESK_KEPT: usize = 60;
/// Ratings of one ticket, however full it is: the first, and changes of mind.
pub const RATINGS_MAX: usize = 10;
/// Steps inside a ticket in all, but for those that end it and for ratings.
pub const STEPS_MAX: usize = 240;
/// Steps kept back for taking, answering, solving, confirming, handing over: a full ticket can always be ended.
pub const STEPS_RESERVED: usize = 20;
/// Hand-overs of one ticket.
pub const HANDOVERS_MAX: usize = 20;
/// Kinds of reasons for hand-overs that a desk names beside those that every desk has.
pub const HAND_OVER_KINDS_MAX: usize = 20;
/// Characters of such a kind.
pub const HAND_OVER_KIND_CHARS_MAX: usize = 32;
/// Months of figures about hand-overs that are kept.
pub const HAND_OVER_MONTHS_KEPT: usize = 3;
/// Rows of one month's figures about the hand-overs out of one line, past which kinds of reasons are told apart no more.
pub const HAND_OVER_ROWS_MAX: usize = 120;
/// People told beside the customer of one ticket.
pub const PARTICIPANTS_MAX: usize = 20;
/// Links made at one ticket.
pub const LINKS_MAX: usize = 40;
/// Links made to one ticket.
pub const LINKED_FROM_MAX: usize = 60;
/// Tickets merged into one.
pub const ABSORBED_MAX: usize = 40;
/// Tickets split from one.
pub const SPLITS_MAX: usize = 20;
/// Messages of one split.
pub const SPLIT_MESSAGES_MAX: usize = 50;
/// Bytes of the messages of one split: a new ticket must have room for what comes.
pub const SPLIT_BYTES_MAX: usize = 60_000;
/// Mergers that a ticket remembers to have refused: more than can be at work on it at once.
pub const DECLINED_REMEMBERED: usize = 16;
/// Days after which a desk can have tickets erased, shortest and longest.
pub const RETENTION_DAYS: std::ops::RangeInclusive<u32> = 1..=36_500;
/// Bytes of a ticket's document that a customer's words may fill.
pub const TICKET_BYTES_CUSTOMER_MAX: usize = 85_000;
/// Bytes of a ticket's document that the desk's words may fill. What is left takes claims, and the ways out.
pub const TICKET_BYTES_DESK_MAX: usize = 92_000;

/// Units that one person can have in hand at a time.
pub const CAPACITY_UNITS_MAX: u32 = 32;
/// Seconds for which a claim that was begun counts as somebody's, whatever became of it.
pub const CLAIM_AT_WORK_S: u32 = 60;
/// Seconds after which a claim that was begun is not carried out any more: well before it stops to count.
pub const CLAIM_GIVEN_UP_S: u32 = 20;
/// Entries of what somebody has in hand, past which their tickets are asked whatever it says.
pub const HANDS_LONG: usize = 48;
/// Lapsed leases of one person that are remembered, in case they are worked on again.
pub const LAPSED_REMEMBERED: usize = 16;

/// Entries of a queue page past which the next entry opens a new page.
pub const PAGE_ENTRIES_SPLIT: usize = 300;
/// Entries of a queue page at most, reached only by entries that head starts push into the middle.
pub const PAGE_ENTRIES_MAX: usize = 450;
/// Bytes of a queue page's entries past which it is split, whatever their number.
pub const PAGE_BYTES_SPLIT: usize = 88_000;
/// Pages of one line's directory, all its queues together (at 300 entries each, 156,000 tickets). Its document holds as
/// many and [`LINE_SETS_MAX`] sets of skills.
pub const PAGES_MAX: usize = 520;
/// Sets of required skills of one line that have a queue of their own at a time. Tickets of further sets share one, which
/// is looked through.
pub const LINE_SETS_MAX: usize = 32;
/// Bytes of the names of a set's skills, for it to have a queue of its own.
pub const SET_SKILLS_BYTES_MAX: usize = 240;
/// Positions up to this one are exact; those behind it are rounded and say so.
pub const POSITION_EXACT_MAX: u32 = 200;
/// How far a page's count in the directory may be off before it is put right.
pub const COUNT_DRIFT_MAX: u32 = 20;

/// Shelves of one desk's lists: writers of different tickets rarely meet, and a desk's lists hold some million entries.
pub const LIST_SHELVES: u32 = 8;

/// Events of one journal page.
pub const JOURNAL_PAGE_EVENTS_MAX: usize = 128;
/// Chains of one desk's journal: writers of different tickets rarely meet on one.
pub const JOURNAL_SHARDS: u32 = 8;
/// The chain for what is no ticket's. It is rare, and reads best in one piece.
pub const ENTRIES_SHARD: u32 = 0;

/// Characters of a provider's name.
pub const ISSUER_CHARS_MAX: usize = 255;
/// Characters of a desk's name at its provider, and of a person's.
pub const CLIENT_ID_CHARS_MAX: usize = 255;
/// What is asked of a provider, in words.
pub const SCOPES_MAX: usize = 10;
/// How long a session lasts, shortest and longest: five minutes to a week.
pub const SESSION_S: std::ops::RangeInclusive<u32> = 300..=604_800;

/// Characters of a slug: desk, line, person, answer.
pub const SLUG_CHARS_MAX: usize = 64;
/// Lines of a desk.
pub const LINES_MAX: usize = 32;
/// People of a desk.
pub const PEOPLE_MAX: usize = 300;
/// Bytes of the document that holds a desk's people.
pub const PEOPLE_BYTES_MAX: usize = 90_000;
/// Languages of a person.
pub const PERSON_LANGUAGES_MAX: usize = 20;
/// Skills of a person beside languages.
pub const PERSON_SKILLS_MAX: usize = 10;
/// Skills that an answer or a route asks for.
pub const LABEL_SKILLS_MAX: usize = 4;
/// Characters of a skill's name.
pub const SKILL_CHARS_MAX: usize = 32;
/// E-mail addresses, and as many phone numbers, of a customer's record.
pub const CUSTOMER_ADDRESSES_MAX: usize = 10;
/// Characters of a note about a customer.
pub const CUSTOMER_NOTE_CHARS_MAX: usize = 2_000;
/// Characters of what is broken for a customer.
pub const INCIDENT_CHARS_MAX: usize = 120;
/// Characters of a package's name.
pub const PACKAGE_CHARS_MAX: usize = 120;
/// What a customer may have spent, in the desk's currency.
pub const SPEND_MAX: f64 = 1e12;
/// Digits of a customer's PIN, fewest and most.
pub const PIN_DIGITS: std::ops::RangeInclusive<usize> = 4..=12;
/// Canned answers of a desk.
pub const ANSWERS_MAX: usize = 1_000;
/// Proposed examples of a desk, those that were accepted included.
pub const PROPOSALS_MAX: usize = 400;
/// Versions of answers whose verdicts are counted: those of all answers in force, at least.
pub const LESSON_ROWS_MAX: usize = ANSWERS_MAX;
/// Verdicts on an answer below which they say nothing.
pub const LESSON_VERDICTS_MIN: u32 = 10;
/// Verdicts on an answer that are kept: older ones count no more for how right it is. Enough to show that an answer keeps
/// 97 %; even, and at most 106.
pub const LESSON_VERDICTS_KEPT: u32 = 100;
/// Routes of a desk.
pub const ROUTES_MAX: usize = 200;
/// Languages of a desk.
pub const LANGUAGES_MAX: usize = 40;
/// Characters of a canned answer's text in one language.
pub const ANSWER_TEXT_CHARS_MAX: usize = 8_000;
/// Placeholders in one text, however often the same.
pub const PLACEHOLDERS_USED_MAX: usize = 20;
/// Placeholders of a desk's own in one language.
pub const PLACEHOLDERS_MAX: usize = 50;
/// Characters of what stands for one.
pub const PLACEHOLDER_CHARS_MAX: usize = 200;
/// Example phrasings of one answer or route in one language.
pub const EXAMPLES_MAX: usize = 500;
/// Characters of an example phrasing.
pub const EXAMPLE_CHARS_MAX: usize = 500;
/// Head start a desk may grant at most: a day.
pub const HEAD_START_S_MAX: u32 = 86_400;
/// Seconds that a ticket may wait for somebody who speaks its language: a day.
pub const LANGUAGE_WAIT_S_MAX: u32 = 86_400;
/// Lease of a claim, shortest and longest.
pub const LEASE_S: std::ops::RangeInclusive<u32> = 30..=86_400;
/// Bytes of a desk file.
pub const DESK_FILE_BYTES_MAX: usize = 1_000_000;
/// Mistakes of a desk file that are listed.
pub const FINDINGS_MAX: usize = 50;
/// Boosts of one ticket.
pub const BOOSTS_MAX: usize = 20;
/// Characters of a payment's reference.
pub const PAYMENT_CHARS_MAX: usize = 200;
/// Seconds that what somebody says of their presence can hold: past every shift.
pub const PRESENCE_S_MAX: u32 = 57_600;
/// Seconds of a service level: a year.
pub const SERVICE_S_MAX: u32 = 31_536_000;
/// Service levels of a desk.
pub const SERVICE_LEVELS_MAX: usize = 50;
/// Packages of a desk.
pub const PACKAGES_MAX: usize = 50;
/// Problems that a package can cover in a month.
pub const PACKAGE_PROBLEMS_MAX: u32 = 10_000;
/// Days in which a customer's requests count as recent.
pub const RECENT_DAYS: u32 = 30;
/// Days ahead in which the next opening is looked for: past every yearly closure.
pub const HOURS_LOOK_AHEAD_DAYS_MAX: u32 = 400;
/// Days over which open time is counted: what takes longer than two years is not measured in hours.
pub const HOURS_COUNTED_DAYS_MAX: u32 = 800;
/// Years of a zone's clocks that a published desk keeps, before its publication and after it.
pub const ZONE_YEARS_BEFORE: i64 = 2;
/// See [`ZONE_YEARS_BEFORE`].
pub const ZONE_YEARS_AFTER: i64 = 12;
/// Holidays of one list.
pub const HOLIDAYS_MAX: usize = 400;
/// Spans of a day.
pub const SPANS_MAX: usize = 12;
/// Seconds that a forecast may reach: past a month it would be none.
pub const FORECAST_S_MAX: u32 = 30 * 86_400;
/// Claims of a line, made while others waited, before its waits are forecast.
pub const FORECAST_CLAIMS_MIN: u32 = 20;
/// Tickets that a line remembers to tell who will come ahead of others.
pub const FORECAST_NEWCOMERS_MAX: usize = 64;
/// Days that a plan of who is expected on a line reaches: a long weekend and a bit.
pub const PLAN_DAYS: u32 = 8;
/// Changes of how many people are expected that a plan holds, from now on.
pub const PLAN_STRETCHES_MAX: usize = 128;
/// Different lists of languages among those expected.
pub const PLAN_SKILLS_MAX: usize = 64;
/// People whose last claim a line remembers.
pub const RECENT_PEOPLE_MAX: usize = 64;
