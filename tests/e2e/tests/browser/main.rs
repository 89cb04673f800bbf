//! Customers' pages in a real browser, on the real thing: by mouse and by keyboard, narrow and wide, light and dark.

mod cutter;
mod journeys;
mod live;
mod odd;
mod pages;
mod site;
mod widget;
mod world;
