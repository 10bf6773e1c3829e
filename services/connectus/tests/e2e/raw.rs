//! Calls by an rpc's name, with messages as bytes.

use connectus_proto::FILE_DESCRIPTOR_SET;
use prost::{
    Message,
    bytes::{Buf, BufMut},
};
use prost_reflect::{DescriptorPool, MessageDescriptor, MethodDescriptor};
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::Channel,
};

/// Messages as bytes.
#[derive(Clone, Default)]
struct RawCodec;

impl Codec for RawCodec {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for RawCodec {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for RawCodec {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining()).to_vec()))
    }
}

/// Calls an rpc by its name (`package.Service/Method`), and returns its first answer.
pub(crate) async fn call(channel: &Channel, rpc: &str, request: Request<Vec<u8>>) -> Result<Vec<u8>, Status> {
    let mut client = Grpc::new(channel.clone());
    client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let path = format!("/{rpc}").parse().unwrap();
    let mut answers = client.server_streaming(request, path, RawCodec).await?.into_inner();
    Ok(answers.message().await?.unwrap_or_default())
}

/// The bytes of a message.
pub(crate) fn bytes(message: &impl Message) -> Vec<u8> {
    message.encode_to_vec()
}

/// The name of an rpc, `package.Service/Method`.
pub(crate) fn name(rpc: &MethodDescriptor) -> String {
    format!("{}/{}", rpc.parent_service().full_name(), rpc.name())
}

/// The contracts, with the options that they define.
pub(crate) fn contracts() -> DescriptorPool {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap()
}

/// Every rpc that the gateway offers, by the contracts.
pub(crate) fn public_rpcs() -> Vec<MethodDescriptor> {
    rpcs(|service| !is_for_services(service))
}

/// Every rpc that is for the suite's own services and for operators.
pub(crate) fn internal_rpcs() -> Vec<MethodDescriptor> {
    rpcs(is_for_services)
}

fn is_for_services(service: &str) -> bool {
    service.ends_with("InternalService") || service.ends_with("AdminService")
}

fn rpcs(of: impl Fn(&str) -> bool) -> Vec<MethodDescriptor> {
    let contracts = contracts();
    let services =
        contracts.services().filter(|service| of(service.name()) && service.full_name().starts_with("connectus."));
    services.flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
}

/// Whether a message has one of some types, however deep in it.
pub(crate) fn has(message: &MessageDescriptor, types: &[&str]) -> bool {
    let mut seen = Vec::new();
    let mut todo = vec![message.clone()];
    while let Some(message) = todo.pop() {
        if types.contains(&message.full_name()) {
            return true;
        }
        if !seen.contains(&message) {
            todo.extend(message.fields().filter_map(|field| field.kind().as_message().cloned()));
            seen.push(message);
        }
    }
    false
}
