package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.demo.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive, unpacked into a directory that is read-only then, and run by a user who has no home. */
class UnpackedDistributionIT extends InstallFixture {
    @TempDir
    static Path opt;

    @TempDir
    Path work;

    private static Path home;

    @BeforeAll
    static void unpack() throws Exception {
        home = Distribution.unpack(opt);
        Distribution.chmod("a-w", opt);
    }

    @AfterAll
    static void makeRemovable() throws Exception {
        Distribution.chmod("u+w", opt);
    }

    private String run(String script) throws IOException, InterruptedException {
        var user = Unprivileged.process(List.of("sh", "-e", "-c", script)).directory(work.toFile());
        user.environment().clear();
        user.environment().put("PATH", home.resolve("bin") + ":/usr/bin:/bin");
        user.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return Ran.of(user).succeeded().said();
    }

    /** A section of the page, with directories that the user may write to, and the password in the INI file. */
    private String adapted(String heading) throws IOException {
        return commands(heading)
                .replace("user=londiste", "user=londiste password=secret")
                .replaceAll("/(etc|var/lib|var/log)/londiste", work + "/$1");
    }

    @AfterEach
    void endDaemons() throws IOException {
        for (var name : List.of("shop", "shop_ticker")) {
            var file = work.resolve("var/lib/" + name + ".pid");
            if (Files.exists(file)) {
                ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    @Test
    void replicatesATable() throws Exception {
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (var name : List.of("etc", "var/lib", "var/log")) {
            Unprivileged.own(Files.createDirectories(work.resolve(name)));
        }

        var said = run(adapted("Configure a job")
                + adapted("Install both sides")
                + adapted("Without systemd")
                + adapted("Add the table")
                + adapted("Stop the daemons"));

        assertThat(said).contains(REPLICATED);
        assertThat(work.resolve("var/lib")).as("pid files").isEmptyDirectory();
    }
}
