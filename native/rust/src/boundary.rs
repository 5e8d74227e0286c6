//! What every entry point needs: panics stop here, errors become a status and one line of text.

use std::cell::Cell;
use std::ffi::{c_char, c_int, CStr};
use std::panic::{catch_unwind, set_hook, AssertUnwindSafe};
use std::sync::Once;

pub const OK: c_int = 0;
pub const LOAD: c_int = 1;
pub const NOT_UTF8: c_int = 2;
pub const TOO_LONG: c_int = 3;
pub const FAILED: c_int = 4;

pub struct Error {
    pub status: c_int,
    pub text: String,
}

impl Error {
    pub fn new(status: c_int, text: impl Into<String>) -> Error {
        Error { status, text: text.into() }
    }
}

thread_local! {
    static PANIC_LINE: Cell<u32> = const { Cell::new(0) };
}

/// Rust's own hook would print the panic's message, which can hold a caller's words; only the line is kept.
fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| set_hook(Box::new(|info| PANIC_LINE.set(info.location().map_or(0, |l| l.line())))));
}

/// Runs `work` so that neither an error nor a panic passes into C.
///
/// # Safety
/// `err` points to `err_cap` writable bytes or is NULL.
pub unsafe fn guard(err: *mut c_char, err_cap: usize, work: impl FnOnce() -> Result<(), Error>) -> c_int {
    quiet_panics();
    let failure = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return OK,
        Ok(Err(e)) => e,
        Err(_) => Error::new(FAILED, format!("the translation engine panicked (line {})", PANIC_LINE.get())),
    };
    // SAFETY: promised by the caller.
    unsafe { write_text(&failure.text, err, err_cap) };
    failure.status
}

unsafe fn write_text(text: &str, err: *mut c_char, cap: usize) {
    if err.is_null() || cap == 0 {
        return;
    }
    let mut n = text.len().min(cap - 1);
    while !text.is_char_boundary(n) {
        n -= 1;
    }
    // SAFETY: n + 1 <= cap bytes are writable.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr().cast(), err, n);
        *err.add(n) = 0;
    }
}

/// Borrows a C string; None for NULL.
///
/// # Safety
/// `s` is NULL or NUL-terminated and outlives the result.
pub unsafe fn text<'a>(s: *const c_char) -> Result<Option<&'a str>, Error> {
    if s.is_null() {
        return Ok(None);
    }
    // SAFETY: promised by the caller.
    let bytes = unsafe { CStr::from_ptr(s) };
    bytes.to_str().map(Some).map_err(|_| Error::new(NOT_UTF8, "the argument is not UTF-8"))
}
