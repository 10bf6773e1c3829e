//! The contracts of the ConnectUS services: messages, clients and servers made from the .proto files beside this crate.

// The generated code carries the contracts' comments, in their style.
#![allow(missing_docs, unreachable_pub, clippy::pedantic)]

/// Types that several services share.
pub mod common {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("connectus.common.v1");
    }
}

/// Credentials and access tokens.
pub mod auth {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("connectus.auth.v1");
    }
}

/// Accounts, profiles and settings.
pub mod account {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("connectus.account.v1");
    }
}

/// Experiences and their confirmation.
pub mod experience {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("connectus.experience.v1");
    }
}

/// Posts and notifications.
pub mod social {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("connectus.social.v1");
    }
}

/// What organizations gather about their people.
pub mod community {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("connectus.community.v1");
    }
}

mod error_reason;

/// Every file of the contracts with its imports and comments, as an encoded `google.protobuf.FileDescriptorSet`.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/connectus.bin"));
