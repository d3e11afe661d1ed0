package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** systemd understands the units. */
class SystemdUnitsTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"londiste@.service", "pgqadm-ticker@.service"})
    void areRight(String unit) throws Exception {
        var analyze = Path.of("/usr/bin/systemd-analyze");
        Assumptions.assumeTrue(Files.isExecutable(analyze), "systemd is not installed here");
        // the programs have to exist
        var file = Files.writeString(
                directory.resolve(unit),
                Files.readString(Path.of("src/dist/systemd").resolve(unit))
                        .replaceAll("/usr/bin/(londiste|pgqadm) ", "/bin/sh "));

        var ran = Ran.of(new ProcessBuilder(analyze.toString(), "verify", "--man=no", file.toString()));

        assertThat(ran).isEqualTo(new Ran(0, ""));
    }
}
