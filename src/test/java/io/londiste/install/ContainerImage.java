package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the lines of the Dockerfile make, on a machine of their own instead of in an image. */
final class ContainerImage {
    private static final Path DOCKERFILE = Path.of("examples/docker/Dockerfile");
    private static final Pattern WORD = Pattern.compile("\"(.*?)\"");

    private final PrivateMachine machine;
    private String workingDirectory;
    private String user;
    private String stopSignal;
    private final List<String> variables = new ArrayList<>();
    private final List<String> entrypoint = new ArrayList<>();
    private final List<String> command = new ArrayList<>();

    private ContainerImage(PrivateMachine machine) {
        this.machine = machine;
    }

    /** Carries out the lines of both stages in one place, which is right as long as the second one copies to the same place. */
    static ContainerImage build(PrivateMachine machine) throws Exception {
        var image = new ContainerImage(machine);
        image.build();
        return image;
    }

    /** Of user and group, as {@code USER} has them. */
    String user() {
        return user;
    }

    String stopSignal() {
        return stopSignal;
    }

    List<String> entrypoint() {
        return entrypoint;
    }

    List<String> command() {
        return command;
    }

    private void build() throws Exception {
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
    ProcessBuilder container(List<String> words) {
        var ids = user.split(":");
        var whole = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"));
        whole.addAll(List.of("setpriv", "--reuid=" + ids[0], "--regid=" + ids[1], "--clear-groups"));
        whole.addAll(List.of("env", "--default-signal=INT,HUP", "--chdir=" + workingDirectory, "-i"));
        whole.addAll(List.of("PATH=/usr/local/bin:/usr/bin:/bin", "JAVA_HOME=" + System.getProperty("java.home")));
        whole.addAll(variables);
        whole.addAll(words);
        return machine.process(whole);
    }
}
