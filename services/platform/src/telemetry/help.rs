//! What each metric is about, which `/metrics` says beside it.

use metrics::{counter, describe_counter, describe_gauge, describe_histogram};

/// Describes every metric, and has those count from zero that most processes never count: nobody sees a first one otherwise.
pub(super) fn describe() {
    describe_gauge!("connectus_build_info", "Which version runs; the value is always 1.");
    describe_requests();
    describe_outbox();
    describe_community();
    describe_database();
    describe_process();
}

fn describe_requests() {
    describe_histogram!(
        "connectus_http_request_duration_seconds",
        "How long the gateway took to begin an answer, by method, route and HTTP status."
    );
    describe_histogram!(
        "connectus_rpc_duration_seconds",
        "How long a service took to begin an answer, by rpc and numeric gRPC code."
    );
}

fn describe_outbox() {
    describe_counter!("connectus_outbox_delivered_total", "Messages that were delivered.");
    describe_counter!("connectus_outbox_dead_total", "Messages that were put aside, since they cannot be delivered.");
    describe_gauge!("connectus_outbox_messages", "Messages that wait to be delivered, as every replica counts them.");
    describe_gauge!("connectus_outbox_oldest_seconds", "For how long the oldest of them has waited.");
    describe_gauge!("connectus_outbox_dead_messages", "Messages that were put aside and wait for an operator.");
    counter!("connectus_outbox_delivered_total").increment(0);
    counter!("connectus_outbox_dead_total").increment(0);
}

fn describe_community() {
    describe_counter!(
        "connectus_community_dead_items_total",
        "Items that were put aside, since they cannot be worked on."
    );
    describe_gauge!("connectus_community_queue_items", "Items that wait to be worked on, up to a hundred thousand.");
    describe_gauge!("connectus_community_queue_oldest_seconds", "For how long the oldest of them has waited.");
    describe_gauge!("connectus_community_queue_dead_items", "Items that were put aside and wait for an operator.");
    counter!("connectus_community_dead_items_total").increment(0);
}

fn describe_database() {
    describe_gauge!("connectus_service_ready", "Whether a service has its database, and has heard from auth lately.");
    describe_gauge!("connectus_database_connections_in_use", "Connections to the database that are in use.");
    describe_gauge!("connectus_database_connections_limit", "How many connections a service opens at most.");
    describe_gauge!("connectus_database_waiting_calls", "Calls that wait for a connection to be free.");
    describe_gauge!(
        "connectus_database_replica_lag_seconds",
        "How old what a service reads from its replica may be, or for how long it has heard nothing of it."
    );
    describe_counter!(
        "connectus_database_replica_reads_total",
        "Reads that might be stale, by whether the replica answered them (true), or the primary (false)."
    );
}

fn describe_process() {
    describe_counter!("process_cpu_seconds_total", "Processor time that the process has used, in whole seconds.");
    describe_gauge!("process_resident_memory_bytes", "Memory of the process that is not swapped out.");
    describe_gauge!("process_open_fds", "File descriptors that are open.");
    describe_gauge!("process_max_fds", "How many may be open.");
    describe_gauge!("process_start_time_seconds", "When the process started, in seconds since 1970.");
}
