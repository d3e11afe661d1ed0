package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of the Dockerfile, carried out on a machine of their own instead of by an engine, and what the image runs. */
class ContainerImageIT extends InstallFixture {
    @TempDir
    Path changes;

    @TempDir
    Path directory;

    private ContainerImage image;

    @Test
    void replicatesATableAsProcessOne() throws Exception {
        try (var machine = PrivateMachine.start(changes)) {
            image = ContainerImage.build(machine);
            machine.succeed(
                    commands("Configure a job").replace("user=londiste", "user=londiste password=secret")
                            + "sed -e '/^logfile/d' -e 's/^pidfile.*/embedded_ticker = 1/' /etc/londiste/shop.ini >/etc/londiste/londiste.ini");
            assertThat(image.entrypoint()).isEmpty();
            run("provider install");
            run("subscriber install");

            try (var daemon = Foreground.start(image.container(image.command()), directory.resolve("output"))) {
                daemon.awaitSaid("Started /etc/londiste/londiste.ini");
                run("provider add orders");
                run("subscriber add orders --wait");
                assertThat(run("compare")).contains("public.orders: equal, 1000 rows\n");

                assertThat(Files.readString(Path.of("/proc/" + daemon.jvm().pid() + "/status")))
                        .containsPattern("NSpid:.*\t1\n")
                        .contains("Uid:\t10001\t");
                assertThat(image.stopSignal()).isEqualTo("SIGINT");
                assertThat(daemon.interrupt()).as(daemon.said()).isZero();
                assertThat(daemon.said()).endsWith("Stopped\n");
            }
        }
    }

    private String run(String words) throws IOException, InterruptedException {
        var londiste = new ArrayList<>(List.of("londiste", "/etc/londiste/londiste.ini"));
        londiste.addAll(List.of(words.split(" ")));
        return Ran.of(image.container(londiste)).succeeded().said();
    }
}
