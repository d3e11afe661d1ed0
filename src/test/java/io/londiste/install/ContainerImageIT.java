package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of the Dockerfile, carried out on a machine of their own instead of by an engine, and what the image runs. */
class ContainerImageIT extends InstallFixture {
    private static final Path DOCKERFILE = Path.of("examples/docker/Dockerfile");
    private static final Pattern WORD = Pattern.compile("\"(.*?)\"");

    @TempDir
    Path changes;

    @TempDir
    Path directory;

    private String workingDirectory;
    private String user;
    private String stopSignal;
    private final List<String> variables = new ArrayList<>();
    private final List<String> entrypoint = new ArrayList<>();
    private final List<String> command = new ArrayList<>();

    /** Carries out the lines of both stages in one place, which is right as long as the second one copies to the same place. */
    private void build(PrivateMachine machine) throws Exception {
        var lines = Files.readString(DOCKERFILE).replaceAll("(?m)^#.*\n", "").replaceAll("\\\\\n\\s*", "");
        for (var line : lines.lines().filter(each -> !each.isBlank()).toList()) {
            var rest = line.substring(line.indexOf(' ') + 1);
            switch (line.substring(0, line.indexOf(' '))) {
                case "ARG", "FROM" -> assertThat(line).containsPattern("BASE");
                case "ADD" -> {
                    assertThat(rest).isEqualTo("camel-londiste-*.tar.gz /opt/");
                    machine.succeed("tar -xzf " + Distribution.archive() + " -C /opt/");
                }
                case "RUN" -> machine.succeed(rest);
                case "COPY" -> assertThat(rest).isEqualTo("--from=unpacked /opt/camel-londiste /opt/camel-londiste");
                case "ENV" -> variables.add(rest);
                case "WORKDIR" -> workingDirectory = rest;
                case "USER" -> user = rest;
                case "STOPSIGNAL" -> stopSignal = rest;
                case "ENTRYPOINT" -> entrypoint.addAll(words(rest));
                case "CMD" -> command.addAll(words(rest));
                default -> throw new AssertionError(line);
            }
        }
    }

    private static List<String> words(String list) {
        assertThat(list)
                .as("list of words, for which no shell is started")
                .startsWith("[")
                .endsWith("]");
        return WORD.matcher(list).results().map(word -> word.group(1)).toList();
    }

    /** A command as an engine starts it: as process 1, with the user and the variables of the image. */
    private ProcessBuilder container(PrivateMachine machine, List<String> words) {
        var ids = user.split(":");
        var whole = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"));
        whole.addAll(List.of("setpriv", "--reuid=" + ids[0], "--regid=" + ids[1], "--clear-groups"));
        whole.addAll(List.of("env", "--default-signal=INT,HUP", "--chdir=" + workingDirectory, "-i"));
        whole.addAll(List.of("PATH=/usr/local/bin:/usr/bin:/bin", "JAVA_HOME=" + System.getProperty("java.home")));
        whole.addAll(variables);
        whole.addAll(words);
        return machine.process(whole);
    }

    @Test
    void replicatesATableAsProcessOne() throws Exception {
        try (var machine = PrivateMachine.start(changes)) {
            build(machine);
            machine.succeed(
                    commands("Configure a job").replace("user=londiste", "user=londiste password=secret")
                            + "sed -e '/^logfile/d' -e 's/^pidfile.*/embedded_ticker = 1/' /etc/londiste/shop.ini >/etc/londiste/londiste.ini");
            assertThat(entrypoint).isEmpty();
            run(machine, "provider install");
            run(machine, "subscriber install");

            try (var daemon = Foreground.start(container(machine, command), directory.resolve("output"))) {
                daemon.awaitSaid("Started /etc/londiste/londiste.ini");
                run(machine, "provider add orders");
                run(machine, "subscriber add orders --wait");
                assertThat(run(machine, "compare")).contains("public.orders: equal, 1000 rows\n");

                assertThat(Files.readString(Path.of("/proc/" + daemon.jvm().pid() + "/status")))
                        .containsPattern("NSpid:.*\t1\n")
                        .contains("Uid:\t10001\t");
                assertThat(stopSignal).isEqualTo("SIGINT");
                assertThat(daemon.interrupt()).as(daemon.said()).isZero();
                assertThat(daemon.said()).endsWith("Stopped\n");
            }
        }
    }

    private String run(PrivateMachine machine, String words) throws IOException, InterruptedException {
        var londiste = new ArrayList<>(List.of("londiste", "/etc/londiste/londiste.ini"));
        londiste.addAll(List.of(words.split(" ")));
        return Ran.of(container(machine, londiste)).succeeded().said();
    }
}
