-- The caller's trace (W3C Trace Context), which the calls of its cells go on. It proves nothing and is under no seal.
ALTER TABLE batches ADD COLUMN traceparent TEXT CHECK (length(traceparent) = 55);
ALTER TABLE runs ADD COLUMN traceparent TEXT CHECK (length(traceparent) = 55);
