package io.londiste.copy;

import io.londiste.test.Db;
import java.util.List;

/** All catalog entries of the tables of a schema and what belongs to them, to compare them before and after. */
final class Catalog {
    private static final String SNAPSHOT = """
            with rel as (select c.* from pg_class c where relnamespace = 'public'::regnamespace),
                 only_local as (select array['oid', 'conrelid', 'confrelid', 'conindid', 'connamespace', 'conparentid', 'contypid',
                   'indexrelid', 'indrelid', 'indexprs', 'indpred', 'conbin', 'tgrelid', 'tgfoid', 'tgconstraint', 'tgconstrrelid',
                   'tgconstrindid', 'tgparentid', 'tgqual', 'tgname'] as keys)
            select 'relation ' || r.relname || ' ' || concat_ws(' ', relkind, relpersistence, relreplident, reloptions,
                     (select spcname from pg_tablespace t where t.oid = r.reltablespace), obj_description(r.oid, 'pg_class'))
              from rel r where relkind in ('r', 'p', 'i', 'I')
            union all
            select 'column ' || r.relname || ' ' || a.attnum || ' ' || concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull,
                     attstattarget, attidentity, attcollation::regcollation, attoptions)
              from rel r join pg_attribute a on attrelid = r.oid where attnum > 0 and relkind in ('r', 'p', 'i', 'I')
            union all
            select 'index ' || r.relname || ' ' || pg_get_indexdef(r.oid) || ' ' || (to_jsonb(i) - keys)::text
              from only_local, rel r join pg_index i on indexrelid = r.oid
            union all
            select 'constraint ' || r.relname || ' ' || conname || ' ' || pg_get_constraintdef(k.oid) || ' '
                     || (to_jsonb(k) - keys)::text || coalesce(obj_description(k.oid, 'pg_constraint'), '')
              from only_local, rel r join pg_constraint k on conrelid = r.oid
            union all
            select 'trigger ' || r.relname || ' ' || tgname || ' ' || pg_get_triggerdef(t.oid) || ' '
                     || (to_jsonb(t) - keys)::text || coalesce(obj_description(t.oid, 'pg_trigger'), '')
              from only_local, rel r join pg_trigger t on tgrelid = r.oid where not tgisinternal
            order by 1
            """;

    private Catalog() {}

    /** One line for each relation, column, index, constraint and trigger of schema public. */
    static List<String> of(Db db) {
        return db.rows(SNAPSHOT);
    }
}
