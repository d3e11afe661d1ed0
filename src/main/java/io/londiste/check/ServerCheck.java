package io.londiste.check;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Checks a server and the sessions that it gives: those of our pools, whose settings replace many of the role's. */
final class ServerCheck {
    private static final int OLDEST = 13;
    private static final int NEWEST = 18;

    /** Differences between clocks that are smaller do no harm. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);

    private static final String FACTS = """
            select pg_catalog.current_setting('server_version'),
              pg_catalog.current_setting('server_version_num')::int / 10000, pg_catalog.pg_is_in_recovery()
            """;

    /** The limit that leaves the fewest sessions to this job, and how many that is; sessions that it has already are not counted. */
    private static final String SESSIONS = """
            with me as (
              select r.oid as role, r.rolname, r.rolconnlimit, r.rolsuper, d.oid as database, d.datname, d.datconnlimit
              from pg_catalog.pg_roles r, pg_catalog.pg_database d
              where r.rolname = session_user and d.datname = pg_catalog.current_database()),
            other as (
              select a.usesysid, a.datid from pg_catalog.pg_stat_activity a, me
              where a.usesysid is not null
                and not (a.usesysid = me.role and a.datid = me.database
                         and a.application_name = pg_catalog.current_setting('application_name')))
            select name, free from (
              select 'max_connections = ' || pg_catalog.current_setting('max_connections'),
                pg_catalog.current_setting('max_connections')::int
                  - case when me.rolsuper then 0
                         else pg_catalog.current_setting('superuser_reserved_connections')::int
                           + coalesce(pg_catalog.current_setting('reserved_connections', true)::int, 0) end
                  - (select count(*) from other) from me
              union all
              select pg_catalog.format('connection limit %s of role %s', rolconnlimit, rolname),
                rolconnlimit - (select count(*) from other where usesysid = role) from me where rolconnlimit >= 0 and not rolsuper
              union all
              select pg_catalog.format('connection limit %s of database %s', datconnlimit, datname),
                datconnlimit - (select count(*) from other where datid = database) from me where datconnlimit >= 0 and not rolsuper)
              as limits (name, free)
            order by free limit 1
            """;

    private static final String UNSAFE = """
            select name from pg_catalog.pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' order by name
            """;

    /**
     * How many sessions a process opens.
     *
     * @param who the process
     * @param usual without which it cannot work
     * @param most when all that it can do is done at the same time
     */
    record Need(String who, int usual, int most) {}

    private final Report report;
    private final Database database;
    private final Need need;

    ServerCheck(Report report, Need need) {
        this.report = report;
        this.database = report.database();
        this.need = need;
    }

    /** Returns whether the database can be used. */
    boolean run() {
        return report.attempt("connection", this::connection)
                && report.attempt("server", this::server)
                && report.attempt("clock", this::clock)
                && report.attempt("settings", this::settings)
                && report.attempt("sessions", this::sessions);
    }

    /** The pool has made sure that sessions are kept before it lends a connection. */
    private void connection() {
        var role = database.texts("select current_user").get(0);
        report.ok("connection", database + " as role " + role + ", and no pooler that shares sessions is in between");
    }

    private void server() {
        database.read(connection -> Jdbc.only(connection, FACTS, row -> {
            version(report, row.getString(1), row.getInt(2));
            if (row.getBoolean(3)) {
                report.problem(
                        "server", "the server is a standby, which is read-only: connect to the server that it follows");
            }
            return null;
        }));
    }

    static void version(Report report, String version, int major) {
        var supported = " (supported are " + OLDEST + " to " + NEWEST + ")";
        if (major < OLDEST) {
            report.problem("server", "PostgreSQL " + version + " is too old: upgrade the server" + supported);
        } else if (major > NEWEST) {
            report.warning(
                    "server", "PostgreSQL " + version + " is newer than what this program was tested with" + supported);
        } else {
            report.ok("server", "PostgreSQL " + version);
        }
    }

    private void clock() {
        clock(report, database.read(ServerCheck::clockAhead));
    }

    private static Duration clockAhead(Connection connection) throws SQLException {
        var before = Instant.now();
        var server = Jdbc.only(
                connection, "select pg_catalog.clock_timestamp()", row -> row.getObject(1, OffsetDateTime.class)
                        .toInstant());
        return ahead(before, server, Instant.now());
    }

    /**
     * By how much a server's clock is ahead of this machine's, at least; negative if it is behind, zero if the difference
     * is within the round trip.
     */
    static Duration ahead(Instant before, Instant server, Instant after) {
        if (server.isAfter(after)) {
            return Duration.between(after, server);
        }
        return server.isBefore(before) ? Duration.between(before, server) : Duration.ZERO;
    }

    static void clock(Report report, Duration ahead) {
        var seconds = ahead.abs().toMillis() / 1000.0;
        if (ahead.abs().compareTo(CLOCK_TOLERANCE) > 0) {
            report.warning(
                    "clock",
                    "the server's clock is %s s %s this machine's: synchronise both (NTP); until then lags may be shown too long or too short"
                            .formatted(seconds, ahead.isNegative() ? "behind" : "ahead of"));
        } else {
            report.ok(
                    "clock",
                    seconds == 0
                            ? "the same time as on this machine"
                            : seconds + " s " + (ahead.isNegative() ? "behind" : "ahead of") + " this machine");
        }
    }

    /** Our sessions have their own timeouts, synchronous_commit, row_security and formats, so the role's need no check. */
    private void settings() {
        var unsafe = database.texts(UNSAFE);
        unsafe.forEach(name -> report.warning(
                "settings",
                name
                        + " = off: a crash of the server's machine may lose or damage committed data, which no replay repairs;"
                        + " switch it on"));
        var replication = database.texts("select pg_catalog.current_setting('session_replication_role')")
                .get(0);
        if (!replication.equals("origin")) {
            report.warning(
                    "settings",
                    "session_replication_role = " + replication
                            + " in sessions of this role: triggers and foreign keys do"
                            + " not act on what the program writes; reset it for the role and the database, unless you"
                            + " want that");
        } else if (unsafe.isEmpty()) {
            report.ok("settings", "fsync and full_page_writes are on, session_replication_role is origin");
        }
    }

    private void sessions() {
        database.read(connection -> Jdbc.only(connection, SESSIONS, row -> {
            sessions(row.getString(1), row.getLong(2));
            return null;
        }));
    }

    private void sessions(String limit, long free) {
        var text = "%s leaves %d sessions; %s opens about %d, and up to %d"
                .formatted(limit, Math.max(0, free), need.who, need.usual, need.most);
        if (free < need.usual) {
            report.problem("sessions", text + ": raise the limit, or end other sessions");
        } else if (free < need.most) {
            report.warning("sessions", text + " when everything happens at once: raise the limit");
        } else {
            report.ok("sessions", text);
        }
    }
}
