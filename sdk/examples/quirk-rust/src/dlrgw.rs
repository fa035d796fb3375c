// SPDX-License-Identifier: Apache-2.0
//! The part of the C interface (dlrgw/abi/*.h, SDK 1.0) that quirks and stages need, mirrored by hand. Structs only grow at
//! their end, so this mirror stays right for every 1.x host; the sizes below are those of 1.0.
#![allow(dead_code)]
use std::mem::size_of;
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub ptr: *const u8,
    pub len: u64,
}

impl Str {
    pub const fn from(text: &'static str) -> Str {
        Str { ptr: text.as_ptr(), len: text.len() as u64 }
    }
    pub fn borrowed(text: &[u8]) -> Str {
        Str { ptr: text.as_ptr(), len: text.len() as u64 }
    }
    /// # Safety
    /// The bytes must live as long as the answer is used: in a quirk, until apply() returns.
    pub unsafe fn bytes<'a>(&self) -> &'a [u8] {
        if self.len == 0 {
            return &[];
        }
        std::slice::from_raw_parts(self.ptr, self.len as usize)
    }
}

#[repr(C)]
pub struct Error {
    pub struct_size: u32,
    pub code: i32,
    pub text_len: u32,
    pub text: [u8; 244],
}

impl Error {
    pub const fn empty() -> Error {
        Error { struct_size: size_of::<Error>() as u32, code: OK, text_len: 0, text: [0; 244] }
    }
    pub fn fill(&mut self, code: i32, text: &str) -> i32 {
        let len = text.len().min(self.text.len());
        self.text[..len].copy_from_slice(&text.as_bytes()[..len]);
        self.text_len = len as u32;
        self.code = code;
        code
    }
}

/// What a function of the interface answers; no panic may cross into the host. A refusal is a code and its sentence; an
/// empty sentence leaves what the error holds already.
pub fn guarded(error: *mut Error, work: impl FnOnce() -> Result<(), (i32, &'static str)>) -> i32 {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => OK,
        Ok(Err((code, ""))) => code,
        Ok(Err((code, text))) => unsafe { (*error).fill(code, text) },
        Err(_) => unsafe { (*error).fill(E_INTERNAL, "panicked") },
    }
}

pub const OK: i32 = 0;
pub const E_NOT_FOUND: i32 = 5;
pub const E_DENIED: i32 = 6;
pub const E_INTERNAL: i32 = 8;
pub const ABI_MAJOR: u32 = 1;
pub const QUIRK_NOT_MINE: u32 = 0;
pub const QUIRK_HANDLED: u32 = 1;
pub const ACTION_CONTINUE: u32 = 1;
pub const ACTION_DROP: u32 = 2;
pub const ACTION_RETRY: u32 = 3;
pub const ACTION_REJECT: u32 = 4;
pub const STAGE_OFFLINE: u32 = 2;
pub const OPTION_STRING: u32 = 1;
pub const OPTION_INT: u32 = 2;
pub const OPTION_STRING_LIST: u32 = 6;
pub const EDIT_RAW_STATUS: u32 = 2;
pub const EDIT_OPERATOR_MESSAGE_ID: u32 = 5;

#[repr(C)]
pub struct Receipt {
    pub struct_size: u32,
    pub delivery_count: u32,
    pub handle: u64,
    pub stream_seq: u64,
    pub status: i32,
    pub stage_retries: u32,
    pub message_state: u32,
    pub segment_index: u32,
    pub segment_total: u32,
    pub candidate_count: u32,
    pub candidate_stride: u32,
    pub flag_count: u32,
    pub received_at_us: i64,
    pub dlr_timestamp_us: i64,
    pub stream_time_us: i64,
    pub candidates: *const c_void,
    pub event_id: Str,
    pub operator_id: Str,
    pub operator_message_id: Str,
    pub raw_status: Str,
    pub error_code: Str,
}

/// The receipts that are still alive at a stage.
#[repr(C)]
pub struct Batch {
    pub struct_size: u32,
    pub count: u32,
    pub item_size: u32,
    pub item_stride: u32,
    pub verdict_stride: u32,
    pub flags: u32,
    pub items: *const c_void,
    pub uow: *mut c_void,
    pub batch_id: u64,
    pub deadline_us: i64,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Verdict {
    pub action: u32,
    pub retry_after_ms: u32,
    pub reason: u32,
    pub reserved: u32,
}

/// What becomes of a receipt; reasons are indexes into those that the plugin declares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    Pass,
    Drop(u32),
    Retry { after_ms: u32, reason: u32 },
    Reject(u32),
}

impl Batch {
    /// # Safety
    /// i is below count. The receipt lives until process() or settled() returns.
    pub unsafe fn receipt(&self, i: u32) -> &Receipt {
        let item = (self.items as *const u8).add(i as usize * self.item_stride as usize);
        &*(item as *const Receipt)
    }
    /// # Safety
    /// i is below count, and verdicts are those of the process() that this batch was given to.
    pub unsafe fn decide(&self, verdicts: *mut Verdict, i: u32, decision: Decision) {
        let at = (verdicts as *mut u8).add(i as usize * self.verdict_stride as usize) as *mut Verdict;
        let (action, retry_after_ms, reason) = match decision {
            Decision::Pass => (ACTION_CONTINUE, 0, 0),
            Decision::Drop(reason) => (ACTION_DROP, 0, reason),
            Decision::Retry { after_ms, reason } => (ACTION_RETRY, after_ms, reason),
            Decision::Reject(reason) => (ACTION_REJECT, 0, reason),
        };
        *at = Verdict { action, retry_after_ms, reason, reserved: 0 };
    }
}

pub const FATE_COMMITTED: u32 = 1;

#[repr(C)]
pub struct Outcome {
    pub struct_size: u32,
    pub fate: u32,
    pub outcome: Str,
}

/// One outcome per receipt of the batch that process() saw, in its order.
#[repr(C)]
pub struct Outcomes {
    pub struct_size: u32,
    pub count: u32,
    pub item_stride: u32,
    pub flags: u32,
    pub items: *const c_void,
}

impl Outcomes {
    /// # Safety
    /// i is below count. It lives until settled() returns.
    pub unsafe fn outcome(&self, i: u32) -> &Outcome {
        &*((self.items as *const u8).add(i as usize * self.item_stride as usize) as *const Outcome)
    }
}

/// dlrgw.config/1. `owner` below: an empty Str is [plugins.options], else an operator's profile.
#[repr(C)]
pub struct Config {
    pub struct_size: u32,
    pub revision: u32,
    pub this: *mut c_void,
    pub get_string: extern "C" fn(this: *mut c_void, owner: Str, key: Str, out: *mut Str) -> i32,
    pub get_int: extern "C" fn(this: *mut c_void, owner: Str, key: Str, out: *mut i64) -> i32,
    pub get_float: extern "C" fn(this: *mut c_void, owner: Str, key: Str, out: *mut f64) -> i32,
    pub get_bool: extern "C" fn(this: *mut c_void, owner: Str, key: Str, out: *mut i32) -> i32,
    pub get_duration_us: extern "C" fn(this: *mut c_void, owner: Str, key: Str, out: *mut i64) -> i32,
    pub get_size: extern "C" fn(this: *mut c_void, owner: Str, key: Str, out: *mut u32) -> i32,
    pub get_entry:
        extern "C" fn(this: *mut c_void, owner: Str, key: Str, index: u32, name: *mut Str, value: *mut Str) -> i32,
}

impl Config {
    /// The entries of a list of [plugins.options], in the order of the file; none when it is left out.
    pub fn list(&self, key: &'static str) -> Result<Vec<Vec<u8>>, i32> {
        let mut size = 0;
        match (self.get_size)(self.this, Str::from(""), Str::from(key), &mut size) {
            OK => {}
            E_NOT_FOUND => return Ok(Vec::new()),
            code => return Err(code),
        }
        let mut entries = Vec::new();
        for i in 0..size {
            let (mut name, mut value) = (Str::from(""), Str::from(""));
            let code = (self.get_entry)(self.this, Str::from(""), Str::from(key), i, &mut name, &mut value);
            if code != OK {
                return Err(code);
            }
            entries.push(unsafe { value.bytes() }.to_vec());
        }
        Ok(entries)
    }
}

#[repr(C)]
pub struct Edit {
    pub struct_size: u32,
    pub revision: u32,
    pub this: *mut c_void,
    pub set_text: extern "C" fn(this: *mut c_void, receipt: u64, field: u32, value: Str) -> i32,
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub this: *mut c_void,
    pub name: Str,
    pub version: Str,
    pub get_service: extern "C" fn(this: *mut c_void, id: Str) -> *const c_void,
}

#[repr(C)]
pub struct QuirkClass {
    pub struct_size: u32,
    pub flags: u32,
    pub name: Str,
    pub operators: *const Str,
    pub operators_count: u32,
    pub operators_stride: u32,
    pub create: extern "C" fn(user: *mut c_void, lane: u32, this: *mut *mut c_void, error: *mut Error) -> i32,
    pub activate: Option<extern "C" fn(this: *mut c_void, error: *mut Error) -> i32>,
    pub apply: extern "C" fn(this: *mut c_void, receipt: *const Receipt, result: *mut u32, error: *mut Error) -> i32,
    pub deactivate: Option<extern "C" fn(this: *mut c_void)>,
    pub destroy: extern "C" fn(this: *mut c_void),
}

#[repr(C)]
pub struct StageClass {
    pub struct_size: u32,
    pub flags: u32,
    pub name: Str,
    pub needs: *const Str,
    pub provides: *const Str,
    pub needs_count: u32,
    pub needs_stride: u32,
    pub provides_count: u32,
    pub provides_stride: u32,
    pub create: extern "C" fn(user: *mut c_void, lane: u32, this: *mut *mut c_void, error: *mut Error) -> i32,
    pub activate: Option<extern "C" fn(this: *mut c_void, error: *mut Error) -> i32>,
    pub process:
        extern "C" fn(this: *mut c_void, batch: *const Batch, verdicts: *mut Verdict, error: *mut Error) -> i32,
    pub settled: Option<extern "C" fn(this: *mut c_void, batch: *const Batch, outcomes: *const Outcomes)>,
    pub deactivate: Option<extern "C" fn(this: *mut c_void)>,
    pub destroy: extern "C" fn(this: *mut c_void),
}

#[repr(C)]
pub struct Registrar {
    pub struct_size: u32,
    pub reserved: u32,
    pub this: *mut c_void,
    pub add_stage: extern "C" fn(this: *mut c_void, stage: *const StageClass, user: *mut c_void, error: *mut Error) -> i32,
    pub add_quirk: extern "C" fn(this: *mut c_void, quirk: *const QuirkClass, user: *mut c_void, error: *mut Error) -> i32,
}

/// One key of the plugin's table in gateway.toml.
#[repr(C)]
pub struct PluginOption {
    pub struct_size: u32,
    pub kind: u32,
    pub flags: u32,
    pub reserved: u32,
    pub key: Str,
    pub default_value: Str,
    pub allowed: Str,
    pub help: Str,
}

/// Why a receipt was dropped, retried or rejected.
#[repr(C)]
pub struct Reason {
    pub struct_size: u32,
    pub flags: u32,
    pub name: Str,
    pub outcome: Str,
}

#[repr(C)]
pub struct Plugin {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor_needed: u32,
    pub flags: u32,
    pub id: Str,
    pub version: Str,
    pub vendor: Str,
    pub description: Str,
    pub options: *const PluginOption,
    pub option_count: u32,
    pub option_stride: u32,
    pub reasons: *const Reason,
    pub reason_count: u32,
    pub reason_stride: u32,
    pub migrations: *const c_void,
    pub migration_count: u32,
    pub migration_stride: u32,
    pub services: *const Str,
    pub service_count: u32,
    pub service_stride: u32,
    pub create: extern "C" fn(host: *const Host, registrar: *mut Registrar, this: *mut *mut c_void, error: *mut Error) -> i32,
    pub destroy: extern "C" fn(this: *mut c_void),
}

// Static data of functions and constants; nothing of it changes.
unsafe impl Sync for Str {}
unsafe impl Sync for QuirkClass {}
unsafe impl Sync for StageClass {}
unsafe impl Sync for PluginOption {}
unsafe impl Sync for Reason {}
unsafe impl Sync for Plugin {}

// Checked against dlrgw/abi when this was written.
const _: () = assert!(size_of::<Str>() == 16);
const _: () = assert!(size_of::<Error>() == 256);
const _: () = assert!(size_of::<QuirkClass>() == 80);
const _: () = assert!(size_of::<StageClass>() == 104);
const _: () = assert!(size_of::<Batch>() == 56);
const _: () = assert!(size_of::<Verdict>() == 16);
const _: () = assert!(size_of::<Outcome>() == 24);
const _: () = assert!(size_of::<Outcomes>() == 24);
const _: () = assert!(size_of::<PluginOption>() == 80);
const _: () = assert!(size_of::<Reason>() == 40);
const _: () = assert!(size_of::<Plugin>() == 160);

/// A receipt of an operator, for tests of one's own; everything else of it is empty.
#[cfg(test)]
pub fn test_receipt(operator_id: &'static str) -> Receipt {
    let mut receipt: Receipt = unsafe { std::mem::zeroed() };
    receipt.struct_size = size_of::<Receipt>() as u32;
    receipt.handle = 1;
    receipt.operator_id = Str::from(operator_id);
    receipt
}

/// A batch of such receipts.
#[cfg(test)]
pub fn test_batch(receipts: &[Receipt]) -> Batch {
    Batch {
        struct_size: size_of::<Batch>() as u32,
        count: receipts.len() as u32,
        item_size: size_of::<Receipt>() as u32,
        item_stride: size_of::<Receipt>() as u32,
        verdict_stride: size_of::<Verdict>() as u32,
        flags: 0,
        items: receipts.as_ptr() as *const c_void,
        uow: std::ptr::null_mut(),
        batch_id: 1,
        deadline_us: i64::MAX,
    }
}
