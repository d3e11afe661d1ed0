package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program whose databases have the schema of an older program; {@link NewerSchemaIT} has that of a newer one. */
class SchemaVersionIT extends JobFixture {
    private static final String BEFORE_ERRORS =
            "alter table londiste.completed drop column error;" + "delete from londiste.upgrade where nr >= 2";

    @BeforeEach
    void installed() {
        install();
    }

    @ParameterizedTest
    @ValueSource(strings = {"provider", "subscriber"})
    void anOlderSchemaIsRefusedUntilItIsUpgraded(String side) {
        database(side).sql(BEFORE_ERRORS);

        assertRefusedAndUpgraded(side);
    }

    @Test
    void aSchemaWithoutTheVersionFunctionIsOlder() {
        subscriber.sql(BEFORE_ERRORS + "; drop function londiste.version()");

        assertRefusedAndUpgraded("subscriber");
    }

    private void assertRefusedAndUpgraded(String side) {
        assertRefused("older than this program; run: londiste " + config + " " + side + " install", side);

        terminal.ok(config, side, "install");
        terminal.ok("-q", config, "replay", "--once");
    }

    private Db database(String side) {
        return side.equals("provider") ? provider : subscriber;
    }

    private void assertRefused(String reason, String side) {
        Db db = database(side);
        var message = "%s %s at %s:%d: schema londiste is %s".formatted(side, db.name(), db.host(), db.port(), reason);
        var results = List.of(
                terminal.londiste("-q", config, "replay", "--once"),
                terminal.londiste("-q", config, "compare"),
                terminal.londiste("-q", config, side, "tables"));

        assertThat(results).extracting(Terminal.Result::code).containsExactly(1, 2, 1);
        assertThat(results).extracting(Terminal.Result::err).containsOnly("londiste: " + message + "\n");
    }
}
