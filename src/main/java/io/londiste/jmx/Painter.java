package io.londiste.jmx;

import io.londiste.Causes;
import io.londiste.LondisteException;
import io.londiste.SqlState;
import io.londiste.config.Database;
import io.londiste.jmx.Picture.Reader;
import io.londiste.jmx.Picture.Side;
import io.londiste.pgq.ConsumerInfo;
import io.londiste.pgq.QueueInfo;
import io.londiste.queue.QueueStatus;
import io.londiste.subscriber.Progress;
import io.londiste.subscriber.TableStatus;
import io.londiste.table.TableName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Makes pictures of what the databases say. A side that does not answer is as it was; one without our schema is empty. */
final class Painter {
    private final Databases databases;
    private final Predicate<String> isOurs;

    /** @param isOurs which queues are looked at */
    Painter(Databases databases, Predicate<String> isOurs) {
        this.databases = databases;
        this.isOurs = isOurs;
    }

    private record Seen<T>(T what, Side side) {}

    Picture paint(Picture before) {
        var queues = see(
                databases.first(),
                before.first(),
                () -> databases.queues().status(),
                () -> statuses(before),
                List.<QueueStatus>of());
        var infos = new LinkedHashMap<String, QueueInfo>();
        var consumers = new LinkedHashMap<Reader, ConsumerInfo>();
        for (var status : queues.what) {
            if (isOurs.test(status.queue().queue())) {
                infos.put(status.queue().queue(), status.queue());
                status.consumers().forEach(each -> consumers.put(new Reader(each.queue(), each.consumer()), each));
            }
        }
        var job = databases.hasSubscriber()
                ? see(databases.second(), before.second(), this::job, () -> new Job(before), Job.NONE)
                : new Seen<>(Job.NONE, Side.UNKNOWN);
        return new Picture(
                System.nanoTime(), job.what.tables, job.what.progress, infos, consumers, queues.side, job.side);
    }

    /** What the subscriber says. */
    private record Job(Map<TableName, TableStatus> tables, Progress progress) {
        static final Job NONE = new Job(Map.of(), Picture.NONE.progress());

        Job(Picture picture) {
            this(picture.tables(), picture.progress());
        }
    }

    private Job job() {
        var subscriber = databases.subscriber();
        var tables = new LinkedHashMap<TableName, TableStatus>();
        subscriber.tables().forEach(table -> tables.put(table.name(), table));
        return new Job(tables, subscriber.progress());
    }

    private static List<QueueStatus> statuses(Picture picture) {
        return picture.queues().values().stream()
                .map(queue -> new QueueStatus(
                        queue,
                        picture.consumers().values().stream()
                                .filter(consumer -> consumer.queue().equals(queue.queue()))
                                .toList()))
                .toList();
    }

    private static <T> Seen<T> see(Database database, Side before, Supplier<T> look, Supplier<T> asItWas, T nothing) {
        try {
            var version = before.version().isEmpty() ? version(database).orElse("") : before.version();
            return new Seen<>(look.get(), new Side(version, ""));
        } catch (LondisteException e) {
            boolean silent = SqlState.isPassing(e);
            var version = silent ? "" : version(database).orElse("");
            return new Seen<>(silent ? asItWas.get() : nothing, new Side(version, Causes.message(e)));
        }
    }

    private static Optional<String> version(Database database) {
        try {
            return Optional.of(
                    database.read(connection -> connection.getMetaData().getDatabaseProductVersion()));
        } catch (LondisteException e) {
            return Optional.empty();
        }
    }
}
