-- Capture functions are made again, so that no name can leave a comment in them; see capture.sql.
drop function if exists londiste.custom_json(oid);
-- These got another argument.
drop function if exists londiste.capture_shape(regclass);
