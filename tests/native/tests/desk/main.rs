//! The desk in one process: one binary, for every handler is compiled again for each.

#[cfg(feature = "contract")]
mod contract;
mod customer_data;
mod customer_tokens;
mod customers;
mod desired;
mod desk_files;
mod door;
mod drafts;
mod due;
mod every_call;
mod every_error;
mod forecast;
mod handovers;
mod head_start;
mod hours;
mod journey;
mod lists;
mod long_lines;
mod many_writers;
mod named_routes;
mod packages;
mod pages;
mod people;
mod queue_odd;
mod queue_scale;
mod readme;
mod records;
mod relations;
mod rotation;
mod service_levels;
mod sign_in;
mod tier1;
mod time_box;
mod unserved;
mod versions;
