// SPDX-License-Identifier: Apache-2.0
//! The operator mno-acme says its states in German and appends its site to message ids: "00A1B2-FRA".
mod dlrgw;
use dlrgw::*;
use std::os::raw::c_void;
use std::ptr::null;

const SITE: &[u8] = b"-FRA";

/// One per plugin instance: after a reload an old and a new one live side by side.
struct MnoAcme {
    edit: *const Edit,
}

impl MnoAcme {
    fn set(&self, receipt: &Receipt, field: u32, value: &[u8]) -> Result<(), i32> {
        let edit = unsafe { &*self.edit };
        match (edit.set_text)(edit.this, receipt.handle, field, Str::borrowed(value)) {
            OK => Ok(()),
            code => Err(code),
        }
    }

    /// Ok(true): handled. Ok(false): not mine, profile and standard mapping go on.
    fn apply(&self, receipt: &Receipt) -> Result<bool, i32> {
        let id = unsafe { receipt.operator_message_id.bytes() };
        if !id.ends_with(SITE) {
            return Ok(false);
        }
        self.set(receipt, EDIT_OPERATOR_MESSAGE_ID, &id[..id.len() - SITE.len()])?;
        match unsafe { receipt.raw_status.bytes() } {
            b"ZUGESTELLT" => self.set(receipt, EDIT_RAW_STATUS, b"DELIVRD")?,
            b"UNZUSTELLBAR" => self.set(receipt, EDIT_RAW_STATUS, b"UNDELIV")?,
            _ => {}
        }
        Ok(true)
    }
}

extern "C" fn apply(this: *mut c_void, receipt: *const Receipt, result: *mut u32, error: *mut Error) -> i32 {
    guarded(error, || {
        let (quirk, receipt) = unsafe { (&*(this as *const MnoAcme), &*receipt) };
        let handled = quirk.apply(receipt).map_err(|code| (code, "the host refused an edit"))?;
        unsafe { *result = if handled { QUIRK_HANDLED } else { QUIRK_NOT_MINE } };
        Ok(())
    })
}

// The quirk keeps nothing per lane, so that all lanes share the plugin's instance.
extern "C" fn create_quirk(user: *mut c_void, _lane: u32, this: *mut *mut c_void, _error: *mut Error) -> i32 {
    unsafe { *this = user };
    OK
}
extern "C" fn destroy_quirk(_this: *mut c_void) {}

static OPERATORS: [Str; 1] = [Str::from("mno-acme")];
static QUIRK: QuirkClass = QuirkClass {
    struct_size: std::mem::size_of::<QuirkClass>() as u32,
    flags: 0,
    name: Str::from("mno-acme"),
    operators: OPERATORS.as_ptr(),
    operators_count: 1,
    operators_stride: std::mem::size_of::<Str>() as u32,
    create: create_quirk,
    activate: None,
    apply,
    deactivate: None,
    destroy: destroy_quirk,
};

extern "C" fn create(host: *const Host, registrar: *mut Registrar, this: *mut *mut c_void, error: *mut Error) -> i32 {
    let (host, registrar) = unsafe { (&*host, &*registrar) };
    let edit = (host.get_service)(host.this, Str::from("dlrgw.edit/1")) as *const Edit;
    if edit.is_null() {
        return unsafe { (*error).fill(E_DENIED, "dlrgw.edit/1 is not offered") };
    }
    let plugin = Box::into_raw(Box::new(MnoAcme { edit }));
    let code = (registrar.add_quirk)(registrar.this, &QUIRK, plugin as *mut c_void, error);
    if code != OK {
        drop(unsafe { Box::from_raw(plugin) });
        return code;
    }
    unsafe { *this = plugin as *mut c_void };
    OK
}
extern "C" fn destroy(this: *mut c_void) {
    drop(unsafe { Box::from_raw(this as *mut MnoAcme) });
}

static PLUGIN: Plugin = Plugin {
    struct_size: std::mem::size_of::<Plugin>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor_needed: 0,
    flags: 0,
    id: Str::from("mno-acme"),
    version: Str::from("1.0.0"),
    vendor: Str::from(""),
    description: Str::from("A quirk in Rust"),
    options: null(),
    option_count: 0,
    option_stride: 0,
    reasons: null(),
    reason_count: 0,
    reason_stride: 0,
    migrations: null(),
    migration_count: 0,
    migration_stride: 0,
    services: null(),
    service_count: 0,
    service_stride: 0,
    create,
    destroy,
};

#[no_mangle]
pub extern "C" fn dlrgw_plugin_entry_v1() -> *const Plugin {
    &PLUGIN
}
