package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.londiste.app.BuiltInRoutes;
import io.londiste.app.RouteFiles;
import io.londiste.config.Section;
import io.londiste.sync.SyncOptions;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.Guide;
import io.londiste.test.Job;
import io.londiste.test.OperatorLog;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the guide to routes describes: copy a route file, insert steps, start with it. */
@ExtendWith(PostgresPair.class)
class RouteOverrideIT {
    private static final String TABLES = "create table customer (id int primary key, country text, email text);"
            + "create table other (id int primary key, country text)";

    private static final String POSITION = "select last_tick_id from londiste.completed where consumer_id = 'job'";

    @Test
    void rowsAreFilteredAndAColumnIsMasked(@Provider Db provider, @Subscriber Db subscriber, @TempDir Path routes)
            throws Exception {
        putIn(routes, "replay", "# here a step", Guide.yaml("${body.leaveOut}"));
        putIn(routes, "copy", "# here a step", Guide.yaml("body.where("));
        provider.sql(TABLES);
        subscriber.sql(TABLES);
        provider.sql(
                "insert into customer values (1, 'EE', 'a@b'), (2, 'FI', 'c@d'); insert into other values (1, 'FI')");
        try (Job job = new Job(provider, subscriber).with("routes", routes.toString())) {
            job.add("customer", "other").start().awaitOk();
            provider.sql("insert into customer values (3, 'EE', 'e@f'), (4, 'FI', 'g@h');"
                    + "update customer set email = 'new@b' where id = 1; insert into other values (2, 'FI')");
            job.awaitReplay();

            assertThat(subscriber.rows("select id, country, email from customer order by id"))
                    .containsExactly("1|EE|hidden", "3|EE|hidden");
            assertThat(subscriber.rows("select id from other order by id")).containsExactly("1", "2");

            assertRepairLeavesThemAlone(job, subscriber, routes);

            provider.sql("truncate customer; delete from other where id = 1");
            job.awaitReplay();

            assertThat(subscriber.number("select count(*) from customer")).isZero();
            assertThat(subscriber.rows("select id from other")).containsExactly("2");
        }
    }

    /** A repair knows neither the filter nor the mask: it would insert what is left out and write what is hidden. */
    @SuppressWarnings("try")
    private static void assertRepairLeavesThemAlone(Job job, Db subscriber, Path routes) throws Exception {
        Path fixes = Files.createDirectory(routes.resolve("fixes"));
        String rows = "select id, country, email from customer order by id";
        try (var log = new OperatorLog();
                var lock = ComparisonRoutes.lockReplay(subscriber);
                var command = new ComparisonRoutes(job.settings())) {
            assertThatThrownBy(() -> command.apply(fixes, ComparisonRoutes.PLAIN, "customer"))
                    .hasMessageContaining("repair --apply would undo what route files do to rows on their way to the"
                            + " subscriber: " + routes.resolve("copy.camel.yaml") + ", "
                            + routes.resolve("replay.camel.yaml")
                            + "; nothing was changed");
            assertThat(subscriber.rows(rows)).containsExactly("1|EE|hidden", "3|EE|hidden");
            assertThat(fixes).isEmptyDirectory();

            assertThat(command.compare("customer").get(0).missing()).isEqualTo(2);
            assertThat(log.warnings())
                    .anyMatch(line -> line.contains("count as differences: " + routes.resolve("copy.camel.yaml")));
            command.write(fixes, ComparisonRoutes.PLAIN, "customer");
            assertThat(Files.readString(fixes.resolve("fix.public.customer.sql")))
                    .startsWith(
                            "-- Route files leave out or change rows on their way to the subscriber. These statements"
                                    + " undo that:\n-- they write the provider's rows as they are.\n-- "
                                    + routes.resolve("copy.camel.yaml") + "\n");

            command.apply(fixes, new SyncOptions(false, true, null), "customer");
            assertThat(subscriber.rows(rows)).containsExactly("1|EE|new@b", "2|FI|c@d", "3|EE|e@f", "4|FI|g@h");
        }
    }

    @Test
    @SuppressWarnings("try")
    void ownCopiesThatDifferOnlyInCommentsHinderNoRepair(
            @Provider Db provider, @Subscriber Db subscriber, @TempDir Path routes) throws Exception {
        putIn(routes, "replay", "# here a step", "  # not yet\n\n");
        Files.copy(Path.of("routes/compare.camel.yaml"), routes.resolve("compare.camel.yaml"));
        provider.sql(TABLES);
        subscriber.sql(TABLES);
        try (Job job = new Job(provider, subscriber).with("routes", routes.toString())) {
            job.add("other").start().awaitOk();
            subscriber.sql("insert into other values (1, 'FI')");
            try (var lock = ComparisonRoutes.lockReplay(subscriber);
                    var command = new ComparisonRoutes(job.settings())) {
                assertThat(command.apply(routes, ComparisonRoutes.PLAIN).get(0).applied())
                        .isTrue();
            }
            assertThat(subscriber.number("select count(*) from other")).isZero();

            Files.writeString(
                    routes.resolve("mine.camel.yaml"),
                    "- interceptSendToEndpoint: {uri: \"direct:nowhere\", steps: []}\n");
            try (var command = new ComparisonRoutes(job.settings())) {
                assertThatThrownBy(() -> command.apply(routes, ComparisonRoutes.PLAIN))
                        .hasMessageContaining(routes.resolve("mine.camel.yaml").toString());
            }
        }
    }

    @Test
    @SuppressWarnings("try")
    void theBuiltInFlowsWorkInXml(@Provider Db provider, @Subscriber Db subscriber, @TempDir Path routes)
            throws Exception {
        RouteFiles.export(routes, BuiltInRoutes.of(Section.LONDISTE), true);
        provider.sql(TABLES);
        subscriber.sql(TABLES);
        provider.sql("insert into customer values (1, 'EE', 'a@b'), (2, 'FI', 'c@d')");
        try (Job job = new Job(provider, subscriber).with("routes", routes.toString())) {
            job.add("customer", "other").start().awaitOk();
            provider.sql("update customer set email = 'new@b' where id = 1; delete from customer where id = 2;"
                    + "insert into other values (1, 'FI')");
            job.awaitReplay();

            assertThat(subscriber.rows("select email from customer union all select country from other"))
                    .containsExactlyInAnyOrder("new@b", "FI");
            subscriber.sql("insert into other values (2, 'FI')");
            try (var lock = ComparisonRoutes.lockReplay(subscriber);
                    var command = new ComparisonRoutes(job.settings())) {
                assertThat(command.compare("other").get(0).extra()).isEqualTo(1);
                assertThat(command.apply(routes, ComparisonRoutes.PLAIN, "other")
                                .get(0)
                                .applied())
                        .as("the same routes in another format do not change rows")
                        .isTrue();
            }
            assertThat(subscriber.number("select count(*) from other")).isEqualTo(1);
        }
    }

    @Test
    void aRouteThatNeverCommitsFinishesNoBatch(@Provider Db provider, @Subscriber Db subscriber, @TempDir Path routes)
            throws IOException {
        putIn(routes, "replay", "# here a step", "                    - stop: {}\n");
        provider.sql(TABLES);
        subscriber.sql(TABLES);
        try (Job job = new Job(provider, subscriber)) {
            job.add("other").start().awaitOk();
            job.stop();
            provider.sql("insert into other values (1, 'FI')");
            job.with("routes", routes.toString()).start();
            provider.sql("select pgq.force_tick('queue')");
            await().until(() ->
                    subscriber.sql("select error from londiste.completed").contains("commit"));
            job.stop();
            assertThat(provider.number(
                            "select count(*) from pgq.subscription where sub_batch is not null and sub_last_tick = ?",
                            subscriber.number(POSITION)))
                    .as("the batch is still to be done")
                    .isEqualTo(1);
            assertThat(subscriber.number("select count(*) from other")).isZero();

            job.with("routes", "").start().awaitReplay();
            assertThat(subscriber.number("select count(error) from londiste.completed"))
                    .isZero();
            assertThat(subscriber.rows("select id from other")).containsExactly("1");
        }
    }

    private static void putIn(Path directory, String route, String mark, String steps) throws IOException {
        String name = route + ".camel.yaml";
        String builtIn = Files.readString(Path.of("routes", name));
        assertThat(builtIn).contains(mark);
        int place = builtIn.lastIndexOf('\n', builtIn.indexOf(mark)) + 1;
        Files.writeString(directory.resolve(name), builtIn.substring(0, place) + steps + builtIn.substring(place));
    }
}
