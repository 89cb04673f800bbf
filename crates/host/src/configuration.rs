//! `spin:variables` and `wasi:config`: the component's own variables.

use wasmtime::component::{Access, Accessor};

use crate::bindings::spin::variables::variables;
use crate::bindings::wasi::config::store as config;
use crate::guest::{GuestState, HostApi};
use crate::manifest::is_variable_name;

impl variables::Host for GuestState {}

impl variables::HostWithStore<GuestState> for HostApi {
    async fn get(
        accessor: &Accessor<GuestState, Self>,
        name: String,
    ) -> wasmtime::Result<Result<String, variables::Error>> {
        let value = accessor.with(|mut access| access.get().component.variables.get(&name).cloned());
        Ok(value.ok_or_else(|| match is_variable_name(&name) {
            true => variables::Error::Undefined(format!("no variable `{name}` for this component")),
            false => variables::Error::InvalidName(name),
        }))
    }
}

impl config::Host for GuestState {}

impl config::HostWithStore<GuestState> for HostApi {
    async fn get(
        mut access: Access<'_, GuestState, Self>,
        key: String,
    ) -> wasmtime::Result<Result<Option<String>, config::Error>> {
        Ok(Ok(access.get().component.variables.get(&key).cloned()))
    }

    async fn get_all(
        mut access: Access<'_, GuestState, Self>,
    ) -> wasmtime::Result<Result<Vec<(String, String)>, config::Error>> {
        let variables = &access.get().component.variables;
        Ok(Ok(variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect()))
    }
}
