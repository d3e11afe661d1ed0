-- The parameter of this function has another name; it cannot be changed by "create or replace".
drop function if exists londiste.refresh_capture(text, text, boolean);
