package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Guide;
import io.londiste.test.PairFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the quick start's page, in their order. */
class QuickStartAsTypedIT extends PairFixture {
    private static final Path QUICK_START = Path.of("examples/quickstart");

    @TempDir
    private Path directory;

    @AfterEach
    void dropDatabases() {
        for (var database : new String[] {"shop", "shop_copy"}) {
            provider.sql("drop database if exists " + database + " with (force)");
        }
    }

    private void copy(String ini) throws IOException {
        Files.writeString(
                directory.resolve(ini),
                Files.readString(QUICK_START.resolve(ini))
                        .replace(
                                "host=127.0.0.1 port=5432",
                                "host=%s port=%d user=%s password=%s"
                                        .formatted(
                                                provider.host(),
                                                provider.port(),
                                                provider.user(),
                                                provider.password())));
    }

    @Test
    void theChangedRowIsShown() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/psql")), "psql is not installed here");
        copy("conf.ini");
        copy("ticker.ini");
        var commands = Guide.blocks(QUICK_START.resolve("README.md")).stream()
                .map(Guide.Block::text)
                .collect(Collectors.joining());
        var shell = new Shell(directory);

        var typed = shell.succeed("export HOME=%s PGHOST=%s PGPORT=%d PGUSER=%s PGPASSWORD=%s; set -e; %s"
                .formatted(
                        directory, provider.host(), provider.port(), provider.user(), provider.password(), commands));

        assertThat(typed.said())
                .contains("public.orders is ok\n", "public.orders: equal, 1000 rows\n")
                .containsPattern("1 \\| changed");
    }
}
