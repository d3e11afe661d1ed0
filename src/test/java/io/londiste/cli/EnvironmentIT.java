package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.OwnFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job whose connections are not in its INI file, and whose password is nowhere to be seen. */
class EnvironmentIT extends DaemonFixture {
    private static final String PASSWORD = "wh1sper-4711";

    @BeforeEach
    void connectionsInTheEnvironment() throws Exception {
        onBoth("create table t (id int primary key)");
        provider.sql("insert into t values (1)");
        var there = provider.role("there", "superuser login password '" + PASSWORD + "'");
        var here = subscriber.role("here", "superuser login password '" + PASSWORD + "'");
        OwnFile.write(directory.resolve("conf.ini"), """
                [londiste]
                job_name = job
                provider_db = host=nowhere.invalid
                pgq_queue_name = queue
                embedded_ticker = 1
                pidfile = %(job_name)s.pid
                logfile = %(job_name)s.log
                """);
        // a shell shows its own command line, so the variables are in a file
        OwnFile.write(directory.resolve("variables"), """
                export LONDISTE_PROVIDER_DB='%s'
                export LONDISTE_SUBSCRIBER_DB_FILE=secret
                """.formatted(
                        provider.libpq().replaceFirst("user=.*", "user=" + there + " password=" + PASSWORD)));
        OwnFile.write(
                directory.resolve("secret"),
                subscriber.libpq().replaceFirst("user=.*", "user=" + here + " password=" + PASSWORD + "\n"));
    }

    private Shell.Typed type(String commands) throws Exception {
        return shell.succeed("set -e; . ./variables; " + commands);
    }

    @Test
    void aDaemonInTheBackgroundKeepsThem() throws Exception {
        type("londiste conf.ini provider install; londiste conf.ini subscriber install");

        type("londiste -d conf.ini replay");
        var added = type("londiste conf.ini provider add t; londiste conf.ini subscriber add t --wait");

        assertThat(added.said()).contains("public.t is ok");
        assertEqual("t");
        var commandLine = Path.of("/proc/" + shell.pid("job").orElseThrow() + "/cmdline");
        Assumptions.assumeTrue(Files.exists(commandLine), "command lines of processes cannot be read here");
        assertThat(Files.readString(commandLine)).contains("conf.ini").doesNotContain(PASSWORD);
        assertThat(shell.log("job")).doesNotContain(PASSWORD);
        shell.succeed("londiste -s conf.ini");
    }
}
