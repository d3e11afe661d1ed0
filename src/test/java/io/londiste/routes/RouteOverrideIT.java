package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells integrators: copy a route file, put a step in, start with it. */
@ExtendWith(PostgresPair.class)
class RouteOverrideIT {
    private static final String TABLE = "create table customer (id int primary key, country text, email text)";

    @Test
    void rows_are_filtered_and_a_column_is_masked(
            @Provider Db provider, @Subscriber Db subscriber, @TempDir Path routes) throws IOException {
        override(
                routes,
                "replay",
                "                    - bean:\n                        ref: replay\n                        method: add\n",
                """
                                    - filter:
                                        simple: ${body.table} == 'public.customer' && ${body.row.get('country')} != 'FI'
                                        steps:
                                          - script:
                                              simple: ${body.row.set('email', 'hidden')}
                                          - bean:
                                              ref: replay
                                              method: add
                """);
        override(
                routes,
                "copy",
                "              - bean:\n                  ref: snapshotCopy\n                  method: copy\n",
                """
                              - script:
                                  simple: ${body.where("country <> 'FI'").replace('email', "'hidden'")}
                              - bean:
                                  ref: snapshotCopy
                                  method: copy
                """);
        provider.sql(TABLE);
        subscriber.sql(TABLE);
        provider.sql("insert into customer values (1, 'EE', 'a@b'), (2, 'FI', 'c@d')");
        try (Job job = new Job(provider, subscriber).with("routes", routes.toString())) {
            job.add("customer").start().awaitOk();
            provider.sql("insert into customer values (3, 'EE', 'e@f'), (4, 'FI', 'g@h'); "
                    + "update customer set email = 'new@b' where id = 1");
            job.awaitReplay();

            assertThat(subscriber.rows("select id, country, email from customer order by id"))
                    .containsExactly("1|EE|hidden", "3|EE|hidden");
        }
    }

    private static void override(Path directory, String route, String step, String instead) throws IOException {
        String name = route + ".camel.yaml";
        try (InputStream builtIn = RouteOverrideIT.class.getResourceAsStream("/routes/" + name)) {
            String text = new String(builtIn.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text).contains(step);
            Files.writeString(directory.resolve(name), text.replace(step, instead));
        }
    }
}
