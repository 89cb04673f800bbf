//! The engine by what it says: of a small shop, and of the demo brand.

mod bad_examples;
mod brand;
mod demo_brand;
mod languages;
mod limits;
mod named_routes;
mod promise;
mod rules;
mod shop;
mod speed;
