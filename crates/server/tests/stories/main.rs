//! Stories: what partners, clients and the operator live through, told in process on both engines,
//! with a clock that the test moves. Each story is one body, run on SQLite and on PostgreSQL.

#![cfg(test)]

mod support;

mod architecture;
mod attacks;
mod clients;
mod connections;
mod content;
mod deliveries;
mod faces;
mod floods;
mod forgeries;
mod guessing;
mod headers;
mod inbound;
mod life;
mod links;
mod matrix;
mod secrets;
mod sending;
mod tokens;
mod ways;
