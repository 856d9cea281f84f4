//! The AWS Lambda function, under the name that Lambda's `provided` runtimes start. What it does is in `docs/LAMBDA.md`.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Events and answers hold plaintext: whatever memory is given back is zeroed.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    edgeseal_decryptor::lambda::run()
}
