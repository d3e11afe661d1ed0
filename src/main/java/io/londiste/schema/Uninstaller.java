package io.londiste.schema;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.QueueInfo;
import io.londiste.table.ReplayLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from a database what {@link Installer} has made there. What is still in use keeps it from being removed, unless
 * that is forced; then what is lost is logged. Each step can be repeated after a failure of a later one.
 */
public final class Uninstaller {
    private static final Logger LOG = LoggerFactory.getLogger(Uninstaller.class);

    private static final String IN_USE = """
            select what || ': ' || pg_catalog.string_agg(name, ', ' order by name)
            from (
              select 1, 'captured tables', table_name from londiste.provider_table
              union all select 2, 'captured sequences', seq_name from londiste.provider_seq
              union all select 3, 'subscribed tables', table_name from londiste.subscriber_table
              union all select 4, 'subscribed sequences', seq_name from londiste.subscriber_seq
              union all select 5, 'positions of jobs', consumer_id from londiste.completed
              union all select 6, 'saved foreign keys', fkey_name || ' of ' || from_table from londiste.subscriber_pending_fkeys
              union all select 7, 'saved triggers', trigger_name || ' of ' || table_name from londiste.subscriber_pending_triggers)
              as used (nr, what, name)
            group by nr, what
            order by nr
            """;

    /** What others have made on top of a schema, which a drop would remove as well; our triggers belong to tables listed above. */
    private static final String DEPENDENTS = """
            select distinct pg_catalog.pg_describe_object(d.classid, d.objid, 0)
            from pg_catalog.pg_depend d
            left join pg_catalog.pg_trigger t on d.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = d.objid
            left join pg_catalog.pg_proc f on f.oid = t.tgfoid
            cross join lateral pg_catalog.pg_identify_object_as_address(d.refclassid, d.refobjid, 0) as used
            cross join lateral pg_catalog.pg_identify_object_as_address(d.classid, d.objid, 0) as other
            where d.deptype in ('n', 'a')
              and d.refclassid in ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_class'::regclass, 'pg_catalog.pg_type'::regclass)
              and used.object_names[1] = ?
              and other.object_names[1] not in ('londiste', 'pgq')
              and f.pronamespace is distinct from pg_catalog.to_regnamespace('londiste')
            order by 1
            """;

    /** PgQ's roles that no other role is a member of, except the one that creates roles, which PostgreSQL makes one. */
    private static final String ROLES = """
            select r.rolname from pg_catalog.pg_roles r
            where r.rolname in ('pgq_admin', 'pgq_reader', 'pgq_writer') and not r.rolcanlogin
              and not exists (
                select from pg_catalog.pg_auth_members m join pg_catalog.pg_roles u on u.oid = m.member
                where m.roleid = r.oid and u.rolname not in ('pgq_admin', 'pgq_reader', 'pgq_writer', current_user))
            order by r.rolname
            """;

    private final Database database;
    private final Duration lockTimeout;

    /** @param lockTimeout how long to wait for each lock */
    public Uninstaller(Database database, Duration lockTimeout) {
        this.database = database;
        this.lockTimeout = lockTimeout;
    }

    /**
     * Removes schema londiste from a subscriber.
     *
     * @throws LondisteException if it is in use and that is not forced, or a replay runs; nothing was changed then
     */
    public void subscriber(boolean force) {
        var uses = uses();
        require(force, uses, "subscriber remove --all, subscriber remove-seq --all and subscriber unregister");
        dropSchema("londiste");
    }

    /**
     * Removes schema londiste and a job's queue from a provider, and our PgQ with its roles if it has no other queue.
     *
     * @throws LondisteException if they are in use and that is not forced; nothing was changed then
     */
    public void provider(String queue, boolean force) {
        Installed.requireKnownPgq(database);
        var uses = uses();
        boolean queueExists = database.call(source -> {
            var pgq = new PgqClient(source);
            if (!pgq.isInstalled()) {
                return false;
            }
            if (isOurPgq()
                    && pgq.queues().stream().allMatch(other -> other.queue().equals(queue))) {
                uses.addAll(dependents("pgq"));
            }
            if (!pgq.queueExists(queue)) {
                return false;
            }
            var consumers = pgq.consumers(queue);
            if (!consumers.isEmpty()) {
                uses.add("consumers of queue " + queue + ": " + String.join(", ", consumers));
            }
            return true;
        });
        require(
                force,
                uses,
                "provider remove --all, provider remove-seq --all, and for each job subscriber unregister");
        dropSchema("londiste");
        if (queueExists) {
            database.call(source -> {
                new PgqClient(source).dropQueue(queue, force);
                return null;
            });
            LOG.info("Dropped queue {}", queue);
        }
        pgq();
    }

    /** Removes our PgQ if it has no queue. */
    private void pgq() {
        boolean installed = database.call(source -> new PgqClient(source).isInstalled());
        if (!installed) {
            LOG.info("pgq is not installed in {}", database);
        } else if (!isOurPgq()) {
            LOG.info("Left the original PgQ in {}; drop extension pgq removes it", database);
        } else {
            var queues = database.call(source -> new PgqClient(source).queues()).stream()
                    .map(QueueInfo::queue)
                    .toList();
            if (queues.isEmpty()) {
                dropSchema("pgq");
                dropRoles();
            } else {
                LOG.info("Left pgq in {}, which has other queues: {}", database, String.join(", ", queues));
            }
        }
    }

    private boolean isOurPgq() {
        return database.read(connection -> Schema.of(connection, "pgq").hasFunction("implementation"));
    }

    /** What others have made that depends on a schema: one line, or none. */
    private List<String> dependents(String schema) {
        var dependents = database.texts(DEPENDENTS, schema);
        return dependents.isEmpty()
                ? List.of()
                : List.of("objects that depend on schema " + schema + ": " + String.join(", ", dependents));
    }

    /** What is in use, in lines; also checks that no replay runs here. */
    private List<String> uses() {
        if (!database.read(connection -> Schema.of(connection, "londiste").exists())) {
            return new ArrayList<>();
        }
        Installed.requireLondiste(database);
        var replays = database.texts(ReplayLock.HOLDERS);
        if (!replays.isEmpty()) {
            throw new LondisteException(database + ": a replay runs (" + String.join("; ", replays)
                    + "); stop it first; nothing was changed");
        }
        var uses = new ArrayList<>(database.texts(IN_USE));
        uses.addAll(dependents("londiste"));
        return uses;
    }

    private void require(boolean force, List<String> uses, String remedy) {
        if (!force && !uses.isEmpty()) {
            throw new LondisteException(database + ": in use are " + String.join("; ", uses) + "; run " + remedy
                    + " first, or lose them with --force; nothing was changed");
        }
        uses.forEach(use -> LOG.warn("Lost are {}", use));
    }

    private void dropSchema(String schema) {
        if (!database.read(connection -> Schema.of(connection, schema).exists())) {
            LOG.info("Schema {} is not installed in {}", schema, database);
            return;
        }
        database.transaction(lockTimeout, connection -> {
            Jdbc.execute(connection, "drop schema " + TableName.quote(schema) + " cascade");
            return null;
        });
        LOG.info("Dropped schema {} of {}", schema, database);
    }

    private void dropRoles() {
        for (var role : database.texts(ROLES)) {
            try {
                database.transaction(lockTimeout, connection -> {
                    Jdbc.execute(connection, "drop role " + TableName.quote(role));
                    return null;
                });
                LOG.info("Dropped role {}", role);
            } catch (LondisteException e) {
                if (!SqlState.isInsufficientPrivilege(e) && !SqlState.isInUse(e)) {
                    throw e;
                }
                LOG.info("Left role {}, which is used elsewhere or belongs to another role", role);
            }
        }
    }
}
