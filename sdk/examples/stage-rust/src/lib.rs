// SPDX-License-Identifier: Apache-2.0
//! Ends the receipts of operators that an option lists, with the outcome "dropped".
mod dlrgw;
use dlrgw::*;
use std::mem::size_of;
use std::os::raw::c_void;
use std::ptr::null;

/// Index into the plugin's reasons.
const MUTED: u32 = 0;

/// One per plugin instance: after a reload an old and a new one live side by side. Read by all lanes, changed by none.
struct AcmeMute {
    muted: Vec<Vec<u8>>,
}

impl AcmeMute {
    fn decide(&self, operator_id: &[u8]) -> Decision {
        if self.muted.iter().any(|id| id == operator_id) {
            Decision::Drop(MUTED)
        } else {
            Decision::Pass
        }
    }
}

extern "C" fn process(this: *mut c_void, batch: *const Batch, verdicts: *mut Verdict, error: *mut Error) -> i32 {
    guarded(error, || {
        let (stage, batch) = unsafe { (&*(this as *const AcmeMute), &*batch) };
        for i in 0..batch.count {
            let decision = unsafe { stage.decide(batch.receipt(i).operator_id.bytes()) };
            unsafe { batch.decide(verdicts, i, decision) };
        }
        Ok(())
    })
}

// The stage keeps nothing per lane, so that all lanes share the plugin's instance.
extern "C" fn create_stage(user: *mut c_void, _lane: u32, this: *mut *mut c_void, _error: *mut Error) -> i32 {
    unsafe { *this = user };
    OK
}
extern "C" fn destroy_stage(_this: *mut c_void) {}

static STAGE: StageClass = StageClass {
    struct_size: size_of::<StageClass>() as u32,
    flags: STAGE_OFFLINE,
    name: Str::from("acme.mute"),
    needs: null(),
    provides: null(),
    needs_count: 0,
    needs_stride: 0,
    provides_count: 0,
    provides_stride: 0,
    create: create_stage,
    activate: None,
    process,
    settled: None,
    deactivate: None,
    destroy: destroy_stage,
};

extern "C" fn create(host: *const Host, registrar: *mut Registrar, this: *mut *mut c_void, error: *mut Error) -> i32 {
    guarded(error, || {
        let (host, registrar) = unsafe { (&*host, &*registrar) };
        // Declared below, so never null.
        let config = unsafe { &*((host.get_service)(host.this, SERVICES[0]) as *const Config) };
        let muted = config.list("muted").map_err(|code| (code, "the option muted cannot be read"))?;
        let plugin = Box::into_raw(Box::new(AcmeMute { muted }));
        let code = (registrar.add_stage)(registrar.this, &STAGE, plugin as *mut c_void, error);
        if code != OK {
            drop(unsafe { Box::from_raw(plugin) });
            return Err((code, "")); // the host has said why
        }
        unsafe { *this = plugin as *mut c_void };
        Ok(())
    })
}
extern "C" fn destroy(this: *mut c_void) {
    drop(unsafe { Box::from_raw(this as *mut AcmeMute) });
}

static SERVICES: [Str; 1] = [Str::from("dlrgw.config/1")];
static OPTIONS: [PluginOption; 1] = [PluginOption {
    struct_size: size_of::<PluginOption>() as u32,
    kind: OPTION_STRING_LIST,
    flags: 0,
    reserved: 0,
    key: Str::from("muted"),
    default_value: Str::from(""),
    allowed: Str::from(""),
    help: Str::from("operators whose receipts end here"),
}];
static REASONS: [Reason; 1] = [Reason {
    struct_size: size_of::<Reason>() as u32,
    flags: 0,
    name: Str::from("muted"),
    outcome: Str::from("dropped"),
}];
static PLUGIN: Plugin = Plugin {
    struct_size: size_of::<Plugin>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor_needed: 0,
    flags: 0,
    id: Str::from("acme-mute"),
    version: Str::from("1.0.0"),
    vendor: Str::from(""),
    description: Str::from("Ends the receipts of some operators"),
    options: OPTIONS.as_ptr(),
    option_count: 1,
    option_stride: size_of::<PluginOption>() as u32,
    reasons: REASONS.as_ptr(),
    reason_count: 1,
    reason_stride: size_of::<Reason>() as u32,
    migrations: null(),
    migration_count: 0,
    migration_stride: 0,
    services: SERVICES.as_ptr(),
    service_count: 1,
    service_stride: size_of::<Str>() as u32,
    create,
    destroy,
};

#[no_mangle]
pub extern "C" fn dlrgw_plugin_entry_v1() -> *const Plugin {
    &PLUGIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_receipts_of_listed_operators_alone() {
        let stage = AcmeMute { muted: vec![b"mno-quiet".to_vec(), b"mno-mute".to_vec()] };
        assert_eq!(stage.decide(b"mno-mute"), Decision::Drop(MUTED));
        assert_eq!(stage.decide(b"mno-mute-2"), Decision::Pass);
        assert_eq!(stage.decide(b""), Decision::Pass);
    }

    #[test]
    fn writes_each_verdict_where_the_host_keeps_it() {
        let stage = AcmeMute { muted: vec![b"mno-mute".to_vec()] };
        let receipts = [test_receipt("mno-loud"), test_receipt("mno-mute")];
        let batch = test_batch(&receipts);
        let mut verdicts = [Verdict::default(), Verdict::default()];
        let this = &stage as *const AcmeMute as *mut c_void;
        let mut error = Error::empty();
        assert_eq!(process(this, &batch, verdicts.as_mut_ptr(), &mut error), OK);
        assert_eq!(verdicts[0].action, ACTION_CONTINUE);
        assert_eq!((verdicts[1].action, verdicts[1].reason), (ACTION_DROP, MUTED));
    }
}
