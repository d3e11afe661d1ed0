package io.londiste.install;

import io.londiste.test.PairFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** The role and the databases of the installation page, on the provider's server. */
abstract class InstallFixture extends PairFixture {
    /** What the commands of section "Add the table" print at least. */
    static final List<String> REPLICATED =
            List.of("Added public.orders\n", "public.orders is ok\n", "public.orders: equal, 1000 rows\n");

    @BeforeEach
    final void prepareDatabases() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/psql")), "psql is not installed here");
        var shell = new ProcessBuilder("sh", "-e", "-c", InstallationPage.commands("Prepare the databases"));
        shell.environment()
                .putAll(Map.of(
                        "PGHOST", provider.host(),
                        "PGPORT", Integer.toString(provider.port()),
                        "PGUSER", provider.user(),
                        "PGPASSWORD", provider.password()));
        Ran.of(shell).succeeded();
    }

    @AfterEach
    final void dropDatabases() {
        for (var database : List.of("shop", "shop_copy")) {
            provider.sql("drop database if exists " + database + " with (force)");
        }
        provider.sql("drop role if exists londiste");
    }

    /** The commands below a heading of the page, for the test's server. */
    final String commands(String heading) throws IOException {
        return InstallationPage.commands(heading)
                .replace("host=127.0.0.1 port=5432", "host=%s port=%d".formatted(provider.host(), provider.port()));
    }
}
