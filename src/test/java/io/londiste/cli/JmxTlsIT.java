package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.jmx.JmxClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** JMX clients that come by TLS, with a key store that JAVA_OPTS names. */
class JmxTlsIT extends DaemonFixture {
    private static final Path JAVA_BIN = Path.of(System.getProperty("java.home"), "bin");

    /** What another process prints, and how it ends. */
    private record Ended(int code, String said) {}

    private Ended run(String program, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(JAVA_BIN.resolve(program).toString()));
        Collections.addAll(command, arguments);
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes());
        return new Ended(process.waitFor(), said);
    }

    private Ended client(int port, String... options) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of(options));
        Collections.addAll(
                arguments,
                "-cp",
                System.getProperty("java.class.path"),
                JmxClient.class.getName(),
                String.valueOf(port),
                "viewer",
                "other",
                "type=Ticker,job=ticker",
                "State");
        return run("java", arguments.toArray(String[]::new));
    }

    @Test
    void clientsThatTrustTheCertificateConnect() throws Exception {
        var made = run(
                "keytool",
                ("-genkeypair -alias jmx -keyalg RSA -dname CN=localhost -ext san=ip:127.0.0.1 -keystore keys.p12"
                                + " -storepass secret1 -keypass secret1")
                        .split(" "));
        assertThat(made.code()).as(made.said()).isZero();
        Files.writeString(directory.resolve("jmx.password"), "viewer other\n");
        Files.setPosixFilePermissions(directory.resolve("jmx.password"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(directory.resolve("jmx.access"), "viewer readonly\n");
        int port = JmxClient.freePort();
        set(
                "ticker.ini",
                "jmx = %d%njmx_password_file = jmx.password%njmx_access_file = jmx.access%njmx_tls = 1"
                        .formatted(port));

        shell.succeed("JAVA_OPTS='-Djavax.net.ssl.keyStore=keys.p12 -Djavax.net.ssl.keyStorePassword=secret1'"
                + " pgqadm -d ticker.ini ticker");

        var trusting =
                client(port, "-Djavax.net.ssl.trustStore=keys.p12", "-Djavax.net.ssl.trustStorePassword=secret1");
        assertThat(trusting).isEqualTo(new Ended(0, "waiting\n"));
        assertThat(client(port).said()).contains("SSLHandshakeException");
        assertThatThrownBy(() -> JmxClient.connect(port, "viewer", "other")).isInstanceOf(IOException.class);
    }
}
