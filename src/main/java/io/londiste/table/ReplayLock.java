package io.londiste.table;

/**
 * The lock on the subscriber that a job's replay holds while it works, as statements whose only parameter is the job's
 * consumer.
 */
public final class ReplayLock {
    /** Acquires it for the session if it is free; returns whether it was acquired. */
    public static final String TAKE = "select pg_try_advisory_lock(hashtext('londiste.replay'), hashtext(?))";

    /** Acquires it for the transaction if it is free; returns whether it was acquired. */
    public static final String TAKE_FOR_TRANSACTION =
            "select pg_try_advisory_xact_lock(hashtext('londiste.replay'), hashtext(?))";

    /** Which session holds it, as far as the role may see that; no row if none does. */
    public static final String HOLDER = """
            select coalesce(nullif(a.application_name, ''), 'a session')
              || coalesce(' from ' || host(a.client_addr), '') || ', backend ' || l.pid
            from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.granted and l.objsubid = 2
              and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
              and l.classid = hashtext('londiste.replay')::oid and l.objid = hashtext(?)::oid
            """;

    /** The sessions that hold such a lock in this database, of whatever jobs; without a parameter. */
    public static final String HOLDERS = """
            select distinct coalesce(nullif(a.application_name, ''), 'a session') || ', backend ' || l.pid
            from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.granted and l.objsubid = 2
              and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
              and l.classid = pg_catalog.hashtext('londiste.replay')::oid
            """;

    private ReplayLock() {}
}
