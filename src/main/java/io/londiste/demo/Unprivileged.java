package io.londiste.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs commands that refuse to be run as root, or are to be tried as another user.
 *
 * <p>An ordinary user runs them unchanged. Root drops its privileges by the first method that works on this machine: a user
 * namespace (not permitted in most containers), or the user nobody.
 */
public final class Unprivileged {
    /** Whether this process runs as root. */
    public static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private static final int NOBODY = 65534;
    private static final List<String> NAMESPACE = List.of("unshare", "-U");
    private static final List<String> PREFIX = ROOT ? firstThatWorks() : List.of();

    private Unprivileged() {}

    /** A process builder for {@code command}, without root's privileges and the caller's locale and PostgreSQL variables. */
    public static ProcessBuilder process(List<String> command) {
        var whole = new ArrayList<>(PREFIX);
        whole.addAll(command);
        var builder = new ProcessBuilder(whole);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("PG") || name.startsWith("LC_") || name.startsWith("LANG"));
        return builder;
    }

    /** Changes the owner of a file to the user that {@link #process} runs as. */
    public static void own(Path file) throws IOException {
        if (!PREFIX.isEmpty() && !PREFIX.equals(NAMESPACE)) {
            Files.setAttribute(file, "unix:uid", NOBODY);
            Files.setAttribute(file, "unix:gid", NOBODY);
        }
    }

    private static List<String> firstThatWorks() {
        var ways = List.of(
                NAMESPACE,
                List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"),
                List.of("runuser", "-u", "nobody", "--"));
        return ways.stream()
                .filter(Unprivileged::works)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "PostgreSQL cannot be run as root, and neither unshare, setpriv nor runuser works here"));
    }

    private static boolean works(List<String> way) {
        var command = new ArrayList<>(way);
        command.addAll(List.of("id", "-u"));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = new String(process.getInputStream().readAllBytes()).trim();
            return process.waitFor() == 0 && !output.equals("0");
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
