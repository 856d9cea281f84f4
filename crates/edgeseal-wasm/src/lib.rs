//! The wasm-bindgen surface of [`edgeseal`]; it converts, calls and maps errors.
