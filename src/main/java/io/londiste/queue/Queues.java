package io.londiste.queue;

import io.londiste.config.Databases;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.LondisteException;
import io.londiste.pgq.ConsumerInfo;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.QueueInfo;
import io.londiste.schema.Installed;
import io.londiste.schema.Installer;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands on the queues of a database, with our PgQ or the original extension. Each logs what it changes. A command
 * that fails throws a {@link LondisteException} and changes nothing.
 */
public final class Queues {
    /** The parameters of a queue that can be set. */
    public static final List<String> PARAMETERS = List.of(
            "ticker_max_count",
            "ticker_max_lag",
            "ticker_idle_period",
            "ticker_paused",
            "rotation_period",
            "external_ticker");

    private static final Logger LOG = LoggerFactory.getLogger(Queues.class);
    private static final String PREFIX = "queue_";

    private static final String HIDDEN = """
            select pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(n.nspowner)), pg_catalog.quote_ident(current_user)
              from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
             where n.nspname = 'londiste' and c.relname = 'provider_table'
               and not (pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT'))
            """;

    private final Settings settings;
    private final Database database;

    /** The queues of a ticker's database, or of a job's provider. */
    public Queues(Settings settings, DataSource source) {
        this.settings = settings;
        this.database = settings.section() == Section.PGQADM
                ? Databases.queues(settings, source)
                : Databases.provider(settings, source);
    }

    /** Installs PgQ, unless there is one. Changes nothing if repeated. */
    public void install() {
        database.connect();
        database.call(source -> {
            boolean ours = new Installer(source).installPgq();
            LOG.info(
                    ours ? "Installed pgq {} in {}" : "Using existing pgq {} in {}",
                    new PgqClient(source).version(),
                    database);
            return null;
        });
    }

    /** Creates a queue, unless it exists. */
    public void create(String queue) {
        requireName("queue", queue);
        boolean created = pgq(pgq -> pgq.createQueue(queue));
        LOG.info(created ? "Created queue {}" : "Queue {} exists already", queue);
    }

    /** Drops a queue with its events. Fails while it has consumers, or tables are captured into it. */
    public void drop(String queue) {
        requireQueue(queue);
        var consumers = pgq(pgq -> pgq.consumers(queue));
        if (!consumers.isEmpty()) {
            throw new LondisteException(database + ": queue " + queue + " has consumers: "
                    + String.join(", ", consumers) + "; unregister each with: pgqadm " + settings.file()
                    + " unregister "
                    + queue + " CONSUMER");
        }
        requireToSeeCapture(queue);
        var tables = captured(queue);
        if (!tables.isEmpty()) {
            throw new LondisteException(database + ": queue " + queue + " captures the changes of "
                    + String.join(", ", tables) + "; remove these tables with: londiste ... provider remove");
        }
        pgq(pgq -> {
            pgq.dropQueue(queue, false);
            return null;
        });
        LOG.info("Dropped queue {}", queue);
    }

    private void requireToSeeCapture(String queue) {
        hidden().ifPresent(hidden -> {
            throw new LondisteException(database + ": role " + hidden.role
                    + " may not see which tables are captured into queue " + queue + ": it has to be a member of role "
                    + hidden.owner + " (GRANT " + hidden.owner + " TO " + hidden.role + ")");
        });
    }

    /** A schema {@code londiste} of this owner, which this role may not use; both are quoted. */
    private record Hidden(String owner, String role) {}

    private Optional<Hidden> hidden() {
        return database.rows(HIDDEN, row -> new Hidden(row.getString(1), row.getString(2))).stream()
                .findFirst();
    }

    /**
     * The tables that are captured into the queue, as far as this role may see them; without it their triggers, and so all changes
     * to them, would fail.
     */
    private List<String> captured(String queue) {
        boolean londiste = hidden().isEmpty()
                && !database.texts("select 1 where to_regclass('londiste.provider_table') is not null")
                        .isEmpty();
        return londiste
                ? database.texts(
                        "select table_name from londiste.provider_table where queue_name = ? order by nr", queue)
                : List.of();
    }

    /** Registers a consumer, which gets the events from now on. A registered one keeps its position. */
    public void register(String queue, String consumer) {
        requireQueue(queue);
        requireName("consumer", consumer);
        boolean added = pgq(pgq -> pgq.registerConsumer(queue, consumer));
        LOG.info(added ? "Registered {} on queue {}" : "{} is registered on queue {} already", consumer, queue);
    }

    /** Unregisters a consumer; the queue no longer keeps events for it. */
    public void unregister(String queue, String consumer) {
        requireQueue(queue);
        if (!pgq(pgq -> pgq.unregisterConsumer(queue, consumer))) {
            throw noSuchConsumer(queue, consumer);
        }
        LOG.info("Unregistered {} from queue {}", consumer, queue);
    }

    /** The events that consumers of a queue could not process, by consumer and number; consumer null: those of all. */
    public List<FailedEvent> failed(String queue, String consumer) {
        if (consumer == null) {
            requireQueue(queue);
        } else {
            requireConsumer(queue, consumer);
        }
        return new RetryQueue(database).list(queue, consumer);
    }

    /** Has failed events delivered to their consumer again, with the next tick; all or none. */
    public void retry(String queue, String consumer, EventSelection events) {
        requireConsumer(queue, consumer);
        new RetryQueue(database).retry(queue, consumer, events, settings.lockTimeout());
    }

    /** Deletes failed events, which their consumer will not get again; all or none. */
    public void discard(String queue, String consumer, EventSelection events) {
        requireConsumer(queue, consumer);
        new RetryQueue(database).discard(queue, consumer, events, settings.lockTimeout());
    }

    /**
     * Sets parameters of a queue, all or none.
     *
     * @param values by the names of {@link #PARAMETERS}, with or without the prefix {@code queue_}
     */
    public void configure(String queue, Map<String, String> values) {
        var parameters = new LinkedHashMap<String, String>();
        values.forEach((name, value) -> parameters.put(known(name), value));
        requireQueue(queue);
        database.transaction(settings.lockTimeout(), connection -> {
            for (var parameter : parameters.entrySet()) {
                configure(connection, queue, parameter.getKey(), parameter.getValue());
            }
            return null;
        });
        parameters.forEach((name, value) -> LOG.info("Set {} of queue {} to {}", name, queue, value));
    }

    private static void requireName(String of, String name) {
        if (name.isBlank()) {
            throw new LondisteException("a " + of + " needs a name");
        }
    }

    /** Fails for negative numbers and durations. */
    private static void check(Connection connection, String parameter, String value) throws SQLException {
        var possible =
                switch (parameter) {
                    case "ticker_max_count" -> "?::integer >= 0";
                    case "ticker_paused", "external_ticker" -> "?::boolean is not null";
                    default -> "now() - ?::interval <= now()";
                };
        if (!Jdbc.only(connection, "select " + possible, row -> row.getBoolean(1), value)) {
            throw new LondisteException(parameter + " cannot be less than 0: " + value);
        }
    }

    private void configure(Connection connection, String queue, String parameter, String value) throws SQLException {
        try {
            check(connection, parameter, value);
            PgqClient.configure(connection, queue, parameter, value);
        } catch (SQLException e) {
            if (!SqlState.isBadValue(e)) {
                throw e;
            }
            throw new LondisteException(
                    database + ": queue " + queue + ", " + parameter + ": " + Database.serverMessage(e), e);
        }
    }

    private static String known(String name) {
        var parameter = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        if (!PARAMETERS.contains(parameter)) {
            throw new LondisteException("no such parameter of a queue: " + name + among(PARAMETERS));
        }
        return parameter;
    }

    /** All queues, by name. */
    public List<QueueInfo> all() {
        return pgq(PgqClient::queues);
    }

    /** One queue. */
    public QueueInfo one(String queue) {
        return all().stream()
                .filter(info -> info.queue().equals(queue))
                .findFirst()
                .orElseThrow(() -> noSuchQueue(queue));
    }

    /** All queues with their consumers, by name. */
    public List<QueueStatus> status() {
        var consumers = pgq(PgqClient::consumers).stream().collect(Collectors.groupingBy(ConsumerInfo::queue));
        return all().stream()
                .map(queue -> status(queue, consumers.getOrDefault(queue.queue(), List.of())))
                .toList();
    }

    private QueueStatus status(QueueInfo queue, List<ConsumerInfo> consumers) {
        var names = consumers.stream().map(ConsumerInfo::consumer).toList();
        return new QueueStatus(queue, consumers, copies(queue.queue(), names));
    }

    /**
     * The consumers of copies, judged by their names: only the subscriber of a job has a record of them. If a name is
     * misleading, the only effect is that the console does not offer to unregister that consumer.
     */
    private Map<String, String> copies(String queue, List<String> consumers) {
        var copies = new HashMap<String, String>();
        for (var job : consumers) {
            var prefix = job + "_copy_";
            var similar = consumers.stream()
                    .filter(consumer -> consumer.startsWith(prefix))
                    .toList();
            var tables = similar.isEmpty() ? List.<String>of() : captured(queue);
            for (var consumer : similar) {
                var table = consumer.substring(prefix.length());
                if (tables.contains(table) || tables.contains(table.replaceFirst("_\\d+$", ""))) {
                    copies.put(consumer, job);
                }
            }
        }
        return copies;
    }

    /** The size of a queue's event tables with their indexes; null if there is no such queue. */
    public Long bytes(String queue) {
        return database
                .rows(
                        "select (select sum(pg_catalog.pg_total_relation_size(i.inhrelid)) from pg_catalog.pg_inherits i"
                                + " where i.inhparent = q.queue_data_pfx::regclass) from pgq.queue q where queue_name = ?",
                        row -> row.getObject(1, BigDecimal.class),
                        queue)
                .stream()
                .filter(Objects::nonNull)
                .map(BigDecimal::longValue)
                .findFirst()
                .orElse(null);
    }

    /** The version of the server. */
    public String postgresVersion() {
        return database.read(connection -> connection.getMetaData().getDatabaseProductVersion());
    }

    /** The version of PgQ. */
    public String pgqVersion() {
        return pgq(PgqClient::version);
    }

    private void requireQueue(String queue) {
        if (!pgq(pgq -> pgq.queueExists(queue))) {
            throw noSuchQueue(queue);
        }
    }

    private void requireConsumer(String queue, String consumer) {
        requireQueue(queue);
        if (!pgq(pgq -> pgq.consumers(queue)).contains(consumer)) {
            throw noSuchConsumer(queue, consumer);
        }
    }

    private LondisteException noSuchConsumer(String queue, String consumer) {
        return new LondisteException(database + ": " + consumer + " is not registered on queue " + queue
                + among(pgq(pgq -> pgq.consumers(queue))));
    }

    private LondisteException noSuchQueue(String queue) {
        return new LondisteException(database + ": no such queue: " + queue
                + among(all().stream().map(QueueInfo::queue).toList()));
    }

    private static String among(List<String> names) {
        return names.isEmpty() ? "; there is none" : "; there are: " + String.join(", ", names);
    }

    private <T> T pgq(Call<T> call) {
        Installed.requirePgq(database);
        return database.call(source -> call.run(new PgqClient(source)));
    }

    @FunctionalInterface
    private interface Call<T> {
        T run(PgqClient pgq) throws SQLException;
    }
}
