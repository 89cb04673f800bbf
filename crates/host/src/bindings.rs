//! What `bindgen!` makes of `wit/`: the interfaces this host implements itself.

wasmtime::component::bindgen!({
    path: "wit",
    world: "tierline:host/host",
    imports: { default: async | store | trappable },
    with: {
        "wasi:keyvalue/store.bucket": crate::keyvalue::Bucket,
        "wasi:keyvalue/atomics.cas": crate::keyvalue::Cas,
        "spin:key-value/key-value.store": crate::keyvalue::Bucket,
    },
    require_store_data_send: true,
});
