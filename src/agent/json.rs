//! Paths in JSON.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A path may have any bytes, and a string of JSON may not.
pub(super) fn bytes(path: &Path) -> Value {
    Value::from(path.as_os_str().as_bytes())
}

/// `None` for JSON of another form.
pub(super) fn path_of(value: &Value) -> Option<PathBuf> {
    let byte = |value: &Value| u8::try_from(value.as_u64()?).ok();
    let bytes: Option<Vec<u8>> = value.as_array()?.iter().map(byte).collect();
    Some(OsString::from_vec(bytes?).into())
}
