package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserCommandTest {
    private final java.io.InputStream input = System.in;

    @TempDir
    Path directory;

    private Terminal terminal;
    private String config;

    @BeforeEach
    void writeConfig() {
        terminal = new Terminal(directory);
        config = terminal.file("conf.ini", "[londiste]\n[pgqadm]\n");
    }

    @AfterEach
    void inputAsBefore() {
        System.setIn(input);
    }

    private static void type(String text) {
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private Path users() {
        return directory.resolve("conf.ini.users");
    }

    @Test
    void aPasswordComesFromStandardInputAndIsNotShown() {
        type("secret\n");
        var added = terminal.londiste(config, "user", "add", "ann", "--role", "operator");

        assertThat(added.code()).isZero();
        assertThat(added.out() + added.err())
                .isEqualTo("Added ann (operator)\n")
                .doesNotContain("secret");
        assertThat(users()).content().startsWith("ann:operator:pbkdf2-sha256$").doesNotContain("secret");
    }

    @Test
    void whereNoneIsGivenARandomOneIsMadeAndShown() {
        type("");
        var added = terminal.londiste(config, "user", "add", "ann");

        assertThat(added.out()).matches("Password of ann: \\w{20}\n");
        assertThat(users()).content().startsWith("ann:viewer:");

        type("\n");
        var changed = terminal.londiste(config, "user", "password", "ann");
        assertThat(changed.out()).matches("Password of ann: \\w{20}\n").isNotEqualTo(added.out());
    }

    @Test
    void listsAndRemoves() {
        type("");
        terminal.ok(config, "user", "add", "ann");
        type("");
        terminal.ok(config, "user", "add", "bob", "--role", "operator");

        assertThat(terminal.ok(config, "user", "list")).isEqualTo("ann (viewer)\nbob (operator)\n");
        assertThat(terminal.ok(config, "user", "list", "--json"))
                .contains("{\"name\":\"ann\",\"role\":\"viewer\"}", "{\"name\":\"bob\",\"role\":\"operator\"}");
        terminal.ok(config, "user", "remove", "ann");
        assertThat(terminal.ok(config, "user", "list")).isEqualTo("bob (operator)\n");
    }

    @Test
    void theTickerHasUsersToo() {
        config = terminal.file("ticker.ini", "[pgqadm]\nconsole_users = " + users() + "\n");
        type("");
        assertThat(terminal.pgqadm(config, "user", "add", "ann").code()).isZero();
        assertThat(users()).content().startsWith("ann:viewer:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"remove", "password"})
    void aUserWhoIsNotThereIsAnError(String command) {
        var result = terminal.londiste(config, "user", command, "ann");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("londiste: no user ann in " + users() + ": there are none\n");
    }

    @Test
    void aRoleIsViewerOrOperator() {
        var result = terminal.londiste(config, "user", "add", "ann", "--role", "admin");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("viewer or operator, not admin");
        assertThat(users()).doesNotExist();
    }
}
