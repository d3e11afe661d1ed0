package io.londiste.pgq.sql;

import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/**
 * What the classes of the conformance suite share: one database and connection for each class and implementation,
 * a queue for each test, and short names for the calls that most tests make.
 */
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(PostgresPair.class)
abstract class PgqSuite {
    @Parameter
    Implementation pgq;

    Db db;
    private Connection connection;
    private int queues;

    @BeforeParameterizedClassInvocation
    void open(Implementation implementation) throws SQLException {
        db = implementation.database();
        connection = db.connect();
    }

    @AfterParameterizedClassInvocation
    void close() throws IOException, SQLException {
        if (connection != null) {
            connection.close();
        }
        if (db != null) {
            db.close();
        }
    }

    @BeforeEach
    void forgetSettings() {
        sql("discard all");
    }

    /** Runs statements without parameters, or one with; values separated by {@code |}, rows by line ends. */
    String sql(String statement, Object... parameters) {
        return String.join("\n", rows(statement, parameters));
    }

    /** Runs a statement like {@link #sql} and returns each row as an element; empty for several statements. */
    List<String> rows(String sql, Object... parameters) {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement.execute() ? lines(statement.getResultSet()) : List.of();
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** The only value of a query. */
    long number(String query, Object... parameters) {
        return Long.parseLong(sql(query, parameters));
    }

    /** Creates a queue of a new name. */
    String queue() {
        var name = "queue " + ++queues;
        sql("select pgq.create_queue(?)", name);
        return name;
    }

    /** Creates a queue with a consumer that will see all its events. */
    String queueFor(String consumer) {
        var queue = queue();
        sql("select pgq.register_consumer(?, ?)", queue, consumer);
        return queue;
    }

    void configure(String queue, String parameter, String value) {
        sql("select pgq.set_queue_config(?, ?, ?)", queue, parameter, value);
    }

    long insert(String queue, String type, String data) {
        return number("select pgq.insert_event(?, ?, ?)", queue, type, data);
    }

    /** Ticks now, whether there is something new or not. */
    long tick(String queue) {
        sql("select pgq.force_tick(?)", queue);
        return number("select pgq.ticker(?)", queue);
    }

    /** Opens a consumer's next batch, which must be there. */
    long batch(String queue, String consumer) {
        return number("select pgq.next_batch(?, ?)", queue, consumer);
    }

    /** The events of a batch: type, data. */
    List<String> events(long batch) {
        return rows("select ev_type, ev_data from pgq.get_batch_events(?)", batch);
    }

    /** What a consumer gets from here up to the last tick, batches finished. */
    List<String> read(String queue, String consumer) {
        var all = new ArrayList<String>();
        var next = "select batch_id from pgq.next_batch_info(?, ?) where batch_id is not null";
        for (String batch = sql(next, queue, consumer); !batch.isEmpty(); batch = sql(next, queue, consumer)) {
            all.addAll(events(Long.parseLong(batch)));
            sql("select pgq.finish_batch(?)", Long.parseLong(batch));
        }
        return all;
    }

    /** The name of the table that a queue's events are in, without the number of the current one. */
    String dataPrefix(String queue) {
        return sql("select queue_data_pfx from pgq.queue where queue_name = ?", queue);
    }

    int currentTable(String queue) {
        return (int) number("select queue_cur_table from pgq.queue where queue_name = ?", queue);
    }

    private static List<String> lines(ResultSet rows) throws SQLException {
        var lines = new ArrayList<String>();
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
            var values = new ArrayList<String>();
            for (int i = 1; i <= columns; i++) {
                values.add(String.valueOf(rows.getString(i)));
            }
            lines.add(String.join("|", values));
        }
        return lines;
    }
}
