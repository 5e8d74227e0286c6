//! Firefox Translations models: text of one language in, text of another out.

use std::ffi::{c_char, c_int, CString};
use std::panic::{catch_unwind, AssertUnwindSafe};

use fxtranslate::engine::Engine;
use fxtranslate::segment::{Segmenter, Span};
use fxtranslate::shortlist::Shortlist;

use crate::boundary::{guard, text, Error, FAILED, LOAD, NOT_UTF8, TOO_LONG};

const MAX_CHARS: usize = 300;
const MAX_RUN: usize = 60;

/// The caller has cut the text into sentences; the engine's own rule would cut
/// again after "Jr." and "a.m.". What exceeds the model's window is still wrapped.
struct Whole;

impl Segmenter for Whole {
    fn sentences(&self, src: &str) -> Vec<Span> {
        let start = src.len() - src.trim_start().len();
        let content = src.trim();
        if content.is_empty() {
            return Vec::new();
        }
        vec![Span { start, end: start + content.len() }]
    }
}

/// Opaque to C.
#[allow(non_camel_case_types)]
pub struct amt_translator(Engine);

/// # Safety
/// As in `amtsleitung_native.h`.
#[no_mangle]
pub unsafe extern "C" fn amt_translate_load(
    model: *const c_char,
    source_vocab: *const c_char,
    target_vocab: *const c_char,
    lex: *const c_char,
    canary: *const c_char,
    out: *mut *mut amt_translator,
    err: *mut c_char,
    err_cap: usize,
) -> c_int {
    let work = || {
        // SAFETY: the caller's strings live as long as the call.
        let (model, source, target, lex, canary) =
            unsafe { (text(model)?, text(source_vocab)?, text(target_vocab)?, text(lex)?, text(canary)?) };
        let (Some(model), Some(source), Some(target)) = (model, source, target) else {
            return Err(Error::new(LOAD, "model and vocabularies are needed"));
        };
        let loaded = load(model, source, target, lex, canary.unwrap_or("Hello."))?;
        // SAFETY: out is writable.
        unsafe { *out = Box::into_raw(Box::new(amt_translator(loaded))) };
        Ok(())
    };
    // SAFETY: err is as promised by the caller.
    unsafe { guard(err, err_cap, work) }
}

/// The engine's readers panic on damaged files; here that is an error like any other.
fn load(model: &str, source: &str, target: &str, lex: Option<&str>, canary: &str) -> Result<Engine, Error> {
    let attempt = catch_unwind(AssertUnwindSafe(|| -> Result<Engine, String> {
        // Owned, not memory-mapped: a file truncated later would end the process with SIGBUS.
        let mut engine = Engine::load(model, source, target)?;
        if let Some(lex) = lex {
            let bytes = std::fs::read(lex).map_err(|e| format!("{lex}: {e}"))?;
            engine = engine.with_shortlist(Shortlist::from_bytes(&bytes));
        }
        match engine.translate(canary).trim() {
            "" => Err("the canary sentence comes out empty: wrong vocabulary?".into()),
            same if same == canary.trim() => Err("the canary sentence comes out unchanged".into()),
            _ => Ok(engine),
        }
    }));
    match attempt {
        Ok(result) => result.map_err(|e| Error::new(LOAD, format!("load {model}: {e}"))),
        Err(_) => Err(Error::new(LOAD, format!("load {model}: model, vocabulary or shortlist is damaged"))),
    }
}

/// # Safety
/// As in `amtsleitung_native.h`.
#[no_mangle]
pub unsafe extern "C" fn amt_translate(
    t: *const amt_translator,
    input: *const c_char,
    len: usize,
    out: *mut *mut c_char,
    err: *mut c_char,
    err_cap: usize,
) -> c_int {
    let work = || {
        // SAFETY: len readable bytes, promised by the caller; C may pass NULL for nothing.
        let bytes = if len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(input.cast::<u8>(), len) } };
        let input = std::str::from_utf8(bytes).map_err(|_| Error::new(NOT_UTF8, "the text is not UTF-8"))?;
        check_length(input)?;
        // SAFETY: t comes from amt_translate_load and is not freed yet.
        let translated = unsafe { &(*t).0 }.translate_segmented(input, &Whole);
        let c = CString::new(translated).map_err(|_| Error::new(FAILED, "the translation holds a NUL"))?;
        // SAFETY: out is writable.
        unsafe { *out = c.into_raw() };
        Ok(())
    };
    // SAFETY: err is as promised by the caller.
    unsafe { guard(err, err_cap, work) }
}

fn check_length(input: &str) -> Result<(), Error> {
    let chars = input.chars().count();
    if chars > MAX_CHARS {
        return Err(Error::new(TOO_LONG, format!("the text has {chars} characters, {MAX_CHARS} are allowed")));
    }
    let run = input.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
    if run > MAX_RUN {
        return Err(Error::new(TOO_LONG, format!("the text has {run} characters without a space, {MAX_RUN} are allowed")));
    }
    Ok(())
}

/// # Safety
/// `t` comes from `amt_translate_load` and is not used any more.
#[no_mangle]
pub unsafe extern "C" fn amt_translate_free(t: *mut amt_translator) {
    if !t.is_null() {
        // SAFETY: made by Box::into_raw.
        drop(unsafe { Box::from_raw(t) });
    }
}

/// # Safety
/// `s` comes from this library and is not used any more.
#[no_mangle]
pub unsafe extern "C" fn amt_string_free(s: *mut c_char) {
    if !s.is_null() {
        // SAFETY: made by CString::into_raw.
        drop(unsafe { CString::from_raw(s) });
    }
}
