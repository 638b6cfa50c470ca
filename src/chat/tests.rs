//! Scenarios in virtual time, and property tests against naive models.

mod amending;
mod away;
mod directory;
mod handover;
mod heard;
mod hellos;
mod invitations;
mod lanes;
mod model;
mod private;
mod restarts;
mod rooms;
mod scenarios;
mod searches;
mod seats;
mod world;
