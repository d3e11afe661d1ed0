package io.londiste.bench;

import io.londiste.test.Db;
import io.londiste.test.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * A provider's and a subscriber's database for one run.
 *
 * @param providerLink the connection string by which the replay reaches the provider
 * @param subscriberLink the same for the subscriber
 * @param directory for the files of this run
 */
record Pair(Db provider, Db subscriber, String providerLink, String subscriberLink, Path directory)
        implements AutoCloseable {
    private static final String TABLES = "select format('%I', relname) from pg_class"
            + " where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1";

    Pair(Db provider, Db subscriber, Path directory) {
        this(provider, subscriber, provider.libpq(), subscriber.libpq(), directory);
    }

    /** The same databases; the replay reaches the provider through a proxy. */
    Pair withProviderBehind(TcpProxy proxy) {
        return new Pair(provider, subscriber, provider.libpq(proxy), subscriberLink, directory);
    }

    /** The same databases; the replay reaches the subscriber through a proxy. */
    Pair withSubscriberBehind(TcpProxy proxy) {
        return new Pair(provider, subscriber, providerLink, subscriber.libpq(proxy), directory);
    }

    /** Creates the same tables on both sides. */
    void create(String sql) {
        provider.sql(sql);
        subscriber.sql(sql);
    }

    /** The content of an SQL file in the benchmark's resources. */
    static String script(String name) {
        try (var in = Pair.class.getResourceAsStream("/bench/" + name + ".sql")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> tables() {
        return provider.rows(TABLES);
    }

    /** Writes a row on the provider, which is replicated after everything that was written before. */
    void mark(int number) {
        provider.sql("insert into done values (?)", number);
    }

    /** Waits until the mark is on the subscriber. */
    void awaitMark(int number) {
        try (var connection = subscriber.connect();
                var statement = connection.prepareStatement("select 1 from done where id = " + number)) {
            Until.holds(() -> statement.executeQuery().next());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has both servers write a checkpoint, so that earlier writes do not slow the measurement down. */
    void settle() {
        provider.sql("checkpoint");
        subscriber.sql("checkpoint");
    }

    /** Fails unless all tables have the same rows on both sides. */
    void check() {
        for (var table : tables()) {
            var digest =
                    "select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) from " + table + " t";
            var here = provider.sql(digest);
            var there = subscriber.sql(digest);
            if (!here.equals(there)) {
                throw new IllegalStateException("WRONG RESULT: " + table + " is " + here + " on the provider and "
                        + there + " on the subscriber");
            }
        }
    }

    @Override
    public void close() throws IOException {
        subscriber.close();
        provider.close();
    }
}
