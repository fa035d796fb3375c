// SPDX-License-Identifier: Apache-2.0
//! The part of the C interface (dlrgw/abi/*.h, SDK 1.0) that a quirk needs, mirrored by hand. Structs only grow at their
//! end, so this mirror stays right for every 1.x host; the sizes below are those of 1.0.
#![allow(dead_code)]
use std::mem::size_of;
use std::os::raw::c_void;

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
    pub fn fill(&mut self, code: i32, text: &str) -> i32 {
        let len = text.len().min(self.text.len());
        self.text[..len].copy_from_slice(&text.as_bytes()[..len]);
        self.text_len = len as u32;
        self.code = code;
        code
    }
}

pub const OK: i32 = 0;
pub const E_DENIED: i32 = 6;
pub const E_INTERNAL: i32 = 8;
pub const ABI_MAJOR: u32 = 1;
pub const QUIRK_NOT_MINE: u32 = 0;
pub const QUIRK_HANDLED: u32 = 1;
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
pub struct Registrar {
    pub struct_size: u32,
    pub reserved: u32,
    pub this: *mut c_void,
    pub add_stage: *const c_void,
    pub add_quirk: extern "C" fn(this: *mut c_void, quirk: *const QuirkClass, user: *mut c_void, error: *mut Error) -> i32,
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
    pub options: *const c_void,
    pub option_count: u32,
    pub option_stride: u32,
    pub reasons: *const c_void,
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
unsafe impl Sync for Plugin {}

// Checked against dlrgw/abi when this was written.
const _: () = assert!(size_of::<Str>() == 16);
const _: () = assert!(size_of::<Error>() == 256);
const _: () = assert!(size_of::<QuirkClass>() == 80);
const _: () = assert!(size_of::<Plugin>() == 160);
