//! Scenarios in virtual time, and a property test against a naive model.

mod model;
mod scenarios;
mod world;
