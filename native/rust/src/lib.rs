//! C interface of the Rust parts; `amtsleitung_native.h` says what each function does.

mod boundary;
mod translate;
