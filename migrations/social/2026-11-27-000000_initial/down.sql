DROP TABLE idempotency_keys, throttles, outbox, notifications, boxes, post_counts, shares, likes, posts;
