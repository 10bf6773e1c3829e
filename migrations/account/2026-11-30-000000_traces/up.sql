-- The trace of the request that caused a message (W3C Trace Context, section 3.2), if there is one.
ALTER TABLE outbox ADD COLUMN traceparent text CHECK (length(traceparent) <= 100);
