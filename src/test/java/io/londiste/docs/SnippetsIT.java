package io.londiste.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.schema.Installer;
import io.londiste.test.Guide;
import io.londiste.test.Guide.Block;
import io.londiste.test.PairFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PostgreSQL executes the SQL of each page, also that of {@code psql}, in its order. Pages that another test runs are left to it. */
class SnippetsIT extends PairFixture {
    /** What the pages expect, where they do not create it themselves: the schema is the last one on the path. */
    private static final String SAMPLES = """
            create schema sample;
            create table sample.orders (id int primary key, what text);
            create table sample.shop_orders (like sample.orders including all);
            create table sample.customer (id int primary key, name text);
            create role shop;
            set local search_path = public, sample;
            """;

    private static final Pattern OF_PSQL =
            Pattern.compile("<<'SQL'\n(?s:(.*?))\nSQL\n|(?:\\s)-c (?:\"([^\"]*)\"|'([^']*)')|\\s-f (\\S+)");

    static Stream<Path> pages() throws IOException {
        var pages = new ArrayList<Path>();
        for (var page : Guide.pages()) {
            if (!SnippetsTest.RUN.containsKey(page.toString())
                    && !statements(page).isEmpty()) {
                pages.add(page);
            }
        }
        return pages.stream();
    }

    private static List<String> statements(Path page) throws IOException {
        var statements = new ArrayList<String>();
        for (var block : Guide.blocks(page)) {
            if (block.language().equals("sql")) {
                statements.add(block.text());
            } else if (block.language().matches("sh|console")) {
                ofPsql(block, statements);
            }
        }
        return statements;
    }

    private static void ofPsql(Block block, List<String> statements) throws IOException {
        for (var command : block.text().split("\n(?=psql )")) {
            if (command.startsWith("psql ")) {
                var parts = OF_PSQL.matcher(command).results().toList();
                assertThat(parts).as(block.toString()).isNotEmpty();
                for (var part : parts) {
                    statements.add(
                            part.group(4) != null
                                    ? Files.readString(Path.of(part.group(4)))
                                    : Stream.of(part.group(1), part.group(2), part.group(3))
                                            .filter(text -> text != null)
                                            .findFirst()
                                            .orElseThrow());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void thePagesStatementsAreExecuted(Path page) throws Exception {
        new Installer(provider.dataSource()).installPgq();
        try (var connection = provider.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false); // roles are gone with the transaction
            statement.execute(SAMPLES);
            for (var text : statements(page)) {
                statement.execute(text);
            }
            connection.rollback();
        }
    }
}
