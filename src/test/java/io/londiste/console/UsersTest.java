package io.londiste.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsersTest {
    private static final char[] SECRET = "correct horse ä".toCharArray();

    @TempDir
    Path directory;

    private Path file;
    private Users users;

    @BeforeEach
    void noFile() {
        file = directory.resolve("conf.ini.users");
        users = new Users(file);
    }

    @Test
    void onlyTheRightPasswordOfAKnownUserIsLetIn() {
        users.add("ann", Role.VIEWER, SECRET);
        users.add("bob", Role.OPERATOR, "other".toCharArray());

        assertThat(users.authenticate("ann", SECRET)).map(User::role).contains(Role.VIEWER);
        assertThat(users.authenticate("ann", "other".toCharArray())).isEmpty();
        assertThat(users.authenticate("ann", new char[0])).isEmpty();
        assertThat(users.authenticate("carl", SECRET)).isEmpty();
        assertThat(users.authenticate("carl", new char[0])).isEmpty();
    }

    @Test
    void theFileIsItsOwnersAloneAndHasNoPassword() throws IOException {
        users.add("ann", Role.VIEWER, SECRET);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file))
                .matches("ann:viewer:pbkdf2-sha256\\$210000\\$\\S+\\$\\S+\n")
                .doesNotContain(new String(SECRET));
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void equalPasswordsHaveDifferentHashes() {
        assertThat(PasswordHash.of(SECRET)).isNotEqualTo(PasswordHash.of(SECRET));
    }

    @Test
    void anotherProcessSeesWhatWasChanged() {
        users.add("ann", Role.VIEWER, SECRET);
        var others = new Users(file);
        assertThat(others.find("ann")).isPresent();

        users.changePassword("ann", "new".toCharArray());
        assertThat(others.authenticate("ann", SECRET)).isEmpty();
        assertThat(others.authenticate("ann", "new".toCharArray())).isPresent();

        users.remove("ann");
        assertThat(others.all()).isEmpty();
    }

    @Test
    void aLinkStaysALink() throws IOException {
        var real = Files.createFile(directory.resolve("real"));
        Files.createSymbolicLink(file, real);

        users.add("ann", Role.VIEWER, SECRET);

        assertThat(file).isSymbolicLink();
        assertThat(real).content().startsWith("ann:viewer:");
    }

    @Test
    void reportsWhatIsWrong() throws IOException {
        users.add("ann", Role.VIEWER, SECRET);
        assertThatThrownBy(() -> users.add("ann", Role.OPERATOR, SECRET))
                .hasMessageContaining("user ann exists already");
        assertThatThrownBy(() -> users.remove("bob")).hasMessage("no user bob in " + file + ": its users are ann");
        Files.writeString(file, "# comment\n\nann:viewer:secret\n");
        assertThatThrownBy(users::all).hasMessageStartingWith(file + ", line 3: not name:role:hash");
        assertThatThrownBy(() -> new Users(directory.resolve("none/users")).add("ann", Role.VIEWER, SECRET))
                .hasMessageEndingWith("cannot be written: no such directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "public", "a:b", "a b", "a\nb", "#a"})
    void namesThatTheFileOrHawtioWouldMisunderstandAreRefused(String name) {
        assertThatThrownBy(() -> users.add(name, Role.VIEWER, SECRET)).hasMessageContaining("a name is up to 64");
        assertThat(file).doesNotExist();
    }
}
