package io.londiste.install;

import io.londiste.demo.Unprivileged;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * This machine, in which root may install and remove what it wants: changes below /etc, /opt, /usr and /var are written to
 * memory and are gone when it is closed, or when this JVM ends, together with the processes that were started in it. Network
 * and users are those of this machine.
 */
final class PrivateMachine implements AutoCloseable {
    /**
     * The directory for the changes is the script's argument zero. The shell is process 1: it waits, as the first process of a
     * machine does, for every process whose parent has ended.
     */
    private static final String BEGIN = """
            mount -t tmpfs tmpfs "$0"
            for top in etc opt usr var; do
                mkdir -p "$0/$top/changes" "$0/$top/work"
                mount -t overlay overlay -o "lowerdir=/$top,upperdir=$0/$top/changes,workdir=$0/$top/work" "/$top"
            done
            echo ready
            exec 3<&0
            cat <&3 &
            wait
            """;

    private static final List<String> NAMESPACES =
            List.of("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-e", "-c");

    private final Process first;

    private PrivateMachine(Process first) {
        this.first = first;
    }

    /**
     * Starts one; skips the test where that is not possible.
     *
     * @param changes an empty directory, in which the machine has its changes
     */
    static PrivateMachine start(Path changes) throws IOException {
        Assumptions.assumeTrue(Unprivileged.ROOT, "only root can install packages");
        var command = new ArrayList<>(NAMESPACES);
        command.addAll(List.of(BEGIN, changes.toString()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (!"ready".equals(said)) {
            process.destroyForcibly();
            Assumptions.abort("no namespaces or overlays here: " + said);
        }
        return new PrivateMachine(process);
    }

    /** A process builder for a command of root in this machine, with no variables but the path and the Java runtime. */
    ProcessBuilder process(List<String> command) {
        var whole = new ArrayList<>(List.of(
                "nsenter",
                "--mount",
                "--pid",
                "--target",
                Long.toString(first.children().findFirst().orElseThrow().pid())));
        whole.addAll(command);
        var builder = new ProcessBuilder(whole);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    /** Runs a script as root. */
    Ran run(String script) throws IOException, InterruptedException {
        return Ran.of(process(List.of("sh", "-e", "-c", script)));
    }

    /** Runs a script as root, which has to succeed; returns what it prints. */
    String succeed(String script) throws IOException, InterruptedException {
        return run(script).succeeded().said();
    }

    /** The same as another user of this machine, who has no HOME. */
    String succeed(String user, String script) throws IOException, InterruptedException {
        var command = List.of(
                "setpriv", "--reuid=" + user, "--regid=" + user, "--init-groups", "sh", "-e", "-c", "cd /\n" + script);
        return Ran.of(process(command)).succeeded().said();
    }

    @Override
    public void close() {
        first.destroyForcibly();
        first.onExit().join();
    }
}
