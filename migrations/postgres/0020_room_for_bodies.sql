-- What a usual cell leaves of bodies and provenance is 2 to 3 KB. By default a row of more than 2 KB is made smaller, by compression and a second
-- table: that took a tenth of the server's CPU in a drain, and as much log as it saved. Two rows a page are small enough; what is larger is compressed
-- by LZ4, where the server has it.
ALTER TABLE exchanges SET (toast_tuple_target = 4080);
ALTER TABLE run_outputs SET (toast_tuple_target = 4080);

DO $$
BEGIN
    ALTER TABLE exchanges
        ALTER COLUMN request_body SET COMPRESSION lz4,
        ALTER COLUMN reply_body SET COMPRESSION lz4;
    ALTER TABLE run_outputs
        ALTER COLUMN output SET COMPRESSION lz4,
        ALTER COLUMN step1_text SET COMPRESSION lz4,
        ALTER COLUMN sealed_exchanges SET COMPRESSION lz4,
        ALTER COLUMN provenance SET COMPRESSION lz4;
EXCEPTION
    WHEN feature_not_supported THEN
        RAISE NOTICE 'this server was built without LZ4: bodies are compressed as it can';
END
$$;
